"""Which hours are alike for an institution."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrillo.institution import Institution
from processors.detect.days import SUNDAY, Days, HourKind

MADRID, CANARY = ZoneInfo("Europe/Madrid"), ZoneInfo("Atlantic/Canary")
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = range(6)


def days(**said):
    return Days(Institution.model_validate({"id": "town", "name": "Town", **said}))


def hour(moment):
    return int(moment.timestamp()) // 3600


def at(calendar, local, zone=MADRID):
    """The kind of the hour that begins then on the clocks of the zone."""
    return calendar.kind(hour(datetime.fromisoformat(local).replace(tzinfo=zone)))


def weekday(calendar, day):
    """As the calendar sees all hours of a day."""
    (found,) = {at(calendar, f"{day}T{clock:02}:00").weekday for clock in range(4, 24)}
    return found


def festive(calendar, first, last):
    """The days between two on which it is fiesta, of which all hours are."""
    some = []
    for number in range((date.fromisoformat(last) - date.fromisoformat(first)).days + 1):
        day = date.fromisoformat(first) + timedelta(days=number)
        hours = {at(calendar, f"{day}T{clock:02}:00").festive for clock in range(24)}
        assert len(hours) == 1
        some += [day.isoformat()] * hours.pop()
    return some


@given(st.integers(350_000, 620_000), st.sampled_from([MADRID, CANARY]))
def test_an_hour_is_what_the_clocks_of_the_place_show(since_1970, zone):
    """The hour and, without a calendar, the day of the week."""
    local = datetime.fromtimestamp(since_1970 * 3600, UTC).astimezone(zone)
    assert days(country="", time_zone=zone.key).kind(since_1970) == HourKind(local.hour, local.weekday(), False)


def test_the_hour_that_is_there_twice_is_twice_the_same():
    """In the night to the last Sunday of October, at three it is two o'clock again."""
    night = [datetime(2026, 10, 24, 22, tzinfo=UTC) + timedelta(hours=n) for n in range(6)]
    assert [days().kind(hour(m)).local_hour for m in night] == [0, 1, 2, 2, 3, 4]
    assert {days().kind(hour(m)).weekday for m in night} == {SUNDAY}


def test_the_hour_that_is_left_out_is_no_hour():
    """In the night to the last Sunday of March, at two it is three o'clock."""
    night = [datetime(2026, 3, 28, 23, tzinfo=UTC) + timedelta(hours=n) for n in range(4)]
    assert [days().kind(hour(m)).local_hour for m in night] == [0, 1, 3, 4]


def test_on_the_canaries_it_is_an_hour_earlier():
    """So that a holiday begins there when it is an hour old in Madrid; their clocks change in the same moment."""
    there, here = days(time_zone=CANARY.key), days()
    begins = hour(datetime(2026, 10, 11, 22, tzinfo=UTC))  # the twelfth is a Monday and a holiday
    assert (here.kind(begins).local_hour, here.kind(begins).weekday) == (0, SUNDAY)
    assert (there.kind(begins - 25).local_hour, there.kind(begins - 25).weekday) == (22, SATURDAY)
    assert (there.kind(begins).local_hour, there.kind(begins + 1).local_hour) == (23, 0)
    changes = hour(datetime(2026, 10, 25, 1, tzinfo=UTC))
    assert [there.kind(changes + n).local_hour for n in (-2, -1, 0, 1)] == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("day", "name"),
    [("2026-01-06", "Reyes"), ("2026-04-03", "Viernes Santo"), ("2025-05-01", "Trabajo"), ("2026-10-12", "Fiesta Nacional"), ("2026-12-08", "Inmaculada"), ("2025-12-25", "Navidad")],
)  # fmt: skip
def test_a_public_holiday_is_a_sunday(day, name):
    """On whatever day of the week it falls; the days around it stay what they are."""
    assert weekday(days(), day) == SUNDAY
    for other in (-1, 1):
        beside = date.fromisoformat(day) + timedelta(days=other)
        assert weekday(days(), beside) == beside.weekday()


@pytest.mark.parametrize(
    ("day", "region", "otherwise"),
    [
        ("2026-04-23", "CL", THURSDAY), ("2026-04-23", "AR", THURSDAY), ("2026-10-09", "VC", FRIDAY), ("2025-09-11", "CT", THURSDAY),
        ("2025-05-30", "CN", FRIDAY), ("2026-04-06", "CT", MONDAY), ("2025-02-28", "AN", FRIDAY), ("2026-05-02", "MD", SATURDAY),
        ("2025-07-25", "GA", FRIDAY), ("2026-11-02", "AN", MONDAY),
    ],
)  # fmt: skip
def test_a_holiday_of_a_region_is_one_only_there(day, region, otherwise):
    """Not where no region is named, and not in another."""
    assert weekday(days(region=region), day) == SUNDAY
    assert weekday(days(), day) == otherwise
    assert weekday(days(region="ML"), day) == otherwise


def test_a_local_holiday_is_a_sunday_too():
    """In every year, or in the one that is named."""
    calendar = days(holidays=["06-08", "2026-05-15"])
    assert [weekday(calendar, d) for d in ("2026-06-08", "2027-06-08")] == [SUNDAY, SUNDAY]
    assert [weekday(calendar, d) for d in ("2026-05-15", "2025-05-15")] == [SUNDAY, THURSDAY]


def test_where_no_country_is_named_only_the_listed_holidays_are_known():
    """Elsewhere the twelfth of October is a day like any other."""
    calendar = days(country="", time_zone="Europe/Lisbon", holidays=["06-10"])
    assert at(calendar, "2026-10-12T12:00", ZoneInfo("Europe/Lisbon")).weekday == MONDAY
    assert at(calendar, "2026-06-10T12:00", ZoneInfo("Europe/Lisbon")).weekday == SUNDAY


def test_a_fiesta_is_from_the_first_midnight_to_the_last():
    """All of its days, of the place's own clocks, and nothing before or after; other years too."""
    calendar = days(fiesta=[{"name": "San Roque", "from": "08-14", "to": "08-16"}])
    assert festive(calendar, "2026-08-10", "2026-08-20") == ["2026-08-14", "2026-08-15", "2026-08-16"]
    assert festive(calendar, "2031-08-13", "2031-08-14") == ["2031-08-14"]
    opens = hour(datetime(2026, 8, 13, 22, tzinfo=UTC))
    assert [calendar.kind(opens + n).festive for n in (-1, 0, 71, 72)] == [False, True, True, False]


def test_a_fiesta_of_one_year_is_none_in_the_next():
    """As those are that move with Easter; two may overlap."""
    calendar = days(
        fiesta=[{"name": "Carnaval", "from": "2026-02-12", "to": "2026-02-17"}, {"name": "Cendra", "from": "2026-02-17", "to": "2026-02-18"}]
    )  # fmt: skip
    assert festive(calendar, "2026-02-01", "2026-02-28") == [f"2026-02-{day}" for day in range(12, 19)]
    assert festive(calendar, "2027-02-01", "2027-02-28") == []


@pytest.mark.parametrize(("first", "last"), [("12-30", "01-02"), ("2026-12-30", "2027-01-02")])
def test_a_fiesta_may_go_over_the_new_year(first, last):
    """In every year, or once."""
    calendar = days(fiesta=[{"name": "Fin de año", "from": first, "to": last}])
    wanted = ["2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"]
    assert festive(calendar, "2026-12-25", "2027-01-06") == wanted
    again = festive(calendar, "2027-12-25", "2028-01-06")
    assert len(again) == (4 if first == "12-30" else 0)


def test_a_fiesta_on_the_29th_of_february_is_there_when_that_day_is():
    """It is a day of every year that has it."""
    calendar = days(fiesta=[{"name": "Bisiesto", "from": "02-29", "to": "02-29"}])
    assert festive(calendar, "2028-02-27", "2028-03-02") == ["2028-02-29"]
    assert festive(calendar, "2027-02-27", "2027-03-02") == []


def test_a_fiesta_is_no_holiday():
    """Its working days stay working days, unless they are listed as holidays."""
    calendar = days(fiesta=[{"name": "San Roque", "from": "08-10", "to": "08-14"}], holidays=["08-14"])
    assert at(calendar, "2026-08-13T12:00") == HourKind(12, THURSDAY, True)
    assert at(calendar, "2026-08-14T12:00") == HourKind(12, SUNDAY, True)
