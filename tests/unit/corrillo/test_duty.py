"""Hours of the week by the clocks of an institution."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from corrillo.duty import Clocks, duty_from, on_duty, quiet_until, within
from corrillo.institution import Institution
from corrillo.notices import Hours, Subscriber

MADRID = ZoneInfo("Europe/Madrid")
TOWN = Institution(id="benialba", name="Ajuntament de Benialba", region="VC")
NIGHT = (Hours(begin="22:00", end="08:00"),)
ALL_DAY = Hours(begin="00:00", end="00:00")


def at(day: str, clock: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(f"2026-{day}T{clock}").replace(tzinfo=MADRID, fold=fold).astimezone(UTC)


def who(**given: object) -> Subscriber:
    return Subscriber(**{"id": "ana", "name": "Ana", "created": at("01-02", "09:00"), **given})


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        (at("11-18", "21:59"), None),
        (at("11-18", "22:00"), at("11-19", "08:00")),
        (at("11-19", "07:59"), at("11-19", "08:00")),
        (at("11-19", "08:00"), None),
        (at("03-28", "23:00"), at("03-29", "08:00")),
        (at("10-25", "02:30", fold=1), at("10-25", "08:00")),
    ],
)
def test_hours_over_midnight_belong_to_the_evening_and_end_in_the_morning(now: datetime, ends: datetime | None) -> None:
    assert quiet_until(who(quiet=NIGHT), TOWN, now) == ends


def test_an_hour_that_is_there_twice_is_quiet_twice_and_one_that_is_left_out_is_an_hour_later() -> None:
    early = who(quiet=(Hours(begin="01:00", end="02:30"),))
    assert quiet_until(early, TOWN, at("10-25", "01:30")) == at("10-25", "02:30", fold=1)
    assert quiet_until(early, TOWN, at("03-29", "01:30")) == at("03-29", "03:30")


def test_days_that_touch_are_one_stretch() -> None:
    weekend = who(quiet=(Hours(begin="00:00", end="00:00", days=(5, 6)), *NIGHT))
    assert quiet_until(weekend, TOWN, at("11-20", "23:00")) == at("11-23", "08:00")


def test_public_holidays_are_whole_days() -> None:
    assert quiet_until(who(quiet_holidays=True), TOWN, at("10-12", "11:00")) == at("10-13", "00:00")
    assert quiet_until(who(), TOWN, at("10-12", "11:00")) is None


def test_who_has_no_shifts_is_always_on_duty() -> None:
    shifts = (Hours(begin="08:00", end="15:00", days=(0, 1, 2, 3, 4)),)
    assert on_duty(who(), TOWN, at("11-21", "03:00"))
    assert not on_duty(who(shifts=shifts), TOWN, at("11-21", "12:00"))
    assert duty_from(who(shifts=shifts), TOWN, at("11-21", "12:00")) == at("11-23", "08:00")
    assert duty_from(who(), TOWN, at("11-21", "12:00")) is None
    assert within(shifts, at("11-23", "12:00"), TOWN)


def test_the_next_free_moment_has_both_a_shift_and_no_quiet_hours() -> None:
    clocks = Clocks(TOWN)
    ana = who(shifts=(Hours(begin="06:00", end="15:00", days=(0, 1, 2, 3, 4)),), quiet=NIGHT)
    assert clocks.free(ana, at("11-20", "16:00")) == at("11-23", "08:00")
    assert clocks.free(ana, at("11-20", "16:00"), crisis=True) == at("11-23", "06:00")
    assert clocks.free(ana, at("11-20", "12:00")) == at("11-20", "12:00")


def test_who_is_never_free_is_looked_at_again_after_a_fortnight() -> None:
    assert Clocks(TOWN).free(who(quiet=(ALL_DAY,)), at("11-20", "16:00")) > at("12-03", "16:00")
