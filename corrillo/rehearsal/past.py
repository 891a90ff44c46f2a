"""What could be heard at a moment of the past, as the ledgers of the sources have it.

A ledger remembers troubles of ten minutes and more, the newest two hundred of each source.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from corrillo.health import A_DAY_AND_MORE, LATE, Hearing, unheard
from corrillo.model import Gap
from corrillo.ports import SourceHealth

DAY = timedelta(days=1)
Times = tuple[tuple[datetime, datetime | None], ...]


class Past:
    """Asked for one moment after the other: what detection was told of the sources then."""

    def __init__(self, healths: Sequence[SourceHealth], now: datetime) -> None:
        self._listening = sorted((h for h in healths if h.begun and h.every != 0), key=lambda h: h.source)
        self._now = now
        self._from = self._to = datetime.min.replace(tzinfo=now.tzinfo)
        self._gaps: dict[str, tuple[Gap, ...]] = {}

    def __call__(self, then: datetime) -> Hearing:
        """Which sources there were at ``then``, and when in the day before it each could not be heard."""
        if not self._from <= then < self._to:
            self._look_up(then)
        there = [h.source for h in self._listening if h.begun and h.begun <= then]
        silent = {name: _silent(self._gaps[name], then) for name in there}
        return Hearing(tuple(there), {name: times for name, times in silent.items() if times})

    def _look_up(self, then: datetime) -> None:
        """The gaps that matter from ``then`` on for a day."""
        self._from, self._to = then, then + DAY
        begin = then - A_DAY_AND_MORE
        self._gaps = {h.source: unheard(h, begin, self._to, self._now) for h in self._listening}


def _silent(gaps: Sequence[Gap], then: datetime) -> Times:
    """The gaps of the day before ``then``, as it was known then: one that lasted had no end yet."""
    known = [(g.since, _end(g, then)) for g in gaps if g.since < then and (g.until or then) > then - A_DAY_AND_MORE]
    times = [(since, until) for since, until in known if until is None or since < until]
    return tuple(sorted(times, key=lambda t: (t[1] is None, t[0])))


def _end(gap: Gap, then: datetime) -> datetime | None:
    """What was read when the trouble was over had been heard in time at its end."""
    if gap.until is None or gap.until > then:
        return None
    return gap.until - LATE if gap.filled else gap.until
