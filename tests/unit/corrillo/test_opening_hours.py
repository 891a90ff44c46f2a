"""How long an institution has been open between two moments, worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corrillo.institution import Institution
from corrillo.opening import Opening, working_seconds

MADRID = ZoneInfo("Europe/Madrid")
HOUR = 3600.0
ALWAYS = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), ("00:00-24:00",))
SPLIT = {"monday": ("09:00-14:00", "16:30-19:00"), "tuesday": ("09:00-14:00",), "saturday": ("10:00-12:00",)}


def town(**said):
    return Institution.model_validate({"id": "town", "name": "Town", **said})


def hours(since, until, zone=MADRID, **said):
    """Opening hours between two moments on the clocks of the zone."""
    begin, end = (datetime.fromisoformat(m).replace(tzinfo=zone) for m in (since, until))
    return working_seconds(town(time_zone=zone.key, **said), begin, end) / HOUR


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2026-11-17T08:00", "2026-11-17T15:00", 7),  # a whole Tuesday
        ("2026-11-17T10:30", "2026-11-17T11:15", 0.75),
        ("2026-11-17T06:00", "2026-11-17T09:00", 1),
        ("2026-11-17T14:00", "2026-11-18T09:00", 2),
        ("2026-11-17T15:00", "2026-11-18T08:00", 0),
        ("2026-11-20T14:30", "2026-11-23T08:30", 1),  # over the weekend
        ("2026-11-21T10:00", "2026-11-22T20:00", 0),  # Saturday to Sunday
        ("2026-11-16T00:00", "2026-11-23T00:00", 35),
        ("2025-12-31T13:00", "2026-01-02T10:00", 4),  # over the new year: the first of January is a holiday
        (
            "2024-01-01T00:00",
            "2026-01-01T00:00",
            (262 - 7 + 261 - 7) * 7,
        ),  # of each year, seven holidays fall on weekdays
    ],
)
def test_where_none_are_configured_offices_are_open_in_the_morning(since, until, expected):
    """Monday to Friday, 8 to 15 h, public holidays excepted."""
    assert hours(since, until) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2026-11-16T08:00", "2026-11-16T20:00", 7.5),
        ("2026-11-16T13:00", "2026-11-16T17:00", 1.5),
        ("2026-11-16T18:00", "2026-11-17T10:00", 2),
        ("2026-11-17T14:00", "2026-11-21T11:00", 1),  # closed on the other days
        ("2026-11-16T00:00", "2026-11-23T00:00", 14.5),
    ],
)
def test_configured_hours_are_those_of_each_day(since, until, expected):
    assert hours(since, until, opening_hours=SPLIT) == pytest.approx(expected)


def test_hours_that_overlap_are_counted_once():
    twice = {"monday": ("09:00-12:00", "11:00-14:00", "13:00-13:30")}
    assert hours("2026-11-16T00:00", "2026-11-17T00:00", opening_hours=twice) == pytest.approx(5)


def test_holidays_are_those_of_the_country_the_region_and_the_town():
    """The Friday of the Constitution's eve is a working day; San Andrés is a holiday where it is listed."""
    assert hours("2026-12-07T00:00", "2026-12-09T00:00") == pytest.approx(7)  # the 8th is a holiday
    assert hours("2026-05-29T00:00", "2026-05-31T00:00", ZoneInfo("Atlantic/Canary"), region="CN") == pytest.approx(7)
    assert hours("2026-06-24T00:00", "2026-06-25T00:00", holidays=["06-24"]) == 0
    assert hours("2026-06-24T00:00", "2026-06-25T00:00") == pytest.approx(7)


def test_who_is_open_on_sundays_is_open_on_holidays_for_as_long():
    sundays = {**SPLIT, "sunday": ("10:00-13:00",)}
    assert hours("2026-12-08T00:00", "2026-12-09T00:00", opening_hours=sundays) == pytest.approx(3)
    assert hours("2026-12-08T00:00", "2026-12-09T00:00", country="", opening_hours=sundays) == pytest.approx(5)


@pytest.mark.parametrize(
    ("since", "until", "opening", "expected"),
    [
        ("2026-10-24T12:00", "2026-10-25T12:00", ALWAYS, 25),  # the hour from 2 to 3 is there twice
        ("2026-03-28T12:00", "2026-03-29T12:00", ALWAYS, 23),  # and in spring not at all
        ("2026-10-25T00:00", "2026-10-25T23:00", {"sunday": ("02:00-03:00",)}, 2),
        ("2026-10-25T00:00", "2026-10-25T23:00", {"sunday": ("01:00-02:30",)}, 2.5),
        ("2026-03-29T00:00", "2026-03-29T23:00", {"sunday": ("02:00-03:00",)}, 0),
        ("2026-03-29T00:00", "2026-03-29T23:00", {"sunday": ("00:00-06:00",)}, 5),
        ("2026-10-23T14:00", "2026-10-26T09:00", {}, 2),  # offices do not notice
        ("2026-03-27T14:00", "2026-03-30T09:00", {}, 2),
    ],
)
def test_nights_in_which_clocks_change(since, until, opening, expected):
    assert hours(since, until, opening_hours=opening) == pytest.approx(expected)


def test_moments_may_be_given_in_any_zone():
    """Eight in the morning is eight on the institution's own clocks."""
    since, until = datetime(2026, 7, 1, 6, tzinfo=UTC), datetime(2026, 7, 1, 13, tzinfo=UTC)
    assert Opening(town()).seconds(since, until) == 7 * HOUR
    assert Opening(town(time_zone="Atlantic/Canary")).seconds(since, until) == 6 * HOUR


def test_what_ends_before_it_begins_takes_no_time():
    now = datetime(2026, 11, 17, 9, tzinfo=UTC)
    assert Opening(town()).seconds(now, now - timedelta(days=3)) == Opening(town()).seconds(now, now) == 0


MOMENTS = st.integers(0, 5 * 366 * 86_400).map(lambda s: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=s))


@settings(deadline=None)
@given(moments=st.lists(MOMENTS, min_size=3, max_size=3), hours=st.sampled_from([{}, SPLIT, ALWAYS]))
def test_time_adds_up(moments, hours):
    """From one moment to another and on to a third is as long as at once, and never longer than by the clock."""
    first, second, third = sorted(moments)
    opening = Opening(town(opening_hours=hours))
    parts = opening.seconds(first, second) + opening.seconds(second, third)
    assert parts == pytest.approx(opening.seconds(first, third), abs=1e-3)
    assert 0 <= parts <= (third - first).total_seconds() + 1e-3


@settings(deadline=None)
@given(moments=st.lists(MOMENTS, min_size=2, max_size=2))
def test_who_never_closes_is_open_all_the_time(moments):
    first, second = sorted(moments)
    opening = Opening(town(opening_hours=ALWAYS, country=""))
    assert opening.seconds(first, second) == pytest.approx((second - first).total_seconds(), abs=1e-3)
