"""The figures of a chart as a table that can be read aloud, with a way from each to its posts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboards.charts.catalogue import COUNTS, OVERLAPPING, Chart
from dashboards.charts.table import Row
from dashboards.page.charts.shown import Shown
from dashboards.page.i18n import Texts
from dashboards.vega import words


@dataclass(frozen=True)
class Cell:
    """One figure as it is written, and the posts behind it ('': none, or they cannot be shown)."""

    said: str
    href: str = ""


@dataclass(frozen=True)
class Line:
    """One row: what it is about, and its figures."""

    name: str
    cells: tuple[Cell, ...]
    href: str = ""
    """The posts behind all of it."""


@dataclass(frozen=True)
class Numbers:
    """The table: what it is by, the heads of its columns, its lines."""

    corner: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]


def numbers(shown: Shown) -> Numbers:
    """Parts beside each other with their sum, or the measures; what is newest comes first."""
    texts, chart = shown.drawing.texts, shown.chart
    heads, line = (_part_heads(shown), _parts) if chart.split else (_measure_heads(texts, chart), _measures)
    lines = [line(shown, rows) for rows in _by_thing(shown)]
    newest_first = shown.table.interval is not None
    return Numbers(corner(texts, chart), heads, tuple(reversed(lines) if newest_first else lines))


def corner(texts: Texts, chart: Chart) -> str:
    """What the rows are."""
    by = chart.by[-1].by if chart.by else "share"
    return texts.entries.get(f"dimension.{by}") or texts(f"field.{by}")


def _by_thing(shown: Shown) -> list[list[Row]]:
    width, found = len(shown.chart.by), dict[tuple[str, ...], list[Row]]()
    for row in shown.table.rows:
        found.setdefault(row.at[:width], []).append(row)
    return list(found.values())


def _part_heads(shown: Shown) -> tuple[str, ...]:
    total = shown.drawing.texts("timeline.total")
    return (*shown.drawing.part_names, *((total,) if _adds_up(shown.chart) else ()))


def _measure_heads(texts: Texts, chart: Chart) -> tuple[str, ...]:
    return tuple(words.measure_name(texts, measure) for measure in chart.measures)


def _parts(shown: Shown, rows: Sequence[Row]) -> Line:
    cells = [_cell(shown, row, 0, shown.drawing.link) for row in rows]
    if _adds_up(shown.chart):
        whole = sum(row.values[0] or 0 for row in rows)
        said = words.amount_of(shown.drawing.texts, shown.chart.measures[0], whole)
        thing = Row(rows[0].at[: len(shown.chart.by)], (whole,))
        cells.append(Cell(_least(shown, rows[0]) + said, shown.drawing.link(thing)))
    return Line(_name(shown, rows[0]), tuple(cells), _all_of(shown, rows))


def _measures(shown: Shown, rows: Sequence[Row]) -> Line:
    row = rows[0]
    first = _cell(shown, row, 0, shown.drawing.link)
    cells = (first, *(_cell(shown, row, n) for n in range(1, len(row.values))))
    return Line(_name(shown, row), cells, _all_of(shown, rows))


def _all_of(shown: Shown, rows: Sequence[Row]) -> str:
    some = next((row for row in rows if row.values[0]), None)
    return shown.drawing.link(Row(some.at[: len(shown.chart.by)], some.values)) if some else ""


def _cell(shown: Shown, row: Row, number: int, link: Callable[[Row], str] | None = None) -> Cell:
    measure, value = shown.chart.measures[number], row.values[number]
    said = words.amount_of(shown.drawing.texts, measure, value, shown.zone)
    least = _least(shown, row) if measure.of in COUNTS and not measure.part else ""
    return Cell(least + said, link(row) if link and value else "")


def _least(shown: Shown, row: Row) -> str:
    return "≥ " if shown.drawing.least(row) or (row.at and row.at[0] in shown.drawing.unheard) else ""


def _name(shown: Shown, row: Row) -> str:
    return words.thing_name(shown.drawing.texts, shown.chart, row, shown.table.interval)


def _adds_up(chart: Chart) -> bool:
    return chart.split is not None and chart.split.by not in OVERLAPPING and chart.measures[0].of in COUNTS
