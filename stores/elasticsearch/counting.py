"""Counting by fields and over time: composite aggregations, which leave nothing out, and authors in a second step."""

from __future__ import annotations

from collections.abc import Sequence

from corrillo.calendar import SLOT, local_start
from corrillo.ports import Bucket, Interval, Query
from stores.elasticsearch.compile import compiled
from stores.elasticsearch.search import BUCKETS, Cell, Json, Searcher

FINEST = 40_000
"""Distinct authors up to which counting them is exact, where there are few buckets; memory bounds it."""
FEW = 250
WITH_AUTHORS = 1_000
"""Buckets of one answer that count authors too."""


class Counting:
    """Counts over one index."""

    def __init__(self, searcher: Searcher, index: str) -> None:
        self._searcher, self._index = searcher, index

    def terms(self, query: Query, columns: Sequence[str], limit: int, authors: bool) -> list[Bucket]:
        """By one or two fields, most first, then by value; those that have no value are left out."""
        cells = self._searcher.cells(self._index, _present(query, columns), [_values(c) for c in columns])
        counted = sorted((-c.doc_count, tuple(str(c.key[k]) for k in columns)) for c in cells)[:limit]
        people = self._authors(query, columns, [values for _, values in counted]) if authors and counted else {}
        return [Bucket(values, -count, people.get(values, 0)) for count, values in counted]

    def _authors(
        self, query: Query, columns: Sequence[str], wanted: Sequence[tuple[str, ...]]
    ) -> dict[tuple[str, ...], int]:
        """The distinct authors of those values."""
        aggregation = _distinct(len(wanted))
        for n, name in reversed(list(enumerate(columns))):
            values = sorted({w[n] for w in wanted})
            terms = {"field": name, "include": values, "size": len(values)}
            aggregation = {"by": {"terms": terms, "aggs": aggregation}}
        return dict(self._searcher.leaves(self._index, compiled(query), aggregation))

    def histogram(self, query: Query, interval: Interval, zone: str, split: str, authors: bool) -> list[Bucket]:
        """Over time in ``zone``, earliest first, each span once for each value of ``split``."""
        spans: Json = {"field": "published", "calendar_interval": _SPANS[interval], "time_zone": zone}
        sources: list[Json] = [
            {"start": {"date_histogram": spans}},
            *([_values(split, empty=split != "tag")] if split else []),
        ]
        size = WITH_AUTHORS if authors else BUCKETS
        cells = self._searcher.cells(self._index, compiled(query), sources, _distinct(size) if authors else None, size)
        return [Bucket(_span(c, interval, zone, split), c.doc_count, int(c.authors.value)) for c in cells]


_SPANS: dict[Interval, str] = {"hour": "1h", "day": "1d", "week": "1w", "month": "1M"}


def _span(cell: Cell, interval: Interval, zone: str, split: str) -> tuple[str, ...]:
    start = local_start(int(cell.key["start"] or 0) // SLOT, interval, zone)
    return (start, str(cell.key[split] or "")) if split else (start,)


def _values(name: str, empty: bool = False) -> Json:
    """A source of a composite; ``empty``: what has no value counts under none."""
    return {name: {"terms": {"field": name, "missing_bucket": empty}}}


def _present(query: Query, columns: Sequence[str]) -> Json:
    """Only those that have a value in each column; the model lets some be empty."""
    return compiled(query, besides=[{"bool": {"must_not": [{"term": {c: ""}} for c in columns]}}])


def _distinct(buckets: int) -> Json:
    """Authors of each of that many buckets, as exactly as some sixty megabytes of memory allow."""
    threshold = FINEST if buckets <= FEW else max(1000, FINEST * FEW // buckets)
    return {"authors": {"cardinality": {"field": "author", "precision_threshold": threshold}}}
