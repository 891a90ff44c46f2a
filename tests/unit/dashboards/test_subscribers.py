"""Subscribers on the page: the team sees who is told and why not, admins change it, nobody is told without wanting it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from corrillo.alerts import Act
from corrillo.errors import StoreError
from corrillo.institution import Institution
from corrillo.notices import Attempt, Hours, Way
from corrillo.people import Person, hash_of
from dashboards.page.app import create_app
from dashboards.page.i18n import texts
from dashboards.page.people.door import Entrance
from dashboards.page.subscribers.reach import reach
from dashboards.page.subscribers.words import hours_written
from tests.unit.dashboards.outline import Outline
from tests.unit.dashboards.subscribing import CREATED, MAIL, a_delivery, a_subscriber

NIGHT = (Hours(begin="22:00", end="08:00"),)
WEEKDAYS = (Hours(begin="08:00", end="15:00", days=(0, 1, 2, 3, 4)),)
WISHES = {"what": "change", "name": "Alcaldía", "least": "warning", "language": "es"}


def seal_on(client: TestClient, page: str = "new") -> str:
    found = re.search(
        r'name="seal" value="([0-9a-f]{64})"', client.get(f"/subscribers/{page}").text.partition("<main")[2]
    )
    assert found
    return found[1]


def send(client: TestClient, to: str = "", **fields: Any) -> Any:
    """The page's own form, with whatever is given instead."""
    form = {**WISHES, "seal": seal_on(client, to or "new"), **fields}
    return client.post(f"/subscribers/{to}".rstrip("/"), data=form, follow_redirects=False)


# ── whether they would be told now ────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("given", "why", "until"),
    [
        ({}, "now", None),
        ({"ways": ()}, "nowhere", None),
        ({"ways": (Way(kind="email", address="a@b.example"),)}, "unconfirmed", None),
        ({"quiet": (Hours(begin="13:00", end="16:00"),)}, "quiet", datetime(2026, 11, 21, 15, tzinfo=UTC)),
        ({"quiet": NIGHT}, "now", None),
        ({"shifts": WEEKDAYS}, "off_duty", datetime(2026, 11, 23, 7, tzinfo=UTC)),
        ({"per_hour": 2}, "capped", datetime(2026, 11, 21, 13, 55, tzinfo=UTC)),
    ],
)
def test_why_somebody_would_be_told_or_not(
    town: Any, now: Any, given: dict[str, Any], why: str, until: datetime | None
) -> None:
    """On a Saturday at five past two; two messages have been sent in the last hour."""
    lately = [a_delivery(str(n), now - timedelta(minutes=n)) for n in (5, 10, 70)]
    found = reach(a_subscriber(**given), town, lately, now)
    assert (found.why, found.until) == (why, until)


def test_the_way_is_the_first_that_is_confirmed(town: Any, now: Any) -> None:
    new = Way(kind="webhook", address="https://example.org/hook")
    assert reach(a_subscriber(ways=(new, MAIL)), town, (), now).way == MAIL


def test_hours_are_written_as_they_are_read() -> None:
    hours = (*NIGHT, *WEEKDAYS, Hours(begin="00:00", end="00:00", days=(5, 6)))
    assert hours_written(texts("es"), hours) == "22:00-08:00; lun-vie 08:00-15:00; sáb,dom 00:00-24:00"
    assert hours_written(texts("en"), hours[1:]) == "Mon-Fri 08:00-15:00; Sat,Sun 00:00-24:00"


# ── adding and changing ───────────────────────────────────────────────────────────────────
def test_somebody_new_is_asked_before_anything_is_sent(store: Any, client: TestClient, now: Any) -> None:
    """Each address is, by a message that waits to be sent; until then it is not confirmed."""
    answer = send(
        client, way0="ana@benialba.example", way2="https://hooks.example/corrillo", service=["water", "noise"],
        district="El Raval", quiet="22:00-8:00; sáb,dom 00:00-24:00", shifts="lun-vie 08:00-15:00", after="30",
        digest="daily", digest_at="07:30", least="watch", language="en",
    )  # fmt: skip
    (ana,) = store.known_subscribers
    assert (answer.status_code, answer.headers["location"]) == (303, f"/subscribers/{ana.id}?institution=benialba")
    assert [(w.kind, w.confirmed) for w in ana.ways] == [("email", None), ("webhook", None)]
    assert (ana.services, ana.districts, ana.least, ana.language) == (("noise", "water"), ("El Raval",), "watch", "en")
    assert ana.quiet == (Hours(begin="22:00", end="08:00"), Hours(begin="00:00", end="00:00", days=(5, 6)))
    assert (ana.shifts, ana.after, ana.digests, ana.digest_at) == (WEEKDAYS, 30, ("daily",), "07:30")
    assert (ana.origin, ana.created, ana.name) == ("page", now, "Alcaldía")
    assert [(d.what, d.period, d.state, d.subscriber) for d in store.told] == [
        ("confirmation", "0", "waiting", ana.id), ("confirmation", "1", "waiting", ana.id),
    ]  # fmt: skip


def test_an_id_is_never_somebody_else_s(store: Any, client: TestClient) -> None:
    """Whoever is removed and comes again is somebody new: their old links are not theirs."""
    send(client)
    first = store.known_subscribers[0].id
    store.unsubscribe(first)
    send(client)
    assert store.known_subscribers[0].id != first


def test_what_is_left_as_it_was_stays_confirmed(store: Any, client: TestClient) -> None:
    """Addresses are not shown again, so an empty field keeps one; a new one is asked; a ticked one goes."""
    telegram = Way(kind="apprise", address="tgram://secret-token/42", confirmed=CREATED)
    store.known_subscribers = [a_subscriber(ways=(MAIL, telegram))]
    page = client.get("/subscribers/ana").text
    assert "secret-token" not in page
    assert "ana@benialba.example" not in page
    send(client, "ana", name="Ana", way2="ntfy://benialba")
    ways = store.known_subscribers[0].ways
    assert [(w.address, bool(w.confirmed)) for w in ways] == [
        (MAIL.address, True), (telegram.address, True), ("ntfy://benialba", False),
    ]  # fmt: skip
    assert [d.period for d in store.told] == ["2"]
    send(client, "ana", name="Ana", drop0="yes", way1="ana@benialba.example")
    assert [w.address for w in store.known_subscribers[0].ways] == ["ana@benialba.example", "ntfy://benialba"]
    assert store.known_subscribers[0].ways[0].confirmed
    assert [d.period for d in store.told] == ["2"]


def test_the_question_is_asked_again_when_somebody_wants_it(store: Any, client: TestClient, now: Any) -> None:
    new = Way(kind="email", address="new@benialba.example")
    store.known_subscribers = [a_subscriber(ways=(MAIL, new))]
    assert send(client, "ana", what="ask", way="1").status_code == 303
    assert [(d.what, d.period, d.due) for d in store.told] == [("confirmation", "1", now)]
    assert send(client, "ana", what="ask", way="0").status_code == 400


def test_removing_deletes_the_person_and_what_was_told_to_them(store: Any, client: TestClient, now: Any) -> None:
    store.known_subscribers, store.told = [a_subscriber(), a_subscriber("bea")], [a_delivery("1", now)]
    assert send(client, "ana", what="remove").headers["location"] == "/subscribers?institution=benialba"
    assert ([s.id for s in store.known_subscribers], store.told) == (["bea"], [])
    assert client.get("/subscribers/ana").status_code == 404


def test_the_address_of_a_feed_is_shown_once(store: Any, client: TestClient) -> None:
    """Only its hash is kept; making another one ends the first, and taking it away ends it."""
    store.known_subscribers = [a_subscriber()]
    made = [
        re.search(
            r"<code>https://corrillo\.benialba\.example(/feed/\S+\.atom)</code>", send(client, "ana", what="feed").text
        )
        for _ in "ab"
    ]
    first, second = (found[1] for found in made if found)
    assert second not in client.get("/subscribers/ana").text
    assert [client.get(address).status_code for address in (first, second)] == [404, 200]
    send(client, "ana", what="no_feed")
    assert client.get(second).status_code == 404


def test_who_stands_in_the_file_is_changed_there(store: Any, client: TestClient) -> None:
    """But for the address of their feed, which no file says."""
    store.known_subscribers = [a_subscriber(origin="file")]
    page = client.get("/subscribers/ana").text
    assert "está en corrillo.toml" in page
    assert 'name="name"' not in page
    assert 'value="remove"' not in page
    for what in ("change", "remove", "ask"):
        assert send(client, "ana", what=what).status_code == 409
    assert store.known_subscribers == [a_subscriber(origin="file")]
    assert send(client, "ana", what="feed").status_code == 200
    assert store.known_subscribers[0].feed


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "falta."), ({"name": "a" * 81}, "Use hasta 80 caracteres."), ({"name": "Bea"}, "ya hay alguien con ese nombre"),
        ({"way0": "secret at nowhere"}, "no es una dirección a la que se pueda enviar"), ({"quiet": "all night"}, "no son horas"),
        ({"shifts": "lun 25:00-26:00"}, "no son horas"), ({"after": "0"}, "Escriba un número: 1–1440."), ({"per_hour": "many"}, "1–60"),
        ({"least": "calm"}, "Valores posibles: watch, warning, crisis."), ({"service": "magic"}, "no es ninguno"),
        ({"district": "Altea"}, "no es ninguno"), ({"next": "nobody"}, "no es ninguno"), ({"digest_at": "25:00"}, "no son horas"),
        ({"quiet": ";".join(["22:00-08:00"] * 11)}, "demasiado largo"), ({"colour": "red"}, "ese campo no existe"),
    ],
)  # fmt: skip
def test_a_form_that_is_not_understood_says_why(
    store: Any, client: TestClient, fields: dict[str, str], said: str
) -> None:
    """And keeps nothing; an address is not repeated, for it may be a secret."""
    store.known_subscribers = [a_subscriber("bea")]
    answer = send(client, **fields)
    assert (answer.status_code, len(store.known_subscribers)) == (400, 1)
    assert said in answer.text
    assert "secret at nowhere" not in answer.text


def test_a_form_with_every_box_ticked_is_taken(store: Any, client: TestClient) -> None:
    page = Outline(client.get("/subscribers/new").text)
    services = [str(a["value"]) for a in page.all("input") if a.get("name") == "service"]
    assert len(services) > 20
    assert send(client, service=services, district="El Raval").status_code == 303
    assert len(store.known_subscribers[0].services) == len(services)


# ── who may, and what is shown ────────────────────────────────────────────────────────────
def test_the_team_looks_and_admins_change(store: Any, town: Any, now: Any) -> None:
    """What the team sees has no form; a seal of somebody else's page is none."""
    people = tuple(Person(name=n, role=n, token_hash=hash_of(n)) for n in ("team", "admin"))
    app = create_app(store, [town], lambda: now, coverage=[], entrance=Entrance(people))
    team, admin = (TestClient(app, headers={"authorization": f"Bearer {n}"}) for n in ("team", "admin"))
    store.known_subscribers = [a_subscriber()]
    assert "<form" not in team.get("/subscribers/ana").text.partition("<main")[2]
    assert "Añadir a alguien" not in team.get("/subscribers?lang=es").text
    assert team.post("/subscribers", data={**WISHES, "seal": seal_on(admin)}).status_code == 403
    assert send(admin).status_code == 303


def test_the_secret_of_a_webhook_is_for_admins(store: Any, town: Any, now: Any, links: Any) -> None:
    """Whoever has it can send what looks like ours; of who has no webhook there is none to show."""
    hook = Way(kind="webhook", address="https://hooks.example/x", confirmed=CREATED)
    store.known_subscribers = [a_subscriber(ways=(hook,)), a_subscriber("bea")]
    people = tuple(Person(name=n, role=n, token_hash=hash_of(n)) for n in ("team", "admin"))
    app = create_app(store, [town], lambda: now, coverage=[], entrance=Entrance(people), links=links)
    secret = links.secret_of("ana")
    for role, shown in (("team", False), ("admin", True)):
        page = TestClient(app, headers={"authorization": f"Bearer {role}"}).get("/subscribers/ana").text
        assert (secret in page) is shown
    assert (
        links.secret_of("bea")
        not in TestClient(app, headers={"authorization": "Bearer admin"}).get("/subscribers/bea").text
    )


def test_the_list_says_of_everybody_whether_they_would_be_told(store: Any, client: TestClient) -> None:
    store.known_subscribers = [
        a_subscriber("ana", next="bea"), a_subscriber("bea", shifts=WEEKDAYS, services=("water",), least="crisis"),
        a_subscriber("leo", ways=()),
    ]  # fmt: skip
    page = client.get("/subscribers").text
    Outline(page)
    assert "Se le avisaría al momento, por correo." in page
    assert "Se le diría lun 23 nov, 08:00, al empezar su turno, por correo." in page
    assert "No tiene ninguna dirección." in page
    assert "si no lo atiende en 15 min, se avisa a Bea" in page
    assert "Desde el nivel «crisis», sobre Agua" in page
    assert "a…@benialba.example" in page
    assert "ana@benialba.example" not in page


def test_nobody_is_told_is_said_with_what_to_do(store: Any, client: TestClient) -> None:
    page = client.get("/subscribers").text
    assert "Nadie recibe avisos" in page
    assert "Añada a quien deba saberlo" in page
    assert "Aún no se ha enviado nada." in page


def test_what_was_told_when_how_and_with_which_result(store: Any, client: TestClient, incident: Any, now: Any) -> None:
    """Every try that failed with what the other side said, and who took it when; a digest is its day."""
    refused = Attempt(at=now, way=0, channel="tgram", ok=False, said="<b>403</b> the bot was blocked")
    went = Attempt(at=now, way=1, channel="email", ok=True, said="250 OK")
    store.known_incidents, store.known_subscribers = [incident()], [a_subscriber()]
    store.told = [
        a_delivery("1", now - timedelta(minutes=2), attempts=(refused, went), sent=now - timedelta(minutes=1)),
        a_delivery("2", now - timedelta(minutes=4), what="digest", news=(), period="2026-11-20"),
        a_delivery("3", now - timedelta(minutes=6), state="dropped", sent=None, attempts=(), why="over before it was told"),
        a_delivery("4", now - timedelta(minutes=8), subscriber="gone"),
    ]  # fmt: skip
    store.known_acts = [Act(incident="burst", at=now, who="Ana", what="acknowledge")]
    for page in (client.get("/subscribers").text, client.get("/subscribers/ana").text):
        Outline(page)
        assert "Agua · El Raval: que ha empezado" in page
        assert "Enviado sáb 21 nov, 14:04 por correo" in page
        assert "lo atiende desde sáb 21 nov, 14:05" in page
        assert "Un intento fallido" in page
        assert "&lt;b&gt;403&lt;/b&gt; the bot was blocked" in page
        assert "Resumen 2026-11-20" in page
        assert "No ha hecho falta enviarlo (terminó antes de poder decirlo)" in page
    assert client.get("/subscribers").text.count('<li class="sent">') == 2


def test_of_another_institution_s_incident_nothing_is_told(
    store: Any, client: TestClient, incident: Any, now: Any
) -> None:
    """Nor of one that is not there any more."""
    store.known_incidents = [incident(institution="altea")]
    store.known_subscribers, store.told = [a_subscriber()], [a_delivery("1", now)]
    assert "un incidente que ya no consta: que ha empezado" in client.get("/subscribers").text


def test_without_links_it_is_said_that_nobody_can_confirm(store: Any, town: Any, now: Any) -> None:
    client = TestClient(create_app(store, [town], lambda: now, coverage=[]), headers={"accept-language": "es"})
    store.known_subscribers = [a_subscriber(ways=(Way(kind="email", address="a@b.example"),))]
    assert "public_url" in client.get("/subscribers").text
    assert "Volver a preguntar" not in client.get("/subscribers/ana").text


def test_names_are_text(store: Any, client: TestClient) -> None:
    send(client, name="<script>alert(1)</script>")
    (one,) = store.known_subscribers
    for address in ("/subscribers", f"/subscribers/{one.id}", "/subscribers/new"):
        assert "<script>alert" not in client.get(address).text


def test_several_institutions_can_be_chosen(store: Any, town: Any, now: Any) -> None:
    other = Institution(id="altea", name="Altea")
    client = TestClient(create_app(store, [town, other], lambda: now, coverage=[]), headers={"accept-language": "es"})
    assert send(client, institutions="altea").status_code == 303
    assert store.known_subscribers[0].institutions == ("altea",)
    assert "en Altea" in client.get("/subscribers").text


def test_a_store_that_is_away_is_said(store: Any, client: TestClient) -> None:
    seal = seal_on(client)
    store.broken = StoreError("the disk is full", "free some space")
    assert client.get("/subscribers").status_code == 503
    assert client.post("/subscribers", data={**WISHES, "seal": seal}).status_code == 503
