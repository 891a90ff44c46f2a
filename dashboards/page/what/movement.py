"""What moved: words that are new against the month before, and what grew against the period before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from corrillo.ports import Query
from dashboards.page.frame import Ask
from dashboards.page.sources import SourceRow
from dashboards.page.what.growth import Grown, Span, grown, span_before
from dashboards.page.what.hearers import who_heard_all, who_heard_enough
from dashboards.page.what.sample import newest, spread
from dashboards.page.what.telling import Telling
from dashboards.page.what.words import NewWord, new_words

DAY = timedelta(days=1)
MONTH = 30 * DAY
SHORTEST, FEWEST = 3.0, 30
"""Days, and mentions, of the month before without which nobody knows how people usually talk."""
NEWEST, MONTHLY = 2000, 4000
"""Mentions that are read of the period, the newest ones, and of the month before, from all over it."""

Unknown = Literal["", "no_beginning", "not_kept", "deaf"]
"""Why something cannot be compared: the period has no beginning, too little is kept from before, nobody heard it."""


@dataclass(frozen=True)
class News:
    """New words. ``read`` mentions of the period from ``since`` on; ``known``, those of the month before from ``begun`` on.

    ``newest`` and ``sampled``: only some were read, of the period and of the month. ``days``: how long that month
    is. ``deaf``: sources that hardly heard it; what they gave is left out.
    """

    unknown: Unknown = "no_beginning"
    words: tuple[NewWord, ...] = ()
    read: int = 0
    known: int = 0
    since: datetime | None = None
    begun: datetime | None = None
    days: int = 0
    newest: bool = False
    sampled: bool = False
    deaf: tuple[SourceRow, ...] = ()


@dataclass(frozen=True)
class Growth:
    """What grew most against as many ``days`` before; ``grown`` None where nothing stands out.

    ``deaf``: sources that did not hear that time and are left out on both sides.
    """

    unknown: Unknown = "no_beginning"
    grown: Grown | None = None
    days: int = 0
    deaf: tuple[SourceRow, ...] = ()


def news(ask: Ask, citizens: Query) -> News:
    """Read some of the period and of the month before, and compare. StoreError of the store passes through."""
    start = citizens.since
    if start is None or start >= ask.now:
        return News()
    month = Span(start - MONTH, start)
    hearers = who_heard_enough(ask, month)
    asked = hearers.of(citizens)
    if asked is None:
        return News("deaf", deaf=hearers.deaf)
    before = spread(ask.store, asked, month.since, month.until, MONTHLY)
    if before.days < SHORTEST or len(before.mentions) < FEWEST:
        return News("not_kept", deaf=hearers.deaf)
    now = newest(ask.store, asked, min(citizens.until or ask.now, ask.now), NEWEST)
    return News(
        "",
        new_words(now, before, Telling(ask.institution)),
        read=len(now.mentions),
        known=len(before.mentions),
        since=now.since.astimezone(ask.zone),
        begun=before.since.astimezone(ask.zone),
        days=max(round(before.days), 1),
        newest=now.since > start,
        sampled=not before.whole,
        deaf=hearers.deaf,
    )


def growth(ask: Ask, citizens: Query, authors: Mapping[str, int] | None = None) -> Growth:
    """Compare the period with the one before, as those heard both that did. StoreError passes through.

    ``authors``: those of the period by service, where they have been counted.
    """
    before = span_before(citizens, ask.now, ask.zone)
    if citizens.since is None or before is None:
        return Growth()
    days = round((citizens.since - before.since) / DAY)
    hearers = who_heard_all(ask, before)
    asked = hearers.of(citizens)
    if asked is None:
        return Growth("deaf", None, days, hearers.deaf)
    earlier = Query(where={"institution": (ask.institution.id,)}, until=before.since)
    if not ask.store.find(earlier, limit=1).mentions:
        return Growth("not_kept", None, days, hearers.deaf)
    known = None if hearers.deaf else authors
    return Growth("", grown(ask.store, asked, before, known), days, hearers.deaf)
