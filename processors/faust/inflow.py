"""Up to when everything that was published has come to detection: through ``enrich``, through ``group``, to us."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Mapping
from typing import cast

from faust.types import TP

from corrillo.ports import Clock
from corrillo.topics import Topic, Topics
from processors.faust.application import Application
from processors.faust.holding import Holding
from processors.faust.transport import Consumer, Through

Times = Mapping[int, Through | None]
"""By partition; None where nobody knows."""
ROUNDS = 120
"""So many are remembered."""


class Said:
    """Up to when something had been done, and when we knew."""

    def __init__(self) -> None:
        self._said: deque[tuple[float, float]] = deque(maxlen=ROUNDS)

    def note(self, at: float, until: float) -> None:
        """It was known at ``at``."""
        self._said.append((at, until))

    def before(self, at: float) -> float:
        """What was known then; 0 when nothing was."""
        return next((until for when, until in reversed(self._said) if when <= at), 0.0)


class Passing:
    """What has passed one step is where the next one reads: each is believed when it has asked for it afterwards."""

    def __init__(self) -> None:
        self._enriched, self._grouped = Said(), defaultdict[int, Said](Said)

    def through(self, now: float, enriched: float | None, grouped: Times, come: Times) -> dict[int, float]:
        """For each partition of ``come``: what has passed all (seconds since 1970); 0 while that is not known.

        ``enriched``: of all partitions of ``mentions``; ``grouped`` and ``come``: of ours of the next two topics.
        """
        if enriched is not None:
            self._enriched.note(now, enriched)
        for partition, known in grouped.items():
            if known:
                self._grouped[partition].note(now, min(known.until, self._enriched.before(known.asked)))
        return {p: min(k.until, self._grouped[p].before(k.asked)) if k else 0.0 for p, k in come.items()}


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
        return {partition: through.until for partition, through in known.items() if through}

    def through(self) -> Mapping[int, float]:
        """For each of our partitions, 0 where nobody knows. What an earlier generation was given does not wait any more."""
        generation = int(self._app.consumer_generation_id)
        if generation != self._generation:
            self._passing, self._generation = Passing(), generation
        self._holding.keep(generation)
        grouped, come = self._times(self._topics.enriched, "group"), self._times(self._topics.tagged, "detect")
        return self._passing.through(self._clock().timestamp(), self._enriched(), grouped, come)

    def ours(self) -> Collection[int]:
        """The partitions of which that still holds."""
        moved = self._missing() or self._generation != self._app.consumer_generation_id
        return () if moved else {tp.partition for tp in self._of(self._topics.tagged)}

    def _times(self, topic: Topic, step: str, in_order: bool = False) -> Times:
        consumer = cast(Consumer, self._app.consumer)
        return {tp.partition: consumer.through(tp, step, in_order) for tp in self._of(topic)}

    def _of(self, topic: Topic) -> list[TP]:
        return [] if self._missing() else [tp for tp in self._app.consumer.assignment() if tp.topic == topic.name]
