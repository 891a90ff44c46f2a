"""How often a series is as rare as this: surprise as a return period, calibrated by the series' own days.

What people say comes in bursts, so that what a model calls once in a year may happen every week. For
each time scale the rarest moment of each day is kept; such maxima follow a Gumbel distribution (Fisher
and Tippett 1928), fitted by L-moments (Hosking 1990), which single disasters bend less than variances. Farther out
than some weeks can show the tail is taken for heavier, as such series have it. While few days are
known, days of an imagined bursty town stand in for them.
"""

from __future__ import annotations

from math import log, log10, sqrt

import msgspec

from processors.detect.slots import SLOTS_A_DAY
from processors.detect.surprise import LN10

KEPT = 60
"""Days that are remembered."""
GUESSED = 7
"""Days of the imagined town; each known day replaces one once there are ``KEPT``."""
HEAVIER, WIDER = 0.7, 1.5
"""The imagined town: its typical day is so much rarer (in powers of ten) than the model's, and its days differ so much."""
OVERLAP = 0.3
"""A window that slides looks about twice (10^0.3) as often as one that steps."""
LEAST_WIDTH = 1.0 / LN10
"""Where the model is right, ten times rarer happens a tenth as often: nothing is less bursty than that."""
SHOWN = 1.0
"""What some weeks can show: once in ten days. Beyond, surprise grows as the root of what the fit says (a Weibull tail of exponent ½)."""
SEVERAL = 0.25
"""Looking at several time scales, whose bursts go together, finds as much nearly twice (10^0.25) as often as at one."""
_EULER = 0.5772


def looks(scale: int) -> float:
    """log₁₀ of the independent looks a day that a window of so many slots makes."""
    return log10(SLOTS_A_DAY / scale) + OVERLAP


class Curve(msgspec.Struct, frozen=True):
    """How often a rarity is reached on one time scale, as fitted to the days of its tail."""

    place: float
    width: float
    looks: float

    def surprise(self, rarity: float) -> float:
        """log₁₀ of the days between two such moments; history may make it less surprising than the model, never more."""
        fitted = (rarity - self.place) / (self.width * LN10)
        if fitted > SHOWN:
            fitted = 2.0 * sqrt(SHOWN * fitted) - SHOWN
        return min(fitted, rarity - self.looks) - SEVERAL


class Tail(msgspec.Struct):
    """The rarest moments of one time scale: of each day that is known, oldest first, and of the day that goes on."""

    days: list[float] = []
    today: float = 0.0

    def end_day(self) -> None:
        """Keep the day; a new one begins."""
        self.days = [*self.days, round(self.today, 2)][-KEPT:]
        self.today = 0.0


def curve(tail: Tail, scale: int) -> Curve:
    """Fitted to the known days and to those of the imagined town."""
    place, width = _gumbel([*tail.days, *_imagined(scale)][:KEPT])
    return Curve(place, max(width, LEAST_WIDTH), looks(scale))


def _imagined(scale: int) -> list[float]:
    typical = looks(scale) + HEAVIER
    return [max(typical - WIDER * log(-log((i + 0.5) / GUESSED)), 0.0) for i in range(GUESSED)]


def _gumbel(days: list[float]) -> tuple[float, float]:
    """Place and width by the first two L-moments."""
    ordered, count = sorted(days), len(days)
    mean = sum(ordered) / count
    second = sum(rank * value for rank, value in enumerate(ordered)) / (count * (count - 1))
    width = (2.0 * second - mean) / log(2.0)
    return mean - _EULER * width, width
