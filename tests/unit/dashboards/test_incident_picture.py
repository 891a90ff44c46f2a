"""An incident's picture: one SVG that needs nothing from elsewhere, and says in words what it shows."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from corrillo.alerts import LEVELS, Point
from dashboards.incidents.drawing import HEIGHT, LABELS, LEFT, TOP, WIDTH, Plot, Stretch
from dashboards.incidents.picture import picture
from dashboards.incidents.words import words
from dashboards.page.i18n import LANGUAGES

MADRID = ZoneInfo("Europe/Madrid")
START = datetime(2026, 11, 20, 19, 15, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
BOTTOM = TOP + HEIGHT
SVG = "{http://www.w3.org/2000/svg}"


def day(*counts: float, start=START, step=QUARTER, heard=()) -> list[Point]:
    """Steps with these counts, where 0 to 3 are normal; ``heard``: the share of some of them."""
    shares = dict(heard)
    return [
        Point(at=start + n * step, count=c, expected=1.5, low=0.0, high=3.0, heard=shares.get(n, 1.0))
        for n, c in enumerate(counts)
    ]


QUIET = day(*[1.0] * 96)
CROWD = day(*[1.0] * 90, 4.0, 9.0, 16.0, 12.0, 8.0, 2.0)
OPENED = START + 91 * QUARTER


def drawn(points=CROWD, lang="es", title="Agua · Triana", level="warning", since=OPENED, zone=MADRID):
    return ElementTree.fromstring(picture(points, lang=lang, zone=zone, title=title, level=level, since=since))


def texts_of(svg) -> list[str]:
    return ["".join(t.itertext()) for t in svg.iter(f"{SVG}text")]


def classes(svg, name: str) -> list:
    return [e for e in svg.iter() if e.get("class") == name]


# ── what it says ──────────────────────────────────────────────────────────────────────────
def test_it_says_in_words_what_it_shows() -> None:
    svg = drawn(day(*[1.0] * 90, 4.0, 9.0, 16.0, 12.0, 8.0, 2.0, heard={4: 0.0}))
    assert svg.get("role") == "img"
    assert svg[0].tag == f"{SVG}title"
    assert svg[0].text == "Agua · Triana. Nivel: Aviso"
    assert svg[1].text == (
        "Voces independientes por cuarto de hora, de 20 nov 20:15 a 21 nov 20:15. Como mucho 16, 21 nov 19:15; entonces lo "
        "normal era de 0 a 3. El incidente se abre: 21 nov 19:00. Donde está rayado no se oyó: no es cero, no se sabe."
    )


def test_it_speaks_both_languages() -> None:
    english, spanish = texts_of(drawn(lang="en")), texts_of(drawn())
    assert {"Independent voices each quarter of an hour", "Voices", "opens at 19:00", "21 Nov"} <= set(english)
    assert {"Voces independientes por cuarto de hora", "Voces", "se abre a las 19:00", "21 nov"} <= set(spanish)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("level", LEVELS)
def test_every_level_has_its_word_and_its_colour(lang, level) -> None:
    svg = drawn(lang=lang, level=level)
    (badge,) = classes(svg, level)
    assert "".join(badge.itertext()).strip() == words(lang).name("level", level)
    assert f".corrillo-picture .{level} rect" in svg.find(f"{SVG}style").text


def test_without_points_it_says_that_nothing_was_counted() -> None:
    svg = drawn([], since=None)
    assert svg[1].text == "Todavía no hay nada contado"
    assert "Todavía no hay nada contado" in texts_of(svg)
    assert classes(svg, "count") == []


def test_where_nothing_at_all_was_heard_it_is_not_called_calm() -> None:
    svg = drawn(day(0.0, 0.0, heard={0: 0.0, 1: 0.0}))
    assert "no es cero, no se sabe" in svg[1].text
    assert classes(svg, "count")[0].get("d") == ""


def test_titles_are_text_whatever_they_are() -> None:
    """What does not fit is cut on the picture, and stays whole in its words."""
    odd = "<script>alert(1)</script> & \x00 " + "larguísimo " * 20
    svg = drawn(title=odd)
    assert svg[0].text.startswith("<script>alert(1)</script> & larguísimo")
    (title,) = classes(svg, "title")
    assert title.text.endswith("…")
    assert len(title.text) < 70
    assert list(svg.iter(f"{SVG}script")) == []


def test_it_needs_nothing_from_elsewhere() -> None:
    text = picture(CROWD, lang="es", zone=MADRID, title="Agua", level="crisis", since=OPENED)
    assert re.findall(r"(?:https?:)?//[^\s\"]+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|<image|href|@import|@font-face|url\((?!#)|on\w+=", text)


def test_it_is_dark_on_a_dark_screen_and_never_on_paper() -> None:
    style = drawn().find(f"{SVG}style").text
    assert re.findall(r"@media ([^{]+)", style) == ["screen and (prefers-color-scheme: dark) "]
    used = {e.get("class") for e in drawn().iter() if e.get("class")} - {"corrillo-picture", "opening"}
    assert {name for name in used if not re.search(rf"\.{name}\b", style)} == set()


# ── what it draws ─────────────────────────────────────────────────────────────────────────
def test_counts_are_steps_over_what_is_normal() -> None:
    plot = Plot(day(2.0, 4.0))
    assert (plot.top, plot.y(0), plot.y(4), plot.y(99)) == (4, BOTTOM, TOP, TOP)
    middle, right, half, high = LEFT + WIDTH / 2, LEFT + WIDTH, TOP + HEIGHT / 2, TOP + HEIGHT / 4
    assert plot.count_line == f"M{LEFT} {half:g}V{half:g}H{middle:g}V{TOP}H{right}"
    assert plot.band == f"M{LEFT} {high:g}V{high:g}H{middle:g}V{high:g}H{right}V{BOTTOM}H{middle:g}V{BOTTOM}H{LEFT}Z"
    assert plot.over == f"M{middle:g} {TOP}V{TOP}H{right}V{high:g}H{middle:g}Z"


def test_what_nobody_heard_is_hatched_and_never_zero() -> None:
    """And where only a part was heard it is dotted; each stretch once."""
    plot = Plot(day(*[1.0] * 8, heard={2: 0.0, 3: 0.0, 4: 0.6, 7: 0.0}))
    eighth = WIDTH / 8
    assert plot.unknown == [Stretch(LEFT + 2 * eighth, 2 * eighth), Stretch(LEFT + 7 * eighth, eighth)]
    assert plot.partial == [Stretch(LEFT + 4 * eighth, eighth)]
    assert plot.count_line.count("M") == 2
    assert f"H{LEFT + 3 * eighth:g}" not in plot.count_line


def test_a_count_that_was_not_heard_does_not_move_the_axis() -> None:
    assert Plot(day(1.0, 500.0, heard={1: 0.0})).top == 4


def test_the_opening_is_marked_where_it_is_inside() -> None:
    (mark,) = classes(drawn(), "opening")
    assert f"M{LEFT + WIDTH * 91 / 96:g} " in mark[0].get("d")
    for since in (None, START - QUARTER, START + 97 * QUARTER):
        svg = drawn(since=since)
        assert classes(svg, "opening") == []
        assert "se abre" not in svg[1].text


@pytest.mark.parametrize(("step", "anchor"), [(2, "start"), (90, "end")])
def test_its_words_stand_on_the_side_that_has_room(step, anchor) -> None:
    (label,) = classes(drawn(since=START + step * QUARTER), "opened-label")
    assert label.get("text-anchor") == anchor


def test_the_legend_names_what_is_there() -> None:
    assert {"Voces", "Lo normal (19 de cada 20)", "Lo esperado"} <= set(texts_of(drawn(QUIET)))
    assert not {"Por encima", "No se oyó", "Oído en parte"} & set(texts_of(drawn(QUIET)))
    everything = day(*[1.0] * 95, 9.0, heard={3: 0.0, 4: 0.5})
    assert {"Por encima", "No se oyó", "Oído en parte"} <= set(texts_of(drawn(everything)))


@pytest.mark.parametrize(
    ("start", "step", "count", "labels"),
    [
        (START, QUARTER, 96, ["21:00", "21 nov", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00"]),
        (START, QUARTER, 8, ["21:00", "22:00"]),
        (datetime(2026, 10, 25, 0, 0, tzinfo=UTC), QUARTER, 16, ["02:00", "02:00", "03:00", "04:00"]),
        (datetime(2026, 11, 1, 23, 0, tzinfo=UTC), timedelta(hours=1), 168, [f"{n} nov" for n in range(2, 9)]),
        (datetime(2026, 11, 1, 23, 0, tzinfo=UTC), timedelta(days=1), 14, [f"{n} nov" for n in range(2, 16, 2)]),
    ],
    ids=["a day", "two hours", "the night when clocks go back", "a week of hours", "a fortnight of days"],
)
def test_the_axis_is_in_the_zone_of_the_institution(start, step, count, labels) -> None:
    points = day(*[1.0] * count, start=start, step=step)
    ticks = Plot(points).ticks(MADRID)
    assert [t for t in texts_of(drawn(points)) if t in labels] == labels
    assert len(ticks) == len(labels) <= LABELS


def test_everything_stays_inside_the_frame() -> None:
    """With the counts of a capital and every sign in the legend."""
    huge = day(*[p.count * 2000 for p in CROWD], heard={3: 0.0, 4: 0.5})
    for lang in LANGUAGES:
        svg = drawn(huge, lang=lang)
        signs = [g for g in svg.iter(f"{SVG}g") if (g.get("transform") or "").startswith("translate")]
        ends = [
            float(g.get("transform")[10:].split()[0]) + 22 + 6.2 * len("".join(g.itertext()).strip()) for g in signs
        ]
        assert len(ends) == 6
        assert max(ends) < 710
        assert all(len(t) * 6.6 < LEFT - 8 for t in texts_of(svg) if re.fullmatch(r"[\d.,]+", t))


# ── steps that begin at any minute, and phones ────────────────────────────────────────────
def test_hours_stand_under_the_axis_wherever_steps_begin() -> None:
    """A day is told in quarters that end now: they begin at 20:20 as well as at 20:15."""
    late = day(*[1.0] * 96, start=START + timedelta(minutes=5))
    assert {"00:00", "21 nov"} & set(texts_of(drawn(late)))
    assert {"03:00", "06:00", "18:00"} <= set(texts_of(drawn(late)))


def test_for_phones_there_are_only_the_axes_in_large_letters() -> None:
    small = ElementTree.fromstring(
        picture(CROWD, lang="es", zone=MADRID, title="Agua", level="warning", since=OPENED, compact=True)
    )
    assert small[1].text == drawn()[1].text
    assert set(texts_of(small)) < set(texts_of(drawn()))
    assert {"Agua", "Voces", "Aviso", "se abre a las 19:00"}.isdisjoint(texts_of(small))
    assert classes(small, "opened")
