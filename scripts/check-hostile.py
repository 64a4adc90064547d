"""Sends every operation what no client should: cut off, endless, slow and malformed bodies, oversized
heads, many connections that say nothing. The server must answer or hang up, never with 5xx, still be
there, and not keep the memory.
Usage: check-hostile.py URL PID   (the server must give a body one second: AKIN_LIMITS_BODY_SECONDS=1)
"""
import http.client
import json
import os
import socket
import sys
import time
import urllib.parse

url, pid = urllib.parse.urlparse(sys.argv[1]), sys.argv[2]
where = (url.hostname, url.port)

BODIES = [
    b"", b"{", b"null", b"[]", b"[[]]", b"\xff\xfe\x00", b'{"user":"\xed\xa0\x80"}', b'{"k":1e999}',
    b'{"k":' + b"9" * 5_000 + b"}", b"[" * 100_000, b'{"a":' * 50_000, b'"' + b"x" * 200_000,
    b'{"slots":[' + b"{}," * 5_000 + b"{}]}", b'{"user":"' + b"\\u0000" * 1_000 + b'"}',
    b"\x00" * 10_000, b'{"id":"x","title":"' + b"y" * 100_000 + b'"}', b"\r\n" * 1_000,
]


def memory():
    pages = int(open(f"/proc/{pid}/statm").read().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


def ask(connection, method, path, body):
    connection.request(method, path, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def raw(*parts, pause=0.0):
    """What comes back on a connection of its own for bytes that are sent part by part."""
    with socket.create_connection(where, timeout=10) as connection:
        try:
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
            return connection.recv(200)
        except (BrokenPipeError, ConnectionResetError):
            return b""


def head(method, path, length):
    return (f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {length}\r\n\r\n").encode()


connection = http.client.HTTPConnection(*where, timeout=30)
connection.request("GET", "/v1/openapi.json")
document = json.load(connection.getresponse())
operations = [
    (method.upper(), path.replace("{id}", "hostile"))
    for path, item in document["paths"].items() for method in item
    if method in ("post", "put") and not path.endswith(("/start", "/stop", "/jobs"))]
wrong, asked, sizes = [], 0, []


def check(status, what):
    if status >= 500:
        wrong.append(f"{what}: {status}")


for turn in range(30):
    for method, path in operations:
        for number, body in enumerate(BODIES):
            check(ask(connection, method, path, body), f"{method} {path}, body {number}")
            asked += 1
    sizes.append(memory())

for method, path in operations:
    slow = raw(head(method, path, 1_000), *[b" "] * 8, pause=0.2)
    if not slow.startswith(b"HTTP/1.1 408"):
        wrong.append(f"{method} {path}, slow: {slow[:40]!r}")
    raw(head(method, path, 1_000) + b'{"cut":')  # Hangs up in the middle, after the answer to it.
    large = raw(head(method, path, 1 << 40))
    if not large.startswith(b"HTTP/1.1 413"):
        wrong.append(f"{method} {path}, endless: {large[:40]!r}")
for broken in (b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00", b"GET " + b"/" * 200_000,
               b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 50_000, b"POST /v1/events HTTP/1.1\r\n\r\n"):
    if raw(broken + b"\r\n\r\n").startswith(b"HTTP/1.1 5"):
        wrong.append(f"{broken[:20]!r}")
silent = [socket.create_connection(where, timeout=10) for _ in range(300)]
check(ask(connection, "GET", "/health/ready", None), "beside silent connections")
for each in silent:
    each.close()

# What the first third left warm is there for good; after that nothing may be added.
warm, last = max(sizes[:10]), sizes[-1]
if last > warm + 30:
    wrong.append(f"memory grows: {warm:.0f} MB, then {last:.0f} MB")
if ask(connection, "GET", "/health/ready", None) != 200:
    wrong.append("the server is not ready any more")
if wrong:
    sys.exit("check-api: hostile requests:\n  " + "\n  ".join(wrong[:20]))
print(f"{asked:,} malformed bodies, slow, endless and broken requests: the server is up, "
      f"{sizes[0]:.0f} MB after the first round, {warm:.0f} MB warm, {last:.0f} MB at the end")
