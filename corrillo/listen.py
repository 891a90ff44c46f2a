"""The embedded way of running: every source in one process, each batch committed with its cursor.

A source that fails is asked again after a growing wait and hurts nobody else. A batch that could
not be stored was not read: the cursor stands, and the source gives it again.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from corrillo.errors import CorrilloError, Fenced, SourceRefused, SourceUnavailable
from corrillo.lookups import ROUND, Lookups
from corrillo.model import Batch, Cursor, Gap, Items
from corrillo.pipeline import Pipeline
from corrillo.ports import Clock, Source, SourceNews, Written, abilities
from corrillo.sink import Sink

FIRST_WAIT = 2.0
LONGEST_WAIT = 900.0
"""Seconds between tries of a source that fails: doubled each time, with jitter."""
GOOD_WHILE = 60.0
"""Seconds: who goes on giving for longer streams, and does not only begin well.

A try that lasted longer, and longer than the source's interval, was a good one that came to an end.
"""
T = TypeVar("T")


@dataclass(frozen=True)
class Heard:
    """One source with what is said about it in the configuration."""

    source: Source
    everything_about: str = ""
    label: str = ""
    only: str = ""
    """The one institution it is narrowed to, '' for all."""


@dataclass
class Progress:
    """What a source has done since the process began, for people who watch."""

    name: str
    network: str
    state: str = "waiting"
    seen: int = 0
    kept: int = 0
    rejected: int = 0
    failed: int = 0
    """Tries that failed."""
    error: str = ""
    """What the last try's failure may be called in a log: a message of ours, of a foreign error only its class."""
    last_success: datetime | None = None
    written: Written = field(default_factory=Written)
    newest: datetime | None = None


OnProgress = Callable[[Progress], None]


class Listener:
    """Carries batches from sources to a sink; ``writers``: how many at a time, never two of one source."""

    def __init__(
        self,
        pipeline: Pipeline,
        sink: Sink,
        clock: Clock,
        on_progress: OnProgress = lambda _: None,
        writers: int = 1,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._pipeline = pipeline
        self._sink = sink
        self._clock = clock
        self._on_progress = on_progress
        self._writer = ThreadPoolExecutor(max_workers=writers, thread_name_prefix="writer")
        self._sleep = sleep
        self._locks: dict[str, asyncio.Lock] = {}

    async def run(self, heard: Sequence[Heard]) -> None:
        """Listen to all of them until each has ended for good, or for ever. Cancel it to stop.

        Raises Fenced, and ends them all, when another process has taken one over.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for one in heard:
                    group.create_task(self._listen(one))
        except* Fenced as fenced:
            raise fenced.exceptions[0] from None

    def close(self) -> None:
        """Wait for what is being written."""
        self._writer.shutdown(wait=True)

    async def drain(self, heard: Heard) -> Progress:
        """Everything that a source has, from its beginning, once; its errors are raised."""
        progress = Progress(heard.source.name, heard.source.network)
        await self._read(heard, None, progress)
        return progress

    async def _listen(self, heard: Heard) -> None:
        """Read a source, and look up besides what it is able to tell, once it can be read."""
        progress = Progress(heard.source.name, heard.source.network)
        readable = asyncio.Event()
        aside = asyncio.create_task(self._look_up(heard, progress, readable)) if abilities(heard.source) else None
        try:
            await self._read_on(heard, progress, readable)
        finally:
            if aside is not None:
                aside.cancel()
                with suppress(asyncio.CancelledError):
                    await aside

    async def _read_on(self, heard: Heard, progress: Progress, readable: asyncio.Event) -> None:
        source, failures = heard.source, 0
        while True:
            begun, seen = self._clock(), progress.seen
            try:
                async with self._lock(source):
                    cursor = await self._write(partial(self._sink.cursor, source.name))
                await self._read(heard, cursor, progress, readable)
                failures, wait = 0, source.interval * random.uniform(0.9, 1.1)  # noqa: S311 - jitter, no secret
                progress.error, progress.last_success = "", self._clock()
                progress.state = "listening" if source.interval > 0 else "done"
                self._on_progress(progress)
                if source.interval <= 0:
                    return
            except Fenced:
                raise
            except Exception as error:  # whatever a source or the store does, the others go on
                lasted = self._clock() - begun > timedelta(seconds=max(GOOD_WHILE, source.interval))
                went_well = lasted and progress.seen > seen
                failures = 1 if went_well else failures + 1  # a stream ends only by failing
                wait = await self._failed(source, error, failures, progress)
            await self._sleep(wait)

    async def _look_up(self, heard: Heard, progress: Progress, readable: asyncio.Event) -> None:
        await readable.wait()
        source = heard.source
        lookups = Lookups(
            source,
            partial(self._take_aside, heard, progress),
            lambda since, limit: self._write(partial(self._sink.known, source.name, since, limit)),
            lambda: self._write(partial(self._sink.health_of, source.name)),
            self._clock,
        )
        while True:
            try:
                for said in await lookups.round():
                    progress.state = f"cannot be asked for more: {said}"
                    self._on_progress(progress)
            except Fenced:
                raise
            except Exception as error:  # what is looked up besides never ends the listening
                progress.state = f"cannot be asked for more: {_said(error)}"
                self._on_progress(progress)
            await self._sleep(ROUND)

    async def _failed(self, source: Source, error: Exception, failures: int, progress: Progress) -> float:
        """Note the failure; the seconds to wait before the next try."""
        said, refused = _said(error), isinstance(error, SourceRefused)
        progress.state = f"failing ({failures}×): {said}"
        progress.failed += 1
        progress.error = said
        self._on_progress(progress)
        try:
            async with self._lock(source):
                now = self._clock()
                await self._write(partial(self._sink.note_failure, source.name, source.network, now, said, refused))
        except Fenced:
            raise
        except CorrilloError as store_error:
            progress.state = f"failing: {store_error.message}"
            self._on_progress(progress)
        if isinstance(error, SourceUnavailable) and error.retry_after is not None:
            return max(error.retry_after, FIRST_WAIT)  # a server that says 0 is not asked in a circle
        return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(failures - 1, 10)) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter

    async def _read(
        self, heard: Heard, cursor: Cursor | None, progress: Progress, readable: asyncio.Event | None = None
    ) -> None:
        source, begun = heard.source, self._clock()
        batches = source.fetch(cursor)
        try:
            async for batch in batches:
                beginning = self._clock() - begun < timedelta(seconds=GOOD_WHILE)
                await self._take(heard, batch, progress, partial=beginning)
                if readable is not None:
                    readable.set()
        finally:
            if isinstance(batches, AsyncIterator) and hasattr(batches, "aclose"):
                await batches.aclose()
        news = SourceNews(source.name, source.network, self._clock(), every=source.interval)
        async with self._lock(source):
            await self._write(partial(self._sink.note_success, news))
        if readable is not None:
            readable.set()

    async def _take(self, heard: Heard, batch: Batch, progress: Progress, *, partial: bool) -> None:
        async with self._lock(heard.source):
            await self._commit(heard, batch, progress, {"every": heard.source.interval, "partial": partial})

    async def _take_aside(
        self, heard: Heard, progress: Progress, items: Items, *, in_thread: str = "", filled: Sequence[Gap] = ()
    ) -> None:
        """Commit what was looked up beside the cursor, which stays where reading has brought it."""
        if not (items.items or items.rejected or filled):
            return
        async with self._lock(heard.source):
            cursor = await self._write(partial(self._sink.cursor, heard.source.name))
            if cursor is None:  # nothing of it was ever kept: there is nothing to look up
                return
            batch = Batch(cursor=cursor, items=items.items, rejected=items.rejected)
            await self._commit(heard, batch, progress, {"aside": True, "filled": tuple(filled)}, in_thread)

    async def _commit(
        self, heard: Heard, batch: Batch, progress: Progress, news: Mapping[str, Any], in_thread: str = ""
    ) -> None:
        about, only = (heard.everything_about, heard.only) if not in_thread else ("", in_thread)

        def work() -> Written:
            outcome = self._pipeline.hear(batch, heard.source.network, self._clock(), about, only, in_thread)
            outcome = replace(outcome, news=replace(outcome.news, **news))
            written = self._sink.take(batch, outcome)
            progress.seen += outcome.news.seen
            progress.kept += outcome.news.kept
            progress.rejected += outcome.news.rejected
            progress.newest = max(filter(None, (progress.newest, outcome.news.newest_post)), default=None)
            return written

        progress.written += await self._write(work)
        progress.state = "reading"
        self._on_progress(progress)

    def _lock(self, source: Source) -> asyncio.Lock:
        """Held while something of the source is committed: its batches and what is looked up take turns."""
        return self._locks.setdefault(source.name, asyncio.Lock())

    async def _write(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)


def _said(error: Exception) -> str:
    """What may be shown and kept of an error: what a foreign one says may quote a post, only its kind is kept."""
    return error.message if isinstance(error, CorrilloError) else f"{type(error).__name__}, a fault of this source"
