"""The view of the posts: how many, and each with its thread."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from corrillo.ports import SourceHealth
from dashboards.page.threads import LINES
from tests.unit.dashboards.outline import Outline

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def heard(store: Any, now: Any) -> None:
    """All of the period."""
    long_ago = now - timedelta(days=99)
    store.sources = [
        SourceHealth(name, network, newest_post=now, last_success=now, begun=long_ago)
        for name, network in (("x-search", "x"), ("feed", "press"))
    ]


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " "))


@pytest.fixture
def talk(store: Any, mention: Any, now: Any) -> Any:
    """A question, an answer of ours, thanks; and a post that stands alone."""
    store.mentions = [
        mention("q", "¿Hay agua?", thread="t", published=now - 9 * MINUTE, looked=now - MINUTE),
        mention("a", "Sí, desde las diez.", thread="t", published=now - 8 * MINUTE, place="own", author="@ajbenialba",
                author_kind="own_account", answers="q"),
        mention("g", "¡Gracias!", thread="t", published=now - 7 * MINUTE, answers="a", url="https://x.example/g"),
        mention("alone", "Qué calor", published=now - 6 * MINUTE),
    ]  # fmt: skip
    return store


def test_how_many_there_are_is_said_first(client: TestClient, talk: Any) -> None:
    assert ">4 publicaciones</h2>" in client.get("/posts").text
    assert ">One post</h2>" in client.get("/posts?lang=en&q=calor").text


def test_a_thread_is_read_in_place_from_its_beginning_with_our_answers_marked(client: TestClient, talk: Any) -> None:
    """Under the newest of its posts on the page, once."""
    page = client.get("/posts").text
    (thread,) = re.findall(r'<details class="thread">.*?</details>', page, re.DOTALL)
    assert re.findall(r'class="text"[^>]*>([^<]+)<', thread) == ["¿Hay agua?", "Sí, desde las diez.", "¡Gracias!"]
    said = words(thread)
    assert "Leer el hilo de 3 con una respuesta nuestra" in said
    assert "Respuesta nuestra (@ajbenialba)" in said
    assert "Se buscaron respuestas por última vez el 21 nov 2026 14:04." in said
    assert 'href="https://x.example/g" rel="noopener noreferrer nofollow"' in thread
    assert thread.count('aria-current="true"') == 1


def test_where_nobody_could_look_for_answers_the_thread_says_so(client: TestClient, store: Any, mention: Any) -> None:
    store.mentions = [mention("1", thread="t"), mention("2", thread="t")]
    assert "nadie ha podido buscar respuestas" in client.get("/posts").text


def test_a_long_thread_shows_its_newest_posts_and_leads_to_the_others(
    client: TestClient, store: Any, mention: Any, now: Any
) -> None:
    store.mentions = [mention(str(n), f"n{n}.", thread="t", published=now - n * MINUTE) for n in range(LINES + 7)]
    page = client.get("/posts").text
    (thread,) = re.findall(r'<details class="thread">.*?</details>', page, re.DOTALL)
    lines = re.findall(r'class="text"[^>]*>([^<]+)<', thread)
    assert (len(lines), lines[-1]) == (LINES, "n0.")
    assert "Hay otras 7 anteriores" in thread
    whole = re.search(r'href="([^"]+)">Hay otras', thread).group(1).replace("&amp;", "&")  # type: ignore[union-attr]
    assert f">Al menos {LINES + 7} publicaciones</h2>" in client.get(whole).text


def test_a_view_of_one_thread_does_not_show_it_twice(client: TestClient, talk: Any) -> None:
    assert '<details class="thread">' not in client.get("/posts?thread=t&period=all").text


def test_a_thread_has_what_no_filter_finds(client: TestClient, talk: Any) -> None:
    """What was said around a post belongs to it."""
    page = client.get("/posts?q=gracias").text
    assert page.count("<article") == 1
    assert "Sí, desde las diez." in page


def test_the_first_view_has_the_ten_newest_and_leads_to_all(client: TestClient, store: Any, mention: Any) -> None:
    store.mentions = [mention(str(n), service="water") for n in range(25)]
    page = client.get("/?service=water").text
    assert page.count("<article") == 10
    assert 'href="/posts?institution=benialba&amp;service=water">Ver todas' in page


def test_nothing_found_says_what_to_do(client: TestClient, talk: Any) -> None:
    page = client.get("/posts?q=nada").text
    assert "Nada coincide con lo que se pide" in page
    assert 'class="card' not in page


def test_hostile_threads_are_shown_as_text(client: TestClient, store: Any, mention: Any) -> None:
    evil = "<script>alert(1)</script>\u202e"
    given = {"thread": evil, "author": evil, "author_kind": "own_account", "place": "own", "url": "javascript:alert(1)"}
    store.mentions = [mention("1", evil, **given), mention("2", evil, **given, answers="1")]
    page = client.get("/posts").text
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert 'href="javascript' not in page


@pytest.mark.parametrize("language", ["es", "en"])
def test_it_can_be_used_by_ear(client: TestClient, talk: Any, language: str) -> None:
    outline = Outline(client.get(f"/posts?lang={language}").text)
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert (levels[0], levels.count(1)) == (1, 1)
    ids = [a["id"] for _, a in outline.tags if "id" in a]
    assert len(ids) == len(set(ids))
