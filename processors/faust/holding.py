"""Mentions that wait until nothing older can come any more, so that they are heard in their order.

The partitions of ``mentions`` are worked through by several workers, each at its own speed; so the mentions
of an institution reach the later steps a little out of order, after an outage by hours.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from corrillo.model import TaggedEvent
from processors.detect.order import order
from processors.faust.step import Read

PATIENCE = 600.0
"""Seconds after which a mention is heard whatever may still come: better out of its order than never."""
MOST = 50_000
"""Mentions of a partition that may wait: beyond, the older half is heard."""


def held(step: str) -> str:
    """What a message is left to while a step lets it wait: it is not done."""
    return f"{step}: held"


@dataclass(frozen=True)
class Held:
    """A mention or deletion, since when it waits (seconds since 1970), and its place in the order.

    What was published at once is in the order in which mentions are heard; so what is told again has its
    place beside what it is told because of, and never one before itself: that may have been on its way for longer.
    """

    read: Read[TaggedEvent]
    since: float
    place: tuple[float, tuple[int, int, str]]


class Holding:
    """What waits, by partition."""

    def __init__(self) -> None:
        self._held: defaultdict[int, list[Held]] = defaultdict(list)

    def __len__(self) -> int:
        return sum(map(len, self._held.values()))

    def hold(self, read: Read[TaggedEvent], now: float) -> None:
        """Let one wait."""
        among = order(read.word)
        published = max(read.published or 0.0, among[0] / 1000)
        self._held[read.partition].append(Held(read, now, (published, among)))

    def keep(self, generation: int) -> None:
        """Forget what an earlier generation was given: it is given again."""
        for partition, waiting in self._held.items():
            self._held[partition] = [h for h in waiting if h.read.generation == generation]

    def ready(self, partition: int, through: float, now: float, most: int) -> list[Read[TaggedEvent]]:
        """The first so many, in their order, of those before which nothing comes any more; they are the caller's.

        Nothing that was published before ``through`` (seconds since 1970) is still on its way: so what was
        published before then, or has come here before then, need not wait.
        """
        waiting = sorted(self._held[partition], key=lambda h: h.place)
        go = [min(h.place[0], h.since) < through or h.since <= now - PATIENCE for h in waiting]
        if len(waiting) > MOST:
            go[: len(waiting) // 2] = [True] * (len(waiting) // 2)
        ready = [h for h, goes in zip(waiting, go, strict=True) if goes][:most]
        gone = set(map(id, ready))
        self._held[partition] = [h for h in waiting if id(h) not in gone]
        return [h.read for h in ready]
