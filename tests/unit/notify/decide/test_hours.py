"""Quiet hours and shifts: what waits, until when, and what does not wait."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from corrillo.alerts import Subject
from corrillo.notices import Hours
from tests.unit.notify.decide.town import MADRID, NIGHT, OFFICE_HOURS, WHOLE, Office, a_person, at

CANARY = ZoneInfo("Atlantic/Canary")


@pytest.fixture(params=[False, True], ids=["runs on", "restarts"])
def restarts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_quiet_hours_spool_and_do_not_drop(restarts: bool) -> None:
    """Spool until the morning: what is still true goes as one message when they end, as it stands then."""
    office = Office(a_person("ana", quiet=NIGHT), now=at("11-18", "23:00"), restarts=restarts)
    office.happens("fire", "opened", "warning")
    office.happens("party", "opened", "warning")
    office.wait(60, every=10)
    office.happens("leak", "opened", "warning")
    office.happens("party", "resolved", "calm")
    office.wait(60, every=10)
    office.happens("fire", "changed", "warning")
    office.until(at("11-19", "09:00"), every=10)
    assert office.told("ana") == [["leak opened warning", "fire opened warning"]]
    assert office.times("ana") == ["11-19 08:00"]
    assert office.sent("ana")[0].news[-1].at == at("11-19", "01:00")


def test_what_waits_says_until_when_and_what_does_not_need_to_says_why(restarts: bool) -> None:
    office = Office(a_person("ana", quiet=NIGHT), now=at("11-18", "23:00"), restarts=restarts)
    office.happens("fire", "opened", "warning")
    office.round()
    assert [d.due for d in office.waiting("ana")] == [at("11-19", "08:00")]
    office.wait(5)
    office.happens("leak", "opened", "warning")
    office.wait(5)
    assert office.dropped("ana") == ["told together with what came after"]
    office.happens("fire", "resolved", "calm")
    office.happens("leak", "resolved", "calm")
    office.wait(5)
    assert office.waiting("ana") == []
    assert office.dropped("ana")[1:] == ["over before it was told"]


def test_what_was_silenced_before_it_was_told_is_not(restarts: bool) -> None:
    office = Office(a_person("ana", quiet=NIGHT), now=at("11-18", "23:00"), restarts=restarts)
    office.happens("fire", "opened", "warning")
    office.round()
    office.does("fire", "silence", until=at("11-19", "12:00"))
    office.wait(30)
    assert office.dropped("ana") == ["silenced before it was told"]
    office.until(at("11-19", "13:00"), every=30)
    assert office.times("ana") == ["11-19 12:00"]


def test_what_only_moves_on_at_night_is_not_kept_again_and_again(restarts: bool) -> None:
    office = Office(a_person("ana", quiet=NIGHT), now=at("11-18", "23:00"), restarts=restarts)
    office.happens("fire", "opened", "warning")
    office.round()
    for _ in range(20):
        office.now += timedelta(minutes=5)
        office.happens("fire", "changed", "warning")
        assert office.round() == []


def test_a_crisis_breaks_through_quiet_hours_alone(restarts: bool) -> None:
    """The night is not the time to hear of the rest."""
    office = Office(a_person("ana", quiet=NIGHT), now=at("11-18", "23:00"), restarts=restarts)
    office.happens("leak", "opened", "warning")
    office.wait(60, every=10)
    office.happens("fire", "opened", "crisis")
    office.round()
    assert office.told("ana") == [["fire opened crisis"]]
    office.until(at("11-19", "08:00"), every=10)
    assert office.told("ana")[1:] == [["leak opened warning"]]


def test_a_crisis_that_was_over_before_anybody_could_be_told_wakes_nobody(restarts: bool) -> None:
    office = Office(a_person("ana", quiet=NIGHT), now=at("11-18", "23:00"), restarts=restarts)
    office.happens("fire", "opened", "crisis")
    office.now += timedelta(hours=2)
    office.happens("fire", "eased", "warning")
    office.until(at("11-19", "09:00"), every=10)
    assert office.told("ana") == [["fire opened crisis"]]
    assert office.times("ana") == ["11-19 08:00"]


@pytest.mark.parametrize(
    ("evening", "morning", "hours"),
    [
        (at("03-28", "23:00"), at("03-29", "08:00"), 8),
        (at("10-24", "23:00"), at("10-25", "08:00"), 10),
        (at("11-18", "23:00"), at("11-19", "08:00"), 9),
    ],
    ids=["clocks go forward", "clocks go back", "any night"],
)
def test_quiet_hours_end_by_the_clock_in_nights_that_are_longer_or_shorter(
    evening: datetime, morning: datetime, hours: int
) -> None:
    office = Office(a_person("ana", quiet=NIGHT), now=evening)
    office.happens("fire", "opened", "warning")
    office.until(morning + timedelta(hours=1), every=30)
    assert office.sent("ana")[0].sent == morning == evening + timedelta(hours=hours)


def test_the_canaries_have_their_own_clocks() -> None:
    """An hour later there than in the rest of Spain."""
    office = Office(a_person("ana", quiet=NIGHT), a_person("blas", quiet=NIGHT), now=at("11-18", "23:30"))
    office.happens("fire", "opened", "warning", subjects=(Subject(institution="isla-garza"),))
    office.happens("leak", "opened", "warning", subjects=(WHOLE,))
    office.until(at("11-19", "10:00"), every=30)
    assert office.told("ana") == [["leak opened warning"], ["fire opened warning"]]
    assert office.times("ana") == ["11-19 08:00", "11-19 09:00"]
    assert office.sent("ana")[1].sent == at("11-19", "08:00", CANARY)


def test_public_holidays_are_quiet_for_who_wants_that(restarts: bool) -> None:
    """9 October is one of the region."""
    rests, works = a_person("ana", quiet_holidays=True), a_person("blas")
    office = Office(rests, works, now=at("10-09", "11:00"), restarts=restarts)
    office.happens("fire", "opened", "warning")
    office.until(at("10-10", "01:00"), every=30)
    assert office.times("blas") == ["10-09 11:30"]
    assert office.times("ana") == ["10-10 00:00"]


def test_who_is_off_duty_is_told_what_is_open_when_their_shift_begins(restarts: bool) -> None:
    """Rules and recipients of day and night: each hears of what goes on in their own hours."""
    day = a_person("ana", shifts=(Hours(begin="08:00", end="20:00"),))
    night = a_person("blas", shifts=(Hours(begin="20:00", end="08:00"),))
    office = Office(day, night, now=at("11-18", "22:00"), restarts=restarts)
    office.happens("fire", "opened", "warning")
    office.happens("party", "opened", "warning")
    office.until(at("11-19", "03:00"), every=15)
    office.happens("party", "resolved", "calm")
    office.until(at("11-19", "09:00"), every=15)
    assert office.told("blas") == [["fire opened warning", "party opened warning"], ["party resolved calm"]]
    assert office.told("ana") == [["fire opened warning"]]
    assert office.times("ana") == ["11-19 08:00"]


def test_a_crisis_is_for_those_on_duty(restarts: bool) -> None:
    day = a_person("ana", shifts=(Hours(begin="08:00", end="20:00"),))
    night = a_person("blas", shifts=(Hours(begin="20:00", end="08:00"),))
    office = Office(day, night, now=at("11-18", "22:00"), restarts=restarts)
    office.happens("fire", "opened", "crisis")
    office.until(at("11-19", "09:00"), every=15)
    assert office.times("blas")[0] == "11-18 22:15"
    assert office.times("ana") == ["11-19 08:00"]


def test_a_crisis_for_which_nobody_is_on_duty_is_told_to_all_whom_it_concerns(restarts: bool) -> None:
    """A Saturday: better to wake both than none; a warning waits for Monday."""
    ana, blas = a_person("ana", shifts=OFFICE_HOURS), a_person("blas", shifts=OFFICE_HOURS, services=("waste",))
    office = Office(ana, blas, now=at("11-21", "03:00"), restarts=restarts)
    office.happens("leak", "opened", "warning", subjects=(Subject(institution="benialba", service="water"),))
    office.wait(10)
    office.happens("fire", "opened", "crisis")
    office.round()
    assert office.told("ana") == office.told("blas") == [["fire opened crisis"]]
    office.until(at("11-23", "09:00"), every=10)
    assert office.told("ana")[1:] == [["leak opened warning"]]
    assert office.times("ana")[1:] == ["11-23 08:00"]


def test_a_crisis_that_nobody_answers_wakes_the_others_when_the_last_shift_ends(restarts: bool) -> None:
    evening = a_person("ana", shifts=(Hours(begin="14:00", end="22:00"),))
    office = Office(evening, a_person("blas", shifts=OFFICE_HOURS), now=at("11-21", "21:00"), restarts=restarts)
    office.happens("fire", "opened", "crisis")
    office.wait(90)
    assert office.times("ana") == ["11-21 21:01"]
    assert office.times("blas") == ["11-21 22:00"]


def test_a_crisis_that_somebody_has_answered_lets_the_others_sleep(restarts: bool) -> None:
    evening = a_person("ana", shifts=(Hours(begin="14:00", end="22:00"),))
    office = Office(evening, a_person("blas", shifts=OFFICE_HOURS), now=at("11-21", "21:00"), restarts=restarts)
    office.happens("fire", "opened", "crisis")
    office.wait(30)
    office.does("fire", "acknowledge")
    office.wait(120)
    assert office.times("blas") == []
    office.until(at("11-23", "08:30"), every=30)
    assert office.times("blas") == ["11-23 08:00"]


def test_changed_hours_hold_for_what_waits_already(restarts: bool) -> None:
    office = Office(a_person("ana", quiet=NIGHT), now=at("11-18", "23:00"), restarts=restarts)
    office.happens("fire", "opened", "warning")
    office.wait(5)
    office.people["ana"] = a_person("ana", quiet=(Hours(begin="22:00", end="07:00"),))
    office.until(at("11-19", "09:00"), every=30)
    assert [t.astimezone(MADRID).hour for d in office.sent("ana") if (t := d.sent)] == [7]
