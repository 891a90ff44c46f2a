"""Up to when everything that was published has come to detection: through ``enrich``, through ``group``, to us."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping
from typing import cast

from faust.types import TP

from corrillo.ports import Clock
from corrillo.topics import Topic, Topics
from processors.faust.application import Application
from processors.faust.holding import Holding
from processors.faust.transport import Consumer

Times = Mapping[int, float | None]
"""Seconds since 1970, by partition; None where nobody knows."""


class Passing:
    """What has passed one step reaches the next a moment later: each is asked a round after the one before it."""

    def __init__(self) -> None:
        self._enriched: deque[float | None] = deque([None, None], maxlen=2)
        self._grouped: Times = {}

    def through(self, enriched: float | None, grouped: Times, come: Times) -> dict[int, float]:
        """For each partition of ``come``: what has passed all; 0 while that is not known.

        ``enriched``: of all partitions of ``mentions``; ``grouped`` and ``come``: of ours of the next two topics.
        """
        before = self._enriched[0]
        passed = {p: (before, self._grouped.get(p), at) for p, at in come.items()}
        self._enriched.append(enriched)
        self._grouped = grouped
        return {p: min(t or 0.0 for t in times) for p, times in passed.items()}


class Inflow:
    """The same for one worker; ``enriched`` is what all of them say (``Peers.through``), ``missing``, what it waits for."""

    def __init__(
        self,
        app: Application,
        topics: Topics,
        holding: Holding,
        enriched: Callable[[], float | None],
        missing: Callable[[], str],
        clock: Clock,
    ) -> None:
        self._app, self._topics, self._holding = app, topics, holding
        self._enriched, self._missing, self._clock = enriched, missing, clock
        self._passing, self._generation = Passing(), -1

    def share(self) -> dict[int, float]:
        """Of our partitions of ``mentions``: up to when everything is enriched, as far as we know."""
        known = self._times(self._topics.mentions, "enrich", in_order=True)
        return {partition: at for partition, at in known.items() if at is not None}

    def through(self) -> Mapping[int, float]:
        """For each of our partitions, 0 where nobody knows. What an earlier generation was given does not wait any more."""
        generation = int(self._app.consumer_generation_id)
        if generation != self._generation:
            self._passing, self._generation = Passing(), generation
        self._holding.keep(generation)
        grouped, come = self._times(self._topics.enriched, "group"), self._times(self._topics.tagged, "detect")
        return self._passing.through(self._enriched(), grouped, come)

    def ours(self) -> Collection[int]:
        """The partitions of which that still holds."""
        moved = self._missing() or self._generation != self._app.consumer_generation_id
        return () if moved else {tp.partition for tp in self._of(self._topics.tagged)}

    def _times(self, topic: Topic, step: str, in_order: bool = False) -> dict[int, float | None]:
        consumer, now = cast(Consumer, self._app.consumer), self._clock().timestamp()
        return {tp.partition: consumer.through(tp, step, now, in_order) for tp in self._of(topic)}

    def _of(self, topic: Topic) -> list[TP]:
        return [] if self._missing() else [tp for tp in self._app.consumer.assignment() if tp.topic == topic.name]
