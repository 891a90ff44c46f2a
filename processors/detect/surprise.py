"""How unlikely a count is where so many are normal: the negative binomial distribution.

A count whose rate is itself uncertain and uneven (a Gamma variable) is negative binomial: its variance
is ``expected + spread · expected²``. With ``spread`` 0 it would be Poisson, which no town's talk is.
"""

from __future__ import annotations

from math import exp, lgamma, log, sqrt

LN10 = log(10.0)
LEAST = 1e-3
"""The least spread that is believed: nothing is more regular than that."""
_EXACT = 4.0
"""Up to this expectation limits are found by summing; above it by an approximation that is good there."""
_CLOSE = 1e-3
"""Relative error at which the continued fraction is good enough."""


def rarity(count: float, expected: float, spread: float) -> float:
    """−log₁₀ of the probability of ``count`` or more; 0 where it is not above what is expected.

    That probability is a regularised incomplete beta function, which has a value for fractional counts
    too; its continued fraction is short above the mean (Press et al., Numerical Recipes, 6.4).
    """
    if count <= expected or expected <= 0.0:
        return 0.0
    size = 1.0 / max(spread, LEAST)
    ratio = expected / (size + expected)
    front = lgamma(count + size) - lgamma(count + 1.0) - lgamma(size)
    front += count * log(ratio) + size * log(size / (size + expected))
    return max(0.0, -(front + log(_fraction(count, size, ratio))) / LN10)


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    c, d = 1.0, 1.0 / (1.0 - (a + b) * x / (a + 1.0))
    value, step = d, 0.0
    while True:
        step += 1.0
        twice = a + 2.0 * step
        even = step * (b - step) * x / ((twice - 1.0) * twice)
        d, c = 1.0 / (1.0 + even * d), 1.0 + even / c
        value *= d * c
        odd = -(a + step) * (a + b + step) * x / (twice * (twice + 1.0))
        d, c = 1.0 / (1.0 + odd * d), 1.0 + odd / c
        value *= d * c
        if abs(d * c - 1.0) < _CLOSE:
            return value


def limits(expected: float, spread: float) -> tuple[float, float]:
    """The least and the greatest count of 19 in 20: at most 1 in 40 lies below, and at most 1 in 40 above."""
    if expected <= 0.0:
        return 0.0, 0.0
    if expected > _EXACT:
        return _approximate(expected, spread, -1.96), _approximate(expected, spread, 1.96)
    return _summed(expected, max(spread, LEAST))


def _approximate(expected: float, spread: float, deviation: float) -> float:
    """By the cube root, which makes a Gamma variable nearly normal (Wilson and Hilferty 1931)."""
    relative = max(spread, 0.0) + 1.0 / expected
    root = 1.0 - relative / 9.0 + deviation * sqrt(relative) / 3.0
    return float(round(expected * max(root, 0.0) ** 3))


def _summed(expected: float, spread: float) -> tuple[float, float]:
    size = 1.0 / spread
    ratio = expected / (size + expected)
    term = exp(size * log(size / (size + expected)))
    below, count, low = 0.0, 0, -1
    while True:
        below += term
        if low < 0 and below > 0.025:
            low = count
        if below >= 0.975 or count > 10_000:
            return float(low), float(count)
        term *= ratio * (count + size) / (count + 1.0)
        count += 1
