"""One step as an agent: take, read, do, acknowledge; in that order, whatever happens in between."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from corrillo.errors import LaterSchema, MessageError
from corrillo.messages import Header, encode, headers
from corrillo.model import PSEUDONYM
from corrillo.ports import Clock, Quarantined, StepWatch
from processors.faust.progress import Handed
from processors.faust.publisher import Outgoing, Publisher

log = logging.getLogger("corrillo.work")
TAKE, WITHIN = 1_000, 0.05
"""Messages of a batch at most, and seconds that it may gather where nothing else is said."""
BROKEN = 70
"""Exit code of a process that met what it does not understand (EX_SOFTWARE)."""
SHOWN = 20_000
"""Characters of an unreadable message that quarantine keeps."""
LARGEST = 300_000
"""Bytes of a message that quarantine keeps whole: as JSON inside JSON it grows."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Read(Generic[T]):
    """A message that could be read, and where it stood."""

    word: T
    value: bytes
    partition: int
    origin: str
    message: Handed | None = None

    @property
    def published(self) -> float | None:
        """When it was published first, in seconds since 1970, whatever steps it has passed since."""
        return self.message.timestamp if self.message else None

    @property
    def generation(self) -> int | None:
        """That of the group when it was read."""
        return self.message.generation_id if self.message else None


class Moved(Exception):
    """The partitions went to another worker: what is not done is done there."""


class Step(Generic[T]):
    """Reads messages with ``read`` and gives them to ``do``, which returns when all is durable.

    What ``read`` refuses goes to quarantine, in the form that ``protect`` gives it. When ``do``, or what is
    done between two batches, raises anything but Moved, the process ends at once, and the next one replays.
    """

    def __init__(
        self,
        name: str,
        read: Callable[[bytes | None, Sequence[Header]], T],
        do: Callable[[Sequence[Read[T]]], Awaitable[None]],
        aside: Aside,
        watch: StepWatch,
        within: float = WITHIN,
    ) -> None:
        self.name, self._within = name, within
        self._read, self._do, self._aside, self._watch = read, do, aside, watch
        self._busy = asyncio.Lock()
        self._between: asyncio.Future[Any] | None = None
        self._barrier = -1

    async def __call__(self, stream: Any) -> None:
        """The agent."""
        async for events in stream.noack_take(TAKE, within=self._within):
            with suppress(Moved):
                async with self._busy:
                    with self._breaking_off():
                        await self._take([e for e in events if e.message.generation_id > self._barrier])

    async def leave(self, generation: int) -> None:
        """Let the batch end that is being done, and do none of what was fetched up to ``generation``."""
        self.abandon(generation)
        async with self._busy:
            pass

    def abandon(self, generation: int) -> None:
        """Do none of what was fetched up to ``generation``; what is being done may go on."""
        self._barrier = max(self._barrier, generation)

    async def between(self, do: Callable[[], Awaitable[R]]) -> R:
        """Do something between two batches, one thing at a time.

        It is done to its end, also when nobody waits for it any more: a batch after it would
        remember what had not been told.
        """
        doing = self._between = asyncio.ensure_future(self._undisturbed(do))
        return await asyncio.shield(doing)

    def end(self) -> None:
        """Break off what is done between two batches, once there are no more of them."""
        if self._between:
            self._between.cancel()

    async def _undisturbed(self, do: Callable[[], Awaitable[R]]) -> R:
        async with self._busy:
            with self._breaking_off():
                return await do()

    @contextmanager
    def _breaking_off(self) -> Iterator[None]:
        """End the process at whatever it does not understand: what it has in mind may be told in part."""
        try:
            yield
        except (asyncio.CancelledError, Moved):
            raise
        except BaseException:
            log.critical(
                "%s: broken off; what was not acknowledged is done again after a restart", self.name, exc_info=True
            )
            os._exit(BROKEN)

    async def _take(self, events: Sequence[Any]) -> None:
        good: list[Read[T]] = []
        bad: list[Quarantined] = []
        for event in events:
            message = event.message
            origin = f"{message.topic}[{message.partition}]@{message.offset}"
            try:
                word = self._read(message.value, message.headers or ())
                good.append(Read(word, message.value, message.partition, origin, message))
            except MessageError as error:
                bad.append(
                    self._aside.item(
                        self.name, message.value or b"", str(error), origin, isinstance(error, LaterSchema)
                    )
                )
        if bad:
            await self._aside.put(self.name, bad)
        if good:
            await self._do(good)
        for event in events:
            event.message.left.discard(self.name)
        self._watch.processed(self.name, len(events))


class Aside:
    """Puts what cannot be done into quarantine."""

    def __init__(
        self, publisher: Publisher, topic: str, protect: Callable[[str], str], clock: Clock, watch: StepWatch
    ) -> None:
        self._publisher, self._topic, self._watch = publisher, topic, watch
        self._protect, self._clock = protect, clock

    def item(self, step: str, value: bytes, reason: str, origin: str, ours: bool = False) -> Quarantined:
        """A message as an item of quarantine; the same message gets the same id.

        One of ``ours`` stays as it is: it is protected, and shall be read again. What is too large is cut.
        """
        raw = value.decode("utf-8", "backslashreplace")
        if not ours:
            raw = self._protect(raw)[:SHOWN]
        elif len(value) > LARGEST:
            raw, reason = raw[:SHOWN], f"{reason} (cut: {len(value)} bytes)"
        names = tuple(sorted(set(PSEUDONYM.findall(raw))))
        identity = hashlib.blake2b(f"{step}\x1f{origin}".encode() + value, digest_size=8).hexdigest()
        return Quarantined(identity, f"work/{step}", self._clock(), self._protect(reason), origin, raw, names)

    async def put(self, step: str, items: Sequence[Quarantined]) -> None:
        """Keep them, durably."""
        self._watch.quarantined(step, len(items))
        log.warning("%s: %d to quarantine, the first from %s", step, len(items), items[0].origin)
        messages = [Outgoing(0, q.id, encode(q), headers(q.source)) for q in items]
        await self._publisher.publish(step, self._topic, messages)
