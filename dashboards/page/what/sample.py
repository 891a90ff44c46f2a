"""What is read of a period: never more than so many mentions, however many there are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from corrillo.model import TaggedMention
from corrillo.ports import Query, Reader

A_READING = 1000
"""Mentions that a store gives at once."""
SLICES = 13
"""Parts of a month from each of which some are taken: each ends at another hour of the day."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Sample:
    """Mentions of the time from ``since`` to ``until``, newest first, out of the ``said`` ones of that time."""

    mentions: tuple[TaggedMention, ...]
    since: datetime
    until: datetime
    said: int

    @property
    def whole(self) -> bool:
        """Whether nothing of that time is left out."""
        return self.said <= len(self.mentions)

    @property
    def days(self) -> float:
        """How long that time is; a day that goes on is one."""
        return max((self.until - self.since) / DAY, 1.0)

    def a_day(self, count: int) -> float:
        """How many a day there were of what the sample has ``count`` of."""
        return count * max(self.said / max(len(self.mentions), 1), 1.0) / self.days


def newest(reader: Reader, query: Query, until: datetime, most: int) -> Sample:
    """The newest of what ``query`` finds, up to ``until``; where older ones are left out, the time begins with them."""
    found, more = _read(reader, query, most)
    begun = found[-1].published if found else until
    return Sample(found, begun if more else query.since or begun, until, len(found))


def spread(reader: Reader, query: Query, since: datetime, until: datetime, most: int) -> Sample:
    """All of that time, or some of each part of it. Where nothing is kept from before it, it begins with the first mention."""
    whole = replace(query, since=since, until=until)
    said = reader.count(whole)
    found = _read(reader, whole, most)[0] if said <= most else _some_of_each_part(reader, query, since, until, most)
    earlier = reader.find(replace(query, since=None, until=since), limit=1).mentions
    return Sample(found, since if earlier or not found else found[-1].published, until, said)


def _read(reader: Reader, query: Query, most: int) -> tuple[tuple[TaggedMention, ...], bool]:
    """The newest ones, and whether there are more."""
    found: list[TaggedMention] = []
    token = ""
    while True:
        page = reader.find(query, limit=min(most - len(found), A_READING), page=token)
        found += page.mentions
        token = page.next_page
        if not token or len(found) >= most:
            return tuple(found), bool(token)


def _some_of_each_part(
    reader: Reader, query: Query, since: datetime, until: datetime, most: int
) -> tuple[TaggedMention, ...]:
    ends = [since + number * (until - since) / SLICES for number in range(SLICES)] + [until]
    parts = (replace(query, since=ends[n], until=ends[n + 1]) for n in reversed(range(SLICES)))
    return tuple(mention for part in parts for mention in reader.find(part, limit=most // SLICES).mentions)
