"""Charts as Vega-Lite: small specifications as they are, every chart as a picture in every look."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any, get_args
from xml.etree import ElementTree

import pytest
import vl_convert

from dashboards.charts.catalogue import AGES, Chart, Mark
from dashboards.charts.listed import CHARTS
from dashboards.charts.table import Row, Table
from dashboards.page.i18n import texts
from dashboards.vega.compile import compile
from dashboards.vega.drawing import STEPS, Drawing, shade
from dashboards.vega.look import DARK, LIGHT, LOOKS
from dashboards.vega.picture import svg
from dashboards.vega.words import amount_of, thing_name, value_name

ES, EN = texts("es"), texts("en")
DAYS = ("2026-11-20T00:00:00", "2026-11-21T00:00:00")
VALUES: dict[str, tuple[str, ...]] = {
    "time": DAYS, "network": ("x", "facebook"), "venue": ("Veïns <b>", "x.com"), "district": ("El Raval", "Centre"),
    "service": ("cleaning", "other"), "target": ("government", "none"), "language": ("ca", "und"), "story": ("s1", "s2"),
    "department": ("", "Aigües"), "age": tuple(name for name, _ in AGES), "tag": ("complaint",), "place": ("own",),
}  # fmt: skip


def a_table(chart: Chart) -> Table:
    """Some figure for every value that the chart may have."""
    values = [d.values or VALUES[d.by] for d in chart.dimensions]
    rows = [Row(at, tuple(float(n + 1) for _ in chart.measures)) for n, at in enumerate(product(*values))]
    return Table(tuple(rows), "day" if chart.by and chart.by[0].by == "time" else None)


def layers(drawing: Drawing) -> list[dict[str, Any]]:
    spec: Any = compile(drawing)
    return list(spec["layer"])


def test_bars_as_they_are() -> None:
    """Names, sums and links are written already; nothing is computed where it is drawn."""
    table = Table((Row(("x", "off_page"), (3.0,)), Row(("x", "own"), (1.0,)), Row(("facebook", "off_page"), (2.0,))))
    drawing = Drawing(
        CHARTS["networks"], table, ES, link=lambda row: f"/posts?{row.at[-1]}", least=lambda row: row.at[0] == "x"
    )
    bars, sums = layers(drawing)
    leads = [{"thing": "X", "href": "/posts?x"}, {"thing": "Facebook", "href": "/posts?facebook"}]
    assert compile(drawing)["usermeta"] == {"leads": leads}
    assert bars["data"]["values"] == [
        {"thing": "X", "part": "Fuera", "value": 3.0, "order": 0, "href": "/posts?off_page", "says": "X · Fuera: ≥ 3"},
        {"thing": "X", "part": "Nuestra", "value": 1.0, "order": 1, "href": "/posts?own", "says": "X · Nuestra: ≥ 1"},
        {"thing": "Facebook", "part": "Fuera", "value": 2.0, "order": 2, "href": "/posts?off_page", "says": "Facebook · Fuera: 2"},
    ]  # fmt: skip
    assert [one["says"] for one in sums["data"]["values"]] == ["≥ 4", "2"]
    assert bars["encoding"]["color"]["scale"] == {"domain": ["Fuera", "Nuestra"], "range": ["#1b6a73", "#a3adb2"]}
    assert bars["encoding"]["href"] == {"field": "href", "type": "nominal"}


def test_columns_have_the_day_that_it_is_there_and_a_veil_over_what_nobody_heard() -> None:
    table = Table(tuple(Row((day, "off_page"), (2.0,)) for day in DAYS), "day")
    drawing = Drawing(CHARTS["places_over_time"], table, ES, unheard={DAYS[0]: "una fuente no lo oyó todo"})
    veil, columns = layers(drawing)
    assert veil["data"]["values"] == [{"thing": DAYS[0], "says": "una fuente no lo oyó todo"}]
    assert columns["data"]["values"][1]["says"] == "sáb 21 nov 2026 · Fuera: 2"
    axis = columns["encoding"]["x"]["axis"]
    assert axis["labelExpr"] == f"({json.dumps(dict(zip(DAYS, ('20 nov', '21 nov'), strict=True)))})[datum.value]"


def test_what_is_not_known_is_not_drawn() -> None:
    table = Table((Row(("x",), (None, None, 0)), Row(("facebook",), (60.0, 30.0, 1))))
    bars, sums = layers(Drawing(CHARTS["wait_by_network"], table, EN))
    assert [one["says"] for one in bars["data"]["values"]] == ["Facebook: 1 min"]
    assert [one["thing"] for one in sums["data"]["values"]] == ["Facebook"]


def test_cells_have_a_shade_and_a_figure_that_can_be_read_on_it() -> None:
    table = Table((Row(("cleaning", "complaint"), (0,)), Row(("cleaning", "question"), (9,))))
    cells, figures = layers(Drawing(CHARTS["tags_by_service"], table, ES, DARK))
    assert [(c["shade"], c["ink"]) for c in cells["data"]["values"]] == [
        (DARK.heat[0], DARK.inks[0]), (DARK.heat[5], DARK.inks[5]),
    ]  # fmt: skip
    assert figures["encoding"]["text"]["field"] == "value"


def test_small_figures_are_told_apart() -> None:
    assert [shade(n, 100) for n in (0, 1, 10, 40, 100)] == [0, 1, 2, 4, STEPS]


@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_every_shade_and_its_figure_are_apart_enough(look: Any) -> None:
    """A contrast of 4.5 to 1 (WCAG 1.4.3)."""
    assert [(s, i) for s, i in zip(look.heat, look.inks, strict=True) if _contrast(s, i) < 4.5] == []
    assert _contrast(look.paper, look.muted) >= 4.5


@pytest.mark.parametrize("name", list(CHARTS))
def test_every_chart_is_a_picture_in_both_looks_and_languages(name: str) -> None:
    for look, spoken, size in product(LOOKS.values(), (ES, EN), ("wide", "narrow")):
        drawing = Drawing(CHARTS[name], a_table(CHARTS[name]), spoken, look, size)
        picture = ElementTree.fromstring(svg(compile(drawing)))
        assert picture.tag == "{http://www.w3.org/2000/svg}svg"
        assert picture.get("height") == str(drawing.height)
        assert len("".join(picture.itertext()).strip()) > 0


@pytest.mark.parametrize("name", list(CHARTS))
def test_vega_lite_has_nothing_to_say_against_any_chart(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    spec = compile(Drawing(CHARTS[name], a_table(CHARTS[name]), ES, unheard={DAYS[0]: "?"}, link=lambda row: "/posts"))
    assert vl_convert.vegalite_to_vega(spec, show_warnings=True)["marks"]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("mark", get_args(Mark))
def test_a_chart_may_be_drawn_in_another_way(mark: Any) -> None:
    chart = replace(CHARTS["places_over_time"], mark=mark)
    picture = svg(compile(Drawing(chart, a_table(chart), ES, unheard={DAYS[0]: "?"})))
    assert ElementTree.fromstring(picture).get("width") == "720"


def test_a_chart_of_nothing_is_still_a_picture() -> None:
    for chart in CHARTS.values():
        assert "<svg" in svg(compile(Drawing(chart, Table(), ES)))


def test_a_picture_fetches_nothing_and_escapes_what_people_wrote() -> None:
    table = Table((Row(("<script>alert(1)</script>",), (3, 3)),))
    picture = svg(compile(Drawing(CHARTS["districts"], table, ES)))
    assert "<script>" not in picture
    assert "vega.github.io" not in picture
    assert not {"image", "style", "script"} & {e.tag.rpartition("}")[2] for e in ElementTree.fromstring(picture).iter()}


def test_a_picture_is_drawn_once() -> None:
    spec = compile(Drawing(CHARTS["languages"], a_table(CHARTS["languages"]), ES))
    assert svg(spec) is svg(dict(spec))


def test_numbers_are_written_as_in_the_language() -> None:
    def axis(spoken: Any) -> str:
        table = Table((Row((DAYS[0], "off_page"), (12_000.0,)), Row((DAYS[1], "off_page"), (4_000.0,))), "day")
        return svg(compile(Drawing(CHARTS["places_over_time"], table, spoken)))

    assert "12.000" in axis(ES)
    assert "12,000" in axis(EN)


def test_measures_in_words() -> None:
    share, wait, first = (
        CHARTS["off_page_share"].measures[0],
        CHARTS["wait_by_network"].measures[0],
        CHARTS["venues_new"].measures[2],
    )
    said = [amount_of(ES, share, 0.7), *(amount_of(ES, wait, s) for s in (None, 0, 10, 1800, 7200, 200_000))]
    assert said == ["70\u00a0%", "no se sabe", "0 min", "1 min", "30 min", "2 h", "2 días"]
    moment = datetime(2026, 11, 21, 14, tzinfo=UTC).timestamp()
    assert amount_of(ES, first, moment) == "21 nov 2026 14:00"


def test_names_are_those_of_the_page() -> None:
    venue = Row(("facebook", "Veïns", "own"), (1,))
    assert thing_name(ES, CHARTS["venues"], venue) == "Veïns (Facebook)"
    assert thing_name(ES, CHARTS["venues"], replace(venue, at=("x", "x.com", "own"))) == "X"
    assert (value_name(ES, "department", ""), value_name(EN, "kind", "question")) == ("Sin departamento", "Questions")
    assert value_name(ES, "time", "2026-11-16T00:00:00", "week") == "semana del lun 16 nov 2026"
    assert [value_name(EN, "time", f"2026-11-16T{h}:00:00", "hour", short=True) for h in ("00", "07")] == [
        "16 Nov 00:00",
        "07:00",
    ]


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
