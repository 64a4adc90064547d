"""A served copy of a shop for measurements: starts it, asks it, looks at its memory, stops it."""
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time


def program():
    for path in (os.environ.get("AKIN"), ".build/release/akin", ".build/debug/akin"):
        if path and os.access(path, os.X_OK):
            return path
    sys.exit("there is no akin; run make build")


class Server:
    def __init__(self, shop, *flags):
        self.log = tempfile.NamedTemporaryFile("w+", suffix=".log")
        self.process = subprocess.Popen(
            [program(), "serve", "--shop", shop, "--port", "0", *flags], stderr=self.log)
        for _ in range(1_200):
            found = re.search(r"http://127\.0\.0\.1:(\d+)", open(self.log.name).read())
            if found:
                self.port = int(found[1])
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        sys.exit(open(self.log.name).read())

    def client(self):
        return Client(self.port)

    def memory(self):
        """Resident bytes."""
        try:
            pages = int(open(f"/proc/{self.process.pid}/statm").read().split()[1])
        except (FileNotFoundError, ProcessLookupError):
            return 0
        return pages * os.sysconf("SC_PAGESIZE")

    def errors(self):
        return [line for line in open(self.log.name) if '"level":"error"' in line]

    def kill(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait()


class Client:
    """One connection, kept open."""

    def __init__(self, port):
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method, path, body=None, kind="application/json"):
        """The status and the answer's object; `None` where the server is gone."""
        if not isinstance(body, (bytes, str, type(None))):
            body = json.dumps(body)
        try:
            self.connection.request(method, path, body, {"Content-Type": kind} if body else {})
            answer = self.connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            return None
        try:
            return answer.status, json.loads(data)
        except ValueError:
            return answer.status, None


WORDS = (
    "cotton linen leather steel oak classic slim wide vintage sport winter summer kids outdoor "
    "office kitchen garden travel compact premium shirt coat lamp chair bottle phone cable case "
    "speaker shoe sock table mirror towel brush knife pan tent bag belt"
).split()


def product(number):
    """A product of its own text, always the same one for a number."""
    value = (number * 2_654_435_761) & 0xFFFFFFFF
    picked = [WORDS[(value >> shift) % len(WORDS)] for shift in (0, 7, 13, 19, 23)]
    return {
        "id": f"load-{number}", "title": " ".join(picked) + f" {number}",
        "brand": f"Brand {number % 97}", "category": f"{picked[4]} > {picked[3]}",
        "price": f"{1 + value % 20_000 / 100:.2f} EUR",
    }
