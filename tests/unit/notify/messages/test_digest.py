"""A digest says what was said off page first, what waits and what went well; of nothing it says nothing, but once a week."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from corrillo.alerts import Subject
from corrillo.errors import StoreError
from corrillo.model import Gap
from corrillo.notices import Subscriber
from corrillo.ports import Store
from corrillo.testing.attention import an_attention
from corrillo.testing.incidents import an_incident, tell
from corrillo.testing.mentions import ISLAND, NOW, TOWN, a_mention, id_of, tagged, write
from dashboards.page.sources import Listening
from notify.messages import Scene, compose
from notify.messages.period import period_of
from notify.ports import Message
from tests.unit.notify.messages.conftest import PAGE, a_delivery, everything_of, hear

Told = Callable[..., Message]
TODAY, THIS_WEEK, QUIET = "2026-11-21", "2026-W47", "2026-W20"


def digest(scene: Scene, marta: Subscriber, period: str = TODAY, **given: object) -> Message | None:
    values = {"what": "digest", "news": (), "urgency": "calm", "period": period, "institution": "", **given}
    return compose(a_delivery(**values), msgspec.structs.replace(marta, institutions=(TOWN,)), scene, NOW)


def told(scene: Scene, marta: Subscriber, period: str = TODAY, **given: object) -> Message:
    found = digest(scene, marta, period, **given)
    assert found is not None
    return found


def parts(message: Message) -> list[str]:
    return [p["heading"] for p in message.document["parts"]]


def test_it_says_how_much_of_it_was_off_page_and_where(scene: Scene, marta: Subscriber, store: Store) -> None:
    write(store, a_mention("4", place="on_page"))
    text = told(scene, marta).text
    assert "4 publicaciones de la ciudadanía, el 75 % fuera de nuestras páginas." in text.replace("\u00a0", " ")
    assert "plaza.example (town-square): 3" in text
    assert "Y una en nuestras páginas." in text


def test_a_day_is_compared_with_the_same_weekday_of_the_week_before(
    scene: Scene, marta: Subscriber, store: Store
) -> None:
    week = timedelta(days=7, hours=1)
    for number, before in enumerate((week, week, timedelta(days=1))):
        write(store, a_mention(f"b{number}", published=NOW - before, first_seen=NOW - before))
    assert "El mismo día de la semana anterior: 2." in told(scene, marta).text


def test_it_says_what_waits_how_long_and_where_to_answer(scene: Scene, marta: Subscriber, store: Store) -> None:
    asked = NOW - timedelta(hours=9)
    tell(store, an_attention("3", asked=asked, looked=NOW, service="water"))
    text = told(scene, marta).text
    assert "Desde hace 9 h:" in text
    assert f"{PAGE}/mention/{id_of('3')}" in text
    assert "una espera respuesta" in told(scene, marta).subject


def test_where_nobody_looked_for_an_answer_it_is_not_called_unanswered(
    scene: Scene, marta: Subscriber, store: Store
) -> None:
    tell(store, an_attention("3", asked=NOW - timedelta(hours=9), looked=None))
    message = told(scene, marta)
    assert "De una no se sabe si tiene respuesta: nadie miró." in message.text
    assert "espera respuesta" not in message.subject


def test_it_says_what_went_well(scene: Scene, marta: Subscriber, store: Store) -> None:
    write(store, a_mention("2", "Gracias a la brigada", tags=tagged("praise"), revision=2))
    text = told(scene, marta).text
    assert "QUÉ FUE BIEN" in text
    assert "Un elogio." in text


def test_incidents_come_first(scene: Scene, marta: Subscriber) -> None:
    assert parts(told(scene, marta))[:2] == ["Incidentes", "Dónde, fuera de nuestras páginas"]


def test_it_says_what_was_not_heard(scene: Scene, marta: Subscriber, store: Store) -> None:
    gap = Gap(since=NOW - timedelta(hours=6), until=NOW - timedelta(hours=1), why="away")
    hear(store, "plaza", NOW, missed=(gap,))
    text = told(scene, marta).text
    assert "La Plaza: 5 h sin oír" in text
    assert "Al menos 3 publicaciones" in text


def test_of_a_day_without_anything_to_say_nothing_is_sent(scene: Scene, marta: Subscriber) -> None:
    assert digest(scene, marta, "2026-05-04") is None


def test_that_nobody_could_hear_is_something_to_say(scene: Scene, marta: Subscriber) -> None:
    """A day of which nothing is known is not a calm one."""
    deaf = replace(scene, coverage=[Listening("elsewhere", "x", "X")])
    text = told(deaf, marta, "2026-05-04").text
    assert "no se sabe si las hubo" in text
    assert "X: 24 h sin oír" in text


def test_that_a_week_was_quiet_is_said_once_a_week(scene: Scene, marta: Subscriber) -> None:
    message = told(scene, marta, QUIET)
    assert message.subject == "Resumen de la semana 20: nada que contar – Ayuntamiento de Benialba"
    assert "para que el silencio no parezca un fallo" in message.text


def test_a_week_has_its_report_on_the_page(scene: Scene, marta: Subscriber) -> None:
    message = told(scene, marta, THIS_WEEK)
    assert message.subject.startswith("Resumen de la semana 47: 3 publicaciones")
    assert f"{PAGE}/report?institution={TOWN}&week=2026-W47" in message.text


def test_several_institutions_come_in_one_message(scene: Scene, marta: Subscriber, store: Store) -> None:
    write(store, a_mention("1", institution=ISLAND))
    both = msgspec.structs.replace(marta, institutions=())
    message = compose(
        a_delivery(what="digest", news=(), urgency="calm", period=TODAY, institution=""), both, scene, NOW
    )
    assert message is not None
    assert "Ayuntamiento de Benialba: 3 publicaciones; Cabildo de Isla Garza: una publicación" in message.subject
    assert "Cabildo de Isla Garza: dónde, fuera de nuestras páginas" in parts(message)


def test_nothing_that_citizens_wrote_is_in_it(scene: Scene, marta: Subscriber) -> None:
    assert "calle Mayor" not in everything_of(told(scene, marta))


def test_without_the_store_a_digest_waits(scene: Scene, marta: Subscriber) -> None:
    class Away:
        """A store that does not answer; a fake."""

        def __getattr__(self, name: str) -> Callable[..., None]:
            def refuse(*_: object, **__: object) -> None:
                raise StoreError("the store is locked")

            return refuse

    with pytest.raises(StoreError):
        digest(replace(scene, store=Away()), marta)


@pytest.mark.parametrize(
    ("text", "first", "last"), [(TODAY, "2026-11-21", "2026-11-21"), (THIS_WEEK, "2026-11-16", "2026-11-22")]
)
def test_a_period_is_a_day_or_a_week(text: str, first: str, last: str) -> None:
    period = period_of(text)
    assert (period.first.isoformat(), period.last.isoformat(), str(period)) == (first, last, text)


def test_it_is_written_in_english_too(scene: Scene, marta: Subscriber, store: Store) -> None:
    tell(store, an_incident(leading=Subject(institution=TOWN), subjects=(Subject(institution=TOWN),)))
    english = msgspec.structs.replace(marta, language="en")
    message = told(scene, english)
    assert message.subject == "Sat 21 Nov in short: 3 posts – Ayuntamiento de Benialba"
    assert parts(message)[:2] == ["Incidents", "Where, off our pages"]
