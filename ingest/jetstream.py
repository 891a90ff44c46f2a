"""Jetstream v2: everything that is said on Bluesky over one websocket, resumed by number or by time.

As its lexicon and its server document it: numbers belong to one server, and resuming is
inclusive. A number below what is kept is refused before the connection (CursorTooOld), one beyond
the newest begins at the newest (FutureCursor); a time is understood by every server and begins at
the oldest that is kept (OutdatedCursor). So whenever the number does not hold, the time does.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, InvalidURI, WebSocketException
from websockets.typing import Subprotocol

from corrillo import __version__
from corrillo.errors import ParseError, SourceError, SourceRefused, SourceUnavailable
from corrillo.model import Gap
from ingest.bluesky_records import POSTS, STREAM, Event, Failure, Info, frame

MOST, LONGEST = 500, 1.0
"""Frames and seconds of what is given in one go."""
WAITING = 256
"""Frames that wait for us before the network's own buffers do: memory stays flat however slow we are."""
LARGEST = 1_000_000
"""Bytes of a frame that we ask for: a post is 300 letters."""
REWIND = timedelta(minutes=1)
"""What is read again when another server's numbers are of no use: each witnesses at its own time."""
PONG = 10.0
"""Seconds within which a silent connection has to answer."""
BY_ITSELF = "it is opened again by itself"


class Position(msgspec.Struct, frozen=True, omit_defaults=True):
    """The last event that was read: its number, when its server witnessed it, and which server that was."""

    seq: int = 0
    time: datetime | None = None
    base: str = ""


@dataclass(frozen=True)
class Stretch:
    """What the stream gave in one go: events with their frames, frames that are none with the reason, and how far it is."""

    position: Position
    events: Sequence[tuple[Event, bytes]]
    broken: Sequence[tuple[bytes, str]]
    missed: tuple[Gap, ...] = ()


class _Moved(Exception):
    """The number that we have means nothing to this server, or nothing any more."""


@dataclass
class _Connection:
    """What is known since the connection was opened at ``at``."""

    at: Position
    by_number: bool
    fresh: bool
    """Nothing was promised before: what cannot be had is not missed."""
    outdated: bool = False
    begun: bool = False
    events: list[tuple[Event, bytes]] = field(default_factory=list)
    broken: list[tuple[bytes, str]] = field(default_factory=list)
    missed: list[Gap] = field(default_factory=list)


class Jetstream:
    """One server of the stream. ``every``: seconds after which something is given, and be it nothing.

    ``silence``: seconds without an event after which the stream counts as broken. ``unknown``: how
    many frames of kinds that are not known here have passed.
    """

    def __init__(self, base: str, *, every: float, silence: float) -> None:
        self.base = base.rstrip("/")
        self.unknown = 0
        self._every, self._silence = every, silence
        self._wait = min(LONGEST, every, silence)

    async def follow(self, at: Position, *, fresh: bool = False) -> AsyncGenerator[Stretch, None]:
        """Everything after ``at``, for ever. Raises SourceUnavailable or SourceRefused when the connection ends."""
        by_number = at.seq > 0 and at.base == self.base
        while True:
            try:
                async with aclosing(self._followed(_Connection(at, by_number, fresh))) as stretches:
                    async for stretch in stretches:
                        yield stretch
            except _Moved:
                if not by_number:
                    raise SourceUnavailable(f"{self.base}: refuses to resume by time", BY_ITSELF) from None
                by_number = False

    async def _followed(self, open_at: _Connection) -> AsyncGenerator[Stretch, None]:
        async with self._connected(_cursor(open_at)) as socket, aclosing(self._reads(socket)) as reads:
            async for raws, ended in reads:
                failed = self._take(raws, open_at) or ended
                stretch = _stretch(open_at)
                if stretch.events or stretch.broken or not failed:
                    yield stretch
                if failed:
                    raise failed

    @asynccontextmanager
    async def _connected(self, cursor: int) -> AsyncIterator[ClientConnection]:
        wanted = {
            "collections": POSTS,
            "kinds": ("commit", "account"),
            "maxMessageSizeBytes": LARGEST,
            "cursor": cursor,
        }
        try:
            socket = await connect(
                f"{self.base}/xrpc/{STREAM}?{urlencode(wanted, doseq=True)}",
                subprotocols=[Subprotocol("xrpc.v1.json")],
                user_agent_header=f"Corrillo/{__version__} (social listening for public administrations)",
                compression=None,  # this server never compresses so
                max_size=8 * LARGEST,
                max_queue=WAITING,
                ping_timeout=None,  # when we are slow, the answer waits behind the frames: see _answered
                close_timeout=1,
            )
        except InvalidStatus as refused:
            raise self._refused(refused) from None
        except InvalidURI as error:
            raise SourceRefused(f"{self.base}: is not an address of a stream: {error}", "write wss://…") from None
        except (OSError, WebSocketException) as error:
            reason = str(error) or type(error).__name__
            raise SourceUnavailable(f"{self.base}: cannot be reached: {reason}", BY_ITSELF) from None
        async with socket:
            yield socket

    def _refused(self, refused: InvalidStatus) -> Exception:
        status, headers = refused.response.status_code, refused.response.headers
        try:
            said = json.loads(refused.response.body or b"")
            name, message = str(said["error"]), str(said.get("message", ""))[:200]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            name, message = "", ""
        if name == "CursorTooOld":
            return _Moved()
        what = f"{self.base}: answers {status} {name} {message}".rstrip()
        if status == 429 or status >= 500:
            wait = headers.get("Retry-After", "")
            return SourceUnavailable(what, BY_ITSELF, min(float(wait), 3600.0) if wait.isdecimal() else None)
        return SourceRefused(what, "check the address: it must be a server of Jetstream v2")

    async def _reads(self, socket: ClientConnection) -> AsyncGenerator[tuple[list[bytes], SourceError | None], None]:
        """Frames as they come, and with the last of them what ended the connection."""
        quiet = untold = 0.0
        while True:
            raws, ended = await self._gathered(socket)
            quiet, untold = (0.0, 0.0) if raws else (quiet + self._wait, untold + self._wait)
            if quiet >= self._silence:
                ended = SourceUnavailable(f"{self.base}: has been silent for {self._silence:g} s", BY_ITSELF)
            if not raws and ended is None:
                if untold < self._every:
                    continue
                ended = await self._answered(socket)
            untold = 0.0
            yield raws, ended
            if ended:
                return

    async def _gathered(self, socket: ClientConnection) -> tuple[list[bytes], SourceError | None]:
        raws: list[bytes] = []
        try:
            async with asyncio.timeout(self._wait):
                while len(raws) < MOST:
                    raws.append(await socket.recv(decode=False))
        except TimeoutError:
            pass
        except ConnectionClosed as closed:
            return raws, SourceUnavailable(f"{self.base}: the stream ended: {closed}", BY_ITSELF)
        return raws, None

    async def _answered(self, socket: ClientConnection) -> SourceError | None:
        """Nothing, if somebody is still there; else why it ends."""
        try:
            async with asyncio.timeout(PONG):
                await (await socket.ping())
        except (TimeoutError, ConnectionClosed):
            return SourceUnavailable(f"{self.base}: nobody answers any more", BY_ITSELF)
        return None

    def _take(self, raws: Sequence[bytes], into: _Connection) -> SourceError | None:
        """Understand frames; what a frame says that ends the stream."""
        for raw in raws:
            try:
                found = frame(raw)
            except ParseError as error:
                into.broken.append((raw, error.message))
                continue
            if isinstance(found, Event):
                self._heard(found, raw, into)
            elif isinstance(found, Failure):
                said = f"{found.error} {found.message or ''}".strip()[:200]
                return SourceUnavailable(f"{self.base}: ended the stream: {said}", BY_ITSELF)
            elif isinstance(found, Info):
                _notice(found, into)
            else:
                self.unknown += 1
        return None

    def _heard(self, event: Event, raw: bytes, into: _Connection) -> None:
        if not into.begun:
            into.begun = True
            into.missed += _missing(event, into, self._silence)
            if into.by_number and event.seq == into.at.seq:
                return  # resuming is inclusive: this one was given before
        into.events.append((event, raw))
        into.at = Position(event.seq, event.witnessed, self.base)


def _cursor(connection: _Connection) -> int:
    at = connection.at
    if connection.by_number:
        return at.seq
    assert at.time is not None
    return round((at.time - (REWIND if at.seq else timedelta())).timestamp() * 1_000_000)


def _stretch(connection: _Connection) -> Stretch:
    """What has come together; begins to collect anew."""
    given = Stretch(connection.at, connection.events, connection.broken, tuple(connection.missed))
    connection.events, connection.broken, connection.missed = [], [], []
    return given


def _notice(info: Info, connection: _Connection) -> None:
    if info.name == "FutureCursor" and connection.by_number:
        raise _Moved
    connection.outdated |= info.name == "OutdatedCursor"


def _missing(first: Event, connection: _Connection, silence: float) -> Sequence[Gap]:
    """What was not to be had between where we stood and the ``first`` event.

    Raises _Moved when resuming by number does not begin with the event that we had: this is not the
    archive in which we stood, or it has tidied up.
    """
    at = connection.at
    assert at.time is not None
    if connection.by_number:
        if (first.seq, first.witnessed) == (at.seq, at.time):
            return ()
        raise _Moved
    if connection.fresh or first.witnessed <= at.time:
        return ()
    rewound = at.seq > 0 and silence <= REWIND.total_seconds()  # of what we had before, nothing came: it was left out
    if not (connection.outdated or rewound) and first.witnessed - at.time <= timedelta(seconds=silence):
        return ()
    why = "does not keep what was said so long ago" if connection.outdated else "left it out"
    return (Gap(since=at.time, until=first.witnessed, why=f"the stream's server {why}"),)
