"""How uneven counts are, learnt from windows."""

from __future__ import annotations

import random

import pytest

from processors.detect.spread import GUESS, Spread, depth


def learnt(true: float, expected: float, windows: int) -> Spread:
    """After windows of a Gamma–Poisson series of that spread (approximated by a Gamma rate and normal noise)."""
    chance, spread = random.Random(7), Spread()
    for _ in range(windows):
        rate = expected * chance.gammavariate(1 / true, true)
        spread.learn(max(0.0, chance.gauss(rate, rate**0.5)), expected, expected, 1.0)
    return spread


def test_what_is_not_known_is_guessed():
    assert Spread().value == pytest.approx(GUESS)
    assert learnt(0.05, 0.001, 200).value == pytest.approx(GUESS, abs=0.01)


@pytest.mark.parametrize("true", [0.05, 0.2, 0.6])
def test_the_spread_of_a_series_is_learnt(true):
    assert learnt(true, 400.0, 3000).value == pytest.approx(true, rel=0.3)


def test_a_burst_tells_little_of_unevenness():
    spread = learnt(0.1, 400.0, 500)
    before = spread.value
    spread.learn(1e6, 400.0, 400.0, 1.0)
    assert spread.value < 1.1 * before


def test_bursts_do_not_sleep():
    assert depth(1.0, 1.0) == 1.0
    assert depth(0.25, 1.0) == 2.0
    assert depth(1e-9, 1.0) < 4.0
    assert depth(0.0, 1.0) == 1.0
