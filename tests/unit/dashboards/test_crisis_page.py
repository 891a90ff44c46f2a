"""*Is it a crisis?* as a browser gets it: the view, an incident's own page, its picture, the notice on the main page."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from starlette.testclient import TestClient

from corrillo.alerts import Act, Subject
from corrillo.errors import StoreError
from corrillo.institution import Institution
from corrillo.ports import SourceHealth
from dashboards.page.app import create_app
from tests.unit.dashboards.outline import Outline


def words(html: str) -> str:
    """What can be read of it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace(" .", ".")


@pytest.fixture
def full(
    store: Any, client: TestClient, incident: Any, evidence: Any, mention: Any, tags: Any, hour: Any, now: Any
) -> Any:
    """A page on which every part has something to show; one of two sources is blind."""
    store.mentions = [
        mention(
            str(n), f"Reventón {n}: el agua entra", tags=tags("crisis", evidence=("reventón",)), service="water",
            district="El Raval", url="https://x.example/1",
        )
        for n in range(4)
    ]  # fmt: skip
    ids = tuple(m.id for m in store.mentions)
    store.counts = [hour(back, heard={9: 0.0, 4: 0.5}.get(back, 1.0)) for back in range(800, 2, -1)] + [hour(2, 14.0)]
    store.known_incidents = [
        incident(evidence=evidence(samples=(*ids, "gone"), blind=("feed", "forgotten"))),
        incident("taken", level="watch"),
        incident("over", resolved=now - timedelta(hours=1), level="calm"),
        incident("part", into="burst"),
    ]
    store.known_acts = [Act(incident="taken", at=now, who="Marta", what="acknowledge", note="Es el corte de siempre")]
    begun = now - timedelta(days=99)
    store.sources = [
        SourceHealth("x-search", "x", newest_post=now, last_success=now, begun=begun),
        SourceHealth("feed", "press", failures=2, last_error="HTTP 503"),
    ]
    return client


PAGES = ["/crisis", "/crisis?period=7d&subject=service:water", "/crisis?period=30d", "/crisis/burst", "/crisis/over"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["es", "en"])
def test_the_view_needs_no_script_no_inline_style_and_nothing_from_elsewhere(
    full: TestClient, path: str, language: str
) -> None:
    outline = Outline(full.get(path, params={"lang": language}).text if "?" not in path else full.get(path).text)
    assert not outline.all("script", "style", "iframe")
    assert not [a for _, a in outline.tags if any(k == "style" or k.startswith("on") for k in a)]
    assert all(str(a["src"]).startswith("/crisis/") for a in outline.all("img"))


@pytest.mark.parametrize("path", PAGES)
def test_the_view_can_be_used_by_ear_and_keyboard(full: TestClient, path: str) -> None:
    """Landmarks, one h1, no heading level left out, labels, captions, scopes, alternatives, unique ids."""
    outline = Outline(full.get(path).text)
    assert (len(outline.all("main")), len(outline.all("h1"))) == (1, 1)
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert len(outline.all("table")) == len(outline.all("caption"))
    assert all(a.get("scope") for a in outline.all("th"))
    ids = [a["id"] for _, a in outline.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["aria-labelledby"] for _, a in outline.tags if "aria-labelledby" in a} <= set(ids)
    assert all(a.get("aria-label") or a.get("aria-hidden") for a in outline.all("svg"))
    assert all(a.get("aria-label") for a in outline.all("nav"))
    assert all(a.get("alt") for a in outline.all("img"))
    labelled = {a["for"] for a in outline.all("label") if "for" in a}
    asked = [a for a in outline.all("input", "select") if a.get("type") not in ("hidden", "checkbox")]
    assert {a.get("id") for a in asked} == labelled
    anchors = {str(a["href"])[1:] for a in outline.all("a") if str(a["href"]).startswith("#")}
    assert anchors <= set(ids)


def test_answers_forbid_what_a_browser_could_do_and_tell_the_form_s_origin_to_us_alone(full: TestClient) -> None:
    """No other site learns the address; the picture may style itself and nothing else."""
    for path in ("/crisis", "/crisis/burst"):
        headers = full.get(path).headers
        assert headers["referrer-policy"] == "same-origin"
        assert "form-action 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
    picture = full.get("/crisis/burst.svg").headers
    assert picture["content-security-policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert (picture["x-content-type-options"], picture["cache-control"]) == ("nosniff", "no-store")


def test_an_open_incident_stands_with_all_that_speaks_for_it(full: TestClient) -> None:
    """Level, life, subjects, voices against normal, authors, texts, networks, venues, growth, tone, blind sources, posts."""
    said = words(full.get("/crisis").text)
    for part in (
        "Puede llegar a serlo: hay un aviso.", "Hay 2 incidentes abiertos.", "Aviso Sin atender Reventón · Agua · El Raval",
        "12 en 1 h 30 min (lo normal: de 0 a 3)", "Autores 13", "Textos distintos 11 en 19 publicaciones",
        "X 8 · Facebook 4", "Sitios 4", "a más: ×2,4 en la segunda mitad", "Quejas 5 · Emergencias 7",
        "No se oyen: Diari y forgotten", "Se abrió sáb 21 nov, 12:05",
    ):  # fmt: skip
        assert part in said
    assert '<mark title="Posible emergencia">Reventón</mark> 0: el agua entra' in full.get("/crisis").text


def test_what_somebody_has_taken_stands_after_what_nobody_has_and_says_who(full: TestClient) -> None:
    page = full.get("/crisis").text
    assert re.findall(r'id="i-(\w+)"', page) == ["burst", "taken"]
    assert "Lo atiende Marta" in page


def test_last_hour_blindness_and_unknown_hours_are_said_beside_the_chart(full: TestClient) -> None:
    page = full.get("/crisis").text
    said = words(page)
    assert "De 12:00 a 13:00, 14 voces independientes, más de lo normal a esa hora (de 1 a 5)." in said
    assert "De 2 fuentes, una no se oye ahora: Diari." in said
    assert "Contado hasta las 13:00; lo de después se está contando." in said
    assert 'fill="url(#hatch)"' in page
    assert "De 2 fuentes, una no oyó todo este periodo" in said


def test_the_table_has_the_numbers_of_the_chart(full: TestClient) -> None:
    """Every hour; an hour that was not heard has none, one that was heard in part says at least."""
    table = re.search(r"<table class=\"numbers narrow\">(.*?)</table>", full.get("/crisis").text, re.DOTALL)
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", table.group(1))  # type: ignore[union-attr]
    assert len(rows) == 24
    cells = {when: words(row).split() for when, row in rows}
    assert cells["sáb 21 nov, 12:00"] == ["14", "de", "1", "a", "5", "2,5", "15", "100", "%"]
    assert cells["sáb 21 nov, 10:00"][:2] == ["≥", "2"]
    assert words(dict(rows)["sáb 21 nov, 05:00"]).strip() == "no se sabe 0 %"


@pytest.mark.parametrize(("period", "hours", "pointed_at"), [("1d", 24, 24), ("7d", 168, 168), ("30d", 720, 0)])
def test_each_period_has_its_hours(full: TestClient, period: str, hours: int, pointed_at: int) -> None:
    page = full.get(f"/crisis?period={period}").text
    assert (page.count('<tr><th scope="row">'), page.count('class="hit over-all"')) == (hours, pointed_at)


def test_the_view_of_a_subject_says_what_is_open_elsewhere(full: TestClient) -> None:
    said = words(full.get("/crisis?subject=service:health").text)
    assert "En calma, hasta donde se oye." in said
    assert "Hay otros 2 incidentes abiertos que no tocan lo que se mira aquí." in said
    assert "¿Es una crisis? Salud" in said


def test_empty_states_explain_themselves(store: Any, client: TestClient) -> None:
    """Nothing counted, nothing open, nothing over."""
    store.sources = [SourceHealth("x-search", "x")]
    said = words(client.get("/crisis").text)
    assert "Todavía no hay nada contado" in said
    assert "sirve a los dos días de escucha" in said
    assert "Ninguno que haya terminado en los últimos 30 días." in said
    assert "Incidentes abiertos" not in said
    said = words(client.get("/crisis?lang=en").text)
    assert "usable after two days of listening" in said


def test_what_was_imported_and_never_counted_is_not_said_to_be_nothing(
    store: Any, client: TestClient, mention: Any, now: datetime
) -> None:
    """Neither that nothing is counted yet, nor that there was no incident: how the past is looked at."""
    store.mentions = [mention("1", published=now - timedelta(days=9)), mention("2", published=now - timedelta(days=2))]
    store.sources = [SourceHealth("replay-own-csv-0c45bd", "press", last_success=now, every=0.0, kept=2)]
    said = words(client.get("/crisis").text)
    assert "Lo importado no se cuenta hora a hora" in said
    assert "corrillo rehearse --from 2026-11-12 --to 2026-11-20 --lang es" in said
    assert "lo importado no se cuenta aquí, y por eso no abre incidentes" in said
    assert "Todavía no hay nada contado" not in said
    assert "Ninguno que haya terminado" not in said
    store.sources = [SourceHealth("x-search", "x", last_success=now, every=60.0, kept=2)]
    assert "Todavía no hay nada contado" in words(client.get("/crisis").text)


def test_calm_while_blind_never_reads_as_calm(store: Any, client: TestClient, hour: Any, now: datetime) -> None:
    """Of two sources both, one, none are heard."""
    begun = now - timedelta(days=99)
    heard = [SourceHealth(n, "x", newest_post=now, last_success=now, begun=begun) for n in ("x-search", "feed")]
    blind = [SourceHealth(n, "x", failures=3, last_success=now - timedelta(days=1)) for n in ("x-search", "feed")]
    store.counts = [hour(back) for back in range(90, 1, -1)]
    said = []
    for store.sources in (heard, [heard[0], blind[1]], blind):
        said.append(re.search(r'class="headline verdict \w+">([^<]+)<', client.get("/crisis?lang=en").text).group(1))  # type: ignore[union-attr]
    assert said == [
        "No: all is calm.", "Calm, as far as can be heard.", "There is no knowing: no source is heard now.",
    ]  # fmt: skip


def test_an_incident_has_a_page_of_its_own_with_its_whole_life(full: TestClient) -> None:
    """What was seen and done, newest first; all sample posts as the posts are shown, and how many are gone."""
    page = full.get("/crisis/burst").text
    said = words(page)
    assert said.index("Sube de nivel Aviso") < said.index("Se abre Atención")
    assert re.findall(r"Reventón</mark> (\d)", page) == ["0", "1", "2", "3"]
    assert "Otra publicación de muestra ya no está" in said
    assert 'href="https://x.example/1" rel="noopener noreferrer nofollow"' in page
    assert "Marta lo atiende Es el corte de siempre" in words(full.get("/crisis/taken").text)


def test_an_incident_that_is_over_tells_its_height_and_one_that_was_merged_leads_on(full: TestClient) -> None:
    said = words(full.get("/crisis/over").text)
    assert "Terminó el 21 nov 2026 13:05." in said
    assert "12 voces independientes en X y Facebook hablaron de una posible emergencia" in said
    page = full.get("/crisis/part?lang=en").text
    assert "It is part of another incident since they were merged:" in page
    assert 'href="/crisis/burst?lang=en"' in page
    assert "No queda ninguna de las publicaciones" in words(full.get("/crisis/over").text)


def test_an_incident_leads_to_all_that_was_said_meanwhile(full: TestClient) -> None:
    """Of its leading subject, from the day before it opened."""
    href = re.search(r'href="(/posts\?[^"]+)">Ver todo', full.get("/crisis/burst").text).group(1)  # type: ignore[union-attr]
    assert href.replace("&amp;", "&") == "/posts?institution=benialba&from=2026-11-20&service=water"
    assert full.get(href.replace("&amp;", "&")).text.count('class="card ') == 4


def test_an_incident_leads_to_exactly_the_posts_that_it_rests_on(
    full: TestClient, store: Any, incident: Any, mention: Any
) -> None:
    """As many as the link says, whenever they were said, split by place; marked ones and other posts are not among them."""
    own = mention("own", "Estamos en ello", place="own")
    store.mentions += [own, mention("else", "Otra cosa")]
    store.known_incidents.append(incident("many", mentions=(*(m.id for m in store.mentions[:4]), own.id, "gone")))
    for path in ("/crisis", "/crisis/many"):
        page = full.get(path).text.replace("&amp;", "&")
        links = dict(re.findall(r'href="(/posts\?[^"]*incident=many[^"]*)">([^<]+)', page))
        assert list(links.values()) == ["Ver las 5 publicaciones en que se apoya", "Fuera: 4", "Nuestra: 1"]
        assert [full.get(link).text.count('class="card ') for link in links] == [5, 4, 1]
    all_posts = full.get(next(iter(links))).text
    assert "Reventón · Agua · El Raval</bdi>" in all_posts
    assert 'name="incident" value="many"' in all_posts


def test_an_incident_without_posts_leads_nowhere_and_finds_none(full: TestClient) -> None:
    assert "incident=burst" not in full.get("/crisis/burst").text
    assert full.get("/posts?incident=burst&period=all").text.count('class="card ') == 0


@pytest.mark.parametrize("name", ["nowhere", "foreign"])
def test_posts_of_an_incident_that_is_not_this_institution_s_are_not_shown(
    full: TestClient, store: Any, incident: Any, name: str
) -> None:
    store.known_incidents.append(incident("foreign", institution="altea"))
    answer = full.get(f"/posts?incident={name}")
    assert answer.status_code == 400
    assert "ya no consta ningún incidente" in answer.text


def test_the_picture_is_a_whole_image_without_script_or_foreign_thing(full: TestClient) -> None:
    answer = full.get("/crisis/burst.svg?lang=en")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    root = ET.fromstring(answer.text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not [e for e in root.iter() if e.tag.endswith(("script", "foreignObject", "image"))]
    assert 'src="/crisis/burst.svg?lang=es"' in full.get("/crisis/burst").text


@pytest.mark.parametrize("path", ["/crisis/nowhere", "/crisis/nowhere.svg", "/crisis/foreign", "/crisis/foreign.svg"])
def test_what_is_not_there_is_said(full: TestClient, store: Any, incident: Any, path: str) -> None:
    """An unknown incident; one of an institution that is not shown here."""
    store.known_incidents.append(incident("foreign", institution="altea"))
    answer = full.get(path)
    assert answer.status_code == 404
    assert "No hay ningún incidente con esa dirección" in answer.text


def test_the_main_page_has_a_notice_while_an_incident_is_open(full: TestClient, store: Any) -> None:
    """The most urgent one, how many, and the way there; none when all is over."""
    page = full.get("/").text
    notice = re.search(r'<section class="alarm warning".*?</section>', page, re.DOTALL).group()  # type: ignore[union-attr]
    assert "Aviso Reventón · Agua · El Raval." in words(notice)
    assert "Hay 2 incidentes abiertos. ¿Es una crisis?" in words(notice)
    assert 'href="/crisis?institution=benialba"' in notice
    store.known_incidents = store.known_incidents[2:]
    assert 'class="alarm' not in full.get("/").text


def test_each_view_leads_to_the_other_in_the_same_language(full: TestClient) -> None:
    assert 'href="/crisis?institution=benialba&amp;lang=en"' in full.get("/?lang=en").text
    for path in ("/crisis?lang=en", "/crisis/burst?lang=en"):
        page = full.get(path).text
        assert 'href="/?institution=benialba&amp;lang=en"' in page
        assert 'lang="es" hreflang="es"' in page


def test_each_institution_sees_only_its_own(full: TestClient, store: Any, town: Institution, now: datetime) -> None:
    other = Institution(id="altea", name="Ajuntament d'Altea")
    client = TestClient(create_app(store, [town, other], lambda: now, coverage=[]))
    page = client.get("/crisis?institution=altea").text
    assert "Agua · El Raval" not in page
    assert "Todavía no hay nada contado" in page
    assert 'class="alarm' not in client.get("/?institution=altea").text


def test_hostile_words_are_shown_as_text(
    full: TestClient, store: Any, incident: Any, evidence: Any, mention: Any
) -> None:
    """In subjects, networks, sources, tags and posts."""
    evil, turned = "<script>alert(1)</script>", "abc\u202egpj.exe"
    store.mentions = [mention("1", evil + turned, venue=evil, title=evil)]
    store.sources = [SourceHealth(evil, evil, failures=1, last_error=evil)]
    raval = Subject(institution="benialba", district=evil + turned)
    of = evidence(networks=((evil, 1),), tags=((evil, 1),), blind=(evil,), samples=(store.mentions[0].id,))
    store.known_incidents = [incident(leading=raval, subjects=(raval,), evidence=of)]
    for path in ("/", "/crisis", "/crisis/burst"):
        page = full.get(path).text
        assert all((script["src"] or "").startswith("/static/") for script in Outline(page).all("script"))
        assert "\u202e" not in page
        assert "abcgpj.exe" in page
    assert "<script" not in full.get("/crisis/burst.svg").text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("subject=service:nada", "service:cleaning"), ("subject=district:Nada", "district:El Raval"),
        ("period=14d", "1d, 7d, 30d"), ("q=agua", "institution, subject, period, lang"),
        ("institution=altea", "benialba"), ("subject=%3Cb%3E", "&lt;b&gt;"),
    ],
)  # fmt: skip
def test_a_bad_address_is_explained(full: TestClient, query: str, said: str) -> None:
    answer = full.get(f"/crisis?{query}")
    assert answer.status_code == 400
    assert said in answer.text


def test_a_store_that_cannot_be_read_is_said_on_every_page(full: TestClient, store: Any) -> None:
    store.broken = StoreError("the file is locked", "stop the other process")
    answer = full.get("/crisis")
    assert answer.status_code == 503
    assert "the file is locked" in answer.text
