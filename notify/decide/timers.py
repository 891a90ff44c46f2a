"""When what has to be looked at again."""

from __future__ import annotations

import heapq
from datetime import datetime

Pair = tuple[str, str]
"""A subscriber and an incident; '' where it is about all that they are owed."""


class Timers:
    """One a pair: the earliest that was asked for."""

    def __init__(self) -> None:
        self._next: dict[Pair, datetime] = {}
        self._heap: list[tuple[datetime, Pair]] = []

    def at(self, moment: datetime, pair: Pair) -> None:
        """Look at it then, unless it is looked at earlier, and asks again."""
        if pair not in self._next or moment < self._next[pair]:
            self._next[pair] = moment
            heapq.heappush(self._heap, (moment, pair))

    def due(self, now: datetime) -> list[Pair]:
        """Those whose time has come; each is given once."""
        found = []
        while self._heap and self._heap[0][0] <= now:
            moment, pair = heapq.heappop(self._heap)
            if self._next.get(pair) == moment:
                del self._next[pair]
                found.append(pair)
        return found
