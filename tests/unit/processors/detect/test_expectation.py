"""What is normal, learnt from towns of any size."""

from __future__ import annotations

import random
from math import sqrt

import pytest

from processors.detect.days import HourKind
from processors.detect.expectation import DAY, Expectation
from processors.detect.surprise import limits

SPREAD = 0.15
EARLY = [DAY[(hour + 2) % 24] for hour in range(24)]
"""This town rises two hours before the general one …"""
WEEKEND = 0.7
"""… and says less at weekends."""


def kind(hour: int, *, festive: bool = False) -> HourKind:
    return HourKind(hour % 24, (hour // 24) % 7, festive)


def truth(daily: float, hour: int) -> float:
    of_week = WEEKEND if kind(hour).weekday >= 5 else 1.0
    return daily / 24 * EARLY[hour % 24] * of_week / (5 + 2 * WEEKEND) * 7


def draw(expected: float, chance: random.Random) -> int:
    """A Gamma–Poisson count."""
    rate = expected * chance.gammavariate(1 / SPREAD, SPREAD)
    if rate > 100:
        return max(0, round(chance.gauss(rate, sqrt(rate))))
    count, waited = 0, chance.expovariate(1.0)
    while waited < rate:
        count, waited = count + 1, waited + chance.expovariate(1.0)
    return count


def lived(daily: float, days: int, seed: int = 1, guess: float = 5.0) -> Expectation:
    """What a town has learnt that began with a guess."""
    chance, learnt = random.Random(seed), Expectation(voices=guess / 24 * 6, hours=6.0)
    for hour in range(days * 24):
        learnt.learn(kind(hour), draw(truth(daily, hour), chance), 1.0, SPREAD, calm=True)
    return learnt


def error(learnt: Expectation, daily: float) -> float:
    """Mean difference over a week, relative to the mean."""
    return sum(abs(learnt.usual(kind(h)) - truth(daily, h)) for h in range(168)) / 168 / (daily / 24)


def coverage(learnt: Expectation, daily: float) -> float:
    """The share of the next four weeks' hours that lie within the limits."""
    chance, inside = random.Random(99), 0
    for hour in range(4 * 168):
        low, high = limits(learnt.usual(kind(hour)), SPREAD + learnt.doubt)
        inside += low <= draw(truth(daily, hour), chance) <= high
    return inside / (4 * 168)


@pytest.mark.parametrize("daily", [5.0, 500.0, 50_000.0])
def test_an_expectation_is_usable_after_two_days(daily):
    found = [lived(daily, 2, seed) for seed in range(4)]
    assert sum(error(learnt, daily) for learnt in found) / 4 < 0.6
    assert sum(coverage(learnt, daily) for learnt in found) / 4 > 0.85


@pytest.mark.parametrize(("daily", "off"), [(5.0, 0.35), (500.0, 0.15), (50_000.0, 0.15)])
def test_an_expectation_is_good_after_six_weeks(daily, off):
    found = [lived(daily, 42, seed) for seed in range(3)]
    assert sum(error(learnt, daily) for learnt in found) / 3 < off
    assert sum(coverage(learnt, daily) for learnt in found) / 3 > 0.93


def test_before_anything_is_known_people_sleep_at_night():
    guess = Expectation(voices=5.0, hours=24.0)
    assert guess.usual(kind(4)) < 0.2 * guess.usual(kind(20))
    assert sum(guess.usual(kind(h)) for h in range(24)) == pytest.approx(5.0, rel=0.02)


def test_an_hour_that_was_partly_heard_counts_partly():
    learnt = lived(500.0, 42)
    before = [learnt.usual(kind(h)) for h in range(168)]
    for hour in range(42 * 24, 44 * 24):
        learnt.learn(kind(hour), truth(500.0, hour) / 4, 0.25, SPREAD, calm=True)
    assert sum(learnt.usual(kind(h)) for h in range(168)) == pytest.approx(sum(before), rel=0.03)


def test_the_level_follows_a_trend_slowly():
    learnt, chance = lived(500.0, 42), random.Random(5)
    before = learnt.level
    for hour in range(42 * 24, 70 * 24):
        learnt.learn(kind(hour), draw(truth(650.0, hour), chance), 1.0, SPREAD, calm=True)
    assert learnt.level / before == pytest.approx(1.3, abs=0.15)


def test_a_disaster_does_not_become_normal():
    learnt = lived(500.0, 42)
    before = learnt.level
    for hour in range(42 * 24, 44 * 24):
        learnt.learn(kind(hour), 50 * truth(500.0, hour), 1.0, SPREAD, calm=False)
    assert learnt.level < 1.1 * before


def test_a_fiesta_is_learnt_apart():
    learnt = lived(500.0, 42)
    before = learnt.usual(kind(20))
    for hour in range(42 * 24, 47 * 24):
        learnt.learn(kind(hour, festive=True), 3 * truth(500.0, hour), 1.0, SPREAD, calm=True)
    assert learnt.usual(kind(20)) == before
    assert learnt.usual(kind(20, festive=True)) > 1.5 * before


def test_a_quiet_town_forgets_slower_than_a_loud_one():
    quiet, loud = lived(5.0, 42), lived(500.0, 42)
    for hour in range(42 * 24, 52 * 24):
        quiet.learn(kind(hour), 0.0, 1.0, SPREAD, calm=True)
        loud.learn(kind(hour), 0.0, 1.0, SPREAD, calm=True)
    assert quiet.level / (5.0 / 24) > loud.level / (500.0 / 24)
