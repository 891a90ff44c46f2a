"""Voices hour by hour against what is normal, over a period. An hour that nobody heard is unknown, never zero."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from zoneinfo import ZoneInfo

from corrillo.alerts import HourCount, Subject
from corrillo.health import hour_of, moment_of_hour
from corrillo.ports import Reader
from dashboards.page.timeline import round_up

DEAF = 0.05
"""Where less of what is usually said could be heard, the hour is unknown."""
WHOLE = 0.95
"""Where less could be heard, the count is at least what it says."""
LEARNING = 42 * 24
"""Hours after which an expectation is as good as it gets."""
USABLE = 48
"""Hours after which it is good for something."""
SETTLING = 3
"""An hour is counted once it is over and late posts have come: so many hours at most."""


@dataclass(frozen=True)
class Hour:
    """One hour from ``start`` (local) on: the share (0–1) of what is usually said that was heard, and what it counted.

    Without ``count`` nobody spoke of that subject, where somebody would have been heard.
    """

    start: datetime
    heard: float = 0.0
    count: HourCount | None = None

    @property
    def known(self) -> bool:
        """Whether enough was heard to say anything."""
        return self.heard >= DEAF

    @property
    def partial(self) -> bool:
        """Whether only a part was heard: it is at least so many."""
        return self.known and self.heard < WHOLE

    @property
    def voices(self) -> float:
        """Independent voices."""
        return self.count.voices if self.count else 0.0

    @property
    def over(self) -> bool:
        """Whether more was said than in 39 of 40 such hours."""
        return self.known and self.count is not None and self.voices > self.count.high

    @property
    def under(self) -> bool:
        """Whether less was."""
        return self.known and self.count is not None and self.voices < self.count.low


@dataclass(frozen=True)
class Hours:
    """The hours of a period, none left out. ``learnt``: how many were ever heard, up to LEARNING."""

    hours: tuple[Hour, ...] = ()
    learnt: int = 0
    behind: bool = False
    """Whether counting has stopped: the last hours should have been counted by now."""

    @property
    def counted(self) -> tuple[Hour, ...]:
        """Those that are known."""
        return tuple(h for h in self.hours if h.known)

    @property
    def unknown(self) -> int:
        """How many are not."""
        return len(self.hours) - len(self.counted)

    @property
    def last(self) -> Hour | None:
        """The newest one that is known."""
        return self.counted[-1] if self.counted else None

    @property
    def busiest(self) -> Hour | None:
        """The one with most voices."""
        return max(self.counted, key=lambda h: h.voices, default=None)

    @property
    def over(self) -> int:
        """How many have more than is normal."""
        return sum(h.over for h in self.hours)

    @property
    def top(self) -> int:
        """The round number at the end of the axis."""
        return round_up(ceil(max((max(h.voices, h.count.high if h.count else 0) for h in self.counted), default=0)))


def hours(reader: Reader, subject: Subject, length: int, now: datetime, zone: ZoneInfo) -> Hours:
    """The last ``length`` hours of a subject, up to the last that is counted; where none was for long, up to now.

    The institution as a whole is counted every hour, its parts in those in which somebody spoke of them.
    """
    current = hour_of(now)
    first = current - LEARNING
    whole = reader.hour_counts(Subject(institution=subject.institution), first, current + 1)
    counts = whole if _is_whole(subject) else reader.hour_counts(subject, first, current + 1)
    if not whole:
        return Hours()
    newest = max(c.hour for c in whole)
    behind = current - newest > SETTLING
    end = current if behind else newest + 1
    return Hours(
        hours=_between(counts, whole, range(end - length, end), zone),
        learnt=sum(c.heard >= DEAF for c in whole),
        behind=behind,
    )


def _is_whole(subject: Subject) -> bool:
    return not subject.service and not subject.district


def _between(counts: Sequence[HourCount], whole: Sequence[HourCount], asked: range, zone: ZoneInfo) -> tuple[Hour, ...]:
    counted = {c.hour: c for c in counts}
    heard = {c.hour: c.heard for c in [*whole, *counts]}
    return tuple(Hour(moment_of_hour(h).astimezone(zone), heard.get(h, 0.0), counted.get(h)) for h in asked)


def runs(hours: Iterable[Hour]) -> list[list[tuple[int, HourCount]]]:
    """Stretches of which it is known what is normal, each hour with its place in the row: a line is drawn along each."""
    found: list[list[tuple[int, HourCount]]] = []
    for place, hour in enumerate(hours):
        if hour.count is None or not hour.known:
            continue
        if not found or found[-1][-1][0] != place - 1:
            found.append([])
        found[-1].append((place, hour.count))
    return found
