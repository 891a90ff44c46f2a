"""As few messages as can be: what is due at one moment is one, and nobody gets more than they asked for in an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest

from corrillo.alerts import Subject
from corrillo.notices import Way
from tests.unit.notify.decide.town import MORNING, WATER, Office, a_person


@pytest.fixture(params=[False, True], ids=["runs on", "restarts"])
def office(request: pytest.FixtureRequest) -> Office:
    """With Ana, who wants two messages an hour at most."""
    return Office(a_person("ana", per_hour=2), restarts=bool(request.param))


def test_everything_at_one_moment_is_one_message_the_most_urgent_first(office: Office) -> None:
    """Of all institutions, too."""
    office.happens("a", "opened", "warning")
    office.happens("b", "opened", "crisis", subjects=(Subject(institution="isla-garza"),))
    office.happens("c", "opened", "warning", subjects=(WATER,))
    office.round()
    assert office.told("ana") == [["b opened crisis", "a opened warning", "c opened warning"]]
    assert (office.sent("ana")[0].urgency, office.sent("ana")[0].institution) == ("crisis", "isla-garza")


def test_what_is_over_comes_after_what_is_not(office: Office) -> None:
    office.happens("a", "opened", "warning")
    office.round()
    office.wait(60)
    office.happens("a", "resolved", "calm")
    office.happens("b", "opened", "warning")
    office.round()
    assert office.told("ana")[1:] == [["b opened warning", "a resolved calm"]]


def test_beyond_the_cap_it_waits_and_becomes_one_message(office: Office) -> None:
    """Of twenty incidents in twenty minutes: two messages, and one with all the others when the hour is over."""
    for n in range(20):
        office.happens(f"i{n:02}", "opened", "warning")
        office.round()
        office.wait(1)
    office.wait(60)
    assert [len(m) for m in office.told("ana")] == [1, 1, 18]
    assert office.times("ana") == ["11-18 10:00", "11-18 10:01", "11-18 11:00"]


def test_the_first_word_of_a_crisis_is_never_capped_and_takes_along_what_waits(office: Office) -> None:
    for n in range(4):
        office.happens(f"i{n}", "opened", "warning")
        office.round()
        office.wait(1)
    office.happens("fire", "opened", "crisis")
    office.round()
    assert office.told("ana")[2:] == [["fire opened crisis", "i2 opened warning", "i3 opened warning"]]


def test_updates_of_a_crisis_are_capped(office: Office) -> None:
    office.happens("fire", "opened", "crisis")
    office.round()
    for _ in range(11):
        office.wait(5)
        office.happens("fire", "changed", "crisis")
    assert len(office.told("ana")) == 2


def test_while_a_message_cannot_be_handed_over_the_next_one_gathers(office: Office) -> None:
    """A mail server that is away for two hours: afterwards the message that was tried, and one with all the rest."""
    office.dead = {"ana@benialba.example"}
    office.happens("i0", "opened", "warning")
    office.round()
    for n in range(1, 5):
        office.wait(30)
        office.happens(f"i{n}", "opened", "warning")
    office.dead = set()
    office.wait(20)
    assert [sorted(m) for m in office.told("ana")] == [
        ["i0 opened warning"],
        ["i1 opened warning", "i2 opened warning", "i3 opened warning", "i4 opened warning"],
    ]


def test_a_crisis_does_not_wait_for_what_cannot_be_handed_over(office: Office) -> None:
    """It goes by the second way, while the first is tried again with what came before."""
    second = Way(kind="email", address="home@benialba.example", confirmed=office.people["ana"].created)
    office.people["ana"] = a_person("ana", ways=(*office.people["ana"].ways, second))
    office.dead = {"ana@benialba.example"}
    office.happens("leak", "opened", "warning")
    office.round()
    office.happens("fire", "opened", "crisis")
    for _ in range(6):
        office.wait(0.1, every=0.1)
    assert office.told("ana") == [["fire opened crisis"]]


def test_what_nobody_could_take_is_not_made_again_until_there_is_a_new_way(office: Office) -> None:
    office.dead = {"ana@benialba.example"}
    office.happens("fire", "opened", "warning")
    office.wait(60 * 26, every=10)
    assert [d.why for d in office.kept.values()] == ["no way has taken it for 24 hours"]
    mended = Way(kind="email", address="new@benialba.example", confirmed=office.now)
    office.people["ana"] = a_person("ana", ways=(mended,))
    office.wait(10)
    assert office.told("ana") == [["fire opened warning"]]


def test_nobody_hears_the_end_of_what_they_never_knew(office: Office) -> None:
    office.dead = {"ana@benialba.example"}
    office.happens("fire", "opened", "warning")
    office.wait(60 * 26, every=10)
    office.dead = set()
    office.happens("fire", "resolved", "calm")
    office.wait(10)
    assert office.told("ana") == []


def test_what_was_waiting_keeps_its_age(office: Office) -> None:
    """So that nobody loses their place in the queue because there is more to tell."""
    for n in range(3):
        office.happens(f"i{n}", "opened", "warning")
        office.round()
    office.wait(10)
    office.happens("i3", "opened", "warning")
    office.round()
    assert [d.made for d in office.waiting("ana")] == [MORNING]
    assert [d.due for d in office.waiting("ana")] == [MORNING + timedelta(hours=1)]
