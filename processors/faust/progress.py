"""How far each partition is done: what was handed out, in its order, and which steps have yet to do it.

Faust's acknowledgements are not used. It counts offsets, and takes those that it was not given for
done: the marks that transactions leave, but also the first message after one; a mark behind offset 0
stops it for good. And it acknowledges by itself what waits for an agent that ends. Here a partition
is done up to the first message that was handed out and that a step has not done.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from typing import Protocol

from faust.types import TP


class Handed(Protocol):
    """A message as it was handed out; ``generation_id`` is that of the group at the time."""

    offset: int
    timestamp: float
    generation_id: int | None
    left: set[str]
    """The steps that have not done it."""


class Progress:
    """The messages under way, by partition.

    After each rebalance partitions are read again from what was committed: so what an earlier
    generation was given does not count.
    """

    def __init__(self) -> None:
        self._under_way: defaultdict[TP, deque[Handed]] = defaultdict(deque)

    def hand(self, partition: TP, message: Handed) -> None:
        """Take note of a message that is about to be delivered."""
        self._under_way[partition].append(message)

    def done(self, partition: TP, generation: int) -> int | None:
        """The offset up to which all is done (exclusive); None when nothing was done since it was asked last."""
        under_way, done = self._under_way[partition], None
        while under_way and (not under_way[0].left or under_way[0].generation_id != generation):
            message = under_way.popleft()
            if message.generation_id == generation:
                done = message.offset + 1
        return done

    def first(self, partition: TP, *steps: str) -> int | None:
        """The offset of the first message that is not done (by one of ``steps``, if named); None when none is under way."""
        under_way = self._under_way.get(partition, ())
        return next((m.offset for m in under_way if (not m.left.isdisjoint(steps) if steps else m.left)), None)

    def oldest(self, partition: TP, step: str) -> float | None:
        """When the oldest that a step has not done was published, in seconds since 1970; None when none is under way."""
        return min((m.timestamp for m in self._under_way.get(partition, ()) if step in m.left), default=None)

    def partitions(self) -> list[TP]:
        """Partitions of which something is under way."""
        return [partition for partition, under_way in self._under_way.items() if under_way]

    def drop(self, partitions: Iterable[TP]) -> None:
        """Forget partitions that went elsewhere."""
        for partition in partitions:
            self._under_way.pop(partition, None)
