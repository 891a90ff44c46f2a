"""The weekly page: what it counts, what it says, and that it is one page."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

from corrillo.attention import Attention
from corrillo.institution import Institution
from corrillo.model import Gap
from corrillo.ports import SourceHealth
from dashboards.page.i18n import LANGUAGES, texts
from dashboards.page.sources import Listening
from dashboards.report.calendar import CalendarWeek, week_of, written_week
from dashboards.report.pdf import pdf
from dashboards.report.sheet import Sheet, sheet
from dashboards.report.week import Pair, Week, read
from tests.unit.dashboards.outline import Outline

W46 = written_week("2026-W46")
LISTENING = [Listening("x-search", "x", "X: búsqueda"), Listening("feed", "press", "Diari")]


def test_weeks_are_those_of_the_standard() -> None:
    """Monday to Sunday, the first one with a Thursday of its year."""
    assert (W46.first, W46.last, str(W46), W46.number) == (date(2026, 11, 9), date(2026, 11, 15), "2026-W46", 46)
    assert str(week_of(date(2027, 1, 3))) == "2026-W53"
    assert (str(W46.before()), str(W46.before(-1))) == ("2026-W45", "2026-W47")
    for wrong in ("2026-W54", "2026-W00", "2026-46", "W46", "2026-W4６", "9999-W01"):
        with pytest.raises(ValueError, match=r"week|Week"):
            written_week(wrong)


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.fixture
def week(store: Any, mention: Any, tags: Any, incident: Any, now: Any, town: Any) -> Any:
    """Forty in the week, thirty-two the week before, one long before; the store as the report asks it."""
    store.mentions = [
        mention(
            f"now-{n}", venue="Sitio A" if n % 4 else "Sitio B", network="telegram", place="on_page" if n < 10 else "off_page",
            published=at(9 + n % 7), service="water" if n < 25 else "other", tags=tags("complaint") if n < 5 else (),
        )
        for n in range(40)
    ] + [
        mention(f"before-{n}", venue="Sitio A", network="telegram", published=at(2 + n % 7), service="water")
        for n in range(32)
    ] + [
        mention("own", place="own", published=at(10)), mention("long", published=at(1) - timedelta(days=90)),
        mention("edge", "domingo a las 23:30 de aquí", network="press", published=datetime(2026, 11, 15, 22, 30, tzinfo=UTC)),
        mention("after", published=datetime(2026, 11, 15, 23, 30, tzinfo=UTC)),
    ]  # fmt: skip
    store.attended = [
        Attention(
            mention=f"m{n}", institution="benialba", thread="t", asked=at(12, 9), kinds=("question",), network="x",
            venue="x.com", place="off_page", looked=None if n == 3 else now, answered=at(12, 11) if n == 1 else None,
            service="water",
        )
        for n in range(4)
    ]  # fmt: skip
    store.known_incidents = [
        incident("burst", opened=at(14), updated=at(14), resolved=at(15)),
        incident("later", opened=at(17), updated=at(17)),
        incident("earlier", opened=at(2), updated=at(3), resolved=at(3)),
    ]
    store.sources = [
        SourceHealth(name, network, newest_post=now, last_success=now, begun=now - timedelta(days=400))
        for name, network in (("x-search", "x"), ("feed", "press"))
    ]
    return lambda calendar=W46: read(store, town, calendar, now, LISTENING)


def test_a_week_is_counted_by_the_clocks_of_the_institution_and_beside_the_one_before(week: Any) -> None:
    found: Week = week()
    assert (found.mentions, found.off_page, found.own) == (Pair(41, 32), Pair(31, 32), Pair(1, 0))
    assert found.over
    days = [sum(parts) for _, parts in found.days if parts]
    assert (len(found.days), sum(days), days[-1]) == (7, 42, 6)
    assert [(r.values, r.count) for r in found.venues] == [
        (("telegram", "Sitio A"), Pair(23, 32)), (("telegram", "Sitio B"), Pair(7, 0)), (("press", "x.com"), Pair(1, 0)),
    ]  # fmt: skip
    assert [(r.values, r.count) for r in found.services] == [(("water",), Pair(25, 32))]
    assert (found.tags["complaint"], found.tags["praise"]) == (Pair(5, 0), Pair(0, 0))
    assert [r.incident.id for r in found.incidents] == ["burst"]
    waits = found.waits.figures
    assert (waits.asked, waits.answered, waits.waiting, waits.unknown) == (4, 1, 2, 1)


def test_a_week_that_is_not_over_is_held_against_as_much_of_the_one_before(week: Any, store: Any, mention: Any) -> None:
    """Up to Saturday 14:05: what was said later on the Saturday before does not count."""
    store.mentions += [mention("sat-early", published=at(14, 13)), mention("sat-late", published=at(14, 14))]
    before = week(written_week("2026-W47")).mentions.before
    store.mentions = [m for m in store.mentions if m.id != mention("sat-early").id]
    assert week(written_week("2026-W47")).mentions.before == before - 1
    assert not week(written_week("2026-W47")).over


def told(week: Week, town: Institution, now: datetime, language: str = "es") -> Sheet:
    return sheet(week, town, now, texts(language))


def test_percentages_are_for_numbers_that_bear_them(week: Any, town: Any, now: Any) -> None:
    """From thirty on, and only where all was heard; what was before the first day of listening is not known, never 0."""
    found = week()
    assert told(found, town, now).headline == (
        "41 menciones de la ciudadanía, el 76\u00a0% fuera de nuestras páginas; un 28\u00a0% más que la semana anterior (32)."
    )
    few = replace(found, mentions=Pair(41, 29))
    assert told(few, town, now).headline.endswith("; la semana anterior, 29.")
    nothing = replace(found, mentions=Pair(41, None), authors=Pair(9, None))
    assert told(nothing, town, now).headline.endswith("no se guarda nada con que comparar.")
    assert told(nothing, town, now).figures[1].before == "antes –"


def test_what_was_not_heard_is_said_and_figures_are_at_least_so(week: Any, store: Any, town: Any, now: Any) -> None:
    gap = Gap(since=at(12, 0), until=at(12, 10), why="HTTP 503")
    store.sources = [replace(store.sources[0], gaps=(gap,)), store.sources[1]]
    said = told(week(), town, now, "en")
    assert said.heard == ("X: búsqueda: 10 h not heard.",)
    assert said.figures[0].value == "≥\u00a041"
    assert said.headline.startswith("≥\u00a041 mentions by citizens")
    assert "%" not in said.headline.partition(";")[2]
    assert told(week(written_week("2026-W47")), town, now, "en").figures[0].before == "before: ≥\u00a035"


def test_who_waits_is_told_with_what_is_not_known(week: Any, town: Any, now: Any) -> None:
    said = told(week(), town, now).waits
    assert said[0] == (
        "Se preguntó o reclamó 4 veces: una tiene respuesta, 2 esperan y de una no se sabe, porque nadie miró si la hay."
    )
    assert said[2] == "Quien más espera preguntó el 12 nov 2026 en X, sobre agua: hace 9 días."


def crowded(week: Week, store: Any, town: Institution, now: datetime, incident: Any) -> Sheet:
    """Everything as long as it can be: more than fits has to be left out before it is set."""
    long = Institution(id="l", name="Diputación Provincial de los Pueblos de la Sierra y la Ribera " * 3)
    venues = tuple(
        replace(week.venues[0], values=("telegram", f"Vecinas y vecinos de la calle {n} " * 5)) for n in range(6)
    )
    services = tuple(
        replace(week.services[0], values=(s,)) for s in ("water", "waste", "parks", "noise", "sport", "health")
    )
    rows = tuple(replace(week.incidents[0], incident=incident(str(n), opened=at(14))) for n in range(20))
    gap = Gap(since=at(1), until=None, why="HTTP 503")
    sources = week.sources
    blind = tuple(
        replace(
            sources.rows[0],
            label="Una fuente con un nombre que no acaba nunca " * 3,
            gaps=(gap,),
            unheard=timedelta(days=7),
        )
        for _ in range(20)
    )
    full = replace(
        week, venues=venues, services=services, incidents=rows, sources=replace(sources, rows=blind), before_partial=True,
        waits=replace(week.waits, earlier=1234),
    )  # fmt: skip
    return sheet(full, long, now, texts("es"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_is_one_page_that_can_be_read_aloud(week: Any, town: Any, now: Any, language: str) -> None:
    """PDF/UA with language, title and tags; made at the moment that is passed in, so that the same week is the same file."""
    said = told(week(), town, now, language)
    made = pdf(said, now)
    assert pages(made) == 1
    assert f"/Lang({language})".encode() in made
    assert b"pdfuaid:part>1<" in made
    assert b"/MarkInfo" in made
    assert said.title.encode() in made or said.title.encode("utf-16-be") in made
    assert pdf(said, now) == made


def test_it_is_one_page_whatever_there_is_to_say(week: Any, store: Any, town: Any, now: Any, incident: Any) -> None:
    assert pages(pdf(crowded(week(), store, town, now, incident), now)) == 1
    empty = read(store, town, written_week("2020-W01"), now, [])
    assert pages(pdf(told(empty, town, now), now)) == 1


def pages(made: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", made))


def test_no_text_is_taken_for_markup(week: Any, town: Any, now: Any) -> None:
    """Neither in HTML nor for the typesetter: names come from the networks."""
    name = '#panic("x") $x$ *b* <script>alert(1)</script> \\ "'
    found = week()
    nasty = replace(found, venues=(replace(found.venues[0], values=("telegram", name)),))
    said = told(nasty, Institution(id="n", name=name), now)
    assert json.loads(json.dumps(asdict(said)))["venues"][0]["name"].startswith('#panic("x")')
    assert pages(pdf(said, now)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_the_pdf_says(week: Any, client: TestClient, town: Any, now: Any, language: str) -> None:
    """One h1, tables with heads, the picture in words; the weeks beside it; nothing inline."""
    page = client.get(f"/report?week=2026-W46&lang={language}").text
    said = told(week(), town, now, language)
    outline = Outline(page)
    assert [len(outline.all(n)) for n in ("main", "h1")] == [1, 1]
    for sentence in (said.headline, *said.waits, *said.heard, *said.incidents, *said.foot, said.span):
        assert sentence in unescape(page)
    (picture,) = outline.all("img")
    assert picture["alt"] == said.alt
    drawn = client.get(picture["src"])
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert drawn.text == said.picture
    links = [a["href"] for n, a in outline.tags if n == "a"]
    assert f"/report?institution=benialba&week=2026-W45&lang={language}" in links
    assert f"/report.pdf?institution=benialba&week=2026-W46&lang={language}" in links
    assert client.get(f"/report.pdf?week=2026-W46&lang={language}").content == pdf(said, now)


def test_without_a_week_it_is_the_last_one_that_is_over(week: Any, client: TestClient) -> None:
    assert "Semana 46: del 9 nov 2026 al 15 nov 2026" in client.get("/report").text
    assert "Semana 47, sin acabar: del 16 nov 2026 al 21 nov 2026 14:05" in client.get("/report?week=2026-W47").text


@pytest.mark.parametrize("address", ["week=2026-46", "week=2026-W48", "tag=complaint", "week=2026-W46&week=2026-W45"])
def test_what_is_no_week_is_refused(client: TestClient, address: str) -> None:
    for path in ("/report", "/report.pdf", "/report.svg"):
        assert client.get(f"{path}?{address}").status_code == 400


def test_the_calendar_goes_over_the_new_year() -> None:
    week = CalendarWeek(date(2026, 12, 28))
    assert (str(week), str(week.before(-1)), week.last) == ("2026-W53", "2027-W01", date(2027, 1, 3))


def test_the_week_in_which_clocks_go_back_is_an_hour_longer(store: Any, mention: Any, town: Any) -> None:
    """From Monday to Sunday midnight of the institution's clocks, in both weeks."""
    store.mentions = [
        mention("first", published=datetime(2026, 10, 18, 22, 0, tzinfo=UTC)),
        mention("last", published=datetime(2026, 10, 25, 22, 59, tzinfo=UTC)),
        mention("after", published=datetime(2026, 10, 25, 23, 0, tzinfo=UTC)),
    ]
    found = read(store, town, written_week("2026-W43"), datetime(2026, 11, 1, 12, tzinfo=UTC), [])
    assert (found.mentions, found.over) == (Pair(2, None), True)
    following = read(store, town, written_week("2026-W44"), datetime(2026, 11, 5, 12, tzinfo=UTC), [])
    assert (following.mentions, following.over) == (Pair(1, 2), True)
