"""How uneven a series' counts are on one time scale: the spread of a negative binomial, learnt by moments.

Bursts do not sleep as people do: a machine that posts, a game abroad, are as big at night. So the
spread is larger in hours in which less is normal (between a variance that goes with the square of the
expectation and one that goes with the expectation itself).
"""

from __future__ import annotations

from math import sqrt

import msgspec

GUESS, GUESSED = 0.3, 30.0
"""The spread of a series of which nothing is known, and the windows that this guess counts for."""
FADES = 0.5 ** (1 / (21 * 24))
"""How much of what was learnt is left after an hour: half after three weeks."""
UNUSUAL = 3.0
"""Standard deviations beyond which a window tells of a burst, not of unevenness."""
LEAST = 0.02
MOST = 10.0
"""Times that what is normal may be below the mean; deeper hours are taken for that deep."""


def depth(expected: float, mean: float) -> float:
    """By how much the spread is larger where so much is expected than where the mean is."""
    return sqrt(min(mean / expected, MOST)) if expected > 0.0 else 1.0


class Spread(msgspec.Struct, array_like=True):
    """Excess variance relative to the squared expectation, and the weight that it has."""

    excess: float = GUESS * GUESSED
    weight: float = GUESSED

    @property
    def value(self) -> float:
        """Variance = expected + value · depth · expected²."""
        return max(LEAST, self.excess / self.weight)

    def fade(self) -> None:
        """An hour goes by."""
        self.excess *= FADES
        self.weight *= FADES

    def learn(self, count: float, expected: float, mean: float, share: float) -> None:
        """One more window, of so much weight: windows in which next to nothing is expected tell little of it."""
        squared = expected * expected * depth(expected, mean)
        limit = UNUSUAL * sqrt(expected + self.value * squared)
        off = max(-limit, min(limit, count - expected))
        certainty = share / (1.0 + expected) ** 2
        self.excess += certainty * (off * off - expected)
        self.weight += certainty * squared
