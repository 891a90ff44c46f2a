"""Daily counts: what is alive is counted in the mentions, what retention has deleted in cells of its own.

Elasticsearch has no transactions, so nothing is counted up or down as mentions come and go. While a
purge is under way its mentions are counted by its journal and nowhere else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from corrillo.ports import DayCount
from stores.elasticsearch.cells import NAMES, CountDocument, Counted
from stores.elasticsearch.journal import Purge, purges
from stores.elasticsearch.names import Names
from stores.elasticsearch.search import Json, Searcher, Value

BY: tuple[str, ...] = NAMES[1:-1]
"""Day, network, venue, place, service, district."""


def day_counts(
    searcher: Searcher, names: Names, institution: str, since: str = "", until: str = ""
) -> Sequence[DayCount]:
    """The daily counts of an institution in that span of days."""
    query = of_days(institution, since, until)
    while True:
        running = purges(searcher, names, institution)
        counts = _living(searcher, names, query, running) + _frozen(searcher, names, query, running, since, until)
        if purges(searcher, names, institution).keys() == running.keys():
            return [_day_count(cell, count) for cell, count in sorted(counts.items()) if count > 0]


def of_days(institution: str, since: str, until: str) -> Json:
    """The documents of an institution in that span of days."""
    span = {**({"gte": since} if since else {}), **({"lt": until} if until else {})}
    conditions: list[Json] = [{"term": {"institution": institution}}]
    return {"bool": {"filter": [*conditions, *([{"range": {"day": span}}] if span else [])]}}


def _living(searcher: Searcher, names: Names, query: Json, running: dict[str, Purge]) -> Counter[Counted]:
    """The mentions that are there, but for those that a purge has already counted."""
    ids = sorted({i for purge in running.values() for i in purge.ids})
    query = {"bool": {"filter": [query], "must_not": [{"terms": {"id": ids}}]}} if ids else query
    sources: list[Json] = [
        {n: {"terms": {"field": n, "missing_bucket": n == "district"}}} for n in ("institution", *BY)
    ]
    counts: Counter[Counted] = Counter()
    for tags in ((), ("tag",)):
        for cell in searcher.cells(names["mentions"], query, [*sources, *({t: {"terms": {"field": t}}} for t in tags)]):
            counts[_key(cell.key)] += cell.doc_count
    return counts


def _frozen(
    searcher: Searcher, names: Names, query: Json, running: dict[str, Purge], since: str, until: str
) -> Counter[Counted]:
    """Those that are gone: the cells, and of purges under way what is in no cell yet."""
    counts: Counter[Counted] = Counter()
    waiting = {name: dict(purge.counts) for name, purge in running.items()}
    for hit in searcher.all(CountDocument, names["counts"], query):
        counts[hit.source.cell] += hit.source.count
        for name in hit.source.purges:
            waiting.get(name, {}).pop(hit.source.cell, None)
    for rest in waiting.values():
        counts.update({c: n for c, n in rest.items() if since <= c[1] and (not until or c[1] < until)})
    return counts


def _key(key: dict[str, Value]) -> Counted:
    return tuple(_day(key[n]) if n == "day" else str(key.get(n) or "") for n in NAMES)


def _day(value: Value) -> str:
    """A day as composite aggregations give it: milliseconds."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(value or 0))).strftime("%Y-%m-%d")


def _day_count(cell: Counted, count: int) -> DayCount:
    institution, day, network, venue, place, service, district, tag = cell
    return DayCount(institution, day, network, venue, place, service, district, tag, count)
