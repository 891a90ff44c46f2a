"""The mentions of a store in the order in which they were seen: the order in which detection heard them.

Stores are asked by time of publication. Nothing is seen before it is published, so a span of
publication that has been read gives everything that was seen before its end; what was seen later
waits. Only what came late is held in memory, and without its text, unless it reports trouble.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from corrillo.model import TaggedMention
from corrillo.ports import Query, Reader
from processors.detect.recent import is_trouble

By = Literal["observed", "published"]
"""The moment of a mention: when it was seen, or, as if it had been seen at once, when it was published."""
Progress = Callable[[int, int], None]
"""Is told how many mentions of how many have been read."""
PAGE = 1000
SPAN = 5000
"""Mentions that are read at once, unless a single day has more."""
SKEW = timedelta(hours=1)
"""So far the clocks of networks may be ahead of ours: a mention may be seen that much before it is published."""
PARTS, SAMPLE = 20, 50
"""To see how a time was heard, so many mentions of so many parts of it are looked at."""
MOSTLY, AT_ONCE = 0.9, 0.2
"""It was imported where so large a share came late, or all within so small a part of the time over which they were said."""
LATE = timedelta(hours=6)
"""What is seen so long after it was published was not listened to, but imported."""


@dataclass(frozen=True)
class Imported:
    """When the mentions of a time were imported, long after they were published."""

    first: datetime
    last: datetime


def history(
    reader: Reader, institution: str, by: By, since: datetime | None, until: datetime, progress: Progress
) -> Iterator[TaggedMention]:
    """The mentions whose moment is from ``since`` (None: the first) to before ``until``, in order.

    By publication ``first_seen`` is that moment; what has only a date has none and is left out.
    """
    spans = _spans(reader, institution, since and since - LATE, until + SKEW)
    total, read = sum(count for _, _, count in spans), 0
    waiting: list[tuple[datetime, str, TaggedMention]] = []
    for first, last, count in spans:
        for mention in _pages(reader, _of(institution, first, last)):
            if seen := _seen(mention, by):
                heapq.heappush(waiting, (seen.first_seen, seen.id, seen))
        read += count
        progress(read, total)
        while waiting and waiting[0][0] < last - SKEW:
            yield from _within(heapq.heappop(waiting)[2], since, until)
    while waiting:
        yield from _within(heapq.heappop(waiting)[2], since, until)


def imported(reader: Reader, institution: str, since: datetime, until: datetime) -> Imported | None:
    """How the mentions published in that time were imported; None where they were heard when they were said.

    Looks at a sample from every part of that time.
    """
    part = (until - since) / PARTS
    spans = [_of(institution, since + n * part, since + (n + 1) * part) for n in range(PARTS)]
    mentions = [m for span in spans for m in reader.find(span, limit=SAMPLE).mentions]
    if not mentions:
        return None
    seen, published = _ends(m.first_seen for m in mentions), _ends(m.published for m in mentions)
    late = sum(m.first_seen - m.published > LATE for m in mentions)
    at_once = seen[1] - seen[0] < AT_ONCE * (published[1] - published[0])
    return Imported(*seen) if at_once or late >= MOSTLY * len(mentions) else None


def _ends(moments: Iterable[datetime]) -> tuple[datetime, datetime]:
    listed = sorted(moments)
    return listed[0], listed[-1]


def _of(institution: str, since: datetime | None, until: datetime | None) -> Query:
    return Query(where={"institution": (institution,)}, since=since, until=until)


def _spans(
    reader: Reader, institution: str, since: datetime | None, until: datetime
) -> list[tuple[datetime, datetime, int]]:
    """Spans of publication, one after the other, and how many mentions are in each."""
    days = reader.histogram(_of(institution, since, until), "day", "UTC", authors=False)
    starts: list[tuple[datetime, int]] = []
    for day in days:
        if not starts or starts[-1][1] + day.count > SPAN:
            starts.append((datetime.fromisoformat(day.values[0]).replace(tzinfo=UTC), day.count))
        else:
            starts[-1] = (starts[-1][0], starts[-1][1] + day.count)
    ends = [*(start for start, _ in starts[1:]), until]
    return [(start, end, count) for (start, count), end in zip(starts, ends, strict=False)]


def _pages(reader: Reader, query: Query) -> Iterator[TaggedMention]:
    page = ""
    while True:
        found = reader.find(query, limit=PAGE, page=page)
        yield from found.mentions
        page = found.next_page
        if not page:
            return


def _seen(mention: TaggedMention, by: By) -> TaggedMention | None:
    """What detection looks at of a mention, seen when it is to be seen."""
    if not is_trouble(mention):  # of the others detection reads no word
        mention = msgspec.structs.replace(mention, text="", title="")
    if by == "observed":
        return msgspec.structs.replace(mention, url="")
    if mention.date_only:
        return None
    return msgspec.structs.replace(mention, url="", first_seen=mention.published, backfilled=False)


def _within(mention: TaggedMention, since: datetime | None, until: datetime) -> Sequence[TaggedMention]:
    return [mention] if (since is None or mention.first_seen >= since) and mention.first_seen < until else []
