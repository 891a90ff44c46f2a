"""People are told once, most urgent first, whatever is slow, broken or started again. Real mail, webhooks and store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from corrillo.alerts import Act
from corrillo.notices import Hours
from notify.decide import confirmation, drill
from tests.integration.notify.house import House, address, incident, somebody, then
from tests.integration.notify.mail import MailServer
from tests.integration.notify.receiver import Receiver
from tests.processes import until


@pytest.fixture
def house(tmp_path: Path, mail: MailServer) -> Iterator[House]:
    opened = House(tmp_path, mail)
    yield opened
    opened.close()


def counted(house: House, channel: str, result: str) -> float:
    line = f'corrillo_deliveries_total{{channel="{channel}",result="{result}"}} '
    found = [text for text in house.metrics.text().decode().splitlines() if text.startswith(line)]
    return float(found[0].removeprefix(line)) if found else 0.0


def test_somebody_is_told_of_an_incident_once_and_that_it_is_over(house: House) -> None:
    """However often the office looks."""
    house.subscribe(somebody("marta"))
    house.begin()
    water = incident("water", house.now())
    house.tell(water)
    house.told("marta")
    house.settle()
    house.later(minutes=40)
    house.tell(then(water, house.now()))
    house.told("marta", 2)
    house.settle()
    assert len(house.subjects("marta")) == 2
    assert house.waits() == []
    assert counted(house, "email", "sent") == 2


def test_a_restart_tells_nothing_again(house: House) -> None:
    """Two hundred e-mails after a restart: there are none."""
    house.subscribe(*(somebody(f"person{n}") for n in range(20)))
    house.tell(*(incident(f"incident-{n}", house.now()) for n in range(10)))
    house.begin()
    house.mail.wait(20)
    house.settle()
    before = len(house.mail.letters)
    for _ in range(3):
        house.end()
        house.later(minutes=2)
        house.begin()
        house.settle()
    assert len(house.mail.letters) == before == 20


def test_what_happened_while_no_office_was_at_work_is_told_when_one_is(house: House) -> None:
    """An incident that began, and one whose end somebody has to hear."""
    house.subscribe(somebody("marta"))
    house.begin()
    water = incident("water", house.now())
    house.tell(water)
    house.told("marta")
    house.end()
    house.later(hours=2)
    house.tell(then(water, house.now()), incident("fire", house.now(), "crisis", "safety"))
    house.begin()
    house.told("marta", 2)
    house.settle()
    told = [(n.incident, n.what) for d in house.store.deliveries(limit=10) for n in d.news if d.state == "sent"]
    assert sorted(told) == [("fire", "opened"), ("water", "opened"), ("water", "resolved")]


def test_who_is_greylisted_is_told_later_and_only_once(house: House) -> None:
    house.mail.greylists = 2
    house.subscribe(somebody("marta"))
    house.begin()
    house.tell(incident("fire", house.now(), "crisis"))
    for tries in (1, 2):
        until(lambda tries=tries: len(house.mail.tries) >= tries and not house.mail.letters, "a try")
        house.settle()
        house.later(minutes=3)
    house.told("marta")
    house.settle()
    [told] = house.store.deliveries()
    assert [a.ok for a in told.attempts] == [False, False, True]
    assert len(house.subjects("marta")) == 1


def test_a_dead_channel_is_reported_on_the_next_one(house: House, hook: Receiver) -> None:
    """An address that does not exist any more: by webhook at once; the log says which way failed, and why."""
    house.mail.refuses = {address("marta")}
    house.subscribe(somebody("marta", address("marta"), hook.url))
    house.begin()
    house.tell(incident("fire", house.now(), "crisis"))
    until(lambda: hook.posts, "a post")
    house.settle()
    [told] = house.store.deliveries()
    assert [(a.channel, a.ok, a.refused) for a in told.attempts] == [("email", False, True), ("webhook", True, False)]
    assert "550" in told.attempts[0].said
    assert house.mail.letters == []


def test_a_channel_that_hangs_holds_nobody_else_back(house: House, hook: Receiver) -> None:
    hook.hangs = 1.5
    house.subscribe(*(somebody(f"hook{n}", hook.url) for n in range(30)), somebody("marta"))
    house.begin()
    house.tell(incident("fire", house.now(), "crisis"))
    house.told("marta")
    assert hook.posts == [] or len(hook.posts) < 30
    hook.hangs = 0.0
    until(lambda: len(hook.posts) >= 30, lambda: f"{len(hook.posts)} posts")


def test_a_mail_server_that_is_away_loses_nothing(house: House) -> None:
    house.subscribe(*(somebody(f"person{n}") for n in range(5)))
    house.mail.down()
    house.begin()
    house.tell(incident("fire", house.now(), "crisis"))
    until(lambda: len([d for d in house.waits() if d.attempts]) == 5, lambda: str(house.waits()))
    house.settle()
    assert all("127.0.0.1" in d.attempts[0].said or d.attempts[0].said for d in house.waits())
    house.mail.up()
    house.later(minutes=10)
    house.mail.wait(5)
    house.settle()
    assert sorted(letter.recipient for letter in house.mail.letters) == [address(f"person{n}") for n in range(5)]


def test_quiet_hours_keep_messages_for_the_morning_and_a_crisis_breaks_through(house: House) -> None:
    """Spool until the morning, do not drop: at eight there is one message of what is still true."""
    house.at(datetime(2026, 3, 28, 22, 30, tzinfo=UTC))  # the night in which clocks go forward
    night = (Hours(begin="22:00", end="08:00"),)
    house.subscribe(somebody("marta", quiet=night, now=house.now().replace(day=1)))
    house.begin()
    house.tell(incident("noise", house.now(), "warning", "noise"), incident("water", house.now(), "warning"))
    until(lambda: house.waits(), "what waits")
    assert {d.due for d in house.waits()} == {datetime(2026, 3, 29, 6, 0, tzinfo=UTC)}
    house.tell(incident("fire", house.now(), "crisis", "safety"))
    house.told("marta")
    house.settle()
    assert len(house.subjects("marta")) == 1
    house.at(datetime(2026, 3, 29, 6, 0, 1, tzinfo=UTC))
    house.told("marta", 2)
    house.settle()
    assert len(house.subjects("marta")) == 2
    assert house.waits() == []


def test_who_does_not_acknowledge_is_followed_by_the_next_and_who_does_is_not(house: House) -> None:
    """Escalation when the first person never answers: to the next one, and to theirs."""
    house.subscribe(
        somebody("first", next="second", after=10), somebody("second", next="third", after=10, services=("noise",)),
        somebody("third", services=("noise",)),
    )  # fmt: skip
    house.begin()
    house.tell(incident("fire", house.now(), "crisis"))
    house.told("first")
    house.settle()
    assert house.subjects("second") == []
    house.later(minutes=11)
    house.told("second")
    house.settle()
    house.store.act(Act(incident="fire", at=house.now(), who="Second", what="acknowledge"))
    house.settle()
    house.later(minutes=30)
    house.settle()
    assert house.subjects("third") == []


def test_ten_thousand_updates_are_a_handful_of_messages(house: House) -> None:
    """In a day, a person: one message, not a storm."""
    house.subscribe(somebody("marta"))
    house.begin()
    water = incident("water", house.now())
    house.tell(water)
    house.told("marta")
    for _ in range(20):
        for _ in range(500):
            house.later(seconds=8)
            water = then(water, house.now(), "warning")
            water = type(water)(
                **{**{f: getattr(water, f) for f in water.__struct_fields__}, "changes": water.changes[-50:]}
            )
        house.tell(water)
        house.settle()
    assert 2 <= len(house.subjects("marta")) <= 12


def test_the_most_urgent_go_first(house: House) -> None:
    """Of three hundred people, those who hear of a crisis before those who hear of a warning."""
    house.subscribe(*(somebody(f"warned{n}", services=("noise",)) for n in range(100)))
    house.subscribe(*(somebody(f"woken{n}", services=("safety",)) for n in range(50)))
    house.tell(incident("noise", house.now(), "warning", "noise"), incident("fire", house.now(), "crisis", "safety"))
    house.begin()
    letters = house.mail.wait(150)
    places = [n for n, letter in enumerate(letters) if letter.recipient.startswith("woken")]
    assert len(places) == 50
    assert max(places) < 50 + 6  # six are handed over at the same time


def test_the_question_whether_an_address_wants_it_is_sent_and_nothing_else_before_the_answer(house: House) -> None:
    marta = somebody("marta")
    asked = type(marta)(**{**{f: getattr(marta, f) for f in marta.__struct_fields__}, "ways": (_unconfirmed(marta),)})
    house.subscribe(asked)
    house.begin()
    house.tell(incident("fire", house.now(), "crisis"))
    house.store.deliver([confirmation(asked, 0, house.now())])
    house.told("marta")
    house.settle()
    assert [d.what for d in house.store.deliveries()] == ["confirmation"]
    house.subscribe(marta)
    house.told("marta", 2)


def _unconfirmed(one: Any) -> Any:
    way = one.ways[0]
    return type(way)(kind=way.kind, address=way.address)


def test_a_drill_goes_the_same_way_and_says_that_it_is_one(house: House) -> None:
    people = [somebody("marta"), somebody("nuria", language="en")]
    house.subscribe(*people)
    house.begin()
    house.store.deliver(drill(people, house.now(), "drill-1"))
    assert "SIMULACRO" in house.told("marta")[0].upper()
    assert "DRILL" in house.told("nuria")[0].upper()


def test_who_unsubscribes_during_a_crisis_hears_no_more_and_nothing_is_left_of_them(house: House) -> None:
    house.subscribe(somebody("marta"), somebody("nuria"))
    house.begin()
    fire = incident("fire", house.now(), "warning")
    house.tell(fire)
    house.told("marta")
    house.told("nuria")
    house.settle()
    house.store.unsubscribe("marta")
    house.settle()
    house.later(minutes=40)
    house.tell(then(fire, house.now(), "crisis"))
    house.told("nuria", 2)
    house.settle()
    assert len(house.subjects("marta")) == 1
    assert {d.subscriber for d in house.store.deliveries()} == {"nuria"}


def test_a_second_office_takes_over_and_the_first_one_ends(house: House) -> None:
    house.subscribe(somebody("marta"))
    house.begin()
    other = house.store.outbox("another office")
    other.claim()
    house.tell(incident("fire", house.now(), "crisis"))
    until(lambda: not house.thread.is_alive(), "the first one's end")  # type: ignore[union-attr]
    assert "another office" in str(house.fenced)
    assert house.mail.letters == []


def test_an_index_that_was_emptied_makes_nobody_forgotten(house: House) -> None:
    """Everybody gone at once: those who were known last are told, and it is said what is wrong."""
    house.subscribe(*(somebody(f"p{n}") for n in range(3)))
    house.begin()
    house.tell(incident("noise", house.now(), "warning", "noise"))
    house.mail.wait(3)
    house.settle()
    with house.store._connections.transaction() as connection:
        connection.execute("CREATE TABLE elsewhere AS SELECT * FROM subscriber")
        connection.execute("DELETE FROM subscriber")
    until(lambda: "gone at once" in house.office.missing(), "a word about it")  # type: ignore[union-attr]
    assert len(house.store.deliveries()) == 3
    with house.store._connections.transaction() as connection:
        connection.execute("INSERT INTO subscriber SELECT * FROM elsewhere")
    until(lambda: not house.office.missing(), "all is well")  # type: ignore[union-attr]
    house.settle()
    assert len(house.mail.letters) == 3


def test_a_fault_of_ours_with_one_message_holds_nobody_back_and_is_tried_again(house: House) -> None:
    house.unwritable = {"p1"}
    house.subscribe(*(somebody(f"p{n}") for n in range(3)))
    house.begin()
    house.tell(incident("fire", house.now(), "crisis"))
    house.told("p0")
    house.told("p2")
    until(lambda: [d for d in house.waits() if d.attempts], "a try")
    [waiting] = house.waits()
    assert (waiting.subscriber, waiting.attempts[0].said) == ("p1", "ValueError")
    house.unwritable = set()
    house.later(minutes=5)
    house.told("p1")


def test_that_it_is_over_is_told_though_no_office_was_at_work_for_a_week(house: House) -> None:
    house.subscribe(somebody("marta"))
    house.begin()
    water = incident("water", house.now())
    house.tell(water)
    house.told("marta")
    house.settle()
    house.end()
    house.later(hours=2)
    house.tell(then(water, house.now()))
    house.later(days=7)
    house.begin()
    house.told("marta", 2)
    house.settle()
    told = [(n.incident, n.what) for d in house.store.deliveries(limit=10) for n in d.news if d.state == "sent"]
    assert sorted(told) == [("water", "opened"), ("water", "resolved")]
