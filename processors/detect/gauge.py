"""One series under watch: what is normal, learnt hour by hour, and how unusual is now, on several time scales.

A gauge holds two things: what was counted lately, which its caller can put together again after a
restart, and what was ``learned``, which changes only when an hour is closed. A reading depends on
nothing else, so that it is the same after a restart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from corrillo.alerts import Point
from processors.detect.days import HourKind
from processors.detect.expectation import Expectation, short
from processors.detect.recently import Recently
from processors.detect.slots import SLOT, SLOTS_A_DAY, SLOTS_AN_HOUR, moment_of, slots_of_hour
from processors.detect.spread import Spread, depth
from processors.detect.surprise import limits, rarity
from processors.detect.tails import Curve, Tail, curve

SCALES = (1, 3, SLOTS_AN_HOUR, 3 * SLOTS_AN_HOUR, 6 * SLOTS_AN_HOUR)
"""Windows in slots."""
HALF = 0.5
"""Of a day that must have been heard for its rarest moments to be its own."""
LATE = 24
"""Hours after which an hour is closed at the latest: of so many more than the widest window it is kept what was normal."""
NOTHING = -9.0
"""Surprise where nothing is unusual."""
KNOWN = 24.0
"""Hours that must be known, or have been guessed with weight, before anything is called unusual."""

KindOf = Callable[[int], HourKind]
"""An hour since 1970 → its kind."""


@dataclass(frozen=True)
class Prior:
    """Voices a day that are guessed before anything is known, and the days that this guess counts for."""

    daily: float
    weight: float


@dataclass(frozen=True)
class Reading:
    """How unusual is what ends with a slot, on the time scale on which it is most unusual.

    ``surprise``: log₁₀ of the days after which chance alone brings as much (``NOTHING`` where nothing
    is above normal). ``count`` in the last ``minutes``, where ``expected`` (``low`` to ``high``, 19 times
    in 20) are normal of what could be heard. ``heard``: the share that could be heard in that time, or
    in the last hour where that is less.
    """

    surprise: float
    minutes: int
    count: float
    expected: float
    low: float
    high: float
    heard: float


class Learned(msgspec.Struct):
    """All that is learnt of a series: up to which hour, what is normal, how uneven and how bursty it is.

    ``heard``: the share of the day so far; ``usual``: what was normal in the last closed hours, newest last, before they were learnt.
    """

    expectation: Expectation
    spreads: list[Spread]
    tails: list[Tail]
    closed: int = 0
    heard: float = 0.0
    usual: list[float] = []


def unlearned(prior: Prior, scales: Sequence[int] = SCALES) -> Learned:
    """Nothing but a guess."""
    hours = max(24.0 * prior.weight, 1e-3)
    return Learned(Expectation(prior.daily / 24.0 * hours, hours), [Spread() for _ in scales], [Tail() for _ in scales])


def begun_again(learned: Learned, closed: int) -> Learned:
    """What is normal, and nothing of the latest hours: for a time that does not follow on them, from the hour ``closed`` on."""
    return msgspec.structs.replace(learned, closed=closed, usual=[])


class Gauge:
    """One series. Hours are closed an hour or more after they ended, in order, each once; windows are of ``scales``."""

    def __init__(
        self, kind_of: KindOf, prior: Prior, learned: Learned | None = None, scales: Sequence[int] = SCALES
    ) -> None:
        self.learned = unlearned(prior, scales) if learned is None else learned
        self._kind_of = kind_of
        self._weight = prior.weight
        self._scales = tuple(scales)
        self._kept = max(scales) // SLOTS_AN_HOUR + LATE
        self._recent = Recently(self._usual, max(scales) + 2 * SLOTS_A_DAY)
        self._hourly = self._nearest(SLOTS_AN_HOUR)
        self._bend()
        self._refresh()

    def add(self, slot: int, voices: float) -> None:
        """So many more were counted in a slot of the last 25 hours (negative: taken back)."""
        self._recent.add(slot, voices)

    def expose(self, slot: int, heard: float) -> None:
        """The share of what is usually said that could be heard in a slot (1 where not said); 0: its count is unknown."""
        self._recent.expose(slot, heard)

    def read(self, slot: int) -> Reading:
        """How unusual is what ends with that slot; nothing later is looked at."""
        best, window = NOTHING, self._hourly
        if self._known:
            for i, (count, expected) in enumerate(self._recent.nested(slot, self._scales)):
                if count > expected and (found := self._rarity(i, count, expected)):
                    surprise = self._curves[i].surprise(found)
                    if surprise > best:
                        best, window = surprise, i
        return self._reading(best, window, slot)

    def close(self, hour: int, *, calm: bool) -> None:
        """Learn an hour that is over; ``calm`` is False when an alert was open in it."""
        learned, slots = self.learned, slots_of_hour(hour)
        first = self._keep_usual(hour)
        counted, _ = self._recent.window(slots[-1], SLOTS_AN_HOUR)
        heard = self._recent.heard(slots[-1], SLOTS_AN_HOUR)
        if heard and self._known:
            for i, scale in enumerate(self._scales):
                self._learn_scale(i, scale, slots)
            learned.heard += heard / 24
        if heard:
            spread = self._spreads[self._hourly]
            learned.expectation.learn(self._kind_of(hour), counted, heard, spread, calm=calm)
        if (hour + 1) % 24 == 0:
            self._end_day()
        self._refresh()
        self._recent.renew(first * SLOTS_AN_HOUR)

    def point(self, first_slot: int, last_slot: int) -> Point:
        """What was counted and what is normal from one slot to another, both included."""
        slots = last_slot - first_slot + 1
        count, expected = self._recent.window(last_slot, slots)
        heard = self._recent.heard(last_slot, slots)
        low, high = limits(expected, self._spread_of(slots, expected))
        return Point(at=moment_of(first_slot), count=count, expected=expected, low=low, high=high, heard=heard)

    def expected(self, first_slot: int, last_slot: int) -> float:
        """What is normal from one slot to another, both included, of what could be heard."""
        return self._recent.window(last_slot, last_slot - first_slot + 1)[1]

    # ── reading ───────────────────────────────────────────────────────────────────────────
    def _rarity(self, index: int, count: float, expected: float) -> float:
        """How rare a window is on a time scale; 0 where it is nothing much."""
        over = count - expected
        if over <= 0.0:
            return 0.0
        spread = self._spread_at(index, expected)
        if over * over < expected + spread * expected * expected:
            return 0.0
        return rarity(count, expected, spread)

    def _reading(self, surprise: float, index: int, slot: int) -> Reading:
        scale = self._scales[index]
        count, expected = self._recent.window(slot, scale)
        low, high = limits(expected, self._spread_at(index, expected))
        heard = min(self._recent.heard(slot, scale), self._recent.heard(slot, SLOTS_AN_HOUR))
        return Reading(surprise, scale * SLOT // 60, count, expected, low, high, heard)

    def _spread_at(self, index: int, expected: float) -> float:
        """Of a time scale, where so much is expected."""
        return self._spreads[index] * depth(expected, self._means[index])

    def _spread_of(self, slots: int, expected: float) -> float:
        """Of so many slots, by the time scale that is most like it."""
        level = self.learned.expectation.level
        return self._spreads[self._nearest(slots)] * depth(expected, level * slots / SLOTS_AN_HOUR)

    def _nearest(self, slots: int) -> int:
        """The time scale that is most like so many slots."""
        return min(range(len(self._scales)), key=lambda i: abs(self._scales[i] - slots))

    # ── learning ──────────────────────────────────────────────────────────────────────────
    def _learn_scale(self, index: int, scale: int, slots: range) -> None:
        """How uneven a time scale is, and how rare its rarest moment was, from the windows that end in an hour."""
        spread, tail = self.learned.spreads[index], self.learned.tails[index]
        windows = self._recent.windows(slots, scale)
        tail.today = max([tail.today, *(self._rarity(index, *window) for window in windows if window[0] > window[1])])
        apart = min(scale, SLOTS_AN_HOUR)
        for count, expected in windows[apart - 1 :: apart]:
            spread.learn(count, expected, self._means[index], apart / scale)
        spread.fade()

    def _end_day(self) -> None:
        """Keep what the day's rarest moments were, if enough of it was heard."""
        for tail in self.learned.tails:
            if self.learned.heard >= HALF:
                tail.end_day()
            tail.today = 0.0
        self.learned.heard = 0.0
        self._bend()

    def _keep_usual(self, hour: int) -> int:
        """Fix what was normal in the hours up to this one, before it is learnt; the first that was not fixed yet."""
        learned = self.learned
        first = max(learned.closed, hour + 1 - self._kept) if learned.closed else hour + 1 - self._kept
        fixed = [self._usual_now(h) for h in range(first, hour + 1)]
        learned.usual = [*learned.usual, *fixed][-self._kept :]
        learned.closed = hour + 1
        return first

    def _usual(self, hour: int) -> float:
        """What is normal in an hour: as it was fixed where it is closed, as it is thought now where it is not."""
        back = self.learned.closed - hour
        if 0 < back <= len(self.learned.usual):
            return self.learned.usual[-back]
        return self._usual_now(hour)

    def _usual_now(self, hour: int) -> float:
        return short(self.learned.expectation.usual(self._kind_of(hour)))

    def _refresh(self) -> None:
        """Work out what follows from the hours that were learnt."""
        doubt = self.learned.expectation.doubt
        level = self.learned.expectation.level
        self._means = [level * scale / SLOTS_AN_HOUR for scale in self._scales]
        self._spreads = [spread.value + doubt for spread in self.learned.spreads]
        self._known = self.learned.expectation.known + 24.0 * self._weight >= KNOWN

    def _bend(self) -> None:
        """Work out what follows from the days that were learnt."""
        self._curves: list[Curve] = [curve(*one) for one in zip(self.learned.tails, self._scales, strict=True)]
