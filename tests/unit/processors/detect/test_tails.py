"""Surprise, calibrated by the series' own days."""

from __future__ import annotations

import random
from math import log

import pytest

from processors.detect.tails import KEPT, SEVERAL, Tail, curve, looks

SCALE = 12


def tail(days: list[float]) -> Tail:
    """After days whose rarest moments were these."""
    made = Tail()
    for day in days:
        made.today = day
        made.end_day()
    return made


def bursty(count: int, seed: int, place: float = 4.0, width: float = 1.5) -> list[float]:
    chance = random.Random(seed)
    return [max(0.0, place - width * log(-log(chance.random()))) for _ in range(count)]


def test_a_series_without_history_is_taken_for_a_bursty_one():
    fresh = curve(Tail(), SCALE)
    assert fresh.surprise(looks(SCALE) + 1.0) < 1.0 - SEVERAL
    assert fresh.surprise(20.0) > 2


def test_what_happens_about_once_in_ten_days_is_called_that():
    days = bursty(4000, 1)
    fitted = curve(tail(days[:KEPT]), SCALE)
    often = sum(fitted.surprise(day) >= 1.0 - SEVERAL for day in days) / len(days)
    assert 0.05 < often < 0.2


def test_a_series_with_bursts_makes_a_burst_less_surprising():
    calm, wild = curve(tail([1.0] * KEPT), SCALE), curve(tail(bursty(KEPT, 2)), SCALE)
    assert wild.surprise(6.0) < calm.surprise(6.0)


def test_history_makes_nothing_more_surprising_than_the_model():
    calm = curve(tail([0.0] * KEPT), SCALE)
    assert calm.surprise(4.0) == pytest.approx(4.0 - looks(SCALE) - SEVERAL)


def test_after_a_disaster_what_was_unusual_still_is():
    days = bursty(KEPT, 3)
    before, after = curve(tail(days), SCALE), curve(tail([*days[1:], 60.0]), SCALE)
    assert 0.6 < after.surprise(12.0) < before.surprise(12.0)


def test_what_is_rarer_is_more_surprising():
    fitted = curve(tail(bursty(KEPT, 4)), SCALE)
    surprises = [fitted.surprise(rarity / 4) for rarity in range(100)]
    assert surprises == sorted(surprises)


def test_days_are_kept_for_two_months():
    kept = tail([float(day) for day in range(100)])
    assert kept.days == [float(day) for day in range(100 - KEPT, 100)]
    assert kept.today == 0.0
