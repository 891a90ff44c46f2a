"""What stands around a step of the stream: fakes of Faust's stream, of the publisher and of who watches."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class FakeMessage:
    """A fake message: what Faust's has, as far as steps look at it."""

    value: bytes | None
    offset: int = 0
    partition: int = 0
    topic: str = "mentions"
    headers: Sequence[tuple[str, bytes]] | None = None
    generation_id: int = 1
    left: set[str] = field(default_factory=lambda: {"index"})
    key: bytes = b""
    timestamp: float = 0.0

    @property
    def acked(self) -> bool:
        """Whether every step has done it."""
        return not self.left


@dataclass
class FakeEvent:
    """A fake event."""

    message: FakeMessage


class FakeStream:
    """A fake stream: gives these batches, and ends."""

    def __init__(self, *batches: Sequence[FakeMessage]) -> None:
        self._batches = batches

    async def noack_take(self, _most: int, within: float) -> AsyncIterator[list[FakeEvent]]:
        for batch in self._batches:
            yield [FakeEvent(message) for message in batch]


@dataclass
class FakeWatch:
    """A fake watch: adds up what it is told."""

    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    times: list[datetime] = field(default_factory=list)

    def processed(self, step: str, count: int = 1) -> None:
        self.told["processed", step] += count

    def quarantined(self, step: str, count: int = 1) -> None:
        self.told["quarantined", step] += count

    def retried(self, step: str, count: int = 1) -> None:
        self.told["retried", step] += count

    def indexed(self, first_seen: Any) -> None:
        self.times += first_seen


class FakePublisher:
    """A fake publisher: what was published, by topic and in its order; ``refuses`` a topic with an exception."""

    def __init__(self) -> None:
        self.topics: defaultdict[str, list[Any]] = defaultdict(list)
        self.order: list[str] = []
        self.refuses: dict[str, Exception] = {}

    async def publish(self, step: str, topic: str, messages: Sequence[Any]) -> None:
        if topic in self.refuses:
            raise self.refuses[topic]
        self.order.append(topic)
        self.topics[topic] += messages
