"""A real receiver of webhooks on loopback: records what is posted, checks signatures, and can be difficult.

with Receiver() as hook:
    hook.url                          # http://127.0.0.1:…/hook
    hook.posts                        # all requests, in order
    hook.next = [503, 429]            # what the next ones are answered; 200 afterwards
    hook.status = 410                 # what all others are answered
    hook.headers = {"Retry-After": "7"}
    hook.hangs = 5.0                  # seconds before it answers
    hook.drops = 1                    # so many are taken, and the line is cut instead of an answer
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Posted:
    """One request: header names in lower case; ``status`` is what it was answered (0: nothing)."""

    at: float
    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int

    @property
    def json(self) -> Any:
        """The body's JSON."""
        return json.loads(self.body)

    @property
    def key(self) -> str:
        """Its Idempotency-Key."""
        return self.headers.get("idempotency-key", "")

    def signed_with(self, secret: str) -> bool:
        """Whether the signature is that of the body, as docs/notify.md says how to check it."""
        parts = dict(part.split("=", 1) for part in self.headers["corrillo-signature"].split(","))
        good = hmac.new(secret.encode(), f"{parts['t']}.".encode() + self.body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(good, parts["v1"])


class Receiver:
    """The receiver, in threads of its own."""

    def __init__(self) -> None:
        self.posts: list[Posted] = []
        self.next: list[int] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.hangs = 0.0
        self.drops = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    @property
    def taken(self) -> list[Posted]:
        """Those that were answered that they are well."""
        return [p for p in self.posts if 200 <= p.status < 300]

    def wait(self, posts: int, seconds: float = 20.0) -> list[Posted]:
        """All requests, as soon as they are so many; AssertionError where they are not, in time."""
        deadline = time.monotonic() + seconds
        while len(self.posts) < posts:
            assert time.monotonic() < deadline, f"{len(self.posts)} posts, not {posts}"
            time.sleep(0.01)
        return list(self.posts)

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        """Record a request; what it is to be answered."""
        with self._lock:
            dropped = self.drops > 0
            self.drops -= dropped
            status = 0 if dropped else self.next.pop(0) if self.next else self.status
            self.posts.append(Posted(time.monotonic(), path, headers, body, status))
        if self.hangs:
            time.sleep(self.hangs)
        return status


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status = receiver.take(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    return Handler
