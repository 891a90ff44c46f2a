"""A fake Jetstream v2 on loopback: the stream of Bluesky's events, as its lexicon and its server document it.

It is a fake, not Jetstream: ``/xrpc/network.bsky.jetstream.subscribeEvents`` with ``cursor`` (number or
time), ``kinds``, ``dids``, ``collections``, the sub-protocol ``xrpc.v1.json``, the refusals before and
the notices and errors within a connection. The ``JetstreamClient`` of ``atproto`` drives it in
``tests/unit/ingest/test_bluesky.py``, which keeps the fake honest.

    with FakeJetstream() as jetstream:             # jetstream.base: ws://127.0.0.1:…
        uri = jetstream.publish("Sin agua en Benialba", did("ana"))
        jetstream.delete(uri)
        jetstream.end_account(did("ana"))
        jetstream.forget(3)                        # keeps only the last three events
        jetstream.drop(1012, "restarting")         # ends all connections; code None: without a word
        jetstream.move()                           # another archive: the same events under other numbers
        jetstream.stop(); jetstream.start()        # on the same port, with what it holds

``tests.fakes.jetstream_frames`` makes frames as the whole network's stream has them, without a server.
"""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.protocol import State

from deploy.services.process import free_port
from tests.fakes.jetstream_frames import POSTS, STREAM, did, message, written

TIMES = 1_000_000_000_000_000
"""From here on a cursor is a time in microseconds."""


@dataclass(frozen=True)
class Event:
    """One event as it stands in the archive."""

    seq: int
    witnessed: datetime
    kind: str
    fields: dict[str, Any]

    @property
    def frame(self) -> str:
        moment = written(self.witnessed)
        return message(self.kind, seq=self.seq, **self.fields, time=moment, witnessedAt=moment)


@dataclass
class Archive:
    """What has happened, in order; numbers grow and have holes."""

    clock: Callable[[], datetime]
    events: list[Event] = field(default_factory=list)
    next_seq: int = 1000
    floor: int = 0
    """Below this number nothing is kept."""
    records: dict[str, tuple[dict[str, Any], datetime]] = field(default_factory=dict)
    """Posts that are there, by uri: the record, and when it came."""

    def add(self, kind: str, at: datetime | None = None, **fields: Any) -> Event:
        event = Event(self.next_seq, at or self.clock(), kind, fields)
        self.events.append(event)
        self.next_seq += 1 + len(self.events) % 3
        return event

    def since(self, seq: int) -> Sequence[Event]:
        return self.events[bisect_left(self.events, max(seq, self.floor), key=lambda e: e.seq) :]


class FakeJetstream:
    """The fake server in a thread of its own.

    ``before``: frames that are sent before the first event of every connection; ``after``: one after
    those that there are then, and it closes. ``silent``: nothing
    is sent any more; ``frozen``: nor are pings answered. ``split``: every frame goes in pieces.
    ``deaf``: cursors are ignored, as by a server without replay. ``refuses``: status and body of
    every handshake.
    """

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.archive = Archive(clock)
        self.asked: list[dict[str, list[str]]] = []
        self.before: list[str] = []
        self.after = ""
        self.silent = self.frozen = self.split = self.deaf = False
        self.refuses: tuple[int, str] | None = None
        self._posted = 0
        self._open: set[ServerConnection] = set()
        self.port = free_port()
        self.base = f"ws://127.0.0.1:{self.port}"

    # ── what happens on the network ───────────────────────────────────────────────────────
    def publish(self, text: str, author: str = did("ana"), at: datetime | None = None, **record: Any) -> str:
        """Somebody writes; the post's uri. ``record`` replaces parts of it; what is None is left out."""
        self._posted += 1
        rkey = base64.b32hexencode((self._posted << 13).to_bytes(8, "big"))[:13].decode().lower()
        at = at or self.archive.clock()
        whole = {"$type": POSTS, "text": text, "createdAt": written(at), "langs": ["es"]} | record
        return self.commit("create", author, rkey, {k: v for k, v in whole.items() if v is not None}, at)

    def edit(self, uri: str, text: str) -> None:
        """Its author changes a post."""
        _, _, author, _, rkey = uri.split("/")
        self.commit("update", author, rkey, {**self.archive.records[uri][0], "text": text})

    def delete(self, uri: str) -> None:
        """Its author deletes a post."""
        _, _, author, _, rkey = uri.split("/")
        self.commit("delete", author, rkey, None)

    def commit(
        self, operation: str, author: str, rkey: str, record: Any, at: datetime | None = None, collection: str = POSTS
    ) -> str:
        """Any change of any record; its uri."""
        uri = f"at://{author}/{collection}/{rkey}"
        fields = {"did": author, "rev": rkey, "operation": operation, "collection": collection, "rkey": rkey}
        event = self.archive.add(
            "commit", at, **fields, **({"record": record, "cid": "bafyrei" + rkey} if record else {})
        )
        if record and collection == POSTS:
            self.archive.records[uri] = (record, self.archive.records.get(uri, (None, event.witnessed))[1])
        elif collection == POSTS:
            self.archive.records.pop(uri, None)
        self._wake()
        return uri

    def end_account(self, author: str, status: str | None = "deleted", active: bool = False) -> None:
        """What a host says of an account; by itself that it is deleted."""
        said = {"did": author, "active": active, "seq": 1, "time": written(self.archive.clock())}
        self.archive.add("account", did=author, account=said | ({"status": status} if status else {}))
        if not active:
            self.archive.records = {u: r for u, r in self.archive.records.items() if author not in u}
        self._wake()

    def rename(self, author: str, handle: str) -> None:
        """An account gets another handle."""
        said = {"did": author, "handle": handle, "seq": 1, "time": written(self.archive.clock())}
        self.archive.add("identity", did=author, identity=said)
        self._wake()

    # ── what happens to the server ────────────────────────────────────────────────────────
    def forget(self, kept: int) -> None:
        """Only the last ``kept`` events are kept."""
        self.archive.floor = self.archive.events[-kept].seq

    def move(self, by: int = -500) -> None:
        """Another archive: it witnessed the same, under numbers that are ``by`` away."""
        self.archive.events = [Event(e.seq + by, e.witnessed, e.kind, e.fields) for e in self.archive.events]
        self.archive.next_seq += by

    def send(self, frame: str | bytes) -> None:
        """A frame to all who listen now, whatever it is."""
        self._in_loop(self._sent(frame))

    def drop(self, code: int | None = 1001, reason: str = "") -> None:
        """End all connections; without a code, without a word."""
        self._in_loop(self._dropped(code, reason))

    def start(self) -> None:
        """Serve."""
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True)
        self._thread.start()
        ready.wait(10)

    def stop(self) -> None:
        """Stop serving; what is in the archive stays."""
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(10)

    def __enter__(self) -> FakeJetstream:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread.is_alive():
            self.stop()

    # ── the server ────────────────────────────────────────────────────────────────────────
    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._stopped, self._more = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        server: Server = await serve(
            self._talk,
            "127.0.0.1",
            self.port,
            process_request=self._request,
            select_subprotocol=lambda _, offered: next((o for o in offered if o == "xrpc.v1.json"), None),
            compression=None,
            ping_interval=None,
            close_timeout=0.2,
        )
        ready.set()
        await self._stopped.wait()
        server.close()
        await server.wait_closed()

    def _request(self, connection: ServerConnection, request: Request) -> Response | None:
        parts = urlsplit(request.path)
        asked = parse_qs(parts.query)
        if parts.path != f"/xrpc/{STREAM}":
            return connection.respond(HTTPStatus.NOT_FOUND, "a fake, and there is nothing here")
        self.asked.append(asked)
        if self.refuses:
            return connection.respond(HTTPStatus(self.refuses[0]), self.refuses[1])
        cursor = int(asked.get("cursor", ["0"])[0])
        if not self.deaf and 0 < cursor < min(self.archive.floor, TIMES):
            said = {"error": "CursorTooOld", "message": f"cursor is below the floor {self.archive.floor}"}
            return connection.respond(HTTPStatus.BAD_REQUEST, json.dumps(said))
        return None

    async def _talk(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        asked = parse_qs(urlsplit(connection.request.path).query)
        self._open.add(connection)
        with suppress(ConnectionClosed):
            position, notice = self._begin(asked)
            for frame in (*([notice] if notice else []), *self.before):
                await connection.send(frame)
            while connection.state is State.OPEN:
                self._more.clear()
                for event in self.archive.since(position):
                    position = event.seq + 1
                    if _wanted(event, asked) and not (self.silent or self.frozen):
                        await connection.send(_pieces(event.frame) if self.split else event.frame)
                if self.after:
                    await connection.send(self.after)
                    await connection.close(1011)
                if self.frozen:
                    connection.transport.pause_reading()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._more.wait(), 0.05)  # another connection may have cleared it
        self._open.discard(connection)

    def _begin(self, asked: dict[str, list[str]]) -> tuple[int, str]:
        """The number from which it is sent, and a notice."""
        newest, cursor = self.archive.next_seq, int(asked.get("cursor", ["-1"])[0])
        if cursor < 0 or self.deaf:
            return newest, ""
        if cursor < TIMES:
            return (newest, message("info", name="FutureCursor", message="x")) if cursor >= newest else (cursor, "")
        begin = datetime.fromtimestamp(cursor / 1e6, UTC)
        kept = self.archive.since(0)
        found = next((e.seq for e in kept if e.witnessed >= begin), newest)
        outdated = bool(self.archive.floor and kept and begin < kept[0].witnessed)
        return found, message("info", name="OutdatedCursor", message="x") if outdated else ""

    async def _sent(self, frame: str | bytes) -> None:
        for connection in tuple(self._open):
            await connection.send(frame)

    async def _dropped(self, code: int | None, reason: str) -> None:
        for connection in tuple(self._open):
            if code is None:
                connection.transport.abort()
            else:
                await connection.close(code, reason)

    def _in_loop(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def _wake(self) -> None:
        if hasattr(self, "_loop") and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._more.set)


def _wanted(event: Event, asked: dict[str, list[str]]) -> bool:
    kinds, dids, collections = asked.get("kinds"), asked.get("dids"), asked.get("collections")
    if (kinds and event.kind not in kinds) or (dids and event.fields["did"] not in dids):
        return False
    return event.kind != "commit" or not collections or event.fields["collection"] in collections


def _pieces(frame: str) -> Iterator[str]:
    return (frame[begin : begin + 100] for begin in range(0, len(frame), 100))
