"""Writing on the page: only what its own form sends, read strictly, and only what is possible now."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from corrillo.alerts import Act, life
from corrillo.errors import StoreError
from corrillo.people import Person, hash_of
from dashboards.page.app import create_app
from dashboards.page.crisis.acts import next_morning
from dashboards.page.people.door import Entrance
from dashboards.page.seal import Seal, from_here

MADRID, CANARY = ZoneInfo("Europe/Madrid"), ZoneInfo("Atlantic/Canary")


@pytest.fixture
def burst(store: Any, incident: Any) -> Any:
    store.known_incidents = [incident()]
    return store


def seal_on(client: TestClient, incident: str = "burst") -> str:
    """The seal of the form that the incident's page draws."""
    form = r'class="act">\s*<input type="hidden" name="seal" value="([0-9a-f]{64})"'
    return re.search(form, client.get(f"/crisis/{incident}").text).group(1)  # type: ignore[union-attr]


def send(client: TestClient, headers: dict[str, str] | None = None, to: str = "burst", **fields: str) -> Any:
    """A form as the page's own would be sent, with whatever is given instead."""
    form = {"seal": seal_on(client), "who": "Marta", "what": "acknowledge", **fields}
    return client.post(f"/crisis/{to}", data=form, headers=headers, follow_redirects=False)


def test_an_act_is_kept_with_who_and_when_and_its_page_is_shown_again(burst: Any, client: TestClient, now: Any) -> None:
    """Loading that page again does nothing again."""
    answer = send(client, note="Voy para allá", lang="en", until="1h")
    assert (answer.status_code, answer.headers["location"]) == (303, "/crisis/burst?lang=en#acts")
    assert burst.known_acts == [Act(incident="burst", at=now, who="Marta", what="acknowledge", note="Voy para allá")]
    assert "Marta has taken it" in client.get("/crisis/burst?lang=en").text
    assert "Voy para allá" in client.get("/crisis/burst").text
    assert len(burst.known_acts) == 1


def test_who_has_logged_in_needs_no_name_and_can_take_no_other(burst: Any, town: Any, now: Any) -> None:
    """The form has no such field for them, and what somebody puts there is passed over."""
    marta = Entrance((Person(name="Marta Ruiz", role="team", token_hash=hash_of("m")),))
    app = create_app(burst, [town], lambda: now, coverage=[], entrance=marta)
    client = TestClient(app, headers={"authorization": "Bearer m"})
    assert 'name="who"' not in client.get("/crisis/burst").text
    assert 'name="who"' not in client.get("/crisis").text
    assert send(client, who="the mayor").status_code == 303
    assert [a.who for a in burst.known_acts] == ["Marta Ruiz"]


@pytest.mark.parametrize(
    ("until", "end"),
    [
        ("1h", datetime(2026, 11, 21, 14, 5, tzinfo=UTC)),
        ("8h", datetime(2026, 11, 21, 21, 5, tzinfo=UTC)),
        ("morning", datetime(2026, 11, 22, 7, tzinfo=UTC)),
    ],
)
def test_silence_has_an_end_and_says_it(burst: Any, client: TestClient, now: Any, until: str, end: datetime) -> None:
    assert send(client, what="silence", until=until).status_code == 303
    assert [a.until for a in burst.known_acts] == [end]
    assert f"Silenciado hasta el {'dom 22' if until == 'morning' else 'sáb 21'} nov" in client.get("/crisis/burst").text
    assert life(burst.known_incidents[0], burst.known_acts, end) == "open"


@pytest.mark.parametrize(
    ("now", "zone", "morning"),
    [
        ("2026-11-21T23:30", MADRID, "2026-11-22T07:00"), ("2026-11-22T01:00", MADRID, "2026-11-22T07:00"),
        ("2026-11-22T05:59", MADRID, "2026-11-22T07:00"), ("2026-11-22T06:01", MADRID, "2026-11-23T07:00"),
        ("2026-11-21T23:30", CANARY, "2026-11-22T08:00"), ("2026-10-24T20:00", MADRID, "2026-10-25T07:00"),
        ("2026-03-28T20:00", MADRID, "2026-03-29T06:00"),
    ],
)  # fmt: skip
def test_the_morning_is_eight_o_clock_there_and_an_hour_away_at_least(now: str, zone: ZoneInfo, morning: str) -> None:
    """In the small hours it is today's; also in the nights when clocks change."""
    moments = [datetime.fromisoformat(f"{text}+00:00") for text in (now, morning)]
    assert next_morning(moments[0], zone) == moments[1]


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "none"},
        {"origin": "https://elsewhere.example"}, {"origin": "null"}, {"origin": "http://testserver:8080"},
        {"origin": "http://testserver.elsewhere.example"},
    ],
)  # fmt: skip
def test_a_form_of_another_site_is_refused(burst: Any, client: TestClient, headers: dict[str, str]) -> None:
    """Even with a good seal; nothing is written, and the page says so."""
    answer = send(client, headers)
    assert (answer.status_code, burst.known_acts) == (403, [])
    assert "Esto no lo ha enviado esta página" in answer.text


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "same-origin"}, {"origin": "http://testserver"}, {"origin": "http://TESTSERVER"}, {}]
)
def test_a_form_of_ours_is_taken(burst: Any, client: TestClient, headers: dict[str, str]) -> None:
    """With what browsers say of it, over https, over http, and old ones that say nothing."""
    assert send(client, headers).status_code == 303
    assert len(burst.known_acts) == 1


def test_what_the_browser_says_of_the_site_wins_over_the_origin() -> None:
    """Behind a proxy the host may be another than the one that people see."""
    assert from_here({"sec-fetch-site": "same-origin", "origin": "https://corrillo.example", "host": "127.0.0.1:8400"})


@pytest.mark.parametrize("seal", ["", "0" * 64, "ñ", Seal(b"another process").of("burst")])
def test_a_form_without_our_seal_is_refused(burst: Any, client: TestClient, seal: str) -> None:
    """What another site cannot know; after a new start the page has to be opened again."""
    answer = send(client, seal=seal)
    assert (answer.status_code, burst.known_acts) == (403, [])
    assert "Este formulario ya no vale" in answer.text


def test_the_seal_of_one_incident_is_none_of_another(burst: Any, client: TestClient, incident: Any) -> None:
    burst.known_incidents.append(incident("other"))
    assert send(client, to="other").status_code == 403
    assert send(client, to="other", seal=seal_on(client, "other")).status_code == 303
    assert [a.incident for a in burst.known_acts] == ["other"]


def test_with_a_key_forms_outlive_the_process(burst: Any, town: Any, now: Any) -> None:
    """And are good in all that share it."""
    first, second = (TestClient(create_app(burst, [town], lambda: now, coverage=[], key=b"k" * 32)) for _ in "ab")
    assert send(second, seal=seal_on(first)).status_code == 303


def test_each_process_has_a_key_of_its_own(burst: Any, town: Any, now: Any) -> None:
    first, second = (TestClient(create_app(burst, [town], lambda: now, coverage=[])) for _ in "ab")
    assert send(second, seal=seal_on(first)).status_code == 403


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"who": " "}, "Campo «Su nombre (who)», valor «»:</strong> falta."),
        ({"who": "a" * 81}, "Use hasta 80 caracteres."),
        ({"note": "a" * 501}, "demasiado largo"),
        ({"what": "note"}, "Campo «Nota (note)», valor «»:</strong> falta."),
        ({"what": ""}, "Campo «Qué hacer (what)»"),
        ({"what": "resolve"}, "Valores posibles: acknowledge, silence, reopen, note."),
        ({"what": "silence"}, "Campo «Silenciar hasta (until)», valor «»:</strong> falta."),
        ({"what": "silence", "until": "2030"}, "Valores posibles: 1h, 8h, morning."),
        ({"who": "Mar\x00ta"}, "caracteres que no se pueden"),
        ({"colour": "red"}, "ese campo no existe"),
        ({"note": "ñ" * 5000}, "demasiado largo"),
    ],
)
def test_a_form_that_is_not_understood_says_why(
    burst: Any, client: TestClient, fields: dict[str, str], said: str
) -> None:
    """Field, value and remedy; nothing is written."""
    answer = send(client, **fields)
    assert (answer.status_code, burst.known_acts) == (400, [])
    assert said in answer.text


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a=%FF", b"&" * 10_001, b"&".join(b"who=a" for _ in range(21))])
def test_what_is_no_form_is_refused(burst: Any, client: TestClient, body: bytes) -> None:
    assert client.post("/crisis/burst", content=body).status_code == 400
    assert burst.known_acts == []


def test_only_what_is_possible_can_be_done(burst: Any, client: TestClient, incident: Any, now: Any) -> None:
    """What is open can be taken or silenced, what is taken reopened, what is over only noted; the page offers that and no more."""

    def offered() -> list[str]:
        return re.findall(r'name="what" value="(\w+)"', client.get("/crisis/burst").text)

    assert offered() == ["acknowledge", "silence", "note"]
    assert send(client, what="reopen").status_code == 409
    send(client)
    assert offered() == ["silence", "reopen", "note"]
    assert send(client).status_code == 409
    send(client, what="reopen")
    send(client, what="silence", until="8h")
    assert offered() == ["acknowledge", "silence", "reopen", "note"]
    burst.known_incidents = [incident(resolved=now)]
    assert offered() == ["note"]
    answer = send(client)
    assert answer.status_code == 409
    assert "El incidente ya no está como estaba" in answer.text
    assert send(client, what="note", note="Fin").status_code == 303
    assert [a.what for a in burst.known_acts] == ["acknowledge", "reopen", "silence", "note"]


def test_what_is_not_there_cannot_be_acted_on(burst: Any, client: TestClient, incident: Any) -> None:
    """Neither an unknown incident nor one of an institution that is not shown here."""
    burst.known_incidents.append(incident("foreign", institution="altea"))
    assert [send(client, to=i).status_code for i in ("nowhere", "foreign")] == [404, 404]
    assert burst.known_acts == []


def test_what_people_write_is_shown_as_text_on_one_line(burst: Any, client: TestClient) -> None:
    send(client, who="<b>Marta</b>", note="una\r\ndos <script>\u200b")
    (act,) = burst.known_acts
    assert (act.who, act.note) == ("<b>Marta</b>", "una dos <script>")
    page = client.get("/crisis/burst").text
    assert "&lt;b&gt;Marta&lt;/b&gt; lo atiende" in page
    assert "<script>" not in page


def test_nothing_else_of_the_page_takes_forms(burst: Any, client: TestClient) -> None:
    assert [client.post(p).status_code for p in ("/", "/crisis", "/crisis/burst.svg")] == [405, 405, 404]
    assert client.delete("/crisis/burst").status_code == 405


def test_a_store_that_cannot_be_written_is_said(burst: Any, client: TestClient) -> None:
    def refuse(act: Act) -> None:
        raise StoreError("the disk is full", "free some space")

    burst.act = refuse
    answer = send(client)
    assert answer.status_code == 503
    assert "the disk is full" in answer.text


def test_silence_ends_by_itself(burst: Any, client: TestClient, now: Any) -> None:
    act = Act(incident="burst", at=now - timedelta(hours=2), who="Marta", what="silence", until=now)
    burst.known_acts = [act]
    assert "Sin atender" in client.get("/crisis/burst").text
