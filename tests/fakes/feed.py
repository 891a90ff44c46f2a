"""A fake web server on loopback that serves feeds, well and badly, down to the bytes on the wire.

It is a fake: it speaks just enough HTTP/1.1 to misbehave where a real server library would not let
it (a body that stops half-way, a Content-Length that lies, one byte at a time).

In a test:

    with FakeFeed() as feed:
        feed.serve("/news.xml", body, etag='"1"', modified="…", gzip=True)   # 304 where it is due
        feed.answer("/busy", status=429, headers={"Retry-After": "7"}, times=1)
        feed.redirect("/old", "/news.xml")
        feed.reset("/cut", body, after=100); feed.drip("/slow", body); feed.lie("/lie", body, length=10**9)
        feed.requests                       # what was asked, with headers (lower-case names)

``/feed.xml`` is a living RSS feed: ``publish``, ``edit`` and ``remove`` its entries; its newest
``size`` are served. In a process of its own, ``python -m tests.fakes.feed --port N`` prints its
address, and takes JSON:

    POST /control/publish {"title", "text"?, "id"?, "link"?, "at"?}  → the entry
    POST /control/edit    {"id", "title"?, "text"?}                  → the entry (404: there is none)
    POST /control/remove  {"id"}                                     → {} (404: there is none)
    POST /control/answer  {"path", "status", "body"?, "headers"?, "times"?}
    POST /control/mend    {}      all paths as they were
    GET  /control/entries         [entries, oldest first]
    GET  /control/requests        [{"path", "headers"}]
"""

from __future__ import annotations

import argparse
import asyncio
import gzip as gzip_module
import json
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from tests.fakes.feed_entries import Entries

XML = "application/rss+xml; charset=utf-8"
PATIENCE = 0.1
"""Seconds between two bytes of a drip."""


@dataclass
class Page:
    """What a path answers. ``times``: how often, before the path answers as it did before."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str = ""
    modified: str = ""
    gzip: bool = False
    times: int | None = None
    reset_after: int | None = None
    drip: bool = False
    length: int | None = None

    def unchanged(self, asked: Mapping[str, str]) -> bool:
        """Whether the client has this version already."""
        if "if-none-match" in asked:
            return bool(self.etag) and asked["if-none-match"] == self.etag
        return bool(self.modified) and asked.get("if-modified-since") == self.modified


class FakeFeed:
    """The fake server in a thread of its own."""

    def __init__(self, port: int = 0, size: int = 50, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.entries = Entries(size)
        self.requests: list[dict] = []
        self._pages: dict[str, list[Page]] = {}
        self._wanted = port
        self._started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.port = 0
        self.base = ""

    # ── life ──────────────────────────────────────────────────────────────────────────────
    def __enter__(self) -> FakeFeed:
        self._thread.start()
        assert self._started.wait(30), "the fake feed server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)

    def _run(self) -> None:
        async def serve() -> None:
            self._stop = asyncio.Event()
            self._talks: set[asyncio.Task[None]] = set()
            try:
                server = await asyncio.start_server(self._talk, "127.0.0.1", self._wanted, ssl=self._tls)
                self.port = server.sockets[0].getsockname()[1]
                self.base = f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"
            finally:
                self._started.set()
            await self._stop.wait()
            server.close()
            for talk in self._talks:
                talk.cancel()
            await asyncio.gather(*self._talks, return_exceptions=True)

        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(serve())

    # ── controls ──────────────────────────────────────────────────────────────────────────
    def url(self, path: str) -> str:
        """The address of a path here."""
        return self.base + path

    def serve(self, path: str, body: bytes | str, *, kind: str = XML, **page: object) -> str:
        """Serve ``body`` there from now on; its address. Other fields: see ``Page``."""
        raw = body.encode() if isinstance(body, str) else body
        headers = {"Content-Type": kind, **page.pop("headers", {})}  # type: ignore[dict-item]
        self._pages[path] = [Page(raw, headers=headers, **page)]  # type: ignore[arg-type]
        return self.url(path)

    def answer(
        self,
        path: str,
        status: int,
        body: bytes | str = b"",
        headers: Mapping[str, str] | None = None,
        times: int | None = None,
    ) -> str:
        """Answer ``status`` there, ``times`` times or for good."""
        raw = body.encode() if isinstance(body, str) else body
        self._pages.setdefault(path, []).append(Page(raw, status, headers or {}, times=times))
        return self.url(path)

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        """Send who asks for ``path`` to another path or address."""
        return self.answer(path, status, headers={"Location": to})

    def reset(self, path: str, body: bytes | str, after: int) -> str:
        """Break the connection after so many bytes of the body."""
        return self.serve(path, body, reset_after=after)

    def drip(self, path: str, body: bytes | str) -> str:
        """Send the body one byte at a time, with a pause after each."""
        return self.serve(path, body, drip=True)

    def lie(self, path: str, body: bytes | str, length: int) -> str:
        """Say a Content-Length that is not the body's, then close."""
        return self.serve(path, body, length=length)

    def mend(self) -> None:
        """Forget every path but the living feed."""
        self._pages = {}

    def publish(self, title: str, text: str = "", **entry: str) -> dict:
        """A new entry of the living feed; see ``Entries.publish``."""
        return self.entries.publish(title, text, base=self.base, **entry)

    def edit(self, entry_id: str, **changed: str) -> dict:
        """Change an entry of the living feed. Raises KeyError when there is none."""
        return self.entries.edit(entry_id, **changed)

    def remove(self, entry_id: str) -> None:
        """Take an entry out of the living feed. Raises KeyError when there is none."""
        self.entries.remove(entry_id)

    # ── the wire ──────────────────────────────────────────────────────────────────────────
    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        task.add_done_callback(self._talks.discard)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._one(reader, writer)
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {k.lower(): v.strip() for k, _, v in (h.partition(":") for h in head[1:] if h)}
        said = await reader.readexactly(int(headers.get("content-length", 0)))
        path = target.partition("?")[0]
        if path.startswith("/control/"):
            await self._send(writer, self._controlled(path.removeprefix("/control/"), json.loads(said or b"{}")))
            return
        self.requests.append({"method": method, "path": target, "headers": headers})
        page = self._page(path)
        await self._send(writer, Page(status=304, headers=page.headers) if page.unchanged(headers) else page)

    def _page(self, path: str) -> Page:
        pages = self._pages.get(path, [])
        page = pages[-1] if pages else None
        if page is None:
            if path != "/feed.xml":
                return Page(b"not here", 404)
            body = self.entries.rss(self.base).encode()
            return Page(body, headers={"Content-Type": XML}, etag=f'"{self.entries.version}"')
        if page.times is not None:
            page.times -= 1
            if page.times <= 0:
                pages.pop()
        return page

    async def _send(self, writer: asyncio.StreamWriter, page: Page) -> None:
        body = gzip_module.compress(page.body) if page.gzip else page.body
        headers = dict(page.headers)
        headers |= {"ETag": page.etag} if page.etag else {}
        headers |= {"Last-Modified": page.modified} if page.modified else {}
        headers |= {"Content-Encoding": "gzip"} if page.gzip else {}
        headers |= {"Content-Length": str(len(body) if page.length is None else page.length), "Connection": "close"}
        lines = [f"HTTP/1.1 {page.status} As-Asked", *(f"{k}: {v}" for k, v in headers.items())]
        writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")
        if page.reset_after is not None:
            writer.write(body[: page.reset_after])
            await writer.drain()
            writer.transport.abort()
        elif page.drip:
            for byte in body:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(PATIENCE)
        else:
            writer.write(body)
            await writer.drain()

    def _controlled(self, command: str, said: dict) -> Page:
        try:
            found = self._command(command, said)
        except KeyError as missing:
            return Page(json.dumps({"error": f"no {missing}"}).encode(), 404)
        return Page(json.dumps(found).encode(), headers={"Content-Type": "application/json"})

    def _command(self, command: str, said: dict) -> object:
        match command:
            case "publish":
                return self.publish(**said)
            case "edit":
                return self.edit(said.pop("id"), **said)
            case "remove":
                self.remove(said["id"])
            case "answer":
                self.answer(**said)
            case "mend":
                self.mend()
            case "entries":
                return self.entries.all()
            case "requests":
                return self.requests
            case _:
                raise KeyError(command)
        return {}


def main() -> None:
    """Serve until killed."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--port", type=int, default=0, help="0: any free port")
    options.add_argument("--size", type=int, default=50, help="entries that the living feed lists")
    chosen = options.parse_args()
    with FakeFeed(chosen.port, chosen.size) as server:
        print(server.base, flush=True)
        server._thread.join()


if __name__ == "__main__":
    main()
