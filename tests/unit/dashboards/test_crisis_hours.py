"""Voices hour by hour against what is normal: what is known, what is not, and how it is drawn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from corrillo.alerts import Subject
from corrillo.health import hour_of
from dashboards.page.crisis.drawn import chart, stretches
from dashboards.page.crisis.hour_words import described, end, expected, last_hour, learnt, normal, pointed_at, voices
from dashboards.page.crisis.hours import Hours, hours
from dashboards.page.i18n import texts

MADRID = ZoneInfo("Europe/Madrid")
ES, EN = texts("es"), texts("en")
WHOLE = Subject(institution="benialba")


@pytest.fixture
def day(store: Any, hour: Any) -> Any:
    """Two days; ten hours ago nobody heard, nine hours ago there is nothing, five hours ago half was heard."""
    heard = {10: 0.0, 5: 0.5}
    store.counts = [hour(back, heard=heard.get(back, 1.0)) for back in range(48, 1, -1) if back != 9]
    return store


def asked(store: Any, now: datetime, length: int = 24, subject: Subject = WHOLE) -> Hours:
    return hours(store, subject, length, now, MADRID)


def test_no_hour_is_left_out_and_what_nobody_heard_is_unknown(day: Any, now: datetime) -> None:
    """Neither where nothing was counted nor where nothing was heard is there a zero."""
    line = asked(day, now)
    assert [len(line.hours), line.unknown, len(line.counted)] == [24, 2, 22]
    assert [h.start.hour for h in line.hours if not h.known] == [4, 5]
    assert [h.start.hour for h in line.hours if h.partial] == [9]


def test_the_axis_ends_with_what_is_counted_and_not_with_the_hour_that_goes_on(day: Any, now: datetime) -> None:
    line = asked(day, now)
    assert (end(line.hours[-1]), line.behind) == (
        (now - timedelta(hours=1)).replace(minute=0).astimezone(MADRID),
        False,
    )


def test_where_counting_has_stopped_the_hours_since_are_unknown(store: Any, hour: Any, now: datetime) -> None:
    store.counts = [hour(back) for back in range(40, 6, -1)]
    line = asked(store, now)
    assert (line.behind, line.unknown) == (True, 6)
    assert line.hours[-1].start.astimezone(UTC) == now.replace(minute=0) - timedelta(hours=1)


def test_a_part_of_which_nobody_spoke_is_zero_where_the_institution_was_heard(
    day: Any, hour: Any, now: datetime
) -> None:
    """Its hours are told only where somebody spoke; what is normal in the others is not known."""
    day.counts += [hour(back, 3.0, service="water") for back in (3, 2)]
    line = asked(day, now, subject=Subject(institution="benialba", service="water"))
    assert [h.voices for h in line.hours[-4:]] == [0.0, 0.0, 3.0, 3.0]
    assert (line.unknown, line.learnt) == (2, 45)
    assert pointed_at(ES, line.hours[-3]).endswith("ninguna voz independiente; lo normal, no se sabe")


def test_nothing_counted_gives_no_hours(store: Any, now: datetime) -> None:
    assert asked(store, now) == Hours()


def test_the_night_in_which_an_hour_is_there_twice_has_both(store: Any, hour: Any) -> None:
    """25 October 2026 in Madrid; each hour says its own end."""
    night = datetime(2026, 10, 25, 4, 30, tzinfo=UTC)
    store.counts = [hour(0, hour=hour_of(night) - back) for back in range(30, 1, -1)]
    line = hours(store, WHOLE, 6, night, MADRID)
    assert [h.start.hour for h in line.hours] == [23, 0, 1, 2, 2, 3]
    assert [end(h).hour for h in line.hours] == [0, 1, 2, 2, 3, 4]


def test_bars_stand_on_the_axis_and_one_above_normal_is_drawn_apart(store: Any, hour: Any, now: datetime) -> None:
    """A unit of width for each hour; the axis ends in a round number above band and bars."""
    store.counts = [hour(5, 3.0), hour(4, 0.0), hour(3, 6.0), hour(2, 1.0)]
    drawn = chart(asked(store, now, 4))
    assert (drawn.width, drawn.top) == (4, 6)
    assert drawn.normal == "M0.14 168V84H0.86V168ZM3.14 168V140H3.86V168Z"
    assert drawn.over == "M2.14 168V0H2.86V168Z"
    assert drawn.band.startswith("M0 140.0V28.0H1V28.0H2")
    assert drawn.expected.startswith("M0 98.0V98.0H1")


def test_band_and_expectation_break_off_where_nothing_was_heard(day: Any, now: datetime) -> None:
    drawn = chart(asked(day, now))
    assert (drawn.band.count("M"), drawn.expected.count("M")) == (2, 2)
    assert (drawn.unknown, drawn.partial) == (((15, 2),), ((20, 1),))


@pytest.mark.parametrize(("length", "ticks", "by_day"), [(24, 6, False), (168, 7, True), (720, 6, True)])
def test_the_axis_has_few_labels(store: Any, hour: Any, now: datetime, length: int, ticks: int, by_day: bool) -> None:
    store.counts = [hour(back) for back in range(900, 1, -1)]
    drawn = chart(asked(store, now, length))
    assert (len(drawn.ticks), {t.by_day for t in drawn.ticks}) == (ticks, {by_day})
    assert drawn.pointed_at == (length < 200)


def test_stretches_are_what_stands_together() -> None:
    assert stretches([True, True, False, True]) == ((0, 2), (3, 1))
    assert stretches([]) == ()


def test_what_the_last_hour_says_compares_it_with_what_is_normal(store: Any, hour: Any, now: datetime) -> None:
    """As much, more, less; one that is not the newest says of when it is."""
    said = []
    for count in (2.0, 9.0, 0.0):
        store.counts = [hour(2, count)]
        said.append(last_hour(ES, asked(store, now)))
    assert said == [
        "De 12:00 a 13:00, 2 voces independientes; a esa hora lo normal es de 1 a 5.",
        "De 12:00 a 13:00, 9 voces independientes, más de lo normal a esa hora (de 1 a 5).",
        "De 12:00 a 13:00, ninguna voz independiente, menos de lo normal a esa hora (de 1 a 5).",
    ]
    store.counts = [hour(3, 1.0), hour(2, heard=0.0)]
    assert last_hour(EN, asked(store, now)).startswith("What was heard last, Sat 21 Nov: from 11:00 to 12:00, one")
    assert last_hour(ES, Hours()) == ""


def test_how_far_what_is_normal_is_known_is_said_until_it_is_known_well(store: Any, hour: Any, now: datetime) -> None:
    def after(count: int) -> str:
        store.counts = [hour(back) for back in range(count + 1, 1, -1)]
        return learnt(EN, asked(store, now))

    assert after(1).startswith("One hour is counted")
    assert after(20).startswith("20 hours are counted: what is normal is known after two days")
    assert after(15 * 24).startswith("15 days are counted")
    assert after(42 * 24) == ""


def test_the_chart_is_said_in_words(day: Any, hour: Any, now: datetime) -> None:
    day.counts = [c for c in day.counts if c.hour != hour(3).hour] + [hour(3, 9.0)]
    assert described(ES, asked(day, now)) == (
        "Voces por hora de vie 20 nov, 13:00 a sáb 21 nov, 13:00. Como mucho 9 voces independientes, "
        "sáb 21 nov, 11:00. Una hora por encima de lo normal. 2 horas que no se oyeron."
    )


def test_an_hour_that_is_pointed_at_says_whether_all_of_it_was_heard(day: Any, now: datetime) -> None:
    line = asked(day, now)
    assert pointed_at(EN, line.hours[15]) == "Sat 21 Nov, 04:00: not heard, not known"
    assert pointed_at(EN, line.hours[20]).endswith("at least 2 independent voices; normal is 1 to 5; 50% was heard")


@pytest.mark.parametrize(
    ("low", "high", "said"), [(0, 0, "none"), (0, 3, "0 to 3"), (0.2, 3.9, "1 to 3"), (2.0, 2.0, "2"), (0, 0.4, "none")]
)
def test_what_is_normal_is_said_in_whole_voices(low: float, high: float, said: str) -> None:
    """No voice is half."""
    assert normal(EN, low, high) == said


def test_small_expectations_keep_a_place() -> None:
    assert [expected(ES, v) for v in (0.0, 0.84, 3.0, 12.6, 1234.0)] == ["0", "0,8", "3", "13", "1.234"]
    assert [voices(EN, v) for v in (0, 1, 1234)] == [
        "no independent voice", "one independent voice", "1,234 independent voices"
    ]  # fmt: skip
