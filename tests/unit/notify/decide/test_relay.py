"""What nobody acknowledges in time is passed on, from one to the next."""

from __future__ import annotations

import pytest

from corrillo.notices import Hours, Way
from tests.unit.notify.decide.town import NIGHT, OFFICE_HOURS, RAVAL, WATER, Office, a_person, at

PASSED_ON = [["fire unacknowledged warning"]]


@pytest.fixture(params=[False, True], ids=["runs on", "restarts"])
def office(request: pytest.FixtureRequest) -> Office:
    """Ana, then Blas after a quarter of an hour, then Carla after ten minutes more; only Ana listens herself."""
    return Office(
        a_person("ana", next="blas"),
        a_person("blas", next="carla", after=10, institutions=("isla-garza",), least="crisis"),
        a_person("carla", institutions=("isla-garza",)),
        restarts=bool(request.param),
    )


def listens(office: Office, **given: object) -> None:
    """Blas and Carla listen to the same town, from crises on."""
    for name, changes in (("blas", {"next": "carla", "after": 10}), ("carla", {})):
        office.people[name] = a_person(name, **{"least": "crisis", **changes, **given})


def test_the_next_is_told_when_the_first_does_not_answer(office: Office) -> None:
    """Acknowledge, or the next person hears of it; whatever their least level is."""
    listens(office)
    office.happens("fire", "opened", "warning")
    office.round()
    office.wait(60)
    assert office.times("ana") == ["11-18 10:00"]
    assert (office.told("blas"), office.times("blas")) == (PASSED_ON, ["11-18 10:15"])
    assert (office.told("carla"), office.times("carla")) == (PASSED_ON, ["11-18 10:25"])


def test_another_town_is_not_theirs_to_answer_for(office: Office) -> None:
    office.happens("fire", "opened", "warning")
    office.wait(60)
    assert office.told("blas") == office.told("carla") == []


def test_who_answers_in_time_ends_it(office: Office) -> None:
    listens(office)
    office.happens("fire", "opened", "warning")
    office.wait(20)
    office.does("fire", "acknowledge")
    office.wait(60)
    assert len(office.told("blas")) == 1
    assert office.told("carla") == []


def test_it_counts_from_when_it_was_sent(office: Office) -> None:
    listens(office)
    office.now = at("11-18", "23:00")
    office.people["ana"] = a_person("ana", next="blas", quiet=NIGHT)
    office.happens("fire", "opened", "warning")
    office.until(at("11-19", "09:00"), every=5)
    assert office.times("blas") == ["11-19 08:15"]


def test_whom_it_was_passed_on_to_hears_that_it_is_over(office: Office) -> None:
    listens(office)
    office.happens("fire", "opened", "warning")
    office.wait(20)
    office.happens("fire", "resolved", "calm")
    office.wait(60)
    assert office.told("blas")[1:] == [["fire resolved calm"]]
    assert office.told("carla") == []


def test_a_watch_is_nothing_to_answer_for(office: Office) -> None:
    listens(office)
    office.people["ana"] = a_person("ana", next="blas", least="watch")
    office.happens("fire", "opened", "watch")
    office.wait(60)
    assert office.told("blas") == []


def test_who_knows_it_already_is_told_once_that_it_is_their_turn(office: Office) -> None:
    listens(office, least="warning")
    office.happens("fire", "opened", "warning")
    office.wait(120)
    assert office.told("blas") == [["fire opened warning"], *PASSED_ON]


def test_a_circle_ends(office: Office) -> None:
    """Each hears once that it is their turn, the first one too."""
    listens(office)
    office.people["carla"] = a_person("carla", next="ana", least="crisis")
    office.happens("fire", "opened", "warning")
    office.wait(600, every=5)
    assert [len(office.told(p)) for p in ("ana", "blas", "carla")] == [2, 1, 1]


def test_who_cannot_be_reached_or_is_off_duty_is_passed_over(office: Office) -> None:
    listens(office, shifts=OFFICE_HOURS)
    office.people["carla"] = a_person("carla", least="crisis")
    office.now = at("11-21", "12:00")
    office.happens("fire", "opened", "warning")
    office.round()
    office.wait(30)
    assert (office.times("blas"), office.times("carla")) == ([], ["11-21 12:15"])
    unconfirmed = (Way(kind="email", address="blas@benialba.example"),)
    office.people["blas"] = a_person("blas", next="carla", least="crisis", ways=unconfirmed)
    office.happens("leak", "opened", "warning")
    office.wait(30)
    assert office.told("carla")[1:] == [["leak unacknowledged warning"]]


def test_a_warning_waits_for_the_next_ones_hours_and_a_crisis_does_not(office: Office) -> None:
    listens(office, quiet=NIGHT)
    office.now = at("11-18", "23:00")
    office.happens("fire", "opened", "warning")
    office.round()
    office.wait(30)
    assert office.told("blas") == []
    office.happens("fire", "escalated", "crisis")
    office.wait(30)
    assert office.told("blas")[0] == ["fire unacknowledged crisis"]
    assert office.times("blas")[0] == "11-18 23:31"


def test_a_crisis_goes_on_to_the_next_though_they_are_all_off_duty(office: Office) -> None:
    office.people["ana"] = a_person("ana", next="blas", shifts=(Hours(begin="08:00", end="23:00"),))
    for name in ("blas", "carla"):
        office.people[name] = a_person(name, shifts=OFFICE_HOURS, services=("waste",))
    office.now = at("11-21", "12:00")
    office.happens("fire", "opened", "crisis")
    office.round()
    assert office.told("blas") == []
    office.wait(20)
    assert office.told("blas") == [["fire unacknowledged crisis"]]


def test_who_was_not_reached_at_all_is_not_waited_for(office: Office) -> None:
    listens(office)
    office.dead = {"ana@benialba.example"}
    office.happens("fire", "opened", "warning")
    office.round()
    office.wait(20)
    assert office.times("blas") == ["11-18 10:15"]


def test_it_is_passed_on_again_when_it_rises_after_an_answer(office: Office) -> None:
    listens(office, least="crisis")
    office.people["ana"] = a_person("ana", next="blas", least="watch")
    office.people["carla"] = a_person("carla", least="crisis")
    office.happens("fire", "opened", "warning")
    office.wait(16)
    office.does("fire", "acknowledge")
    office.wait(16)
    office.happens("fire", "eased", "watch")
    office.wait(16)
    office.happens("fire", "escalated", "warning")
    office.wait(60)
    assert office.told("blas") == [["fire unacknowledged warning"]]
    office.happens("fire", "escalated", "crisis")
    office.wait(30)
    assert office.told("blas")[1:] == [["fire escalated crisis"], ["fire unacknowledged crisis"]]


def test_what_was_answered_for_before_it_became_part_of_something_is_not_passed_on(office: Office) -> None:
    listens(office)
    office.people["ana"] = a_person("ana", next="blas", services=("water",))
    office.happens("fire", "opened", "warning", subjects=(RAVAL,))
    office.happens("leak", "opened", "warning", subjects=(WATER,))
    office.wait(5)
    office.does("leak", "acknowledge")
    office.wait(5)
    office.happens("leak", "merged", "calm", other="fire", subjects=(WATER,))
    office.happens("fire", "merged", "warning", other="leak", subjects=(RAVAL, WATER))
    office.wait(60)
    assert office.told("blas") == []
