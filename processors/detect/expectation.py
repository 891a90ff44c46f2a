"""What is normal for an hour: a level that follows slowly × the shape of the week × what a fiesta adds.

Gamma–Poisson with exposure: each estimate is a sum of voices over a sum of what they were measured
against, so that hours that were partly heard count partly. The shape of an hour of the week leans on
the same hour of working days or weekends, and that on a general day, as far as its own history is
short (empirical Bayes: variances are shrunk in proportion to what is known).
"""

from __future__ import annotations

from math import exp, log, sqrt

import msgspec

from processors.detect.days import HourKind

# fmt: off
DAY: tuple[float, ...] = (
    0.38, 0.22, 0.13, 0.11, 0.13, 0.22, 0.43, 0.81, 1.13, 1.29, 1.40, 1.45,
    1.45, 1.40, 1.35, 1.29, 1.35, 1.40, 1.51, 1.62, 1.67, 1.62, 1.29, 0.81,
)
# fmt: on
"""A general day by local hour, of mean about 1: people sleep, and talk most in the evening."""
FOLLOWS = 7 * 24
"""Hours after which what was heard counts half in the level …"""
ENOUGH = 50.0
"""… or longer, until so many voices are expected: a quiet town's level rests on months."""
FADES = 0.5 ** (1 / 6)
"""How much of a cell's weight is left after a week: half after six."""
LEANS_ON_DAY, LEANS_ON_HOUR = 8.0, 40.0
"""Weight of the general day against hours of the day, and of those against hours of the week; see ``_weight``."""
FIESTA = 24.0
"""Hours that the guess counts for that a fiesta is like any other day."""
UNUSUAL = 3.0
"""Standard deviations up to which an hour is learnt from; the rest of a burst is no part of what is normal …"""
STRANGE = 1.0
"""… and while an alert is open, less of it …"""
RELUCTANT = 0.1
"""… with this weight."""
FIRST = 24.0
"""Hours until which the shape is not learnt: there is no level yet that an hour could be compared with."""
NEW = 48.0
"""Hours until which everything is learnt from: nothing is known yet that it could be unusual against."""


class Cell(msgspec.Struct, array_like=True):
    """Voices relative to the level, and the weight that they have."""

    ratio: float = 0.0
    weight: float = 0.0

    def mean(self, prior: float, leaning: float) -> float:
        """Shrunk to ``prior``, which has the weight ``leaning``."""
        return (self.ratio + leaning * prior) / (self.weight + leaning)

    def learn(self, ratio: float, weight: float, kept: float) -> None:
        """One more hour; the earlier ones keep this share of their weight."""
        self.ratio = short(self.ratio * kept + ratio * weight)
        self.weight = short(self.weight * kept + weight)


class Expectation(msgspec.Struct):
    """What is known of a series: ``voices`` over ``hours`` (fading) make its level; ``known`` hours were heard in all."""

    voices: float
    hours: float
    known: float = 0.0
    fiesta: Cell = msgspec.field(default_factory=Cell)
    by_day: list[Cell] = msgspec.field(default_factory=lambda: [Cell() for _ in range(2 * 24)])
    by_week: list[Cell] = msgspec.field(default_factory=lambda: [Cell() for _ in range(7 * 24)])

    @property
    def level(self) -> float:
        """Voices an hour of the mean hour."""
        return self.voices / self.hours if self.hours else 0.0

    @property
    def doubt(self) -> float:
        """Relative variance of what is expected, from how little is known."""
        return 1.0 / (1.0 + self.voices) + 1.0 / (1.0 + self.known / 6.0)

    def usual(self, kind: HourKind) -> float:
        """Voices that are normal in such an hour, all of it heard."""
        return self.level * self.shape(kind) * (self.fiesta.mean(1.0, FIESTA) if kind.festive else 1.0)

    def shape(self, kind: HourKind) -> float:
        """Such an hour relative to the mean one, without fiesta."""
        hour = self.by_day[_of_day(kind)].mean(DAY[kind.local_hour], LEANS_ON_DAY)
        return self.by_week[_of_week(kind)].mean(hour, LEANS_ON_HOUR)

    def learn(self, kind: HourKind, voices: float, heard: float, spread: float, *, calm: bool) -> None:
        """One more hour of that kind, of which the share ``heard`` was heard; ``spread`` as of an hour's counts."""
        expected = self.usual(kind) * heard
        seen = self._credible(voices, expected, spread, calm=calm)
        trust = 1.0 if calm else RELUCTANT
        if kind.festive:
            self.fiesta.learn(seen / max(expected, 1e-9), trust * heard, 1.0)
        else:
            self._learn_shape(kind, seen, heard, spread, trust)
            self._learn_level(seen, self.shape(kind) * heard, trust)
        self.known = short(self.known + heard)

    def _credible(self, voices: float, expected: float, spread: float, *, calm: bool) -> float:
        """So many of the voices as may be normal."""
        if calm and self.known < NEW:
            return voices
        deviation = sqrt(expected + spread * expected * expected)
        return min(voices, expected + (UNUSUAL * deviation + 2.0 if calm else STRANGE * deviation))

    def _learn_shape(self, kind: HourKind, voices: float, heard: float, spread: float, trust: float) -> None:
        if self.known < FIRST or not self.level:
            return
        ratio = voices / (self.level * heard)
        weight = trust * heard * _weight(self.level, spread)
        self.by_day[_of_day(kind)].learn(ratio, weight, FADES ** (1 / (5 if kind.weekday < 5 else 2)))
        self.by_week[_of_week(kind)].learn(ratio, weight, FADES)

    def _learn_level(self, voices: float, hours: float, trust: float) -> None:
        kept = exp(-min(log(2.0) / FOLLOWS, self.level * hours / ENOUGH) * trust)
        self.voices = short(self.voices * kept + voices * trust)
        self.hours = short(self.hours * kept + hours * trust)


def _weight(level: float, spread: float) -> float:
    """How much an hour tells of the shape: the inverse of its relative variance."""
    return 1.0 / (1.0 / max(level, 1e-3) + spread)


def _of_day(kind: HourKind) -> int:
    return kind.local_hour + (24 if kind.weekday >= 5 else 0)


def _of_week(kind: HourKind) -> int:
    return kind.weekday * 24 + kind.local_hour


def short(value: float) -> float:
    """Six digits are enough to remember, and take little room."""
    return float(f"{value:.6g}")
