"""A plain series goes through the same gauge and levels."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from math import nan

import pytest

from processors.detect.series import Row, rehearse

BEGIN = datetime.fromisoformat("2026-01-05")
Points = list[tuple[datetime, float | None]]


def points(days: float, minutes: int = 5, daily: float = 300.0, seed: int = 1) -> Points:
    """An even town."""
    chance, found = random.Random(seed), []
    share = minutes / 1440
    for step in range(round(days / share)):
        rate = daily * share
        found.append((BEGIN + timedelta(minutes=minutes * step), max(0.0, float(round(chance.gauss(rate, rate**0.5))))))
    return found


def rows(found: Points) -> list[Row]:
    return list(rehearse(found))


@pytest.mark.parametrize(("minutes", "days"), [(1, 4), (5, 10), (60, 20), (1440, 60)])
def test_steps_of_any_width_have_an_expectation_and_show_a_burst(minutes, days):
    given = points(days, minutes)
    given.append((given[-1][0] + timedelta(minutes=minutes), 300.0 * max(minutes / 1440, 0.1) * 10))
    found = rows(given)
    assert found[-2].expected == pytest.approx(300.0 * minutes / 1440, rel=0.7)
    assert (found[-1].level, found[-1].score > 0) == ("warning", True)
    assert found[-2].level == "calm"


def test_a_row_stands_for_each_point_as_it_came():
    given = points(1)
    found = rows(given)
    assert [(r.timestamp, r.count) for r in found] == given


def test_nothing_later_changes_a_row():
    given = points(6)
    given[1500] = (given[1500][0], 90.0)
    assert rows(given)[:1600] == rows(given[:1600])


def test_an_alert_scores_where_it_opens_and_nowhere_else():
    given = points(8)
    for i in range(2000, 2010):
        given[i] = (given[i][0], 40.0)
    found = rows(given)
    opened = [i for i, row in enumerate(found) if row.score > 0 and i > 1000]
    assert opened == [2000]
    assert found[2005].level != "calm"


def test_what_is_missing_or_empty_is_unknown_and_never_zero():
    given = points(12)
    gap = given[:2000] + given[2600:]
    empty: Points = [(m, v) if not 2000 <= i < 2600 else (m, nan if i % 2 else None) for i, (m, v) in enumerate(given)]
    zero: Points = [(m, v) if not 2000 <= i < 2600 else (m, 0.0) for i, (m, v) in enumerate(given)]
    assert rows(gap)[-1].expected == rows(empty)[-1].expected
    assert rows(zero)[-1].expected < rows(gap)[-1].expected
    assert rows(empty)[2100].count is None
    assert rows(empty)[2100].expected == 0.0


def test_a_long_gap_is_gone_through_in_a_moment():
    given = points(3)
    found = rows([*given, (BEGIN + timedelta(days=40_000), 1.0)])
    assert found[-1].level == "calm"


def test_moments_without_a_zone_are_utc():
    given = points(3)
    aware: Points = [(m.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=2))), v) for m, v in given]
    assert [(r.expected, r.level) for r in rows(given)] == [(r.expected, r.level) for r in rows(aware)]


def test_an_empty_series_has_no_rows():
    assert rows([]) == []
    assert len(rows([(BEGIN, 3.0)])) == 1
