"""The page as a browser gets it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import dashboards.page
from corrillo.errors import ConfigError, StoreError
from corrillo.institution import Institution
from corrillo.model import Budget, Gap, Reason
from corrillo.ports import Quarantined, SourceHealth
from dashboards.page.app import create_app
from tests.unit.dashboards.outline import Outline

CSS = (Path(next(iter(dashboards.page.__path__))) / "static" / "page.css").read_text("utf-8")


@pytest.fixture
def full(store: Any, client: TestClient, mention: Any, tags: Any, now: Any) -> TestClient:
    """A page on which every part has something to show."""
    store.mentions = [
        mention(
            str(n), f"El contenedor {n} sigue sucio", tags=tags("complaint", "crisis", evidence=("sucio",)),
            service="waste", district="El Raval", story="s", thread="t", title="Otra vez",
            url="https://x.example/1", network="press" if n % 2 else "x", venue=f"Sitio {n % 20}",
            place=("off_page", "on_page", "own")[n % 3], published=now - timedelta(hours=5 * n), target="government",
        )
        for n in range(70)
    ]  # fmt: skip
    store.sources = [
        SourceHealth(
            "x-search", "x", newest_post=now, last_success=now, begun=now - timedelta(days=99), seen=1234, kept=70
        ),
        SourceHealth("feed", "press", failures=2, last_error="HTTP 503"),
    ]
    store.unreadable = [Quarantined("q", "feed", now, "no date", "feed:1", "{}")]
    return client


def test_every_answer_forbids_foreign_scripts_frames_traces_and_copies(full: TestClient, store: Any) -> None:
    """Also errors, also what breaks."""
    answers = [
        full.get(path) for path in ("/", "/healthz", "/readyz", "/metrics", "/static/page.css", "/nowhere", "/?from=x")
    ]
    store.broken = RuntimeError("boom")
    answers.append(full.get("/"))
    assert [a.status_code for a in answers] == [200, 200, 200, 200, 200, 404, 400, 500]
    for answer in answers:
        assert answer.headers["content-security-policy"] == (
            "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_needs_no_script_no_inline_style_and_nothing_from_elsewhere(full: TestClient, language: str) -> None:
    """The policy would block them: so nothing of the page may depend on them."""
    outline = Outline(full.get(f"/?lang={language}").text)
    assert not outline.all("style", "iframe")
    assert all(str(picture["src"]).startswith("/chart/") for picture in outline.all("img"))
    assert all(re.fullmatch(r"/static/[a-z]+\.js", script["src"] or "") for script in outline.all("script"))
    assert not [a for _, a in outline.tags if any(k == "style" or k.startswith("on") for k in a)]
    assert {a["href"] for a in outline.all("link") if a["rel"] == "stylesheet"} == {"/static/page.css"}
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_the_page_can_be_used_by_ear_and_keyboard(full: TestClient) -> None:
    """Landmarks, one h1, no heading level left out, labels, captions, scopes, unique ids, a skip link that leads somewhere."""
    outline = Outline(full.get("/?tag=complaint").text)
    assert [len(outline.all(n)) for n in ("header", "main", "h1")][1:] == [1, 1]
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert len(outline.all("table")) == len(outline.all("caption"))
    assert all(a.get("scope") for a in outline.all("th"))
    ids = [a["id"] for _, a in outline.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["aria-labelledby"] for _, a in outline.tags if "aria-labelledby" in a} <= set(ids)
    assert outline.all("a")[0] == {"class": "skip", "href": "#main"}
    assert all(a.get("aria-label") or a.get("aria-hidden") for a in outline.all("svg"))
    assert all(a.get("aria-label") for a in outline.all("nav"))
    assert {a["for"] for a in outline.all("label") if "for" in a} <= set(ids)


def test_a_link_says_as_many_as_it_shows(full: TestClient) -> None:
    """The figure of complaints leads to as many posts as it says."""
    page = full.get("/").text
    href, count = re.search(
        r'fig-complaint"><a href="(/posts\?[^"#]+)"><span class="value">(?:≥\s)?(\d+)<', page
    ).groups()  # type: ignore[union-attr]
    shown = full.get(href.replace("&amp;", "&")).text
    assert f">Al menos {count} publicaciones</h2>" in shown
    assert int(count) > 0


def test_posts_go_on_to_the_next_page_until_the_end(full: TestClient) -> None:
    """Thirty a page; each once; the last page has no next."""
    seen: list[str] = []
    path = "/posts?period=all"
    while path:
        page = full.get(path).text
        seen += re.findall(r"El contenedor (\d+) sigue <mark", page)
        following = re.search(r'rel="next" href="([^"#]+)', page)
        path = following.group(1).replace("&amp;", "&") if following else ""
    assert sorted(map(int, seen)) == list(range(70))


def test_a_post_says_why_it_is_here(full: TestClient) -> None:
    """Tag with score, marked evidence, reason, story, thread, service, district, target, original."""
    page = full.get("/posts").text
    for part in (
        '<mark title="Queja, Posible emergencia">sucio</mark>', "seguridad del 80\u00a0%", "por «sucio»", "el nombre <bdi>«Benialba»</bdi>",
        "70 textos casi iguales", "Conversación de 70 menciones", ">Residuos</a>", "<bdi>El Raval</bdi>", "Se dirige a: El gobierno",
        'href="https://x.example/1" rel="noopener noreferrer nofollow"',
    ):  # fmt: skip
        assert part in page


def test_words_that_are_a_service_s_name_offer_all_of_the_service(full: TestClient) -> None:
    """They are looked for in the texts; the service has more, and the offer keeps every other filter."""
    page = full.get("/posts?q=%22Tráfico y aparcamiento%22&place=off_page").text
    offered = re.search(r'class="also">(.*?)href="([^"]+)">Servicio: Tráfico y aparcamiento<', page, re.DOTALL)
    assert offered
    assert offered[2].replace("&amp;", "&") == "/posts?institution=benialba&place=off_page&service=mobility"
    assert 'class="also"' not in full.get("/posts?q=limpieza&service=cleaning").text
    assert 'class="also"' not in full.get("/posts?q=limpieza sucia").text


def test_a_post_of_a_conversation_about_us_says_so(full: TestClient, store: Any, mention: Any) -> None:
    store.mentions = [mention("1", reasons=(Reason(kind="reply", term="thread"),))]
    page = full.get("/posts").text
    assert "está en una conversación que trata de la institución" in page
    assert "«thread»" not in page


def test_what_programs_say_is_told_in_the_page_s_language(full: TestClient, store: Any) -> None:
    """Where it is known what they mean; else as they said it, marked as English."""
    said = ("published '31.11.2026' is no time: November has no day 31; write it as 2026-11-21T10:30:00+01:00", "odd")
    store.unreadable = [replace(q, id=str(n), reason=said[n]) for q in store.unreadable[:1] for n in range(2)]
    store.sources = [replace(h, last_error="a.csv: cannot be read: No such file or directory") for h in store.sources]
    page = full.get("/sources").text
    assert ">&#39;31.11.2026&#39;: noviembre no tiene día 31<" in page
    assert '<td class="left error" lang="en">odd</td>' in page
    assert "a.csv: no se puede leer: no existe ese fichero" in page
    assert "November has no day 31" in full.get("/sources?lang=en").text


def test_calm_or_blind_is_said_with_its_evidence(full: TestClient) -> None:
    assert "De 2 fuentes, una no se oye ahora" in full.get("/").text
    page = full.get("/sources").text
    assert "De 2 fuentes, una no se oye ahora: Diari." in page
    assert "no se puede leer; sin oír" in page
    assert "HTTP 503" in page
    assert "Un elemento en cuarentena" in page


def test_beside_every_count_stands_whether_all_of_it_was_heard(full: TestClient, store: Any, now: Any) -> None:
    """Once, under the answer, in one sentence with what is not heard now; counts that fall short say so."""
    page = full.get("/").text
    assert page.count("De 2 fuentes, una no oyó todo este periodo y sigue sin oírse: las cifras son un mínimo (≥)") == 1
    assert "≥\u00a0" in page
    assert 'fill="url(#hatch)"' in page
    long_ago = now - timedelta(days=99)
    store.sources = [replace(h, failures=0, last_success=now, newest_post=now, begun=long_ago) for h in store.sources]
    page = full.get("/").text
    assert page.count("Las 2 fuentes lo han oído todo") == 1
    assert "≥\u00a0" not in page


def test_what_was_imported_is_not_said_to_be_listened_to(full: TestClient, store: Any, now: Any, town: Any) -> None:
    """Where nothing is configured: neither that all is heard, nor that nothing can come."""
    app = create_app(store, [town], lambda: now, coverage=[])
    store.sources = [SourceHealth("replay-own-posts-csv-0c45bd", "press", last_success=now, every=0.0)]
    client = TestClient(app, headers={"accept-language": "es"})
    for path in ("/", "/sources"):
        page = client.get(path).text
        assert "lo que hay aquí se importó de ficheros" in page
        assert "lo han oído todo" not in page
        assert "lo ha oído todo" not in page
        assert "aquí no puede llegar nada" not in page
    assert "<bdi>own-posts.csv</bdi>" in page


def test_a_gap_says_whether_it_was_filled_and_a_budget_what_is_left(full: TestClient, store: Any, now: Any) -> None:
    """With its reason, and when the budget begins anew."""
    hour = timedelta(hours=1)
    gap = Gap(since=now - 5 * hour, until=now - 3 * hour, why="HTTP 429", filled="backfilled")
    budget = Budget(unit="USD", spent=1.25, limit=5.0, resets=now + hour)
    store.sources = [replace(store.sources[0], gaps=(gap,), budget=budget)]
    page = full.get("/sources?lang=en").text
    assert "HTTP 429" in page
    assert "asked for afterwards" in page
    assert "Left to spend: 3.75 of 5 USD" in page


def test_coverage_says_where_nobody_listens(full: TestClient) -> None:
    assert "X: búsqueda" in full.get("/").text
    assert "WhatsApp, TikTok, private groups, the bar" in full.get("/?lang=en").text


def test_hostile_posts_are_shown_as_text(store: Any, client: TestClient, mention: Any, tags: Any) -> None:
    """Markup, script links and direction overrides in every field that comes from outside."""
    evil, turned = "<script>alert(1)</script>", "abc\u202egpj.exe\u2066"
    store.mentions = [
        mention(
            "1", f"{evil} {turned}", title=evil + turned, venue=evil + turned, url="javascript:alert(1)", author=evil,
            author_kind="own_account", district=evil, tags=tags(evil, evidence=(evil,)), network=evil, story=evil,
        )
    ]  # fmt: skip
    store.sources = [SourceHealth(evil, evil, failures=1, last_error=evil + turned)]
    page = client.get("/", params={"q": "alert", "district": [evil]}).text
    assert all((script["src"] or "").startswith("/static/") for script in Outline(page).all("script"))
    assert "abcgpj.exe" in page
    assert "\u202e" not in page
    assert "\u2066" not in page
    assert 'href="javascript' not in page


@pytest.mark.parametrize("query", ["q=%22%3Cb%3E", "%3Cb%3E=1", "place=%3Cb%3E", "page=%3Cb%3E"])
def test_a_bad_address_is_explained_and_escaped(full: TestClient, query: str) -> None:
    """Status 400; field, value and remedy on the page; in the language that was asked for."""
    answer = full.get(f"/?{query}&lang=en")
    assert answer.status_code == 400
    assert "<b>" not in answer.text
    assert "&lt;b&gt;" in answer.text
    assert "is not understood" in answer.text


def test_a_bad_day_names_field_value_and_remedy(full: TestClient) -> None:
    answer = full.get("/?from=mañana")
    assert answer.status_code == 400
    assert "Campo «Desde (from)», valor «mañana»:" in answer.text
    assert "Escríbalo como 2026-11-21." in answer.text


def test_empty_states_explain_themselves(store: Any, mention: Any, town: Institution, now: Any) -> None:
    """No source; sources but no mention; mentions but none that matches: each with its remedy."""
    bare = TestClient(create_app(store, [town], lambda: now, coverage=[]))
    assert "Todavía no se escucha nada" in bare.get("/").text
    store.sources = [SourceHealth("x-search", "x", last_success=now)]
    assert "todavía no ha llegado ninguna mención" in bare.get("/").text
    store.mentions = [mention("1")]
    page = bare.get("/?q=nada").text
    assert "Nada coincide con lo que se pide" in page
    assert "Quitar búsqueda y filtros" in page


@pytest.mark.parametrize("view", ["", "posts", "what", "where", "waits", "sources"])
def test_where_all_that_is_kept_is_older_each_view_leads_to_it(
    store: Any, client: TestClient, mention: Any, now: Any, view: str
) -> None:
    """As after an import: the day of the newest, and the fortnight that ends with it."""
    store.mentions = [
        mention("1", published=now - timedelta(days=60)),
        mention("2", published=now - timedelta(days=90)),
    ]
    page = client.get(f"/{view}").text
    assert "la más reciente que se guarda es del 22 sept 2026" in page
    link = f'href="/{view}?institution=benialba&amp;from=2026-09-09&amp;to=2026-09-22"'
    assert link in page
    assert "la más reciente" not in client.get(f"/{view}?from=2026-09-09&to=2026-09-22").text
    assert "la más reciente" not in client.get(f"/{view}?period=all").text


def test_a_date_without_time_is_shown_without_time(store: Any, client: TestClient, mention: Any, now: Any) -> None:
    store.mentions = [mention("1", date_only=True, published=now)]
    times = re.findall(r'<p class="time"><time datetime="([^"]+)">([^<]+)<', client.get("/").text)
    assert times == [("2026-11-21", "21 nov 2026")]


def test_each_institution_sees_only_its_own(store: Any, mention: Any, town: Institution, now: Any) -> None:
    other = Institution(id="altea", name="Ajuntament d'Altea")
    store.mentions = [mention("1", "en la Rambleta"), mention("2", "en el Algar", institution="altea")]
    client = TestClient(create_app(store, [town, other], lambda: now, coverage=[]))
    first, second = client.get("/").text, client.get("/?institution=altea").text
    assert ("Algar" in first, "Rambleta" in second) == (False, False)
    assert ("Rambleta" in first, "Algar" in second) == (True, True)
    assert 'href="/?institution=altea"' in first


def test_readyz_tells_whether_the_store_can_be_read_and_healthz_does_not_ask_it(full: TestClient, store: Any) -> None:
    """Restarting the page mends no store."""
    assert full.get("/readyz").json() == {
        "status": "ok",
        "missing": [],
        "sources": 2,
        "failing": ["feed"],
        "not_listening": {"feed": "blind"},
    }
    store.broken = StoreError("the file is locked", "stop the other process")
    answer = full.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "missing", "missing": ["store: the file is locked"]})
    assert (full.get("/healthz").status_code, full.get("/healthz").json()) == (200, {"status": "ok"})


def test_metrics_tell_the_age_of_every_source_and_nothing_that_anybody_wrote(full: TestClient, store: Any) -> None:
    told = full.get("/metrics").text
    assert 'corrillo_source_age_seconds{source="x-search"} 0.0' in told
    assert 'corrillo_source_failures{source="feed"} 2.0' in told
    assert "contenedor" not in told
    assert not [m.author for m in store.mentions if m.author in told]


def test_a_store_that_cannot_be_read_is_said_on_the_page(full: TestClient, store: Any) -> None:
    store.broken = StoreError("the file is locked", "stop the other process")
    answer = full.get("/")
    assert answer.status_code == 503
    assert "the file is locked" in answer.text


def test_without_institution_there_is_no_page(store: Any, now: Any) -> None:
    with pytest.raises(ConfigError, match="no institution"):
        create_app(store, [], lambda: now, coverage=[])


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


PAIRS = [
    ("ink", "paper"), ("ink", "sheet"), ("ink", "soft"), ("ink", "mark"), ("muted", "paper"), ("muted", "sheet"),
    ("muted", "soft"), ("link", "paper"), ("link", "sheet"), ("link", "h1"), ("off", "paper"), ("paper", "off"),
    ("bad", "bad-soft"), ("bad", "sheet"), ("care", "care-soft"), ("care", "paper"), ("well", "well-soft"),
    ("ink", "h1"), ("ink", "h2"), ("ink", "h3"), ("hot", "h5"), ("white", "h4"),
    ("paper", "bad"), ("bad", "paper"), ("well", "paper"), ("muted", "sheet"), ("care", "sheet"),
]  # fmt: skip


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_contrast_is_enough_for_text(scheme: int, text: str, ground: str) -> None:
    """WCAG AA: 4.5 to 1, in both schemes."""
    blocks = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    colours = {**dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[scheme])), "white": "#ffffff"}
    light, dark = sorted((_luminance(colours[text]), _luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
