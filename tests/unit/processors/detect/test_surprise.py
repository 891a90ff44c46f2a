"""The negative binomial distribution, against its own sum."""

from __future__ import annotations

from math import exp, lgamma, log, log10

import pytest

from processors.detect.surprise import limits, rarity


def chance(count: int, expected: float, spread: float) -> float:
    """The probability of exactly so many."""
    size = 1 / spread
    ways = lgamma(count + size) - lgamma(size) - lgamma(count + 1)
    return exp(ways + size * log(size / (size + expected)) + count * log(expected / (size + expected)))


@pytest.mark.parametrize(
    ("count", "expected", "spread"),
    [
        (1, 0.02, 0.1),
        (3, 0.001, 1.0),
        (5, 0.2, 0.3),
        (11, 10.0, 0.01),
        (50, 40.0, 0.05),
        (100, 30.0, 0.3),
        (300, 10.0, 1.0),
    ],
)
def test_rarity_is_the_probability_of_as_many_or_more(count, expected, spread):
    tail = sum(chance(n, expected, spread) for n in range(count, count + 5000))
    assert rarity(count, expected, spread) == pytest.approx(-log10(tail), rel=1e-3, abs=1e-3)


def test_what_is_not_above_normal_is_not_rare():
    assert rarity(3, 3.0, 0.2) == rarity(0, 3.0, 0.2) == rarity(2, 0.0, 0.2) == 0.0


def test_more_is_rarer_and_an_uneven_series_makes_it_less_rare():
    rarities = [rarity(count / 2, 4.0, 0.2) for count in range(9, 200)]
    assert rarities == sorted(rarities)
    assert rarity(20, 4.0, 0.5) < rarity(20, 4.0, 0.1)


def test_the_rarest_of_the_rare_has_a_number():
    assert 100 < rarity(100_000, 0.01, 0.02) < float("inf")


@pytest.mark.parametrize(
    ("expected", "spread"), [(0.001, 0.1), (0.2, 0.3), (3.0, 0.5), (12.0, 0.2), (80.0, 1.0), (5000.0, 0.05)]
)
def test_nineteen_in_twenty_lie_within_the_limits(expected, spread):
    low, high = limits(expected, spread)
    inside = sum(chance(n, expected, spread) for n in range(int(low), int(high) + 1))
    assert inside > 0.94
    assert inside < 0.97 or low == 0


def test_where_nothing_is_expected_nothing_is_normal():
    assert limits(0.0, 0.3) == (0.0, 0.0)
