"""The embedded way of running: every source in one process, each batch committed with its cursor.

A source that fails is asked again after a growing wait and hurts nobody else. A batch that could
not be stored was not read: the cursor stands, and the source gives it again.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from corrillo.errors import CorrilloError, Fenced, SourceError, SourceUnavailable
from corrillo.model import Batch, Cursor, Deletion, Post
from corrillo.pipeline import Pipeline
from corrillo.ports import Clock, Rechecks, Source, Written
from corrillo.sink import Sink

FIRST_WAIT = 2.0
LONGEST_WAIT = 900.0
"""Seconds between tries of a source that fails: doubled each time, with jitter."""
RECHECK_SPAN = timedelta(days=2)
RECHECK_EVERY = timedelta(minutes=10)
RECHECK_POSTS = 200

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
    ) -> None:
        self._pipeline = pipeline
        self._sink = sink
        self._clock = clock
        self._on_progress = on_progress
        self._writer = ThreadPoolExecutor(max_workers=writers, thread_name_prefix="writer")
        self._rechecked: dict[str, datetime] = {}

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
        source, failures = heard.source, 0
        progress = Progress(source.name, source.network)
        while True:
            try:
                await self._once(heard, progress)
                failures, wait = 0, source.interval * random.uniform(0.9, 1.1)  # noqa: S311 - jitter, no secret
                progress.error, progress.last_success = "", self._clock()
                progress.state = "listening" if source.interval > 0 else "done"
                self._on_progress(progress)
                if source.interval <= 0:
                    return
            except Fenced:
                raise
            except Exception as error:  # whatever a source or the store does, the others go on
                failures += 1
                wait = await self._failed(source, error, failures, progress)
            await asyncio.sleep(wait)

    async def _failed(self, source: Source, error: Exception, failures: int, progress: Progress) -> float:
        """Note the failure; the seconds to wait before the next try."""
        # What a foreign error says may quote a post: only its kind is kept.
        said = error.message if isinstance(error, CorrilloError) else f"{type(error).__name__}, a fault of this source"
        progress.state = f"failing ({failures}×): {said}"
        progress.failed += 1
        progress.error = said
        self._on_progress(progress)
        try:
            await self._write(partial(self._sink.note_failure, source.name, source.network, self._clock(), said))
        except Fenced:
            raise
        except CorrilloError as store_error:
            progress.state = f"failing: {store_error.message}"
            self._on_progress(progress)
        if isinstance(error, SourceUnavailable) and error.retry_after is not None:
            return max(error.retry_after, FIRST_WAIT)  # a server that says 0 is not asked in a circle
        return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(failures - 1, 10)) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter

    async def _once(self, heard: Heard, progress: Progress) -> None:
        await self._recheck(heard, progress)
        await self._read(heard, await self._write(partial(self._sink.cursor, heard.source.name)), progress)

    async def _read(self, heard: Heard, cursor: Cursor | None, progress: Progress) -> None:
        source = heard.source
        batches = source.fetch(cursor)
        try:
            async for batch in batches:
                await self._take(heard, batch, progress)
        finally:
            if isinstance(batches, AsyncIterator) and hasattr(batches, "aclose"):
                await batches.aclose()
        await self._write(partial(self._sink.note_success, source.name, source.network, self._clock()))

    async def _take(self, heard: Heard, batch: Batch, progress: Progress) -> None:
        def work() -> Written:
            outcome = self._pipeline.hear(
                batch, heard.source.network, self._clock(), heard.everything_about, heard.only
            )
            written = self._sink.take(batch, outcome)
            progress.seen += outcome.health.seen
            progress.kept += outcome.health.kept
            progress.rejected += outcome.health.rejected
            progress.newest = max(filter(None, (progress.newest, outcome.health.newest_post)), default=None)
            return written

        progress.written += await self._write(work)
        progress.state = "reading"
        self._on_progress(progress)

    async def _recheck(self, heard: Heard, progress: Progress) -> None:
        """Look recent posts up again, where the source can: edits and deletions that nobody told us."""
        source, now = heard.source, self._clock()
        last = self._rechecked.get(source.name)
        if not isinstance(source, Rechecks) or (last is not None and now - last < RECHECK_EVERY):
            return
        self._rechecked[source.name] = now
        refs = await self._write(partial(self._sink.refs, source.name, now - RECHECK_SPAN, RECHECK_POSTS))
        try:
            items = await source.recheck(refs) if refs else ()
        except SourceError as error:  # reading comes first: that it cannot look again stops nothing
            progress.state = f"cannot look posts up again: {error.message}"
            self._on_progress(progress)
            return
        if items:
            cursor = await self._write(partial(self._sink.cursor, source.name))
            await self._take(heard, self._as_batch(source, cursor, items), progress)

    @staticmethod
    def _as_batch(source: Source, cursor: Cursor | None, items: Sequence[Post | Deletion]) -> Batch:
        return Batch(cursor=cursor or Cursor(source=source.name, state="{}"), items=tuple(items))

    async def _write(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)
