"""Where they talk: the view, its charts by themselves, and the ways from them to the posts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from corrillo.errors import StoreError
from corrillo.institution import Institution
from corrillo.model import Gap
from corrillo.ports import SourceHealth
from dashboards.charts.listed import CHARTS
from dashboards.charts.table import Row, Table
from dashboards.page.charts.links import posts_of
from dashboards.page.charts.vega import VEGA
from dashboards.page.filters import Filters
from dashboards.page.guard import HEADERS
from dashboards.page.i18n import texts
from dashboards.page.render import SCRIPTS
from dashboards.page.where.view import NewVenue, Talk, new_venues, talk
from tests.unit.dashboards.outline import Outline


@pytest.fixture
def talked(store: Any, mention: Any, now: Any) -> Any:
    """Most on X; off page most in a group; one new venue on Telegram, one in the press; a past of a month."""
    store.mentions = [
        *(mention(f"x{n}", place="on_page" if n < 2 else "off_page") for n in range(5)),
        *(mention(f"f{n}", network="facebook", venue="Veïns", district="El Raval") for n in range(4)),
        mention("own", place="own", author="@town"),
        mention("new", network="telegram", venue="Veïnat <b>", author="ana", published=now - timedelta(days=2)),
        mention("note", network="press", venue="Levante"),
        mention("old", published=now - timedelta(days=30)),
        mention("old group", network="facebook", venue="Veïns", published=now - timedelta(days=30)),
    ]
    store.sources = [
        SourceHealth(name, network, newest_post=now, last_success=now, begun=now - timedelta(days=99))
        for name, network in (("x-search", "x"), ("feed", "press"))
    ]
    return store


@pytest.fixture
def heard(talked: Any, now: Any) -> Any:
    """All of it, but for a day of the press."""
    feed = talked.sources[1]
    talked.sources[1] = replace(
        feed, gaps=(Gap(since=now - timedelta(days=3), until=now - timedelta(days=2), why="503"),)
    )
    return talked


def test_the_answer_comes_first(client: TestClient, talked: Any) -> None:
    page = client.get("/where").text.replace("\u00a0", " ")
    assert (
        "Donde más se habla es en <strong>X</strong>: el <strong>45 %</strong> de <strong>11</strong> menciones" in page
    )
    assert (
        "El <strong>82 %</strong> está fuera de nuestras páginas, sobre todo en <strong>Veïns (Facebook)</strong>."
        in page
    )
    assert (
        "<strong>2</strong> lugares son nuevos esta semana, <strong>1</strong> de ellos en una red donde no estamos."
        in page
    )


def test_every_chart_stands_there_with_picture_table_and_its_place_for_the_script(
    client: TestClient, talked: Any
) -> None:
    page = Outline(client.get("/where?period=7d&network=x&network=facebook").text)
    figures = page.all("figure")
    assert [urlsplit(f["data-chart"] or "").path for f in figures] == [
        "/chart/places_over_time.json", "/chart/networks.json", "/chart/districts.json",
    ]  # fmt: skip
    assert {f["data-vega"] for f in figures} == {VEGA}
    for address in [f["data-chart"] for f in figures] + [i["src"] for i in page.all("img")]:
        assert parse_qs(urlsplit(address or "").query) == {
            "institution": ["benialba"], "period": ["7d"], "network": ["x", "facebook"],
        }  # fmt: skip
    assert all(i["width"] and i["height"] and i["alt"] for i in page.all("img"))
    assert [s["src"] for s in page.all("script") if "charts" in (s["src"] or "")] == ["/static/charts.js"]


def test_every_address_of_a_chart_answers(client: TestClient, talked: Any) -> None:
    page = Outline(client.get("/where").text)
    pictures = [i["src"] for i in page.all("img")] + [s["srcset"] for s in page.all("source")]
    assert len(pictures) == 12
    for address in pictures:
        answer = client.get(address or "")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
        ElementTree.fromstring(answer.text)


def test_a_picture_and_its_box_are_as_high_as_what_the_script_draws(client: TestClient, talked: Any) -> None:
    page = Outline(client.get("/where").text)
    for figure, image in zip(page.all("figure"), page.all("img"), strict=True):
        assert client.get(figure["data-chart"] or "").json()["height"] == int(image["height"] or 0)
    for figure, source in zip(page.all("figure"), page.all("source")[::3], strict=True):
        narrow = client.get(f"{figure['data-chart']}&size=narrow&theme=dark").json()
        assert narrow["height"] == int(source["height"] or 0)


def test_every_figure_of_a_table_leads_to_as_many_posts(client: TestClient, talked: Any) -> None:
    """The table's links, and the same ones on what the script draws."""
    spec = client.get("/chart/networks.json").json()
    drawn = {one["says"]: one["href"] for one in spec["layer"][0]["data"]["values"] if "href" in one}
    assert parse_qs(urlsplit(drawn["X · Fuera: 3"]).query) == {
        "institution": ["benialba"], "network": ["x"], "place": ["off_page"],
    }  # fmt: skip
    page = client.get("/where").text
    assert all(unescape(href) in unescape(page) for href in drawn.values())
    assert "href" not in next(one for one in spec["layer"][0]["data"]["values"] if one["value"] == 0)


@pytest.mark.parametrize(
    ("chart", "at", "expected"),
    [
        ("places_over_time", ("2026-11-16T00:00:00", "own"), {"from": "2026-11-16", "to": "2026-11-22", "place": "own"}),
        ("places_over_time", ("2026-11-16T00:00:00",), {"from": "2026-11-16", "to": "2026-11-22"}),
        ("venues", ("facebook", "Veïns", "off_page"), {"network": "facebook", "venue": "Veïns", "place": "off_page"}),
        ("venues_new", ("forum", "a"), {"network": "forum", "venue": "a", "place": "on_page,off_page", "from": "2026-11-14", "to": "2026-11-21"}),
        ("districts", ("El Raval",), {"district": "El Raval", "place": "on_page,off_page", "tag": "crisis"}),
        ("tags_by_service", ("water", "praise"), {"service": "water", "tag": "praise", "place": "on_page,off_page"}),
        ("tags_by_service", ("water",), {"service": "water", "place": "on_page,off_page"}),
        ("wait_by_network", ("x",), {"network": "x", "tag": "question,complaint"}),
        ("waiting_by_department", ("",), None),
    ],
)  # fmt: skip
def test_drilling_asks_for_what_the_chart_counted(
    chart: str, at: tuple[str, ...], expected: dict[str, str] | None
) -> None:
    filters = Filters(
        "benialba", {"tag": ("crisis",)} if chart in ("districts", "tags_by_service") else {}, view="where"
    )
    found = urlsplit(posts_of(filters, CHARTS[chart], at, "week", datetime(2026, 11, 21, tzinfo=UTC).date()))
    if expected is None:
        assert found.path == ""
        return
    asked = {name: ",".join(values) for name, values in parse_qs(found.query).items() if name != "institution"}
    assert (found.path, asked) == ("/posts", expected)


def test_what_was_not_heard_is_not_shown_as_little(client: TestClient, heard: Any) -> None:
    page = client.get("/where").text
    assert "de <strong>≥\u00a011</strong> menciones" in page
    networks = client.get("/chart/networks.json").json()["layer"][1]["data"]["values"]
    assert [one["says"] for one in networks if one["thing"] in ("Prensa", "Facebook")] == ["4", "≥ 1"]
    veil, _ = client.get("/chart/places_over_time.json").json()["layer"]
    assert [one["thing"] for one in veil["data"]["values"]] == ["2026-11-18T00:00:00", "2026-11-19T00:00:00"]


def test_an_empty_view_says_why_and_what_is_new_stands_by_itself(client: TestClient, talked: Any) -> None:
    page = client.get("/where?tag=praise").text
    assert texts("es")("empty.no_match") in page
    assert texts("es")("chart.venues_new.empty") in page
    assert "data-chart" not in page


def test_without_a_past_nothing_is_called_new(client: TestClient, store: Any, mention: Any) -> None:
    store.mentions = [mention("1")]
    assert texts("es")("chart.venues_new.unknown") in client.get("/where").text


def test_what_people_wrote_is_never_markup(client: TestClient, talked: Any) -> None:
    page = client.get("/where").text
    assert "Veïnat &lt;b&gt;" in page
    assert "Veïnat <b>" not in page


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/chart/nothing.svg", 404), ("/chart/networks.pdf", 404), ("/chart/networks.svg?theme=pink", 400),
        ("/chart/networks.json?size=huge", 400), ("/chart/networks.json?theme=dark&theme=dark", 400),
        ("/chart/networks.json?from=x", 400), ("/chart/networks.svg?theme=dark&size=narrow&lang=en", 200),
        ("/chart/waiting_by_age.svg", 200),
    ],
)  # fmt: skip
def test_charts_are_asked_strictly(client: TestClient, talked: Any, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_a_store_that_cannot_be_read_is_said(client: TestClient, store: Any) -> None:
    store.broken = StoreError("locked", "wait")
    assert client.get("/chart/networks.svg").status_code == 503
    assert client.get("/where").status_code == 503


def test_the_drawing_script_is_kept_for_good_and_everything_else_is_not(client: TestClient) -> None:
    script = client.get(VEGA)
    assert (script.status_code, script.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert "immutable" in script.headers["cache-control"]
    assert "window.vegaEmbed=" in script.text.replace(" ", "")
    assert client.get(VEGA, headers={"accept-encoding": "identity"}).text == script.text
    assert client.get("/static/charts.js").headers["cache-control"] == HEADERS["Cache-Control"]


def test_no_script_of_ours_takes_a_text_for_code() -> None:
    for name, script in SCRIPTS.items():
        assert script.count('"use strict";') == 1, name
        for forbidden in ("eval(", "innerHTML", "document.write", "new Function", "http://", "https://"):
            assert forbidden not in script, name


# ── what it amounts to ────────────────────────────────────────────────────────────────────
def test_talk_is_of_citizens() -> None:
    rows = [("x", "own", 90), ("x", "off_page", 2), ("press", "off_page", 3), ("x", "on_page", 2)]
    found = talk(Table(tuple(Row((network, place), (n,)) for network, place, n in rows)))
    assert found == Talk(citizens=7, off_page=5, own=90, network="x", there=4)
    assert talk(Table()) == Talk()


def test_we_are_where_the_register_says_so() -> None:
    """In the press nobody can be; an account on the same network is enough."""
    town = Institution(
        id="t",
        name="T",
        account=[{"network": "x", "handle": "t"}],
        platform=[{"network": "decidim", "host": "a.example"}],
    )
    rows = [("press", "P", 9), ("x", "a", 5), ("decidim", "d", 1), ("forum", "f", 1), ("telegram", "g", 2)]
    found = new_venues(Table(tuple(Row((n, v), (c, 1, None)) for n, v, c in rows)), town, town.zone)
    assert [(one.venue, one.ours) for one in found or ()] == [
        ("g", False),
        ("f", False),
        ("a", True),
        ("d", True),
        ("P", None),
    ]
    assert found is not None
    assert found[0] == NewVenue("telegram", "g", None, 2, 1, False)
    assert new_venues(Table(known=False), town, town.zone) is None
