"""A proxy in front of the real Elasticsearch: it passes requests on, and spoils those that a test names."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, bytes]
Forward = Callable[[bytes], Answer]


@dataclass
class Request:
    """What came in, with the number of it since the last ``spoil``; ``forward`` passes a body on."""

    number: int
    method: str
    path: str
    body: bytes
    forward: Forward


Spoiler = Callable[[Request], Answer | None]
"""What is answered instead; None: the request is passed on. May raise ConnectionError: the line is cut."""


@dataclass
class Proxy:
    """Its address, and how it behaves: as the server itself, until ``spoil``."""

    url: str = ""
    requests: list[str] = field(default_factory=list)
    _spoiler: Spoiler = lambda _: None

    def spoil(self, spoiler: Spoiler) -> None:
        """Treat requests so from now on; they are counted from 1."""
        self.requests.clear()
        self._spoiler = spoiler

    def heal(self) -> None:
        """Pass everything on again."""
        self.spoil(lambda _: None)


def error(status: int, kind: str, reason: str = "as the test wants it", **more: object) -> Answer:
    """An answer as Elasticsearch gives it when it refuses."""
    return status, json.dumps({"error": {"type": kind, "reason": reason, **more}, "status": status}).encode()


def cut_after(number: int, path: str = "/") -> Spoiler:
    """The line is cut when the server has done so many requests of that path, before it answers to the last of them."""
    left = [number]

    def spoiler(request: Request) -> Answer | None:
        if left[0] and request.path.startswith(path):
            left[0] -= 1
            if not left[0]:
                request.forward(request.body)
        if left[0]:
            return None
        raise ConnectionAbortedError

    return spoiler


def some_items(status: int, kind: str, which: Callable[[int], bool]) -> Spoiler:
    """Of each bulk request these operations are refused, and the others done."""

    def spoiler(request: Request) -> Answer | None:
        if not request.path.startswith("/_bulk"):
            return None
        operations = _operations(request.body)
        passed = [lines for n, (_, lines) in enumerate(operations) if not which(n)]
        done = iter(json.loads(request.forward(b"".join(passed))[1])["items"] if passed else [])
        refused = {"status": status, "error": {"type": kind, "reason": "as the test wants it"}}
        items = [{action: refused} if which(n) else next(done) for n, (action, _) in enumerate(operations)]
        return 200, json.dumps({"errors": True, "items": items}).encode()

    return spoiler


def _operations(body: bytes) -> list[tuple[str, bytes]]:
    lines = iter(body.splitlines(keepends=True))
    found = []
    for line in lines:
        (action,) = json.loads(line)
        found.append((action, line if action == "delete" else line + next(lines)))
    return found


def serve(proxy: Proxy, server: str) -> ThreadingHTTPServer:
    """Start the proxy before ``server``; its ``shutdown`` ends it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # headers and body are two packets

        def pass_on(self, body: bytes) -> Answer:
            headers = {
                k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection", "content-length")
            }
            asked = urllib.request.Request(f"{server}{self.path}", body or None, headers, method=self.command)
            try:
                with urllib.request.urlopen(asked) as answer:
                    return answer.status, answer.read()
            except urllib.error.HTTPError as refused:
                return refused.code, refused.read()

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            proxy.requests.append(f"{self.command} {self.path}")
            try:
                request = Request(len(proxy.requests), self.command, self.path, body, self.pass_on)
                status, said = proxy._spoiler(request) or self.pass_on(body)
                self.send_response(status)
                self.send_header("X-Elastic-Product", "Elasticsearch")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)
            except ConnectionError:
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_DELETE = answer

        def log_message(self, *_: object) -> None:
            """Silent."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{listening.server_address[1]}"
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    return listening
