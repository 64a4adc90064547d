"""Every operation of a server that asks for keys refuses without one, and with a wrong one."""
import json
import sys
import urllib.error
import urllib.request

url = sys.argv[1]


def status(method, path, headers):
    request = urllib.request.Request(url + path, method=method, headers=headers)
    if method in ("POST", "PUT"):
        request.data = b"{}"
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


document = json.load(urllib.request.urlopen(url + "/v1/openapi.json"))
wrong, count = [], 0
for path, item in document["paths"].items():
    for method, operation in item.items():
        if method == "parameters":
            continue
        count += 1
        is_public = operation.get("security") == []
        for headers in ({}, {"X-Api-Key": "akin_admin_" + "0" * 64}, {"Authorization": "Bearer x"}):
            found = status(method.upper(), path.replace("{id}", "x"), headers)
            # A wrong key is told so even where none is needed.
            if found != 401 and not is_public or is_public and not headers and found != 200:
                wrong.append(f"{method.upper()} {path} with {list(headers) or 'no key'}: {found}")
if wrong:
    sys.exit("check-api: not refused as it should be:\n  " + "\n  ".join(wrong))
print(f"{count} operations refuse without a key and with a wrong one, or are open to all as described")
