"""The hours as a chart: paths in a box that is one unit wide for each hour and HEIGHT high."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from corrillo.alerts import HourCount
from dashboards.page.crisis.hours import Hour, Hours, runs
from dashboards.page.timeline import HEIGHT

LEAST = 1.5
"""Pixels that something is high at least, so that one voice is seen beside a thousand."""
POINTED_AT = 7 * 24
"""Hours up to which each can be pointed at; more would be narrower than a pointer."""


@dataclass(frozen=True)
class Tick:
    """A label under the axis, at so many hours from the left."""

    place: float
    start: datetime
    by_day: bool


@dataclass(frozen=True)
class Chart:
    """What is drawn: each a path, '' where there is nothing of it."""

    width: int
    top: int
    normal: str
    over: str
    band: str
    expected: str
    unknown: tuple[tuple[int, int], ...]
    """Stretches that nobody heard: first hour, how many."""
    partial: tuple[tuple[int, int], ...]
    ticks: tuple[Tick, ...]

    @property
    def pointed_at(self) -> bool:
        """Whether each hour says its numbers when it is pointed at."""
        return self.width <= POINTED_AT


def chart(hours: Hours) -> Chart:
    """The chart of some hours."""
    row, top = hours.hours, hours.top
    inset = 0.14 if len(row) <= 24 else 0.08 if len(row) <= POINTED_AT else 0.0
    return Chart(
        width=len(row),
        top=top,
        normal=_bars(((i, h) for i, h in enumerate(row) if not h.over), top, inset),
        over=_bars(((i, h) for i, h in enumerate(row) if h.over), top, inset),
        band="".join(_band(run, top) for run in runs(row)),
        expected="".join(_steps(run, top) for run in runs(row)),
        unknown=stretches(not h.known for h in row),
        partial=stretches(h.partial for h in row),
        ticks=_ticks(row),
    )


def _y(value: float, top: int) -> str:
    return f"{HEIGHT - HEIGHT * min(value, top) / top:.1f}"


def _bars(row: Iterable[tuple[int, Hour]], top: int, inset: float) -> str:
    return "".join(
        f"M{i + inset:g} {HEIGHT}V{min(float(_y(h.voices, top)), HEIGHT - LEAST):g}H{i + 1 - inset:g}V{HEIGHT}Z"
        for i, h in row
        if h.known and h.voices > 0
    )


def _band(run: list[tuple[int, HourCount]], top: int) -> str:
    above = "".join(f"V{_y(c.high, top)}H{i + 1}" for i, c in run)
    below = "".join(f"V{_y(c.low, top)}H{i}" for i, c in reversed(run))
    return f"M{run[0][0]} {_y(run[0][1].low, top)}{above}{below}Z"


def _steps(run: list[tuple[int, HourCount]], top: int) -> str:
    first = f"M{run[0][0]} {_y(run[0][1].expected, top)}"
    return first + "".join(f"V{_y(c.expected, top)}H{i + 1}" for i, c in run)


def stretches(marks: Iterable[bool]) -> tuple[tuple[int, int], ...]:
    """Where a mark holds: the first place of each stretch and its length."""
    found: list[tuple[int, int]] = []
    for place, holds in enumerate(marks):
        if not holds:
            continue
        if found and sum(found[-1]) == place:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((place, 1))
    return tuple(found)


def _ticks(row: tuple[Hour, ...]) -> tuple[Tick, ...]:
    """Every fourth hour of one day; every midnight of a week, every fifth of a month."""
    if len(row) <= 24:
        return tuple(Tick(i, h.start, False) for i, h in enumerate(row) if h.start.hour % 4 == 0)
    midnights = [Tick(i, h.start, True) for i, h in enumerate(row) if h.start.hour == 0]
    return tuple(midnights[:: 1 if len(row) <= POINTED_AT else 5])
