"""One chart with everything that drawing it takes, and what follows from that: names, links, sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from dashboards.charts.catalogue import Chart
from dashboards.charts.table import Row, Table
from dashboards.page.i18n import Texts
from dashboards.vega import words
from dashboards.vega.look import LIGHT, Look

Size = Literal["wide", "narrow"]
WIDTHS: Mapping[Size, int] = {"wide": 720, "narrow": 340}
"""Pixels of a picture: beside a table or on paper, and on a phone."""
LABELS: Mapping[Size, int] = {"wide": 7, "narrow": 4}
"""Labels under an axis of time, at most."""
BAND = 26
"""Pixels of one lying bar or one row of a cross table, with the space around it."""
STANDING = 236
"""Height of what stands, with its axis, without its legend."""
LEGEND = 30
LETTER = 7.2
"""Pixels of a letter beside a bar, on average: nobody can measure the reader's font beforehand."""
LONGEST: Mapping[Size, int] = {"wide": 210, "narrow": 156}
"""Pixels of a name beside a bar, at most; the whole name is in what the bar says."""
STEPS = 5
"""Shades above nothing."""


def shade(value: float, most: float) -> int:
    """0 for nothing up to STEPS for the most: by square root, so that small ones are told apart."""
    return 0 if value <= 0 else min(STEPS, 1 + int((STEPS - 0.001) * (value / most) ** 0.5))


def _nowhere(row: Row) -> str:
    return ""


def _all_of_it(row: Row) -> bool:
    return False


@dataclass(frozen=True)
class Drawing:
    """``link``: the address of the posts behind a row, '' for none. ``least``: whether there may be more than it says.

    ``unheard``: of a chart over time, what to say of the columns in which not every source was heard.
    """

    chart: Chart
    table: Table
    texts: Texts
    look: Look = LIGHT
    size: Size = "wide"
    link: Callable[[Row], str] = _nowhere
    least: Callable[[Row], bool] = _all_of_it
    unheard: Mapping[str, str] = field(default_factory=dict)

    @property
    def things(self) -> list[str]:
        """Names of what is measured, in their order."""
        return list(dict.fromkeys(self.thing(row) for row in self.table.rows))

    @property
    def parts(self) -> list[str]:
        """Values of the part, in their order."""
        return list(dict.fromkeys(row.at[-1] for row in self.table.rows)) if self.chart.split else []

    @property
    def part_names(self) -> list[str]:
        """Names of the parts, in their order."""
        split = self.chart.split
        return [words.value_name(self.texts, split.by, part) for part in self.parts] if split else []

    @property
    def height(self) -> int:
        """Pixels, with everything: the same for the picture and for what the script draws, so that nothing jumps."""
        lying, legend = BAND * max(1, len(self.things)), self.legend
        if self.chart.mark == "figure":
            return 72
        if self.chart.mark == "heatmap":
            return lying + (44 if self.size == "wide" else 96)
        return lying + legend + 12 if self.chart.mark in ("bar", "table") else STANDING + legend

    @property
    def legend(self) -> int:
        """Pixels that the legend takes."""
        return LEGEND * -(-len(self.parts) // self.legend_columns) if self.parts else 0

    @property
    def legend_columns(self) -> int:
        """Parts that stand beside each other in the legend."""
        return 7 if self.size == "wide" else 3

    @property
    def margin(self) -> int:
        """Pixels that the names beside the bars take."""
        return min(LONGEST[self.size], round(LETTER * max((len(t) for t in self.things), default=0)) + 12)

    def thing(self, row: Row) -> str:
        """Name of what the row is about; of a time, its value: two years have the same day."""
        if self.chart.by and self.chart.by[0].by == "time":
            return row.at[0]
        return words.thing_name(self.texts, self.chart, row)

    def values(self) -> list[dict[str, object]]:
        """The rows as they are drawn; what is not known is not among them."""
        return [
            {
                "thing": self.thing(row), "part": words.part_name(self.texts, self.chart, row), "value": row.values[0],
                "order": number, **({"href": self.link(row)} if self.link(row) else {}),
                "says": words.says(self.texts, self.chart, row, self.table.interval, least=self.least(row)),
            }
            for number, row in enumerate(self.table.rows) if row.values[0] is not None
        ]  # fmt: skip

    def shaded(self) -> list[dict[str, object]]:
        """The rows with the colours of their cells and of the figures on them."""
        most = max((row.values[0] or 0 for row in self.table.rows), default=0) or 1
        shades = [shade(row.values[0], most) for row in self.table.rows if row.values[0] is not None]
        return [
            {**value, "shade": self.look.heat[step], "ink": self.look.inks[step]}
            for value, step in zip(self.values(), shades, strict=True)
        ]

    def leads(self) -> list[dict[str, str]]:
        """The things in their order, each with the address of the posts behind all of it ('' for none)."""
        width, found = len(self.chart.by), dict[str, str]()
        for row in self.table.rows:
            if not found.get(self.thing(row)):
                found[self.thing(row)] = self.link(Row(row.at[:width], row.values))
        return [{"thing": thing, "href": href} for thing, href in found.items()]

    def sums(self) -> dict[str, float]:
        """How long each bar is."""
        found: dict[str, float] = {}
        for row in self.table.rows:
            if (value := row.values[0]) is not None:
                found[self.thing(row)] = found.get(self.thing(row), 0) + value
        return found

    def totals(self) -> list[dict[str, object]]:
        """What is written at the end of each bar."""
        least = {self.thing(row) for row in self.table.rows if self.least(row)}
        return [
            {"thing": thing, "value": total, "says": ("≥ " if thing in least else "") + self._amount(total)}
            for thing, total in self.sums().items()
        ]

    def _amount(self, value: float) -> str:
        return words.amount_of(self.texts, self.chart.measures[0], value)
