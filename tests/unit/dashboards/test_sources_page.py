"""The view of the sources: calm or blind, what was not heard, what could not be read, what cannot be known."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from corrillo.errors import CorrilloError
from corrillo.model import Budget, Gap
from corrillo.ports import Quarantined, SourceHealth
from dashboards.page.app import create_app
from dashboards.page.faults import fault
from dashboards.page.i18n import texts
from dashboards.page.sources import Heap, Listening, heaps
from ingest.faults import explained, status_refused
from tests.unit.dashboards.outline import Outline

HOUR = timedelta(hours=1)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " "))


@pytest.fixture
def full(store: Any, town: Any, now: Any) -> TestClient:
    """One that is fresh, with a gap that was filled, one that was not, and a budget; one that nobody can read."""
    gaps = (
        Gap(since=now - 9 * HOUR, until=now - 7 * HOUR, why="HTTP 429", filled="backfilled"),
        Gap(since=now - 5 * HOUR, until=now - 4 * HOUR, why="window rolled over"),
    )
    budget = Budget(unit="USD", spent=1.25, limit=5.0, resets=now + HOUR)
    store.sources = [
        SourceHealth(
            "x-search",
            "x",
            newest_post=now,
            last_success=now,
            begun=now - 999 * HOUR,
            seen=12345,
            kept=70,
            gaps=gaps,
            budget=budget,
        ),
        SourceHealth("feed", "press", failures=2, last_error="HTTP 503 <b>"),
    ]
    store.unreadable = [
        Quarantined("a", "x-search", now - HOUR, "no date", "x:1", "{}"),
        Quarantined("b", "x-search", now - 2 * HOUR, "no date", "x:2", "{}"),
        Quarantined("c", "gone", now, "no text", "gone:1", "{}"),
    ]
    coverage = [
        Listening("x-search", "x", "X: búsqueda", abilities=("own_posts", "recheck")),
        Listening("feed", "press", "Diari"),
    ]
    return TestClient(create_app(store, [town], lambda: now, coverage=coverage), headers={"accept-language": "es"})


def test_which_cannot_be_heard_is_the_answer(full: TestClient, store: Any) -> None:
    """And where all are, that."""
    page = words(full.get("/sources").text)
    assert "De 2 fuentes, una no se oye ahora: Diari." in page
    assert "no se puede leer; sin oír" in page
    assert "HTTP 503" in page
    store.sources = [
        store.sources[0],
        SourceHealth("feed", "press", last_success=store.sources[0].last_success, every=0.0),
    ]
    assert "Se oyen las 2 fuentes." in words(full.get("/sources").text)


def test_gaps_say_whether_they_were_filled_those_that_were_not_first(full: TestClient) -> None:
    page = words(full.get("/sources").text)
    assert page.index("no se sabe qué se dijo X: búsqueda") < page.index("pedido después X: búsqueda")
    assert "window rolled over" in page
    assert "Queda por gastar: 3,75 de 5 USD" in page
    page = full.get("/sources?lang=en&from=2026-11-19&to=2026-11-19").text
    assert "Of Diari nothing was heard: the whole period is a gap. Of the others none is known." in page


def test_what_was_seen_stands_beside_what_was_kept(full: TestClient) -> None:
    page = words(full.get("/sources").text)
    assert "Publicaciones vistas, antes de filtrar 12.345 De ellas, sobre la institución 70" in page


def test_what_nobody_is_able_to_ask_is_unknown(full: TestClient) -> None:
    """By ability: own posts, answers, edits, gaps."""
    page = words(full.get("/sources").text)
    assert "X: búsqueda sí no se sabe sí no se sabe" in page
    assert "Estas solo se leen; todo lo demás no se sabe: Diari ." in page


def test_quarantine_is_told_by_source_and_reason_with_what_to_do(full: TestClient) -> None:
    page = words(full.get("/sources").text)
    assert "3 elementos en cuarentena" in page
    assert "X: búsqueda no date 2" in page
    assert "gone no text 1" in page
    assert "corrillo quarantine replay" in page


def test_a_heap_is_one_source_and_one_reason(now: Any) -> None:
    items = [Quarantined(str(n), "s", now - n * HOUR, "a" if n % 2 else "b", "", "") for n in range(5)]
    assert heaps(items) == (
        Heap("s", "b", 3, now - 4 * HOUR, now),
        Heap("s", "a", 2, now - 3 * HOUR, now - HOUR),
    )


def test_without_a_source_it_says_what_to_do(store: Any, town: Any, now: Any) -> None:
    bare = TestClient(create_app(store, [town], lambda: now, coverage=[]))
    page = bare.get("/sources").text
    assert "Añada una bajo [[source]]" in page
    assert "Nada en cuarentena" in page


def test_the_first_view_keeps_one_line_that_leads_here(full: TestClient) -> None:
    page = full.get("/?service=water").text
    assert 'href="/sources?institution=benialba&amp;service=water"' in page
    assert "3 elementos en cuarentena" in page
    assert "HTTP 503" not in page


@pytest.mark.parametrize("language", ["es", "en"])
def test_it_can_be_used_by_ear(full: TestClient, language: str) -> None:
    outline = Outline(full.get(f"/sources?lang={language}").text)
    assert len(outline.all("table")) == len(outline.all("caption")) == 2
    assert all(a.get("scope") for a in outline.all("th"))
    assert all(a.get("aria-label") or a.get("aria-hidden") for a in outline.all("svg"))
    ids = [a["id"] for _, a in outline.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["aria-labelledby"] for _, a in outline.tags if "aria-labelledby" in a} <= set(ids)


def test_filters_stay_on_the_way_to_another_view_but_not_to_one_that_has_none(full: TestClient) -> None:
    page = full.get("/sources?service=water&lang=en").text
    links = re.findall(
        r'<a href="(/[a-z]*\?[^"]+)"',
        page[page.index('class="views"') : page.index("</nav>", page.index('class="views"'))],
    )
    assert "/posts?institution=benialba&amp;service=water&amp;lang=en" in links
    assert "/crisis?institution=benialba&amp;lang=en" in links
    assert all(full.get(link.replace("&amp;", "&")).status_code == 200 for link in links)
    back = full.get("/crisis?institution=benialba&lang=en").text
    assert 'href="/posts?institution=benialba&amp;lang=en"' in back


def test_a_file_says_up_to_when_it_tells_of_anything(full: TestClient, store: Any, now: Any) -> None:
    """It is no live source: what came after its last post is not known, and beside the others it stands as a file."""
    read = {"last_success": now, "every": 0.0, "seen": 66, "kept": 60}
    store.sources = [
        store.sources[0],
        SourceHealth("feed", "press", newest_post=now - 99 * HOUR, **read),
        SourceHealth("replay-foro-csv-0a1b2c", "forum", newest_post=now - 50 * HOUR, **read),
        SourceHealth("was-listened-to", "x", last_success=now - 500 * HOUR, every=60.0),
    ]
    page = words(full.get("/sources").text)
    assert "Fichero leído un fichero, leído hasta el final el" in page
    assert page.count("Sin oír lo posterior al") == 2
    assert "foro.csv" in page
    assert "was-listened-to" not in page
    assert "Se oyen las 2 fuentes." in page
    assert "Además se importaron ficheros, que no traen nada nuevo por sí solos: foro.csv ." in page


def test_the_only_source_is_not_one_of_one(store: Any, town: Any, now: Any) -> None:
    """Nor is one of one source deaf."""
    gap = Gap(since=now - 5 * HOUR, until=now - 4 * HOUR, why="window rolled over")
    store.sources = [
        SourceHealth("x-search", "x", newest_post=now, last_success=now, begun=now - 999 * HOUR, gaps=(gap,))
    ]
    app = create_app(store, [town], lambda: now, coverage=[Listening("x-search", "x", "X")])
    only = TestClient(app, headers={"accept-language": "es"})
    assert "En este periodo no lo ha oído todo." in only.get("/sources").text
    assert "La fuente no oyó todo este periodo: las cifras son un mínimo (≥)" in only.get("/waits").text
    assert "De 1" not in only.get("/waits").text + only.get("/sources").text


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (explained("https://diari.example/rss", httpx.ReadTimeout("slow"), 30.0), "no responde en 30 s"),
        (status_refused("https://diari.example/rss", 404), "responde con el error 404"),
        (explained("https://diari.example/rss", httpx.ConnectError("refused"), 30.0), "no se puede conectar"),
        (explained("https://diari.example/rss", httpx.ReadError("cut"), 30.0), "la conexión se cortó"),
    ],
)
def test_what_a_network_did_wrong_is_said_in_the_pages_language(error: CorrilloError, said: str) -> None:
    """As the client says it today."""
    told, language = fault(texts("es"), error.message)
    assert (told.startswith(f"https://diari.example/rss: {said}"), language) == (True, "es")
