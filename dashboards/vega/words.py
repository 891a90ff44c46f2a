"""What a chart says in the reader's language: names of its values, its measures, and a sentence for each mark."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from corrillo.ports import Interval
from corrillo.text import clean
from dashboards.charts.catalogue import LASTING, MOMENTS, By, Chart, Measure
from dashboards.charts.table import Row
from dashboards.page.i18n import Texts
from dashboards.page.words import place_name, time_name

NAMED: Mapping[By, str] = {
    "network": "network", "place": "place", "language": "language", "tag": "tags", "kind": "tags", "target": "target",
    "service": "service", "state": "attended", "age": "waited", "venue_kind": "venue_kind", "author_kind": "author_kind",
    "level": "level", "peak": "level", "hearing": "listened", "deed": "done", "was": "tags", "right": "tags",
}  # fmt: skip
"""Under which the catalogues name the values of a dimension; others speak for themselves."""
NAMELESS: tuple[By, ...] = ("department",)
"""Dimensions of which '' is said, too: ``chart.without.<dimension>``."""


def value_name(texts: Texts, by: By, value: str, interval: Interval | None = None, *, short: bool = False) -> str:
    """What people call one value of a dimension; ``short`` for under an axis."""
    if by == "time":
        return time_name(texts, interval or "day", datetime.fromisoformat(value), short=short)
    if by in NAMELESS and not value:
        return texts(f"chart.without.{by}")
    return clean(texts.name(NAMED[by], value) if by in NAMED else value)


def thing_name(texts: Texts, chart: Chart, row: Row, interval: Interval | None = None, *, short: bool = False) -> str:
    """What the row is about, without its part: a network, a day; a venue with its network."""
    if len(chart.by) == 2:
        return place_name(texts, *row.at[:2])
    return value_name(texts, chart.by[0].by, row.at[0], interval, short=short) if chart.by else ""


def part_name(texts: Texts, chart: Chart, row: Row) -> str:
    """The part of it; '' where the chart has none."""
    return value_name(texts, chart.split.by, row.at[-1]) if chart.split else ""


def measure_name(texts: Texts, measure: Measure) -> str:
    """Such as: distinct authors."""
    return texts(f"measure.{'share' if measure.part else measure.of}")


def amount_of(texts: Texts, measure: Measure, value: float | None, zone: ZoneInfo | None = None) -> str:
    """A measure as it is written; what is not known says so."""
    if value is None:
        return texts("measure.unknown")
    if measure.part:
        return texts.percent(value)
    if measure.of in LASTING:
        return lasting(texts, value)
    if measure.of == "heard":
        return texts.percent(value)
    if measure.of in MOMENTS:
        moment = datetime.fromtimestamp(value, tz=zone or UTC)
        return f"{texts.day(moment.date())} {moment:%H:%M}"
    return texts.number(round(value))


def lasting(texts: Texts, seconds: float) -> str:
    """A length of time: minutes below an hour, hours up to two days, then days."""
    if seconds < 3600:
        return texts("span.minutes", n=max(1, round(seconds / 60)) if seconds else 0)
    hours = round(seconds / 3600)
    return texts.count("span.days", round(hours / 24)) if hours >= 48 else texts.count("span.hours", hours)


def says(texts: Texts, chart: Chart, row: Row, interval: Interval | None = None, *, least: bool = False) -> str:
    """A mark in words: El Raval · off page: 12."""
    named = [thing_name(texts, chart, row, interval), part_name(texts, chart, row)]
    amount = amount_of(texts, chart.measures[0], row.values[0])
    return f"{' · '.join(n for n in named if n)}: {'≥ ' if least else ''}{amount}"
