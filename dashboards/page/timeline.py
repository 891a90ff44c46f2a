"""When it is said: columns per hour, day, week or month in the institution's zone, stacked by place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from corrillo.ports import Bucket, Interval, Query, Reader
from dashboards.charts.spans import beginning, finest, following, local_start
from dashboards.page.venues import PLACES

HEIGHT = 168
"""Pixels that the axis stands for."""
LABELS = 7
"""Labels under the axis, at most."""


@dataclass(frozen=True)
class Column:
    """Mentions from ``start`` (local) on, in the order of PLACES."""

    start: datetime
    counts: tuple[int, int, int]

    @property
    def total(self) -> int:
        """All mentions of the column."""
        return sum(self.counts)

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """The counts with their places, as they are drawn from the axis upwards."""
        return tuple(zip(PLACES, self.counts, strict=True))


@dataclass(frozen=True)
class Segment:
    """A rectangle: ``y`` and ``height`` in pixels from the top of the axis."""

    place: str
    y: float
    height: float


@dataclass(frozen=True)
class Timeline:
    """The columns from first to last, none left out between them."""

    interval: Interval = "day"
    columns: tuple[Column, ...] = ()

    @property
    def top(self) -> int:
        """The round number at the end of the axis."""
        return round_up(max((c.total for c in self.columns), default=0))

    @property
    def label_every(self) -> int:
        """Columns from one label under the axis to the next."""
        return -(-len(self.columns) // LABELS) or 1

    @property
    def busiest(self) -> Column | None:
        """The column with most mentions."""
        return max(self.columns, key=lambda c: c.total, default=None)

    def segments(self, column: Column) -> list[Segment]:
        """What is drawn of a column; nothing for a place without mentions."""
        drawn, base = [], float(HEIGHT)
        for place, count in column.parts:
            height = HEIGHT * count / self.top
            base -= height
            if count:
                drawn.append(Segment(place, round(base, 2), round(height, 2)))
        return drawn

    def days(self, column: Column) -> tuple[date, date]:
        """First and last day of a column, both included."""
        return column.start.date(), (following(column.start, self.interval) - timedelta(seconds=1)).date()

    def span(self, column: Column, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Begin and end of a column as moments."""
        return column.start.replace(tzinfo=zone), following(column.start, self.interval).replace(tzinfo=zone)


def timeline(reader: Reader, query: Query, zone: ZoneInfo, now: datetime) -> Timeline:
    """What ``query`` finds, over time, as fine as its period allows."""
    interval: Interval = "day" if query.since is None else finest(query.since, min(query.until or now, now))
    buckets = reader.histogram(query, interval, zone.key, "place", authors=False)
    if query.since is None and (wider := _fitting(buckets)) != interval:
        interval = wider
        buckets = reader.histogram(query, interval, zone.key, "place", authors=False)
    counts = _counted(buckets)
    last = query.until and min(query.until - timedelta(seconds=1), now)
    starts = [beginning(m.astimezone(zone), interval) for m in (query.since, last) if m]
    return Timeline(interval, _columns(counts, [*starts, *counts], interval) if counts else ())


def _fitting(buckets: Iterable[Bucket]) -> Interval:
    starts = list(_counted(buckets)) or [datetime(2000, 1, 1)]  # noqa: DTZ001 — local on purpose
    span = finest(min(starts).replace(tzinfo=UTC), max(starts).replace(tzinfo=UTC))
    return "day" if span == "hour" else span


def _counted(buckets: Iterable[Bucket]) -> dict[datetime, list[int]]:
    counts: dict[datetime, list[int]] = {}
    for bucket in buckets:
        start, place = bucket.values
        if place in PLACES:
            row = counts.setdefault(local_start(start), [0, 0, 0])
            row[PLACES.index(place)] += bucket.count
    return counts


def _columns(counts: dict[datetime, list[int]], starts: list[datetime], interval: Interval) -> tuple[Column, ...]:
    columns, at, end = [], min(starts), max(starts)
    while at <= end:
        off_page, on_page, own = counts.get(at, (0, 0, 0))
        columns.append(Column(at, (off_page, on_page, own)))
        at = following(at, interval)
    return tuple(columns)


def round_up(value: int) -> int:
    """The smallest of 4, 6, 8, 10, 20, 30, 40, 60, 80, 100, 200, … that is not below ``value``: halves are whole."""
    if value <= 4:
        return 4
    scale = 1
    while scale * 10 < value:
        scale *= 10
    return next(scale * step for step in (2, 3, 4, 6, 8, 10) if scale * step >= value and scale * step % 2 == 0)
