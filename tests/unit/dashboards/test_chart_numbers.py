"""A chart's figures as a table: what is read aloud, and where no script runs."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from dashboards.charts.listed import CHARTS
from dashboards.charts.table import Row, Table
from dashboards.page.charts.links import posts_of
from dashboards.page.charts.numbers import Cell, numbers
from dashboards.page.charts.shown import Shown
from dashboards.page.filters import Filters
from dashboards.page.i18n import texts
from dashboards.vega.drawing import Drawing

FILTERS = Filters("benialba", view="where")
DAYS = ("2026-11-20T00:00:00", "2026-11-21T00:00:00")


def a_shown(name: str, table: Table, **given: object) -> Shown:
    def link(row: Row) -> str:
        return posts_of(FILTERS, CHARTS[name], row.at, table.interval, date(2026, 11, 21)) if row.values[0] else ""

    drawing = Drawing(CHARTS[name], table, texts("es"), link=link, **given)  # type: ignore[arg-type]
    return Shown(drawing, FILTERS, ZoneInfo("Europe/Madrid"))


def test_parts_stand_beside_each_other_with_their_sum() -> None:
    """Each leads to its posts, and the sum to all of them; nothing leads nowhere."""
    rows = tuple(Row(("x", place), (n,)) for place, n in (("off_page", 2), ("on_page", 0), ("own", 1)))
    found = numbers(a_shown("networks", Table(rows)))
    at = "/posts?institution=benialba&network=x"
    assert (found.corner, found.heads) == ("Red", ("Fuera", "En nuestras páginas", "Nuestra", "Total"))
    assert found.lines[0].name == "X"
    assert found.lines[0].cells == (
        Cell("2", f"{at}&place=off_page"), Cell("0"), Cell("1", f"{at}&place=own"), Cell("3", at),
    )  # fmt: skip


def test_what_is_newest_comes_first_and_what_was_not_heard_says_so() -> None:
    rows = tuple(Row((day, "off_page"), (n + 1,)) for n, day in enumerate(DAYS))
    found = numbers(a_shown("places_over_time", Table(rows, "day"), unheard={DAYS[0]: "una fuente no lo oyó todo"}))
    assert [(line.name, line.cells[0].said) for line in found.lines] == [
        ("sáb 21 nov 2026", "2"),
        ("vie 20 nov 2026", "≥ 1"),
    ]


def test_measures_stand_beside_each_other_and_the_unknown_is_no_zero() -> None:
    """Only what is drawn leads to posts."""
    found = numbers(a_shown("wait_by_network", Table((Row(("x",), (7200.0, None, 3)),))))
    assert found.heads == ("Espera", "Espera en horario de atención", "Preguntado")
    assert [cell.said for cell in found.lines[0].cells] == ["2 h", "no se sabe", "3"]
    assert [bool(cell.href) for cell in found.lines[0].cells] == [True, False, False]


def test_parts_that_overlap_are_not_added_up() -> None:
    rows = (Row(("water", "complaint"), (2,)), Row(("water", "question"), (2,)))
    assert numbers(a_shown("tags_by_service", Table(rows))).heads == ("Quejas", "Preguntas")


@pytest.mark.parametrize("name", [name for name, chart in CHARTS.items() if chart.by])
def test_every_chart_has_a_table_with_a_head(name: str) -> None:
    chart = CHARTS[name]
    at = tuple((d.values or (DAYS[0] if d.by == "time" else "x",))[0] for d in chart.dimensions)
    found = numbers(
        a_shown(
            name, Table((Row(at, tuple(1.0 for _ in chart.measures)),), "day" if "time" in chart.by[0].by else None)
        )
    )
    assert found.corner
    assert len(found.lines[0].cells) == len(found.heads) > 0
