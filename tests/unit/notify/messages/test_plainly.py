"""A drill cannot be taken for an alert, a question asks before anything else is sent, and words are whole."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import notify.messages
from corrillo.links import Grant, Links, about_way
from corrillo.notices import Subscriber
from corrillo.testing.mentions import NOW, pseudonym
from dashboards.page.i18n import LANGUAGES, entries
from notify.messages import Scene, compose
from notify.messages.sheet import SHORT, short
from notify.messages.words import EXCERPT, excerpt, words
from notify.ports import Message
from tests.unit.notify.messages.conftest import PAGE, a_delivery, everything_of

ROOM = Path(notify.messages.__file__).parent
LINKS = Links(b"k" * 32, PAGE)


def composed(scene: Scene, marta: Subscriber, what: str, period: str, **given: object) -> Message:
    found = compose(a_delivery(**{"what": what, "period": period, "news": (), **given}), marta, scene, NOW)
    assert found is not None
    return found


def grants(message: Message) -> list[Grant]:
    return [LINKS.read(token, NOW) for token in re.findall(rf'href="{PAGE}/do/([^"]+)"', message.html)]


# ── drills ────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("news", [False, True])
def test_a_drill_says_so_everywhere_and_first(scene: Scene, marta: Subscriber, news: bool) -> None:
    given = {"news": a_delivery().news} if news else {}
    message = composed(scene, marta, "drill", "drill-7", urgency="crisis", **given)
    assert message.drill
    assert message.document["drill"]
    assert message.subject.startswith("SIMULACRO / DRILL")
    assert message.text.startswith("SIMULACRO / DRILL. No ha pasado nada")
    assert message.short.startswith("SIMULACRO / DRILL")
    assert len(message.short) <= SHORT
    assert message.html.index("SIMULACRO / DRILL. No ha") < message.html.index("<h1")


def test_a_drill_is_acknowledged_as_an_alert_is(scene: Scene, marta: Subscriber) -> None:
    message = composed(scene, marta, "drill", "drill-7")
    assert grants(message)[0] == Grant("acknowledge", marta.id, "drill-7")


# ── the question ──────────────────────────────────────────────────────────────────────────
def test_the_question_has_one_link_and_it_confirms_that_address_alone(scene: Scene, marta: Subscriber) -> None:
    message = composed(scene, marta, "confirmation", "1")
    assert grants(message) == [Grant("confirm", marta.id, about_way(1, marta.ways[1].address))]
    assert message.unsubscribe == ""
    assert "no hay que hacer nada" in message.text


def test_of_a_way_that_is_gone_nobody_is_asked(scene: Scene, marta: Subscriber) -> None:
    assert compose(a_delivery(what="confirmation", period="7", news=()), marta, scene, NOW) is None


def test_without_a_public_address_it_says_who_can_confirm(scene: Scene, marta: Subscriber) -> None:
    message = composed(replace(scene, links=Links(b"k")), marta, "confirmation", "0")
    assert "puede confirmarlo quien administra Corrillo" in message.text
    assert "href" not in message.html


# ── words ─────────────────────────────────────────────────────────────────────────────────
def test_the_catalogues_have_the_same_keys() -> None:
    spanish, english = (entries(ROOM / "catalogues" / f"{language}.toml") for language in LANGUAGES)
    assert spanish.keys() == english.keys()
    fields = {key: set(re.findall(r"{(\w+)}", text)) for key, text in spanish.items()}
    assert fields == {key: set(re.findall(r"{(\w+)}", text)) for key, text in english.items()}


def test_no_text_lies_unused_in_the_catalogues() -> None:
    code = "\n".join(file.read_text("utf-8") for file in ROOM.glob("*.py"))
    keys = {re.sub(r"\.(one|many)$", "", key) for key in words("es").entries if key.startswith("tell.")}
    made = re.compile(r"tell\.(subject|news|why|others)_|tell\.(off_page|on_page|networks|zones)$")
    assert {key for key in keys if key not in code and not made.match(key)} == set()


def test_an_excerpt_is_one_line_and_names_nobody() -> None:
    said = excerpt("Título", f"Hola {pseudonym('x')},\n\nsin   agua " + "palabra " * 60)
    assert said.startswith("Título. Hola @…, sin agua palabra")
    assert said.endswith(" …")
    assert len(said) <= EXCERPT + 2


def test_a_short_form_keeps_its_link_whole_however_long_it_is() -> None:
    said = short(("x" * 400,), PAGE)
    assert len(said) == SHORT
    assert said.endswith(f"… {PAGE}")


def test_the_question_names_no_citizen_and_no_incident(scene: Scene, marta: Subscriber) -> None:
    assert "Agua" not in everything_of(composed(scene, marta, "confirmation", "0"))
