"""A chart's figures, read from a store: the same numbers for everyone who draws it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from corrillo.ports import Bucket, Field, Interval, Query, Reader
from dashboards.charts import attended, fresh, spans
from dashboards.charts.catalogue import Chart
from dashboards.charts.narrow import MANY, narrowed, unheeding
from dashboards.charts.table import Row, Table, laid_out


def rows(chart: Chart, reader: Reader, query: Query, zone: ZoneInfo, now: datetime) -> Table:
    """The figures of a chart for what ``query`` asks. StoreError and ConfigError of the store pass through."""
    if chart.origin == "attention":
        return attended.rows(chart, attended.asked(reader, query), now)
    asked = narrowed(query if chart.heeds else unheeding(query, chart), chart.where)
    if asked is None:
        return Table()
    if chart.new_within:
        return fresh.rows(chart, reader, asked, zone, now)
    if not chart.by:
        return _share(chart, reader, asked)
    return _over_time(chart, reader, asked, zone, now) if chart.by[0].by == "time" else _by_value(chart, reader, asked)


def _share(chart: Chart, reader: Reader, query: Query) -> Table:
    part, whole = narrowed(query, chart.measures[0].part), reader.count(query)
    return Table((Row((), ((reader.count(part) if part else 0) / whole if whole else None,)),))


def _by_value(chart: Chart, reader: Reader, query: Query) -> Table:
    """Two dimensions are one question; a third, whose values are all known, is one question for each of them."""
    authors = any(m.of == "authors" for m in chart.measures)
    named = [cast(Field, d.by) for d in chart.dimensions]
    if len(named) <= 2:
        return laid_out(chart, _counted(chart, reader.terms(query, named, limit=MANY, authors=authors)))
    found: dict[tuple[str, ...], tuple[float | None, ...]] = {}
    for value in chart.dimensions[2].values:
        if part := narrowed(query, {named[2]: (value,)}):
            buckets = reader.terms(part, named[:2], limit=MANY, authors=authors)
            found |= {(*at, value): values for at, values in _counted(chart, buckets).items()}
    return laid_out(chart, found)


def _counted(chart: Chart, buckets: Iterable[Bucket]) -> dict[tuple[str, ...], tuple[float | None, ...]]:
    return {b.values: tuple(b.authors if m.of == "authors" else b.count for m in chart.measures) for b in buckets}


def _over_time(chart: Chart, reader: Reader, query: Query, zone: ZoneInfo, now: datetime) -> Table:
    interval: Interval = "day" if query.since is None else spans.finest(query.since, min(query.until or now, now))
    buckets = _histogram(chart, reader, query, interval, zone)
    if query.since is None and (wider := _fitting(buckets)) != interval:
        interval = wider
        buckets = _histogram(chart, reader, query, interval, zone)
    if not buckets:
        return Table(interval=interval)
    authors = chart.measures[0].of == "authors"
    counts: dict[tuple[str, ...], tuple[float, ...]] = {}
    for bucket in buckets:
        at = (spans.local_start(bucket.values[0]).isoformat(), *bucket.values[1:])
        counted = (bucket.authors, bucket.count) if authors else (bucket.count,)
        counts[at] = tuple(map(sum, zip(counts.get(at, (0, 0)), counted, strict=False)))
    last = query.until and min(query.until - timedelta(seconds=1), now)
    ends = [spans.beginning(m.astimezone(zone), interval) for m in (query.since, last) if m]
    known = [*ends, *(datetime.fromisoformat(at[0]) for at in counts)]
    starts = [s.isoformat() for s in spans.between(min(known), max(known), interval)]
    return replace(laid_out(chart, counts, starts), interval=interval)


def _histogram(chart: Chart, reader: Reader, query: Query, interval: Interval, zone: ZoneInfo) -> Sequence[Bucket]:
    split = cast(Field, chart.split.by) if chart.split else None
    return reader.histogram(query, interval, zone.key, split, authors=chart.measures[0].of == "authors")


def _fitting(buckets: Sequence[Bucket]) -> Interval:
    starts = [spans.local_start(b.values[0]) for b in buckets]
    span = spans.finest(min(starts), max(starts)) if starts else "day"
    return "day" if span == "hour" else span
