"""Links in messages: opening one does nothing, its one button does one thing, and nobody logs in for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from corrillo.alerts import Act
from corrillo.errors import StoreError
from corrillo.links import Grant, Links, about_way
from corrillo.notices import Way
from dashboards.page.app import create_app
from dashboards.page.guard import HEADERS
from tests.unit.dashboards.outline import Outline
from tests.unit.dashboards.subscribing import MAIL, a_delivery, a_subscriber

TAKE = Grant("acknowledge", "ana", "burst")
ONE_CLICK = {"content": b"List-Unsubscribe=One-Click", "headers": {"content-type": "application/x-www-form-urlencoded"}}


@pytest.fixture
def told(store: Any, incident: Any, now: Any) -> Any:
    """Ana has been told of a burst pipe."""
    store.known_incidents, store.known_subscribers = [incident()], [a_subscriber()]
    store.told = [a_delivery("1", now)]
    return store


def at(links: Links, now: Any, grant: Grant = TAKE) -> str:
    return f"/do/{links.token(grant, now)}"


def test_opening_a_link_does_nothing(told: Any, client: TestClient, links: Links, now: Any) -> None:
    """Programs that check mail follow every link, some of them all links of a message."""
    before = list(told.known_subscribers)
    for purpose in ("acknowledge", "silence", "unsubscribe"):
        grant = Grant(purpose, "ana", "burst")  # type: ignore[arg-type]
        assert client.get(at(links, now, grant)).status_code == 200
        assert client.head(at(links, now, grant)).status_code == 200
    assert (told.known_acts, told.known_subscribers) == ([], before)


def test_the_page_says_what_it_is_about_and_has_one_button(
    told: Any, client: TestClient, links: Links, now: Any
) -> None:
    answer = client.get(at(links, now))
    outline = Outline(answer.text)
    assert len(outline.all("button")) == 1
    assert "Agua · El Raval" in answer.text
    assert "Quedará anotado que Ana lo atiende" in answer.text
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_the_button_acknowledges_in_the_subscriber_s_name(
    told: Any, client: TestClient, links: Links, now: Any
) -> None:
    """Pressed again, nothing more is written: it says that it was done."""
    answer = client.post(at(links, now))
    assert "Anotado: Ana lo atiende." in answer.text
    assert told.known_acts == [Act(incident="burst", at=now, who="Ana", what="acknowledge")]
    assert "Ya estaba hecho" in client.post(at(links, now)).text
    assert len(told.known_acts) == 1


def test_what_somebody_else_has_taken_needs_nobody_more(told: Any, client: TestClient, links: Links, now: Any) -> None:
    told.known_acts = [Act(incident="burst", at=now, who="Marta", what="acknowledge")]
    assert "Ya hay quien lo atiende" in client.get(at(links, now)).text
    assert "<button" not in client.get(at(links, now)).text
    client.post(at(links, now))
    assert [a.who for a in told.known_acts] == ["Marta"]


def test_what_is_over_is_said(told: Any, client: TestClient, links: Links, now: Any, incident: Any) -> None:
    told.known_incidents = [incident(resolved=now)]
    assert "Este incidente ya ha terminado" in client.post(at(links, now)).text
    told.known_incidents = []
    assert client.post(at(links, now)).status_code == 410
    assert told.known_acts == []


def test_what_was_merged_meanwhile_is_taken_as_what_it_became(
    told: Any, client: TestClient, links: Links, now: Any, incident: Any
) -> None:
    """Whoever takes the one of an older message takes the whole; two that name each other end, too."""
    told.known_incidents = [incident(into="big"), incident("big")]
    assert "Anotado: Ana lo atiende." in client.post(at(links, now)).text
    assert [a.incident for a in told.known_acts] == ["big"]
    told.known_incidents = [incident(into="big"), incident("big", into="burst")]
    assert client.get(at(links, now)).status_code == 200


@pytest.mark.parametrize(("until", "hours"), [("1h", 1), ("morning", 18 - 5 / 60), ("over", None)])
def test_silence_has_the_end_that_was_chosen(
    told: Any, client: TestClient, links: Links, now: Any, until: str, hours: float | None
) -> None:
    """Over: until the incident is, or rises."""
    assert client.post(at(links, now, Grant("silence", "ana", "burst")), data={"until": until}).status_code == 200
    assert [a.until for a in told.known_acts] == [now + timedelta(hours=hours) if hours else None]


def test_silence_without_an_end_is_asked_again(told: Any, client: TestClient, links: Links, now: Any) -> None:
    answer = client.post(at(links, now, Grant("silence", "ana", "burst")), data={"until": "2030"})
    assert (answer.status_code, told.known_acts) == (400, [])
    assert "Valores posibles: 1h, morning, over." in answer.text


def test_an_address_is_confirmed_by_its_own_link_alone(told: Any, client: TestClient, links: Links, now: Any) -> None:
    """A link that was sent to an address does not confirm another one that has taken its place."""
    new = Way(kind="email", address="new@benialba.example")
    told.known_subscribers = [a_subscriber(ways=(MAIL, new))]
    sent_before = at(links, now, Grant("confirm", "ana", about_way(1, "old@benialba.example")))
    assert client.post(sent_before).status_code == 410
    link = at(links, now, Grant("confirm", "ana", about_way(1, new.address)))
    assert "n…@benialba.example" in client.get(link).text
    assert "new@benialba" not in client.get(link).text
    assert "Confirmado" in client.post(link).text
    assert [w.confirmed for w in told.known_subscribers[0].ways] == [MAIL.confirmed, now]
    assert "Ya estaba hecho" in client.get(link).text


def test_unsubscribing_deletes_the_person_and_what_was_told_to_them(
    told: Any, client: TestClient, links: Links, now: Any
) -> None:
    """And afterwards the link says that there is nobody."""
    link = at(links, now, Grant("unsubscribe", "ana"))
    assert "No se puede deshacer" in client.get(link).text
    assert "se ha borrado a Ana" in client.post(link).text
    assert (told.known_subscribers, told.told) == ([], [])
    assert client.get(link).status_code == 410


def test_one_click_of_a_mail_program_unsubscribes(told: Any, client: TestClient, links: Links, now: Any) -> None:
    """RFC 8058: a POST that says so in its body, from anywhere, without cookies, form or redirect; once more is no error."""
    link, foreign = at(links, now, Grant("unsubscribe", "ana")), {"origin": "https://mail.example"}
    for _ in range(2):
        answer = client.post(link, content=ONE_CLICK["content"], headers=foreign, follow_redirects=False)
        assert (answer.status_code, told.known_subscribers) == (200, [])


def test_one_click_does_nothing_else(told: Any, client: TestClient, links: Links, now: Any) -> None:
    for link in (at(links, now), "/do/nonsense"):
        assert client.post(link, **ONE_CLICK).status_code == 400  # type: ignore[arg-type]
    assert told.known_acts == []
    assert len(told.known_subscribers) == 1


def test_who_stands_in_the_file_is_told_whom_to_ask(told: Any, client: TestClient, links: Links, now: Any) -> None:
    """The next start would bring them back."""
    told.known_subscribers = [a_subscriber(origin="file")]
    link = at(links, now, Grant("unsubscribe", "ana"))
    assert "está en la configuración de la institución" in client.get(link).text
    client.post(link)
    assert client.post(link, **ONE_CLICK).status_code == 409  # type: ignore[arg-type]
    assert len(told.known_subscribers) == 1


def test_a_drill_is_acknowledged_like_an_alert(told: Any, client: TestClient, links: Links, now: Any) -> None:
    """And says on every page that nothing has happened."""
    link = at(links, now, Grant("acknowledge", "ana", "drill-7"))
    assert "Esto es un simulacro: no ha pasado nada" in client.get(link).text
    assert "Gracias por participar" in client.post(link).text
    assert told.known_acts == [Act(incident="drill-7", at=now, who="Ana", what="acknowledge")]
    assert "Ya estaba hecho" in client.get(link).text


def test_it_speaks_the_subscriber_s_language(told: Any, client: TestClient, links: Links, now: Any) -> None:
    """Whatever the browser speaks; the address can ask for the other."""
    told.known_subscribers = [a_subscriber(language="en")]
    assert "It will be noted that Ana takes it" in client.get(at(links, now)).text
    assert "Quedará anotado" in client.get(at(links, now) + "?lang=es").text


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}])
def test_a_form_of_another_site_is_refused(
    told: Any, client: TestClient, links: Links, now: Any, headers: dict[str, str]
) -> None:
    assert client.post(at(links, now), headers=headers).status_code == 403
    assert told.known_acts == []


def test_a_link_that_was_changed_or_is_too_old_is_said(told: Any, client: TestClient, links: Links, now: Any) -> None:
    """Each in its own words; neither tells anything of a subscriber."""
    whole = at(links, now)
    changed = whole[:10] + ("A" if whole[10] != "A" else "B") + whole[11:]
    for wrong in (changed, whole[:-5], "/do/x", "/do/ñandú"):
        answer = client.get(wrong)
        assert (answer.status_code, "Este enlace no está completo" in answer.text) == (404, True)
    old = client.get(at(links, now - timedelta(days=8)))
    assert (old.status_code, "Este enlace ya no vale" in old.text) == (410, True)
    assert "Ana" not in old.text


def test_another_installation_s_links_are_none(told: Any, client: TestClient, now: Any) -> None:
    assert client.get(at(Links(b"another"), now)).status_code == 404


def test_who_guesses_has_to_wait_and_locks_nobody_out(told: Any, client: TestClient, links: Links, now: Any) -> None:
    """A good link works whoever else guesses from that address: behind a proxy everybody has the same one."""
    answers = [client.get(f"/do/guess{n}") for n in range(6)]
    assert [a.status_code for a in answers] == [404] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert client.post(at(links, now)).status_code == 200
    assert len(told.known_acts) == 1


def test_one_link_is_not_pressed_again_and_again(told: Any, client: TestClient, links: Links, now: Any) -> None:
    link = at(links, now, Grant("silence", "ana", "burst"))
    answers = [client.post(link, data={"until": "1h"}).status_code for _ in range(12)]
    assert answers == [200] * 10 + [429] * 2
    assert len(told.known_acts) == 10


def test_without_a_key_it_says_that_it_cannot_read_links(told: Any, town: Any, links: Links, now: Any) -> None:
    client = TestClient(create_app(told, [town], lambda: now, coverage=[]), headers={"accept-language": "es"})
    assert client.get(at(links, now)).status_code == 503
    assert client.post(at(links, now)).status_code == 503
    assert client.post(at(links, now), **ONE_CLICK).status_code == 400  # type: ignore[arg-type]
    assert told.known_acts == []


def test_names_and_forms_are_shown_as_text(told: Any, client: TestClient, links: Links, now: Any) -> None:
    told.known_subscribers = [a_subscriber(name="<script>Ana</script>")]
    assert "<script>" not in client.get(at(links, now)).text
    assert "&lt;script&gt;Ana" in client.post(at(links, now)).text


def test_a_store_that_is_away_is_said_and_nothing_is_lost(
    told: Any, client: TestClient, links: Links, now: Any
) -> None:
    told.broken = StoreError("the disk is full", "free some space")
    assert client.post(at(links, now)).status_code == 503
    told.broken = None
    assert client.post(at(links, now)).status_code == 200
