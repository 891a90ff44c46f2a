"""The figures of any chart: those that no question to a store answers are counted by looking at each thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import product
from statistics import fmean, median
from zoneinfo import ZoneInfo

from corrillo.ports import Query, Store
from dashboards.charts import figures
from dashboards.charts.catalogue import COUNTS, HOW, WITHIN, Chart, How, Of
from dashboards.charts.entries import Entry, entries
from dashboards.charts.listed import CHARTS
from dashboards.charts.table import Row, Table, laid_out

ONE_BY_ONE: tuple[Of, ...] = ("last", "lag")
"""Measures of mentions that stores do not count by themselves."""


def within(values: Sequence[float]) -> float:
    """What WITHIN percent of the values do not exceed; between two of them in proportion, as Elasticsearch has it."""
    ordered, at = sorted(values), WITHIN / 100 * (len(values) - 1)
    below = ordered[int(at)]
    return below + (at - int(at)) * (ordered[min(int(at) + 1, len(ordered) - 1)] - below)


_TAKEN: Mapping[How, Callable[[Sequence[float]], float]] = {
    "least": min, "most": max, "median": median, "within": within, "mean": fmean, "sum": sum,
}  # fmt: skip


def rows(chart: Chart, store: Store, query: Query, zone: ZoneInfo, now: datetime) -> Table:
    """The figures of a chart for what ``query`` asks. StoreError and ConfigError of the store pass through."""
    counted = chart.origin == "mentions" and chart.measures[0].of not in ONE_BY_ONE
    if chart.id in CHARTS or counted:
        return figures.rows(chart, store, query, zone, now)
    groups: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries(chart, store, query, zone, now):
        if _meets(entry, chart):
            for at in product(*(entry.by.get(d.by, ()) for d in chart.dimensions)):
                groups.setdefault(at, []).append(entry)
    found = {at: tuple(_measured(m.of, some) for m in chart.measures) for at, some in groups.items()}
    if not chart.by:
        return Table((Row((), found.get((), (0,))),))
    if chart.by[0].by == "time":
        return replace(
            laid_out(chart, found, sorted(at[0] for at in found)), interval="hour" if chart.hourly else "day"
        )
    return laid_out(chart, found)


def _meets(entry: Entry, chart: Chart) -> bool:
    """What is said of mentions has been asked of the store; what is late counts where it is known how late."""
    if chart.origin == "mentions":
        return chart.measures[0].of != "lag" or entry.of["lag"] is not None
    return all(set(entry.by.get(by, ())) & set(values) for by, values in chart.where.items())


def _measured(of: Of, some: Sequence[Entry]) -> float | None:
    how = HOW[of]
    if of in COUNTS:
        return len({e.author for e in some}) if how == "distinct" else len(some)
    known = [value for e in some if (value := e.of.get(of)) is not None]
    if not known:
        return None
    return _TAKEN[how](known)
