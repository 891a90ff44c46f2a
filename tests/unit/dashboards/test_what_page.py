"""The view "What they say" as a browser gets it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from corrillo.ports import Query, SourceHealth
from dashboards.charts.figures import rows
from dashboards.charts.listed import CHARTS
from dashboards.page.filters import Filters
from dashboards.page.i18n import texts
from dashboards.page.what.said import about_said, rate, saying
from dashboards.page.what.words import NewWord
from tests.unit.dashboards.outline import Outline

DAY = timedelta(days=1)
ALL = Query(where={"institution": ("benialba",)})


@pytest.fixture
def sources(store: Any, now: datetime) -> None:
    """Two that have always been heard."""
    store.sources = [
        SourceHealth(s, n, last_success=now, newest_post=now, begun=now - 400 * DAY)
        for s, n in (("x-search", "x"), ("feed", "press"))
    ]


@pytest.fixture
def talk(store: Any, mention: Any, tags: Any, now: datetime, sources: None) -> Any:
    """A usual month; this week a hole in the road that fourteen complain about, and a note of six newspapers."""
    usual = ("el parque está sucio", "la basura huele fatal", "falta aparcamiento", "la farola parpadea")
    store.mentions = [
        mention(f"before-{n}", usual[n % 4], author=f"b{n}", service="parks", published=now - (8 + n / 3) * DAY)
        for n in range(80)
    ]
    store.mentions += [
        mention(
            f"now-{n}", "menudo socavón", author=f"a{n}", service="roadworks", tags=tags("complaint"), target="government",
            published=now - n * timedelta(hours=8), language="ca" if n % 7 == 0 else "es",
        )
        for n in range(14)
    ]  # fmt: skip
    note = mention("note", "Se abre un socavón", title="Cortada la avenida", network="press", venue="Agencia", author="",
                   venue_kind="agency", published=now - 2 * DAY)  # fmt: skip
    store.mentions += [
        note,
        *(
            mention(
                f"copy-{n}", "Se abre un socavón", story=note.id, network="press", venue=f"Diari {n}", author="",
                venue_kind="newspaper", published=now - DAY,
            )
            for n in range(5)
        ),
        mention("old", "nada", published=now - 90 * DAY),
    ]  # fmt: skip
    return store


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_the_view_answers_in_two_sentences(talk: Any, client: TestClient) -> None:
    """What most is about, and what grew most; in one where it is the same."""
    said = text_of(client.get("/what?period=7d").text)
    assert "Lo que más se comenta: obras y calles , en 14 de 20 menciones, de 14 autores." in said
    assert "También es lo que más crece: en los 7 días anteriores, ningún autor ." in said
    said = text_of(client.get("/what?period=7d&lang=en").text)
    assert "Most talked about: roadworks , in 14 of 20 mentions, by 14 authors." in said
    assert "It is also what grew most: in the 7 days before, no author ." in said


def test_what_most_is_about_and_what_grew_most_may_be_two(
    talk: Any, client: TestClient, mention: Any, now: Any
) -> None:
    talk.mentions += [
        mention(f"{week}{n}", service="culture", author=f"c{n}", published=now - week * DAY)
        for week in (2, 9)
        for n in range(30)
    ]
    said = text_of(client.get("/what?period=7d").text)
    assert "Lo que más se comenta: cultura y fiestas" in said
    assert "Lo que más crece: obras y calles , con 14 autores; en los 7 días anteriores, ningún autor" in said


def test_where_nothing_grew_it_says_so(talk: Any, client: TestClient) -> None:
    talk.mentions = [m for m in talk.mentions if m.service != "roadworks"]
    assert "Frente a los 7 días anteriores, ningún servicio destaca." in text_of(client.get("/what?period=7d").text)
    assert "Against the 7 days before, no service stands out." in text_of(client.get("/what?period=7d&lang=en").text)


def test_a_new_word_leads_to_its_posts(talk: Any, client: TestClient) -> None:
    """With how many people use it, what they mostly mean by it, and nobody before."""
    page = client.get("/what?period=7d").text
    row, *_ = re.findall(r'<tr>\s*<th scope="row"><a href="/posts(?:.*?)</tr>', page, re.DOTALL)
    assert text_of(row) == "menudo socavón Quejas Obras y calles 14 2,1 nadie"
    href = unescape(re.search(r'href="([^"]+)"', row).group(1))  # type: ignore[union-attr]
    assert client.get(href).text.count('<article class="card') == 14


def test_a_note_of_the_press_is_told_as_one(talk: Any, client: TestClient) -> None:
    """How many copies, where, since when; and they can be read."""
    page = client.get("/what?period=7d").text
    said = text_of(page)
    assert (
        "Nota repetida en prensa 6 publicaciones Cortada la avenida Se abre un socavón En 6 sitios: Agencia (Prensa)"
        in said
    )
    assert "La primera, 19 nov 2026 14:05; la última, 20 nov 2026 14:05." in said
    href = re.search(r'href="([^"]+)">6 publicaciones', page).group(1)  # type: ignore[union-attr]
    assert client.get(unescape(href)).text.count('<article class="card') == 6


def test_what_cannot_be_compared_is_said_and_not_called_new(talk: Any, client: TestClient) -> None:
    """Where everything is shown; where hardly anything is kept from before; with ways to what can be compared."""
    everything = client.get("/what?period=all").text
    assert "no tiene un mes anterior" in everything
    assert "ningún servicio destaca" not in everything
    talk.mentions = [m for m in talk.mentions if "socavón" in m.text]
    page = client.get("/what?period=7d").text
    assert "se conserva muy poco o nada" in page
    assert "de los 7 días anteriores no se conserva todo" in page
    assert 'href="/what?institution=benialba&amp;period=1d#new-words"' in page
    today = client.get("/what?period=1d").text
    assert "Pruebe con otro periodo" not in today


def test_where_a_source_was_blind_every_count_is_a_least(talk: Any, client: TestClient, now: Any) -> None:
    talk.sources[1] = SourceHealth("feed", "press", last_success=now, newest_post=now, begun=now - 3 * DAY)
    page = client.get("/what?period=7d").text
    said = text_of(page)
    assert "en ≥ 14 de ≥ 20 menciones, de ≥ 14 autores" in said
    assert "≥ 6 publicaciones" in said
    assert "Sin contar Diari: entonces no se oía." in said
    assert "≥ 14 2,1 nadie" in said
    assert "De 2 fuentes, una no oyó todo este periodo" in said


def test_a_source_that_was_never_heard_is_not_said_to_be_left_out(talk: Any, client: TestClient) -> None:
    """It has brought nothing that could be counted."""
    talk.sources[1] = SourceHealth("feed", "press", failures=3, last_error="HTTP 404")
    assert "Sin contar" not in client.get("/what?period=7d").text


@pytest.mark.parametrize(
    ("language", "title", "why"),
    [
        ("es", "Qué se dice a cada uno", "Contarlas juntas haría pasar"),
        ("en", "What is said to each", "Counted together,"),
    ],
)
def test_whom_it_is_said_to_is_shown_with_why_that_matters(
    talk: Any, client: TestClient, language: str, title: str, why: str
) -> None:
    said = text_of(client.get(f"/what?period=7d&lang={language}").text)
    assert title in said
    assert why in said


def test_only_our_own_posts_are_nothing_that_citizens_say(talk: Any, client: TestClient) -> None:
    page = client.get("/what?place=own").text
    assert "Aquí se ve lo que dicen los ciudadanos" in page
    assert "chart-services" not in page


def test_empty_states_explain_themselves(store: Any, client: TestClient, mention: Any, sources: None) -> None:
    assert "todavía no ha llegado ninguna mención" in client.get("/what").text
    store.mentions = [mention("1")]
    assert "Nada coincide con lo que se pide" in client.get("/what?q=nada").text
    page = text_of(client.get("/what").text)
    assert "De un servicio concreto no habla ninguna mención, de 1 ." in page
    assert "Ningún texto se ha repetido en este periodo." in page


def test_the_view_can_be_used_by_ear_and_keyboard(talk: Any, client: TestClient) -> None:
    """No heading level left out, captions, scopes, unique ids, labels that lead somewhere."""
    outline = Outline(client.get("/what?period=7d").text)
    assert len(outline.all("h1")) == 1
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(outline.all("table")) == len(outline.all("caption"))
    assert all(a.get("scope") for a in outline.all("th"))
    ids = [a["id"] for _, a in outline.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["aria-labelledby"] for _, a in outline.tags if "aria-labelledby" in a} <= set(ids)


def test_hostile_texts_are_shown_as_text(
    store: Any, client: TestClient, mention: Any, tags: Any, now: Any, sources: None
) -> None:
    evil = "<script>alert(1)</script> \u202egpj"
    store.mentions = [
        mention(f"b{n}", "el parque", author=f"b{n}", published=now - (8 + n % 9) * DAY) for n in range(60)
    ] + [
        mention(f"{n}", evil, title=evil, venue=f"{evil}{n}", author=f"a{n}", story=f"s{n % 2}", tags=tags(evil))
        for n in range(40)
    ]
    page = client.get("/what?period=7d").text
    assert {a.get("src", "").rpartition("/")[0] for a in Outline(page).all("script")} == {"/static"}
    assert "alert(1)" in page
    assert "\u202e" not in page


def test_the_posts_of_a_word_are_those_among_what_is_searched(town: Any) -> None:
    """Also among alternatives; a search that is too long gives way to the word."""
    word = NewWord("corte de luz", "es", 5, 1.0, 0, 0.0, 20.0)
    searched = Filters(town.id, text="agua OR luz", view="what")
    assert (saying(searched, word).text, saying(searched, word).view) == ('(agua OR luz) "corte de luz"', "posts")
    assert saying(Filters(town.id, text="agua " * 99), word).text == '"corte de luz"'
    assert saying(Filters(town.id), NewWord("riada", "es", 5, 1.0, 0, 0.0, 20.0)).text == "riada"


def test_a_service_that_is_called_like_the_tag_is_named_once() -> None:
    word = NewWord("riada", "es", 5, 1.0, 0, 0.0, 20.0, "crisis", "emergency")
    assert about_said(texts("es"), word) == ""
    assert about_said(texts("es"), replace(word, service="water")) == "Agua"
    assert about_said(texts("es"), replace(word, tag="", service="")) == ""


@pytest.mark.parametrize(("a_day", "said"), [(0.04, "menos de 0,1"), (0.1, "0,1"), (9.94, "9,9"), (12.4, "12")])
def test_how_many_a_day(a_day: float, said: str) -> None:
    """Something is never written as nothing."""
    assert rate(texts("es"), a_day) == said


# ── what the charts of the view count ─────────────────────────────────────────────────────
def test_what_is_none_of_the_services_comes_last_however_much_it_is(
    store: Any, mention: Any, tags: Any, now: Any
) -> None:
    said = {"water": 1, "other": 5, "parks": 2}
    store.mentions = [
        mention(f"{s}{n}", service=s, tags=tags("praise")) for s, count in said.items() for n in range(count)
    ]
    table = rows(CHARTS["services"], store, ALL, ZoneInfo("Europe/Madrid"), now)
    assert [(r.at, r.values) for r in table.rows] == [(("parks",), (2, 2)), (("water",), (1, 1)), (("other",), (5, 5))]
    crossed = rows(CHARTS["tags_by_service"], store, ALL, ZoneInfo("Europe/Madrid"), now)
    assert list(dict.fromkeys(r.at[0] for r in crossed.rows)) == ["parks", "water", "other"]


def test_tags_of_other_taggers_have_a_column(store: Any, mention: Any, tags: Any, now: Any) -> None:
    """After those that are known beforehand, which are there even with nothing."""
    store.mentions = [mention("1", tags=tags("rumour"))]
    table = rows(CHARTS["tags_by_service"], store, ALL, ZoneInfo("Europe/Madrid"), now)
    assert (table.rows[0].at[1], table.rows[0].values, table.rows[-1].at[1]) == ("complaint", (0,), "rumour")


def test_whom_is_crossed_with_every_tag(talk: Any, now: Any) -> None:
    table = rows(CHARTS["tags_by_target"], talk, ALL, ZoneInfo("Europe/Madrid"), now)
    assert {r.at: r.values for r in table.rows if r.values[0]} == {("government", "complaint"): (14,)}
    assert len(table.rows) == 4 * 6
