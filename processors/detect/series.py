"""A plain series of counts through the same gauge and levels, with the same settings, as mentions go through.

Nothing later than a point is looked at: of the first points only the moments, to see how wide a step is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice, pairwise
from math import isnan

from corrillo.alerts import Level
from processors.detect.days import HourKind
from processors.detect.gauge import SCALES, Gauge, KindOf, Prior
from processors.detect.levels import RULES, Readings, Rules, Stage, score, stage
from processors.detect.slots import SLOT, SLOTS_AN_HOUR, hour_of_slot, slot_of

FIRST_POINTS = 50
"""Points whose moments say how wide a step is."""
GUESS = Prior(daily=5.0, weight=0.25)
"""Before anything is known."""
LONGEST_GAP = 400 * 24
"""Hours of a gap that are gone through; what is longer is as unknown at its end."""


@dataclass(frozen=True)
class Row:
    """A point as it was judged: ``timestamp`` as it came, what was normal, 0–1 where an alert opens, and the level."""

    timestamp: datetime
    count: float | None
    expected: float
    score: float
    level: Level


def utc_kind(hour: int) -> HourKind:
    """Hours alike where nothing is known of a calendar."""
    return HourKind(local_hour=hour % 24, weekday=(hour // 24 + 3) % 7, festive=False)


def rehearse(
    points: Iterable[tuple[datetime, float | None]], kind_of: KindOf = utc_kind, rules: Rules = RULES
) -> Iterator[Row]:
    """Each point as it would have been judged when it came; points in the order of their moments.

    A moment is when a step begins; without a zone it is taken for UTC. A value that is empty (None or
    NaN) and a step that is missing are unknown, never zero.
    """
    coming = iter(points)
    first = list(islice(coming, FIRST_POINTS))
    course = _Course(_step([moment for moment, _ in first]), kind_of, rules)
    for moment, value in chain(first, coming):
        yield course.next(moment, None if value is None or isnan(value) else value)


def _step(moments: list[datetime]) -> int:
    """Seconds of a step: the most frequent distance of two moments."""
    seconds = Counter(int((b - a).total_seconds()) for a, b in pairwise(moments) if b > a)
    return seconds.most_common(1)[0][0] if seconds else SLOT


class _Course:
    """One series on its way."""

    def __init__(self, step: int, kind_of: KindOf, rules: Rules) -> None:
        width = max(round(step / SLOT), 1)
        scales = tuple(scale for scale in SCALES if scale >= width) or (width,)
        self._gauge = Gauge(kind_of, GUESS, scales=scales)
        self._width = width
        self._share = min(step / SLOT, 1.0)
        """Of a slot, where a step is shorter."""
        self._rules = rules
        self._kind_of = kind_of
        self._stage = Stage()
        self._loud: set[int] = set()
        self._next = 0
        """The first slot that has not been counted yet."""
        self._closed = 0

    def next(self, moment: datetime, value: float | None) -> Row:
        first = slot_of(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        last = first + self._width - 1
        self._skip(first)
        self._close(hour_of_slot(first) - 1)
        self._count(range(first, last + 1), value)
        return self._judge(moment, value, last)

    def _skip(self, first: int) -> None:
        """Slots without a point are unknown."""
        if not self._next:
            self._next, self._closed = first, hour_of_slot(first)
        if first - self._next > LONGEST_GAP * SLOTS_AN_HOUR:
            self._next = first - LONGEST_GAP * SLOTS_AN_HOUR
            self._closed = hour_of_slot(self._next)
        for slot in range(self._next, first):
            self._close(hour_of_slot(slot) - 1)
            self._gauge.expose(slot, 0.0)

    def _close(self, before: int) -> None:
        """Learn what has been over for an hour."""
        for hour in range(self._closed, before):
            self._gauge.close(hour, calm=hour not in self._loud)
            self._loud.discard(hour)
        self._closed = max(self._closed, before)

    def _count(self, slots: range, value: float | None) -> None:
        """A step's value lies in its slots as is normal; a point that comes again in a slot is added to it."""
        self._next = max(self._next, slots[-1] + 1)
        if value is None:
            for slot in slots:
                self._gauge.expose(slot, 0.0)
            return
        usual = [self._gauge.expected(slot, slot) for slot in slots] if len(slots) > 1 else [1.0]
        total = sum(usual)
        for slot, part in zip(slots, usual, strict=True):
            self._gauge.add(slot, value * (part / total if total else 1 / len(slots)))

    def _judge(self, moment: datetime, value: float | None, slot: int) -> Row:
        reading, before = self._gauge.read(slot), self._stage
        readings = Readings(volume=reading, complaint=None, crisis=None)
        festive = self._kind_of(hour_of_slot(slot)).festive
        self._stage = stage(before, readings, None, slot, self._rules, festive=festive)
        if self._stage.level != "calm":
            self._loud.add(hour_of_slot(slot))
        expected = self._gauge.expected(slot - self._width + 1, slot) * self._share
        return Row(moment, value, expected, score(before, self._stage, readings), self._stage.level)
