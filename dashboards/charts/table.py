"""The figures of a chart: rows of values as the stores know them; names for people are given by who shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from corrillo.ports import Interval
from dashboards.charts.catalogue import COUNTS, Chart, Dimension

Found = Mapping[tuple[str, ...], tuple[float | None, ...]]
"""Values of the dimensions → measures."""

REST = ("other",)
"""What is none of the others, and comes after them however much it is."""


@dataclass(frozen=True)
class Row:
    """One row: a value of each dimension of the chart (a time: its local start, ISO), and its measures.

    A measure is None where it is not known; ``first`` is in seconds since 1970.
    """

    at: tuple[str, ...]
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Table:
    """What a chart shows, in the order in which it is shown.

    ``interval``: how fine its time is, None where it has none. ``left_out``: how many values are
    not in the rows because they were too many. ``known`` False: there is nothing yet to tell it from.
    """

    rows: tuple[Row, ...] = ()
    interval: Interval | None = None
    left_out: int = 0
    known: bool = True

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show: no row, or nothing but zeros and unknowns."""
        return not any(row.values[0] for row in self.rows)


def laid_out(chart: Chart, found: Found, things: Sequence[str] = ()) -> Table:
    """The rows in their order: each thing with each of its parts, those with nothing too.

    ``things``: the values of the only thing it is measured by, where the chart does not name them itself.
    """
    width = len(chart.by)
    known = [(value,) for value in things or chart.by[0].values]
    listed = known or _ranked(found, slice(0, width), chart.by[0])
    shown = known or listed[: min(d.limit for d in chart.by)]
    if chart.split:
        others = [at for at in _ranked(found, slice(width, None), chart.split) if at[0] not in chart.split.values]
        parts = [*((v,) for v in chart.split.values), *others][: chart.split.limit]
        keys = [(*thing, *part) for thing, part in product(shown, parts)]
    else:
        keys = list(shown)
    nothing = tuple(0 if m.of in COUNTS else None for m in chart.measures)
    return Table(tuple(Row(at, found.get(at, nothing)) for at in keys), left_out=len(listed) - len(shown))


def _ranked(found: Found, part: slice, dimension: Dimension) -> list[tuple[str, ...]]:
    """What stands in one part of the keys: most first (the rest last of all), or in the order of the values."""
    sums: dict[tuple[str, ...], float] = {}
    for at, values in found.items():
        sums[at[part]] = sums.get(at[part], 0) + (values[0] or 0)
    most = dimension.order == "most"
    return sorted(sums, key=lambda at: (most and at == REST, -sums[at] if most else 0, at))
