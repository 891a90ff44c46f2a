"""What was said for the first time ever in the last days: a place that nobody had spoken in before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from corrillo.ports import Bucket, Query, Reader
from dashboards.charts import spans
from dashboards.charts.catalogue import Chart
from dashboards.charts.narrow import MANY
from dashboards.charts.table import Row, Table

LATELY = timedelta(days=7)
"""Nearly all that is known has been said in this time before; only the rest is looked for in everything."""
VenueKey = tuple[str, ...]
"""Network and venue."""


def rows(chart: Chart, reader: Reader, query: Query, zone: ZoneInfo, now: datetime) -> Table:
    """Venues by network that are new within ``chart.new_within`` days before ``now``, whatever the period of ``query``.

    What is new does not depend on the other conditions of ``query``; the figures do. Where nothing at
    all was heard before, what is new is not known.
    """
    since = now - timedelta(days=chart.new_within)
    everything = Query(where={"institution": query.where.get("institution", ())})
    if not reader.find(replace(everything, until=since), limit=1).mentions:
        return Table(known=False)
    week = replace(query, since=since, until=None)
    said = {b.values: b for b in reader.terms(week, ["network", "venue"], limit=MANY)}
    new = said.keys() - _known(reader, everything, said.keys(), since)
    firsts = _firsts(reader, everything, new, since, zone)
    listed = sorted((said[at] for at in new), key=lambda b: (-b.count, b.values))
    return Table(tuple(_row(chart, bucket, firsts) for bucket in listed))


def _row(chart: Chart, bucket: Bucket, firsts: Mapping[VenueKey, float]) -> Row:
    told = {"mentions": bucket.count, "authors": bucket.authors, "first": firsts.get(bucket.values)}
    return Row(bucket.values, tuple(told[m.of] for m in chart.measures))


def _known(reader: Reader, everything: Query, venues: Collection[VenueKey], since: datetime) -> set[VenueKey]:
    lately = _said_in(reader, replace(everything, since=since - LATELY, until=since), venues)
    rest = [v for v in venues if v not in lately]
    return lately | _said_in(reader, replace(everything, until=since - LATELY), rest)


def _said_in(reader: Reader, query: Query, venues: Collection[VenueKey]) -> set[VenueKey]:
    if not venues:
        return set()
    where = {**query.where, "venue": tuple(sorted({venue for _, venue in venues}))}
    buckets = reader.terms(replace(query, where=where), ["network", "venue"], limit=MANY, authors=False)
    return {b.values for b in buckets}


def _firsts(
    reader: Reader, everything: Query, venues: Collection[VenueKey], since: datetime, zone: ZoneInfo
) -> dict[VenueKey, float]:
    """The hour in which each was first heard of, as seconds since 1970; two networks may have venues of one name."""
    found: dict[VenueKey, float] = {}
    for network in sorted({network for network, _ in venues}):
        named = tuple(sorted(venue for of, venue in venues if of == network))
        query = replace(everything, where={**everything.where, "network": (network,), "venue": named}, since=since)
        for bucket in reader.histogram(query, "hour", zone.key, "venue", authors=False):
            hour = spans.local_start(bucket.values[0]).replace(tzinfo=zone).timestamp()
            at = (network, bucket.values[1])
            found[at] = min(hour, found.get(at, hour))
    return found
