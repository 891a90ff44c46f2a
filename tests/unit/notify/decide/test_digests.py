"""Digests: one a person and day or week, at the hour they asked for, made once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from corrillo.notices import Hours
from notify.decide import Decisions, drill
from tests.unit.notify.decide.town import MADRID, MORNING, NIGHT, TOWN, Office, a_person, at


@pytest.fixture(params=[False, True], ids=["runs on", "restarts"])
def restarts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_a_day_is_told_the_next_morning_and_a_week_on_monday(restarts: bool) -> None:
    office = Office(
        a_person("ana", digests=("daily", "weekly"), digest_at="08:30"), now=at("11-21", "21:00"), restarts=restarts
    )
    office.until(at("11-24", "12:00"), every=30)
    told = [
        (d.period, d.institution, f"{d.sent.astimezone(MADRID):%m-%d %H:%M}")
        for d in office.sent("ana", "digest")
        if d.sent
    ]
    assert told == [
        ("2026-11-21", "", "11-22 08:30"),
        ("2026-11-22", "", "11-23 08:30"),
        ("2026-W47", "", "11-23 08:30"),
        ("2026-11-23", "", "11-24 08:30"),
    ]


def test_a_digest_of_one_institution_has_its_clocks(restarts: bool) -> None:
    office = Office(
        a_person("ana", digests=("daily",), institutions=("isla-garza",)), now=at("11-21", "21:00"), restarts=restarts
    )
    office.until(at("11-22", "12:00"), every=30)
    (digest,) = office.sent("ana", "digest")
    assert (digest.institution, digest.sent) == ("isla-garza", at("11-22", "09:00"))


@pytest.mark.parametrize(("hours", "periods"), [(3, ["2026-11-21"]), (13, [])])
def test_one_that_is_late_is_made_one_that_is_very_late_is_not(hours: int, periods: list[str]) -> None:
    office = Office(a_person("ana", digests=("daily",)), now=at("11-22", "08:00") + timedelta(hours=hours))
    office.round()
    assert [d.period for d in office.sent("ana", "digest")] == periods


def test_who_subscribed_after_its_hour_gets_the_next_one() -> None:
    office = Office(a_person("ana", digests=("daily",), created=MORNING), now=MORNING)
    office.wait(60)
    assert office.sent("ana", "digest") == []


def test_digests_wait_for_quiet_hours_to_end_and_a_newer_one_takes_their_place(restarts: bool) -> None:
    rests = (Hours(begin="00:00", end="00:00", days=(5, 6)), *NIGHT)
    office = Office(a_person("ana", digests=("daily",), quiet=rests), now=at("11-20", "21:00"), restarts=restarts)
    office.until(at("11-23", "09:00"), every=30)
    assert [d.period for d in office.sent("ana", "digest")] == ["2026-11-22"]
    assert office.dropped("ana") == ["a newer digest has taken its place"] * 2


def test_what_could_not_be_kept_is_made_again() -> None:
    decisions, ana = Decisions(), a_person("ana", digests=("daily",))
    decisions.know({"benialba": TOWN}, [ana])
    first = decisions.decide(at("11-22", "09:01"))
    assert [d.what for d in first] == ["digest"]
    assert decisions.decide(at("11-22", "09:01")) == first
    decisions.kept(first)
    assert decisions.decide(at("11-22", "09:01")) == []


def test_digests_do_not_count_as_alerts(restarts: bool) -> None:
    office = Office(
        a_person("ana", digests=("daily",), per_hour=1),
        now=at("11-22", "08:00") - timedelta(minutes=5),
        restarts=restarts,
    )
    office.wait(10)
    office.happens("fire", "opened", "warning")
    office.round()
    assert (len(office.sent("ana", "digest")), len(office.told("ana"))) == (1, 1)


def test_a_drill_goes_to_everybody_who_can_be_reached_whatever_the_hour() -> None:
    quiet, silent = a_person("ana", quiet=NIGHT), a_person("blas", ways=())
    (made,) = drill([quiet, silent], at("11-18", "23:00"), "drill-1")
    assert (made.subscriber, made.what, made.period, made.due) == ("ana", "drill", "drill-1", at("11-18", "23:00"))
    assert drill([quiet], MORNING, "drill-1")[0].id == made.id
