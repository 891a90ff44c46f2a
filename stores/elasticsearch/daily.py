"""The daily counts as an index of their own: what ``days`` counts, written down for reports.

Nothing else is counted by it, so nothing goes wrong when it is late or its writing ends half way: the
next writing mends it. A document's version is the moment at which the counting began, so that of two
who write at the same time the one who looked later prevails.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta

import msgspec

from corrillo.model import from_milliseconds
from corrillo.ports import DayCount
from stores.elasticsearch import bulk
from stores.elasticsearch.cells import NAMES, CellCount, Counted, identity
from stores.elasticsearch.connection import encode
from stores.elasticsearch.days import day_counts, of_days
from stores.elasticsearch.names import Names
from stores.elasticsearch.search import Searcher, refresh


class DayDocument(CellCount, frozen=True, omit_defaults=True, kw_only=True):
    """A cell of the daily counts as it stands, and when it last changed."""

    changed: str


def write_down(searcher: Searcher, names: Names, institution: str, now: int, touched: Collection[Counted] = ()) -> None:
    """Write down the institution's daily counts as they are from ``now`` (milliseconds) on.

    ``touched``: only the days of these cells, and those cells whether or not they seem to have changed.
    """
    touched = set(touched)
    since, until = _span(touched)
    refresh(searcher.client, names, ["mentions", "days"])
    counts = {_cell(c): c.count for c in day_counts(searcher, names, institution, since, until)}
    hits = searcher.all(DayDocument, names["days"], of_days(institution, since, until))
    known = {hit.source.cell: hit.source.count for hit in hits}
    bulk.every(searcher.client, list(_operations(names["days"], counts, known, touched, now)))
    refresh(searcher.client, names, ["days"])


def _operations(
    index: str, counts: Mapping[Counted, int], known: Mapping[Counted, int], touched: Collection[Counted], now: int
) -> Iterator[bytes]:
    changed = str(msgspec.to_builtins(from_milliseconds(now)))
    for cell, count in counts.items():
        if count != known.get(cell) or cell in touched:
            document = DayDocument(count=count, changed=changed, **dict(zip(NAMES, cell, strict=True)))
            yield bulk.put(index, identity(cell), encode(document), now)
    for cell in {*known, *touched} - counts.keys():
        yield bulk.delete(index, identity(cell), now)


def _cell(count: DayCount) -> Counted:
    return tuple(getattr(count, name) for name in NAMES)


def _span(touched: Collection[Counted]) -> tuple[str, str]:
    """From the first to before the day after the last of these cells; without any, for ever."""
    days = [cell[NAMES.index("day")] for cell in touched]
    return (min(days), str(date.fromisoformat(max(days)) + timedelta(days=1))) if days else ("", "")
