"""From what a chart shows to the posts behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import cast

from corrillo.attention import ASKING
from corrillo.ports import Field, Interval
from dashboards.charts import spans
from dashboards.charts.catalogue import By, Chart, Dimension, Where
from dashboards.page.filters import FIELDS, Filters

TAGGED: tuple[By, ...] = ("kind", "tag")


def posts_of(filters: Filters, chart: Chart, at: Sequence[str], interval: Interval | None, today: date) -> str:
    """Address of the posts that have these values, as many of the chart's dimensions as are given.

    '' where posts cannot be filtered by one of them.
    """
    found: Filters | None = _of_chart(filters, chart, today)
    for dimension, value in zip(chart.dimensions, at, strict=False):
        found = found and _only(found, dimension, value, interval)
    return found.link() if found else ""


def _of_chart(filters: Filters, chart: Chart, today: date) -> Filters:
    found = filters.at("posts")
    if chart.new_within:
        found = found.between(today - timedelta(days=chart.new_within), today)
    if chart.split and not chart.heeds:
        found = found.only(cast(Field, chart.split.by))
    where: Where = {"tag": ASKING} if chart.origin == "attention" else chart.where
    for name, values in where.items():
        if name in FIELDS:
            found = found.only(name, *(v for v in values if v in filters.where.get(name, values)))
    return found


def _only(filters: Filters, dimension: Dimension, value: str, interval: Interval | None) -> Filters | None:
    if dimension.by == "time":
        start = datetime.fromisoformat(value)
        last = spans.following(start, interval or "day") - timedelta(seconds=1)
        return filters.between(start.date(), last.date())
    if dimension.by in TAGGED:
        return filters.only("tag", value)
    return filters.only(dimension.by, value) if dimension.by in FIELDS and value else None
