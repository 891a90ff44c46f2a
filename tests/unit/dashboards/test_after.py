"""The report of an incident: what happened, how early we knew, how fast we answered; unknown is never nought."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from corrillo.alerts import Act, Change
from corrillo.ports import SourceHealth
from dashboards.page.i18n import texts
from dashboards.report.after.facts import read
from dashboards.report.after.sheet import after_sheet
from tests.unit.dashboards.attentions import an_attention
from tests.unit.dashboards.outline import Outline
from tests.unit.dashboards.subscribing import a_delivery, a_subscriber

REPORT = "/incident/burst/report"


@pytest.fixture
def over(store: Any, incident: Any, mention: Any, now: Any) -> Any:
    """A burst pipe that is over: first heard of 2 h 10 min ago, opened ten minutes later, told at 20, taken at 30."""
    start = now - timedelta(minutes=130)
    store.mentions = [
        mention("1", "No hay agua", published=start),
        mention(
            "2", "¿Cuándo vuelve? <script>alert(1)</script>", published=start + timedelta(minutes=5), network="facebook"
        ),
    ]
    opened = start + timedelta(minutes=10)
    ended = Change(at=now, what="resolved", level="calm", subjects=(), evidence=incident().evidence)
    changes = (*incident(opened=opened).changes, ended)
    ids = tuple(m.id for m in store.mentions)
    store.known_incidents = [incident(opened=opened, resolved=now, changes=changes, mentions=ids, level="calm")]
    store.known_subscribers = [a_subscriber()]
    store.told = [a_delivery("1", start + timedelta(minutes=20))]
    store.known_acts = [
        Act(incident="burst", at=start + timedelta(minutes=30), who="Ana", what="acknowledge"),
        Act(incident="burst", at=start + timedelta(minutes=40), who="Marta", what="note", note="<script>Brigada"),
    ]
    store.attended = [
        an_attention(ids[1], start, answered=start + timedelta(minutes=90), looked=now), an_attention(ids[0], start),
    ]  # fmt: skip
    return store


def sheet_of(store: Any, town: Any, now: Any) -> Any:
    return after_sheet(read(store, town, store.known_incidents[0], now, ()), town, now, texts("es"))


def test_how_early_we_knew_is_counted_from_the_first_post(over: Any, town: Any, now: Any) -> None:
    sheet = sheet_of(over, town, now)
    assert [(f.value, f.label) for f in sheet.figures] == [
        ("10 min", "hasta que se detectó"), ("20 min", "hasta que se avisó a alguien"),
        ("30 min", "hasta que alguien lo atendió"), ("2 h", "duración"),
    ]  # fmt: skip
    assert [(m.what, m.more) for m in sheet.milestones] == [
        ("Primera publicación que se conserva", ""), ("Se detecta como incidente", "10 min después"),
        ("Se avisa a la primera persona", "20 min después"), ("Llega a aviso", "30 min después"),
        ("Alguien lo atiende", "30 min después"), ("Termina", "2 h 10 min después"),
    ]  # fmt: skip


def test_how_fast_we_answered_and_what_nobody_knows(over: Any, town: Any, now: Any) -> None:
    said = " ".join(sheet_of(over, town, now).answers)
    assert "hay 2 preguntas o quejas: una tiene respuesta y de una no se sabe" in said


def test_where_it_was_said_and_who_was_told(over: Any, town: Any, now: Any) -> None:
    sheet = sheet_of(over, town, now)
    assert {(p.name, p.count) for p in sheet.places} == {("X", "1"), ("x.com (Facebook)", "1")}
    assert sheet.told == ("Una persona avisada.", "Lo atendió: Ana.")


def test_its_history_goes_forward_with_the_team_s_notes(over: Any, town: Any, now: Any) -> None:
    history = sheet_of(over, town, now).history
    assert history[0].what.startswith("Se abre")
    assert history[-1].what.startswith("Termina")
    assert ("Marta anota", "<script>Brigada") in [(h.what, h.more) for h in history]


def test_what_did_not_happen_is_said_so(over: Any, town: Any, now: Any, incident: Any) -> None:
    """Nobody told, nobody took it, not over, no post left: none of them is nought."""
    over.told, over.known_acts, over.mentions, over.attended = [], [], [], []
    over.known_incidents = [incident(mentions=("gone",))]
    sheet = sheet_of(over, town, now)
    assert [f.value for f in sheet.figures] == ["no se sabe", "no se sabe", "no se sabe", "sigue abierto"]
    assert sheet.told == ("No se avisó a nadie.",)
    assert sheet.answers == ("En sus publicaciones no consta ninguna pregunta ni queja.",)
    assert sheet.places == ()


def test_who_was_told_and_never_took_it_is_said(over: Any, town: Any, now: Any) -> None:
    over.known_acts = []
    sheet = sheet_of(over, town, now)
    assert sheet.figures[2].value == "no ha ocurrido"
    assert sheet.told[-1] == "Nadie de quienes recibieron el aviso anotó que lo atendía."


def test_where_only_the_day_of_the_first_post_is_known_no_time_is_told(
    over: Any, town: Any, now: Any, mention: Any
) -> None:
    over.mentions[0] = mention("1", "No hay agua", published=over.mentions[0].published, date_only=True)
    sheet = sheet_of(over, town, now)
    assert sheet.milestones[0].when == "21 nov 2026"
    assert {f.value for f in sheet.figures[:3]} == {"no se sabe"}


def test_what_was_not_heard_meanwhile_is_said(over: Any, client: TestClient, now: Any) -> None:
    over.sources = [SourceHealth("x-search", "x", last_success=now, begun=now - timedelta(days=9), every=60.0)]
    assert "Diari" in client.get(REPORT).text


def test_the_page_and_the_paper_say_the_same(over: Any, client: TestClient) -> None:
    """Nothing of it is anybody's text but the team's notes, and those are text."""
    page = client.get(REPORT)
    Outline(page.text)
    assert "<script>" not in page.text
    assert "&lt;script&gt;Brigada" in page.text
    assert "No hay agua" not in page.text
    paper = client.get(f"{REPORT}.pdf?lang=en")
    assert paper.content.startswith(b"%PDF-")
    assert paper.headers["content-disposition"] == 'attachment; filename="corrillo-burst.pdf"'


def test_a_paper_without_picture_or_places_is_typeset(over: Any, client: TestClient, incident: Any) -> None:
    over.known_incidents, over.mentions = [incident(points=(), mentions=("gone",))], []
    assert client.get(f"{REPORT}.pdf").content.startswith(b"%PDF-")


def test_what_is_not_there_has_no_report(over: Any, client: TestClient, incident: Any) -> None:
    over.known_incidents.append(incident("foreign", institution="altea"))
    for name in ("nowhere", "foreign"):
        assert client.get(f"/incident/{name}/report").status_code == 404
        assert client.get(f"/incident/{name}/report.pdf").status_code == 404


def test_the_incident_leads_to_its_room_and_report(over: Any, client: TestClient, incident: Any) -> None:
    over.known_incidents = [incident()]
    assert "/incident/burst/room" in client.get("/crisis").text
    page = client.get("/crisis/burst?lang=en").text
    for address in (
        "/incident/burst/room?lang=en",
        "/incident/burst/report?lang=en",
        "/incident/burst/report.pdf?lang=en",
    ):
        assert f'href="{address}"' in page
