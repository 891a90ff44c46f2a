"""The view of who waits, as a browser gets it."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from msgspec.structs import replace
from starlette.testclient import TestClient

from corrillo.ports import SourceHealth
from corrillo.work import Deed
from dashboards.page.app import create_app
from dashboards.page.sources import Listening
from tests.unit.dashboards.attentions import OFFICE, an_attention
from tests.unit.dashboards.outline import Outline

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOWN = OFFICE.model_validate(
    {
        **OFFICE.model_dump(by_alias=True),
        "commitment": {"answer_within_hours": 4.0},
        "account": [
            {"network": "x", "handle": "@ajbenialba", "department": "Comunicació"},
            {"network": "x", "handle": "@aigues", "department": "Aigües"},
            {"network": "x", "handle": "@policia"},
            {"network": "x", "handle": "@festes"},
            {"network": "press", "handle": "gabinet"},
            {"network": "telegram", "handle": "Benialba"},
        ],
    }
)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub("</?(strong|bdi)>", "", page)).replace("\u00a0", " "))


@pytest.fixture
def full(store: Any, mention: Any, tags: Any, now: Any) -> TestClient:
    """Two wait, one asked in a thread of ours; one is answered, one nobody looked after, one waits since long ago."""

    def asks(name: str, text: str, back: timedelta, **given: Any) -> None:
        about = {k: v for k, v in given.items() if k in ("network", "service", "place", "thread", "district")}
        said = mention(name, text, published=now - back, tags=tags("question"), **about)
        store.mentions.append(said)
        known = {k: v for k, v in given.items() if k not in ("place",)} | {"place": said.place, "thread": said.thread}
        store.attended.append(an_attention(said.id, now - back, **known))

    ours = mention(
        "own", "Talls d'aigua", place="own", author="@aigues", author_kind="own_account", published=now - 9 * DAY
    )
    store.mentions = [ours, mention("hello", "Hola", place="own", author="@festes", published=now - DAY)]
    asks("oldest", "¿Cuándo abren la piscina?", 9 * DAY, looked=now - DAY, service="sport")
    asks("newer", "¿Hay agua?", 2 * HOUR, looked=now - HOUR, service="water", place="on_page", thread=ours.id)
    asks(
        "answered",
        "¿A qué hora es?",
        3 * DAY,
        looked=now - DAY,
        answered=now - 3 * DAY + HOUR,
        by="@ajbenialba",
        department="Comunicació",
    )
    asks("unlooked", "¿Y el ruido?", DAY, network="press", service="noise")
    asks("long-ago", "¿Y la luz?", 40 * DAY, looked=now - DAY, service="lighting")
    store.sources = [
        SourceHealth("x-search", "x", newest_post=now, last_success=now, begun=now - 99 * DAY),
        SourceHealth("feed", "press", newest_post=now, last_success=now, begun=now - 99 * DAY),
    ]
    coverage = [
        Listening("x-search", "x", "X: búsqueda", abilities=("own_posts", "thread")),
        Listening("feed", "press", "Diari"),
    ]
    return TestClient(create_app(store, [TOWN], lambda: now, coverage=coverage), headers={"accept-language": "es"})


def listed(page: str) -> list[str]:
    """The texts of the cards, in their order."""
    return re.findall(r'<p class="text"[^>]*>([^<]+)<', page)


def test_the_answer_comes_first(full: TestClient) -> None:
    """How many wait, the longest of them, and what is not known."""
    page = words(full.get("/waits").text)
    assert "2 preguntas y quejas esperan respuesta; la que más de este periodo, desde hace 9 días." in page
    assert "De otra no se sabe: nadie ha podido buscar su respuesta." in page
    assert "Además espera una de antes de este periodo, desde hace 40 días." in page
    said = words(full.get("/waits?lang=en").text)
    assert "2 questions and complaints wait for an answer; the longest of this period for 9 days." in said
    page = words(full.get("/waits?period=all").text)
    assert "3 preguntas y quejas esperan respuesta; la que más, desde hace 40 días." in page


def test_what_waits_longest_stands_first_and_what_does_not_wait_is_not_there(full: TestClient) -> None:
    """Nor what nobody looked after."""
    page = full.get("/waits").text
    assert listed(page) == ["¿Cuándo abren la piscina?", "¿Hay agua?"]
    assert "hace 9 días" in page
    assert listed(full.get("/waits?period=all").text)[0] == "¿Y la luz?"


def test_questions_alone_are_one_step_away_and_back(full: TestClient) -> None:
    page = full.get("/waits?lang=es").text
    (line,) = re.findall(r'<p class="aside only">.*?</p>', page)
    assert "<strong>ambas</strong>" in line
    (alone,) = re.findall(r'href="([^"]*)">solo consultas', line)
    filtered = full.get(alone.replace("&amp;", "&")).text
    assert "<strong>solo consultas</strong>" in filtered
    assert "tag=question" not in re.findall(r'href="([^"]*)">ambas', filtered)[0]


def test_longer_than_was_promised_is_said(full: TestClient) -> None:
    """Four opening hours: over after nine days, not after an hour of a Saturday."""
    page = full.get("/waits").text
    assert page.count("Fuera de plazo") == 1
    assert page.index("Fuera de plazo") < page.index("¿Hay agua?")
    assert "1 de las 2 cuyo plazo ya venció; plazo: 4 h de atención" in words(page)


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("service=water", ["¿Hay agua?"]), ("place=off_page", ["¿Cuándo abren la piscina?"]), ("q=piscina", ["¿Cuándo abren la piscina?"]),
        ("tag=question", ["¿Cuándo abren la piscina?", "¿Hay agua?"]), ("tag=complaint", []), ("target=government", []),
        ("from=2026-11-20", ["¿Hay agua?"]), ("q=agua&target=none", ["¿Hay agua?"]), ("network=press", []),
    ],
)  # fmt: skip
def test_every_filter_is_heeded(full: TestClient, query: str, texts: list[str]) -> None:
    assert listed(full.get(f"/waits?{query}").text) == texts


def test_what_the_team_closed_waits_no_more_and_is_said(full: TestClient, store: Any, now: Any) -> None:
    """A case that was only taken still waits."""
    for n, (mention, what) in enumerate(zip(store.attended[:2], ("done", "take"), strict=True)):
        store.do(Deed(id=str(n), mention=mention.mention, institution="benialba", at=now, who="Marta", what=what))
    page = full.get("/waits").text
    assert listed(page) == ["¿Hay agua?"]
    assert (
        "Otra sigue sin respuesta en público, pero el equipo la dio por cerrada: las tablas y gráficas la cuentan todavía."
        in page
    )


def test_figures_stand_by_network_service_and_department_with_what_was_looked_for(full: TestClient) -> None:
    page = words(full.get("/waits").text)
    assert "X 2 3 1 33 % 0 aún no: más de la mitad espera de todas" in page
    assert "Prensa – no se sabe 1 – no se sabe 1 no se sabe de ninguna" in page
    assert "Aquí nadie ha podido buscar respuestas: Prensa." in page
    assert "Comunicació 0 1 1 100 % 0 menos de 1 min" in page


def test_accounts_that_nobody_looks_after_come_first_and_what_is_not_heard_is_unknown(full: TestClient) -> None:
    rows = re.findall(
        r"<bdi>([^<]+)</bdi> <span class=\"network\">.*?<span class=\"word (\w+)\">", full.get("/waits").text
    )
    assert rows == [
        ("@aigues", "leaves"), ("@policia", "silent"), ("Benialba", "deaf"), ("gabinet", "untold"),
        ("@festes", "idle"), ("@ajbenialba", "answers"),
    ]  # fmt: skip
    assert "Parece que de 2 no se ocupa nadie." in full.get("/waits").text


def test_an_account_is_the_same_however_its_handle_is_written(full: TestClient, store: Any) -> None:
    """In the store with or without its @, in any case."""
    for n, one in enumerate(store.mentions):
        if one.author.startswith("@"):
            store.mentions[n] = replace(one, author=one.author[1:].upper())
    store.attended = [replace(a, by=a.by.removeprefix("@").upper()) for a in store.attended]
    page = full.get("/waits").text
    states = dict(re.findall(r"<bdi>([^<]+)</bdi> <span class=\"network\">.*?<span class=\"word (\w+)\">", page))
    assert (states["@aigues"], states["@festes"], states["@ajbenialba"]) == ("leaves", "idle", "answers")
    assert "nadie pregunta en sus hilos" in page


def test_a_list_goes_on_to_its_end_and_no_further(full: TestClient, store: Any, mention: Any, now: Any) -> None:
    """Ten a page, each once; a page that is not there is said."""
    for n in range(50):
        said = mention(f"n{n}", f"¿Cuándo {n}?", published=now - n * HOUR)
        store.mentions.append(said)
        store.attended.append(an_attention(said.id, now - n * HOUR, looked=now))
    seen: list[str] = []
    path: str | None = "/waits"
    while path:
        page = full.get(path).text
        seen += listed(page)
        following = re.search(r'rel="next" href="([^"#]+)', page)
        path = following.group(1).replace("&amp;", "&") if following else None
    assert len(seen) == len(set(seen)) == 52
    assert [full.get(f"/waits?page={p}").status_code for p in ("6", "-1", "0", "x", "99999999")] == [400] * 5


def test_where_nobody_looked_it_is_not_known_who_waits(full: TestClient, store: Any) -> None:
    """Never that nobody does."""
    page = words(full.get("/waits?network=press").text)
    assert "No se sabe quién espera: nadie ha podido buscar respuestas (preguntas y quejas: 1)." in page
    assert "Nadie espera" not in page


def test_what_nobody_could_look_after_is_listed_apart_and_never_reads_as_well(full: TestClient, store: Any) -> None:
    """The three lines in which nothing else is known, and the way to each of those posts."""
    page = full.get("/waits?network=press").text
    said = words(page)
    assert "No se sabe si algo espera: de una no se ha podido buscar la respuesta." in said
    assert "no se sabe Dentro del plazo prometido de ninguna cuyo plazo venció se sabe" in said
    assert "Nada espera" not in said
    assert "aún no vence ninguna" not in said
    assert re.search(r"<q [^>]*>¿Y el ruido\?</q>", page)
    assert full.get("/waits").text.count("<q ") == 1
    store.attended = [a for a in store.attended if a.state != "waiting"]
    assert "De las 1 en que se pudo mirar, ninguna espera respuesta; de otras 1 no se sabe." in words(
        full.get("/waits").text
    )


def test_where_nobody_asked_it_says_what_that_means(full: TestClient, store: Any) -> None:
    assert "no consta ninguna pregunta ni queja" in full.get("/waits?from=1999-01-01&to=1999-01-02").text
    store.mentions, store.attended = [], []
    assert "todavía no ha llegado ninguna mención" in full.get("/waits").text


def test_posts_that_are_gone_since_are_left_out(full: TestClient, store: Any) -> None:
    store.mentions = [m for m in store.mentions if "piscina" not in m.text]
    assert listed(full.get("/waits").text) == ["¿Hay agua?"]
    store.attended = [replace_gone(a) for a in store.attended]
    assert listed(full.get("/waits").text) == []


def replace_gone(attention: Any) -> Any:
    return an_attention(attention.mention, attention.asked, gone=True)


def test_what_is_marked_as_not_about_us_asks_nothing(store: Any, now: Any) -> None:
    """Nor does it count."""
    from corrillo.ports import Query
    from dashboards.page.waits.asked import asked

    store.attended = [an_attention(name, now - HOUR, looked=now) for name in ("ours", "theirs")]
    found = asked(store, Query(where={"institution": ("benialba",)}, without=("theirs",)), "benialba")
    assert [a.mention for a in found.found] == ["ours"]


def test_it_can_be_used_by_ear_and_keyboard(full: TestClient) -> None:
    """One h1, no heading level left out, captions, scopes, unique ids, names for what is named by others."""
    outline = Outline(full.get("/waits").text)
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert len(outline.all("table")) == len(outline.all("caption"))
    assert all(a.get("scope") for a in outline.all("th"))
    ids = [a["id"] for _, a in outline.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["aria-labelledby"] for _, a in outline.tags if "aria-labelledby" in a} <= set(ids)


def test_hostile_names_are_shown_as_text(full: TestClient, store: Any, now: Any) -> None:
    evil = "<script>alert(1)</script>\u202e"
    store.attended.append(an_attention("evil", now - HOUR, looked=now, department=evil, network=evil, service="other"))
    page = full.get("/waits").text
    assert "<script>alert" not in page
    assert "\u202e" not in page
