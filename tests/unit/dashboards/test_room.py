"""The situation room: everything about one incident while it goes on, once, in the order of the worst hour."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from corrillo.alerts import Act
from corrillo.errors import StoreError
from corrillo.notices import Attempt, News
from corrillo.ports import SourceHealth
from dashboards.page.room.growing import growing
from dashboards.page.room.told import told
from dashboards.page.room.voices import independent, lately_said
from tests.unit.dashboards.attentions import an_attention
from tests.unit.dashboards.outline import Outline
from tests.unit.dashboards.subscribing import a_delivery, a_subscriber

ROOM = "/incident/burst/room"


@pytest.fixture
def burst(store: Any, incident: Any, mention: Any, now: Any) -> Any:
    """A burst pipe: four posts by three people, one of them a copy, and an answer of ours."""
    store.mentions = [
        mention("1", "No hay agua", author="eva", published=now - timedelta(minutes=50)),
        mention("2", "Sigue sin haber agua", author="eva", published=now - timedelta(minutes=9)),
        mention("3", "¿Cuándo vuelve?", author="pau", published=now - timedelta(minutes=30)),
        mention("4", "No hay agua", author="jon", published=now - timedelta(minutes=8)),
        mention("5", "Estamos en ello", place="own", author_kind="own_account", published=now),
    ]
    first = store.mentions[0]
    store.mentions[3] = mention("4", "No hay agua", author="jon", published=now - timedelta(minutes=8), story=first.id)
    store.known_incidents = [incident(mentions=tuple(m.id for m in store.mentions))]
    return store


def text(client: TestClient, part: str) -> str:
    """What a section of the room says."""
    page = client.get(ROOM).text
    Outline(page)
    found = re.search(rf'<section aria-labelledby="{part}".*?</section>', page, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_every_person_and_every_text_is_heard_once(burst: Any) -> None:
    """The newest of each; what we said ourselves is no voice."""
    said = lately_said(burst, burst.known_incidents[0], ())
    assert [m.text for m in said] == ["No hay agua", "Sigue sin haber agua", "¿Cuándo vuelve?", "No hay agua"]
    assert [m.text for m in independent(said)] == ["No hay agua", "Sigue sin haber agua", "¿Cuándo vuelve?"]
    assert [m.author for m in independent(said, 1)] == ["jon"]


def test_who_has_no_name_is_told_apart_by_the_text(mention: Any) -> None:
    assert len(independent([mention("1", author=""), mention("2", author="")])) == 2


def test_what_is_marked_as_not_about_us_is_left_out(burst: Any) -> None:
    said = lately_said(burst, burst.known_incidents[0], tuple(m.id for m in burst.mentions if m.author == "eva"))
    assert [m.author for m in said] == ["jon", "pau"]


def test_texts_that_spread_come_fastest_first(burst: Any, mention: Any, now: Any) -> None:
    """Copies anywhere count, of this hour against the one before; what stands in one place only does not spread."""
    first = burst.mentions[0]
    burst.mentions += [
        mention(f"c{n}", "No hay agua", story=first.id, network="facebook", published=now - timedelta(minutes=70 + n))
        for n in range(3)
    ]
    (story,) = growing(burst, "benialba", lately_said(burst, burst.known_incidents[0], ()), now)
    assert (story.text, story.copies, story.lately, story.before) == ("No hay agua", 5, 2, 3)
    assert set(story.networks) == {"x", "facebook"}
    assert growing(burst, "benialba", [burst.mentions[2]], now) == ()
    assert growing(burst, "benialba", [], now) == ()


def test_what_was_copied_long_ago_does_not_spread(burst: Any, now: Any) -> None:
    said = lately_said(burst, burst.known_incidents[0], ())
    assert growing(burst, "benialba", said, now + timedelta(hours=3)) == ()


def test_who_was_told_when_and_who_has_taken_it(now: Any) -> None:
    """Whoever could not be reached comes first; then in the order in which they were told."""
    ana, bea, leo = a_subscriber("ana"), a_subscriber("bea"), a_subscriber("leo")
    later = now + timedelta(minutes=9)
    higher = (News(incident="burst", what="escalated", level="crisis", at=later),)
    refused = (Attempt(at=now, way=0, channel="email", ok=False, said="550 no such user"),)
    deliveries = [
        a_delivery("3", later, "ana", news=higher),
        a_delivery("2", now, "bea", state="failed", sent=None, attempts=refused),
        a_delivery("1", now, "ana"),
        a_delivery("4", now, "leo", news=(News(incident="other", what="opened", level="watch", at=now),)),
        a_delivery("5", now, "gone"),
    ]
    act = Act(incident="burst", at=later, who="Ana", what="acknowledge")
    found = told("burst", deliveries, [act], [ana, bea, leo])
    assert [(r.name, r.what, r.first, r.acknowledged) for r in found.rows] == [
        ("Bea", "opened", None, None), ("Ana", "escalated", now, later),
    ]  # fmt: skip
    assert (found.first, found.reached, found.failed) == (now, 1, 1)
    assert [r.said for r in found.rows] == ["550 no such user", ""]


def test_what_was_told_together_with_something_newer_hides_nothing(now: Any) -> None:
    """What was dropped is not the last word, where there is another one."""
    dropped = a_delivery("2", now, state="dropped", sent=None, attempts=())
    sent = a_delivery("1", now - timedelta(minutes=5))
    assert [r.last.id for r in told("burst", [dropped, sent], (), [a_subscriber()]).rows] == ["1"]
    assert [r.last.id for r in told("burst", [dropped], (), [a_subscriber()]).rows] == ["2"]


def test_the_room_says_who_is_told_by_what_and_since_when(burst: Any, client: TestClient, now: Any) -> None:
    burst.known_subscribers = [a_subscriber("ana"), a_subscriber("bea")]
    waits = a_delivery("2", now, "bea", state="waiting", sent=None, attempts=(), due=now + timedelta(hours=18))
    burst.told = [a_delivery("1", now - timedelta(minutes=60)), waits]
    burst.known_acts = [Act(incident="burst", at=now, who="Ana", what="acknowledge")]
    said = text(client, "told")
    assert "Una persona avisada." in said
    assert "Enviado sáb 21 nov, 13:05 por correo" in said
    assert "Lo atiende desde sáb 21 nov, 14:05" in said
    assert "Espera hasta dom 22 nov, 08:05" in said
    assert "ana@benialba.example" not in client.get(ROOM).text


def test_it_says_whether_nobody_is_there_to_be_told_or_nobody_asked(burst: Any, client: TestClient) -> None:
    assert "no hay suscriptores" in text(client, "told")
    burst.known_subscribers = [a_subscriber()]
    assert "ningún suscriptor ha pedido avisos de este nivel" in text(client, "told")


def test_open_questions_of_the_incident_stand_there(burst: Any, client: TestClient, now: Any) -> None:
    """Those that wait, and those of which nobody knows: never called unanswered. Others' are elsewhere."""
    ids = [m.id for m in burst.mentions]
    asked = now - timedelta(hours=1)
    burst.attended = [
        an_attention(ids[2], asked, looked=now), an_attention(ids[0], asked), an_attention("elsewhere", asked, looked=now),
        an_attention(ids[1], asked, looked=now, answered=now),
    ]  # fmt: skip
    said = text(client, "questions")
    assert "esperan 1 · contestadas 1 · no se sabe 1" in said
    assert "espera desde hace 1 h ¿Cuándo vuelve?" in said
    assert "no se sabe si está contestada No hay agua" in said


def test_notes_are_written_in_the_room_and_one_stays_there(burst: Any, client: TestClient, now: Any) -> None:
    page = client.get(ROOM).text
    seal = re.search(r'name="seal" value="([0-9a-f]{64})"', page)
    assert seal
    form = {"seal": seal[1], "who": "Marta", "what": "note", "note": "Brigada en la calle <script>alert(1)</script>"}
    answer = client.post(
        "/crisis/burst", data=form, headers={"referer": f"http://testserver{ROOM}"}, follow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ROOM}#notes")
    said = client.get(ROOM).text
    assert "Brigada en la calle &lt;script&gt;" in said
    assert "<script>alert" not in said
    assert "Marta" in text(client, "notes") or "Marta" in said


def test_a_post_is_shown_as_text(burst: Any, client: TestClient, mention: Any, now: Any, incident: Any) -> None:
    evil = mention("9", "<script>alert(1)</script> Benialba", url="javascript:alert(1)", published=now)
    burst.mentions.append(evil)
    burst.known_incidents = [incident(mentions=(evil.id,))]
    page = client.get(ROOM).text
    assert "<script>alert" not in page
    assert "javascript:" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_what_is_not_heard_is_said_before_anything_else(burst: Any, client: TestClient, now: Any) -> None:
    """A quiet line means nothing where nobody listens."""
    burst.sources = [SourceHealth("x-search", "x", last_success=now, begun=now - timedelta(days=9), every=60.0)]
    page = client.get(ROOM).text
    assert page.index("room-deaf") < page.index('id="line"')
    assert "Diari" in text(client, "blind")


def test_empty_states_explain_themselves(burst: Any, client: TestClient, incident: Any) -> None:
    """An incident whose posts are all gone has a room still."""
    burst.mentions, burst.known_incidents = [], [incident(mentions=("gone",), points=())]
    page = client.get(ROOM).text
    for said in (
        "se borraron o caducaron",
        "Nadie espera respuesta",
        "Aún no hay ninguna",
        "Ningún texto se ha copiado",
    ):
        assert said in page


def test_over_and_merged_incidents_lead_on(burst: Any, client: TestClient, incident: Any, now: Any) -> None:
    burst.known_incidents = [incident(resolved=now)]
    assert client.get(ROOM).text.count("/incident/burst/report") == 2
    burst.known_incidents = [incident(into="big"), incident("big")]
    assert "/incident/big/room" in client.get(ROOM).text


def test_it_refreshes_itself_and_has_a_link_for_who_has_no_scripts(burst: Any, client: TestClient) -> None:
    page = client.get(f"{ROOM}?lang=en").text
    assert '<script src="/static/room.js" defer></script>' in page
    assert f'<a href="{ROOM}?lang=en">Refresh</a>' in page
    assert len(set(re.findall(r'data-refresh="(\w+)"', page))) == 8


def test_what_is_not_there_has_no_room(burst: Any, client: TestClient, incident: Any) -> None:
    burst.known_incidents.append(incident("foreign", institution="altea"))
    assert [client.get(f"/incident/{i}/room").status_code for i in ("nowhere", "foreign")] == [404, 404]


def test_a_store_that_is_away_is_said(burst: Any, client: TestClient) -> None:
    burst.broken = StoreError("the disk is full", "free some space")
    assert client.get(ROOM).status_code == 503
