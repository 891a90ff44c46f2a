"""Streams of hashtags, all of them into one queue."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from corrillo.errors import SourceUnavailable
from ingest.mastodon_api import Api

SILENCE = 90.0
"""Seconds: servers send a heartbeat every 15; a stream silent for longer is dead."""
OPEN = "stream opened"
AT_ONCE = 200

Event = tuple[str, str, str]
"""Hashtag, kind of event, its data."""


class Streams:
    """The streams of some hashtags, from entering to leaving; errors come in their turn, as events do."""

    def __init__(self, api: Api, tags: tuple[str, ...]) -> None:
        self._api = api
        self._tags = tags
        self._queue: asyncio.Queue[Event | Exception] = asyncio.Queue(maxsize=1000)
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Streams:
        self._tasks = [asyncio.create_task(self._listen(tag)) for tag in self._tags]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def opened(self) -> list[Event]:
        """Wait until all streams are open; the events that came meanwhile.

        Only then is the timeline polled: what is said between the last page and the stream would
        otherwise be missed.
        """
        early: list[Event] = []
        opened = 0
        while opened < len(self._tags):
            events = await self.next()
            opened += sum(kind == OPEN for _, kind, _ in events)
            early += [e for e in events if e[1] != OPEN]
        return early

    async def next(self, until: float | None = None) -> list[Event]:
        """The next event and those that wait behind it, nothing after the loop's time ``until``.

        An error is raised when it is the next one.
        """
        try:
            async with asyncio.timeout_at(until):
                first = await self._queue.get()
        except TimeoutError:
            return []
        if isinstance(first, Exception):
            raise first
        events = [first]
        while not self._queue.empty() and len(events) < AT_ONCE:
            waiting = self._queue.get_nowait()
            if isinstance(waiting, Exception):
                self._queue.put_nowait(waiting)
                break
            events.append(waiting)
        return events

    async def _listen(self, tag: str) -> None:
        try:
            async with self._api.events(tag, SILENCE) as events:
                await self._queue.put((tag, OPEN, ""))
                async for event in events:
                    await self._queue.put((tag, event.event, event.data))
            ended = SourceUnavailable(f"the stream of #{tag} ended", "it is opened again by itself")
            await self._queue.put(ended)
        except Exception as error:  # else nobody would hear of it, and whoever waits would wait for ever
            await self._queue.put(error)
