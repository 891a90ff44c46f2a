"""A fake web server on loopback that answers as a test's own functions say. It is a fake, and so are they.

    def search(asked: Asked) -> Said:
        return Said({"posts": [...]})

    with FakeWeb({"GET /search": search, "POST /graphql": ask}) as web:
        web.base                                    # http://127.0.0.1:…
        web.asked                                   # every request, in order
        web.trouble = Said(status=503)              # from now on, for all paths; None: well again

A path may end in ``*``. A function that gives an object instead of ``Said`` has it sent as JSON.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request: header names in lower case, the last value of each parameter."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body's JSON."""
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        """The body's form."""
        return dict(parse_qsl(self.body.decode()))


@dataclass(frozen=True)
class Said:
    """One answer; ``body`` is text, bytes, or an object that is sent as JSON."""

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Answering = Callable[[Asked], Any]


class FakeWeb:
    """The fake server in threads of its own."""

    def __init__(self, answers: Mapping[str, Answering]) -> None:
        self.answers = dict(answers)
        self.asked: list[Asked] = []
        self.trouble: Said | None = None
        fake = self

        class Talk(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # headers and body are two packets

            def _answer(self) -> None:
                fake._answer(self)

            do_GET = do_POST = do_PUT = do_DELETE = _answer

            def log_message(self, *_: object) -> None:
                """Tests look at ``asked``."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Talk)
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> FakeWeb:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, talk: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(talk.path)
        asked = Asked(
            talk.command,
            unquote(parts.path),
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in talk.headers.items()},
            talk.rfile.read(int(talk.headers.get("content-length") or 0)),
        )
        self.asked.append(asked)
        found = self.trouble or self._found(asked)
        said = found if isinstance(found, Said) else Said(found)
        kind, body = _encoded(said.body)
        talk.send_response(said.status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **said.headers}.items():
            talk.send_header(name, value)
        talk.end_headers()
        talk.wfile.write(body)

    def _found(self, asked: Asked) -> Any:
        name = f"{asked.method} {asked.path}"
        exact = self.answers.get(name)
        if exact is not None:
            return exact(asked)
        for pattern, answering in self.answers.items():
            if pattern.endswith("*") and name.startswith(pattern[:-1]):
                return answering(asked)
        return Said({"error": f"{name}: there is nothing here"}, 404)


def _encoded(body: Any) -> tuple[str, bytes]:
    if isinstance(body, bytes):
        return "application/octet-stream", body
    if isinstance(body, str):
        return "text/html; charset=utf-8", body.encode()
    return "application/json", json.dumps(body).encode()
