"""What is asked of a network besides being read: answers, edits, deletions, own posts, and what a gap held.

Only what a source is able to do is asked (``corrillo.ports.ABILITIES``). Posts are looked up again
on a schedule that decays: when they are ten minutes old, twenty, forty … for a fortnight; edits and
deletions of all of them when listening begins, since they may have happened meanwhile. What is
found is committed like a batch, beside the cursor, and says nothing of how reading goes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from math import log2
from typing import Protocol

import msgspec

from corrillo.errors import SourceError, SourceUnavailable
from corrillo.model import Deletion, Gap, Items, KnownRef, Post
from corrillo.ports import Backfills, Clock, OwnPosts, Rechecks, Source, SourceHealth, Threads

ROUND = 600.0
"""Seconds between two rounds."""
FIRST_LOOK = timedelta(minutes=10)
LAST_LOOK = timedelta(days=14)
KNOWN, CHECKED, ANSWERED = 500, 200, 20
"""Posts that are considered in a round, looked up at a time, and asked for their answers, newest first."""
MANY, MOST = 10, 0.8
"""When of so many posts that are looked up a greater part is said to be gone, it is our rights that are gone."""
OWN_BACK = timedelta(days=7)
"""How far back a first look at the own accounts goes."""
OVERLAP = timedelta(hours=1)
FILL_BACK = timedelta(days=30)
"""Older gaps stay as they are."""
TRIES = 3
"""How often a process tries to fill a gap."""


def due(age: timedelta, then: timedelta | None) -> bool:
    """Whether a post of this age is to be looked up, whose age was ``then`` in the round before (None: there was none)."""
    if not FIRST_LOOK <= age <= LAST_LOOK:
        return False
    return then is None or then < FIRST_LOOK or _step(age) > _step(then)


def _step(age: timedelta) -> int:
    return int(log2(age / FIRST_LOOK))


class Take(Protocol):
    """Commits items beside the cursor. ``in_thread``: an institution whose thread they belong to."""

    def __call__(self, items: Items, *, in_thread: str = "", filled: Sequence[Gap] = ()) -> Awaitable[None]: ...


class Lookups:
    """The look-ups of one source; ``known`` and ``health`` are what the sink has of it."""

    def __init__(
        self,
        source: Source,
        take: Take,
        known: Callable[[datetime, int], Awaitable[Sequence[KnownRef]]],
        health: Callable[[], Awaitable[SourceHealth | None]],
        clock: Clock,
    ) -> None:
        self._source = source
        self._take = take
        self._known = known
        self._health = health
        self._clock = clock
        self._before: datetime | None = None
        self._own_since: datetime | None = None
        self._tried: dict[datetime, int] = {}

    async def round(self) -> Sequence[str]:
        """Everything that is due now; what could not be asked, in one sentence each."""
        now = self._clock()
        troubles = [await self._one(ask(now)) for ask in (self._fill, self._own, self._answers, self._again)]
        if not troubles[-1]:
            self._before = now
        return [said for said in troubles if said]

    @staticmethod
    async def _one(asking: Awaitable[None]) -> str:
        try:
            await asking
        except SourceError as error:  # reading comes first: that it cannot be asked for more stops nothing
            return f"{error.message}; {error.remedy}" if error.remedy else error.message
        return ""

    async def _due(self, now: datetime) -> list[KnownRef]:
        known, before = await self._known(now - LAST_LOOK, KNOWN), self._before
        return [k for k in known if due(now - k.published, None if before is None else before - k.published)]

    async def _again(self, now: datetime) -> None:
        """Whatever is due; at first everything: it may have gone while nobody listened."""
        source = self._source
        if not isinstance(source, Rechecks):
            return
        known = await self._due(now) if self._before else await self._known(now - LAST_LOOK, KNOWN)
        for begin in range(0, len(known), CHECKED):
            some = known[begin : begin + CHECKED]
            found = await source.recheck([k.ref for k in some])
            _believable(found, len(some))
            await self._in_threads(found, some)

    async def _in_threads(self, found: Items, known: Sequence[KnownRef]) -> None:
        """Commit what was found of known posts: each stays what it was, also where it was only said in a thread."""
        ids = {k.ref: k.ids for k in known}
        others = tuple(
            i for i in found.items if isinstance(i, Deletion) or i.ref not in ids
        )  # an edit may be called anew
        await self._take(Items(items=others, rejected=found.rejected))
        for institution in sorted({i for of in ids.values() for i in of}):
            mine = tuple(i for i in found.items if isinstance(i, Post) and institution in ids.get(i.ref, ()))
            await self._take(Items(items=mine), in_thread=institution)

    async def _answers(self, now: datetime) -> None:
        source = self._source
        if not isinstance(source, Threads):
            return
        for known in (await self._due(now))[:ANSWERED]:
            found = await source.thread(known.ref)
            posts = tuple(msgspec.structs.replace(i, looked=now) for i in found.items if isinstance(i, Post))
            gone = tuple(i for i in found.items if isinstance(i, Deletion))
            await self._take(Items(items=gone, rejected=found.rejected))
            for institution in known.ids:
                await self._take(Items(items=posts), in_thread=institution)

    async def _own(self, now: datetime) -> None:
        source = self._source
        if not isinstance(source, OwnPosts):
            return
        since = self._own_since or now - OWN_BACK
        async for items in source.own_posts(since):
            await self._take(items)
        self._own_since = now - OVERLAP

    async def _fill(self, now: datetime) -> None:
        source, health = self._source, await self._health()
        if not isinstance(source, Backfills) or health is None:
            return
        for gap in health.gaps:
            if gap.filled or gap.until is None or gap.until < now - FILL_BACK:
                continue
            self._tried[gap.since] = self._tried.get(gap.since, 0) + 1
            if self._tried[gap.since] <= TRIES:
                await self._filled(source.backfill(gap.since, gap.until))
                await self._take(Items(), filled=(gap,))

    async def _filled(self, pages: AsyncIterator[Items]) -> None:
        async for found in pages:
            items = tuple(
                msgspec.structs.replace(i, backfilled=True) if isinstance(i, Post) else i for i in found.items
            )
            await self._take(Items(items=items, rejected=found.rejected))


def _believable(found: Items, asked: int) -> None:
    """Raises SourceUnavailable when too much is said to be gone: a token that may not see posts is told the same."""
    gone = sum(isinstance(i, Deletion) for i in found.items)
    if asked >= MANY and gone > MOST * asked:
        raise SourceUnavailable(
            f"{gone} of {asked} posts that were looked up are said to be gone, which is not believed",
            "see what its key may read",
        )
