"""Figures of questions and complaints, and of what became of them: counts, and medians of what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import product
from statistics import median

from corrillo.attention import Attention
from corrillo.errors import ConfigError
from corrillo.ports import Query, Reader
from dashboards.charts.catalogue import AGES, By, Chart, Measure, Where
from dashboards.charts.table import Table, laid_out

MANY = 20_000
"""Of them, the newest, that are looked at."""
SAID_BY: tuple[By, ...] = (
    "network",
    "venue",
    "place",
    "service",
    "district",
    "language",
    "department",
    "thread",
    "state",
)


def asked(reader: Reader, query: Query) -> list[Attention]:
    """Those of the institution that were asked in the period of ``query`` and meet its other conditions.

    A condition by tag is met by what is asked that way. Text and what only posts have are not looked at.
    """
    (institution,) = query.where.get("institution", ("",))
    found = reader.attention(institution, since=query.since, until=query.until, limit=MANY)
    where: Where = {name: values for name, values in query.where.items() if name in (*SAID_BY, "tag")}
    out = frozenset(query.without)
    some = [one for one in found if not query.ids or one.mention in query.ids]
    return [one for one in some if not one.gone and one.mention not in out and _meets(one, where)]


def rows(chart: Chart, found: Iterable[Attention], now: datetime) -> Table:
    """The figures of a chart of attention."""
    groups: dict[tuple[str, ...], list[Attention]] = {}
    for one in found:
        if _meets(one, chart.where):
            for at in product(*(_values(one, d.by, now) for d in chart.dimensions)):
                groups.setdefault(at, []).append(one)
    return laid_out(chart, {at: tuple(_measured(m, some) for m in chart.measures) for at, some in groups.items()})


def age(asked: datetime, now: datetime) -> str:
    """The name among AGES of how long ago that is."""
    hours = (now - asked) / timedelta(hours=1)
    return next(name for name, below in AGES if not below or hours < below)


def _meets(one: Attention, where: Where) -> bool:
    return all(set(_values(one, name, one.asked)) & set(values) for name, values in where.items())


def _values(one: Attention, by: By, now: datetime) -> Sequence[str]:
    if by in ("kind", "tag"):
        return one.kinds
    if by == "age":
        return (age(one.asked, now),)
    if by not in SAID_BY:
        raise ConfigError(f"attention is not counted by {by}", f"use one of: {', '.join(SAID_BY)}, kind, age")
    return (getattr(one, by),)


def _measured(measure: Measure, some: Sequence[Attention]) -> float | None:
    if measure.of == "asked":
        return len(some)
    waits = [one.wait if measure.of == "wait" else one.working_wait for one in some]
    known = [wait for wait in waits if wait is not None]
    return median(known) if known else None
