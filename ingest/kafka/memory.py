"""What the topics remember of sources: read once from the beginning, and on from there when somebody asks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from corrillo.errors import BrokerRefused, MessageError
from corrillo.messages import ORIGIN, Reading
from corrillo.model import Cursor, KnownRef
from corrillo.ports import SourceHealth
from corrillo.topics import Topics as AllTopics
from ingest.kafka.connection import Broker
from ingest.kafka.patience import Patience
from ingest.kafka.reading import Topics
from ingest.kafka.records import INGESTOR, MARK
from ingest.kafka.refs import Draft, Refs


@dataclass(frozen=True)
class Position:
    """Where a source stands, who has moved it there and by which mark; ``offset`` in the topic if it was read."""

    cursor: Cursor | None = None
    ingestor: str = ""
    mark: int = 0
    offset: int = -1


class Memory:
    """Cursors, health and refs as the topics hold them. Several threads may ask.

    ``name`` is our own: what we have noted of a source when it was committed is not taken again
    when it is read, so that what we know of it never goes back.
    """

    def __init__(self, broker: Broker, topics: AllTopics, patience: Patience, name: str = "") -> None:
        self.refs = Refs()
        self._name = name
        self._noted: dict[str, int] = {}
        self._positions: dict[str, Position] = {}
        self._health: dict[str, SourceHealth] = {}
        self._lock = threading.Lock()
        self._takes: Mapping[str, Callable[[Any, Position], None]] = {
            topics.cursors.name: self._take_cursor,
            topics.sources.name: self._take_health,
            topics.refs.name: self._take_ref,
        }
        also = [topics.mentions.name, topics.quarantine.name]
        self._reader = Topics(broker, list(self._takes), patience, also)
        self._cursor: Reading[Cursor] = Reading(Cursor, "cursor")
        self._source: Reading[SourceHealth] = Reading(SourceHealth, "source health")
        self._ref: Reading[KnownRef] = Reading(KnownRef, "known ref")

    def position(self, source: str) -> Position:
        """Where a source stands, as far as has been read."""
        return self._positions.get(source, Position())

    def health(self, source: str) -> SourceHealth | None:
        """What is known of a source, as far as has been read."""
        return self._health.get(source)

    def all_health(self) -> list[SourceHealth]:
        """Of every source that was ever asked, by name."""
        return [self._health[name] for name in sorted(self._health)]

    def note(
        self, source: str, mark: int, position: Position | None, health: SourceHealth | None, draft: Draft | None
    ) -> None:
        """Note what we have committed ourselves under that mark; None: that stays as it was."""
        self._noted[source] = max(mark, self._noted.get(source, 0))
        if position is not None:
            self._positions[source] = position
        if health is not None:
            self._health[source] = health
        if draft is not None:
            self.refs.update(draft.changes)

    def require(self) -> None:
        """Nothing, when there is where to read and to publish. Raises BrokerError, BrokerRefused when topics are missing."""
        self._reader.require()

    def catch_up(self) -> None:
        """Read everything that has been committed by now. Raises BrokerError, BrokerRefused for what we cannot read."""
        with self._lock:
            for record in self._reader.new():
                self._take(record)

    def hear(self) -> None:
        """Read what is there by now, and wait for nothing that is still under way. Raises as ``catch_up`` does."""
        with self._lock:
            for record in self._reader.new(wait=False):
                self._take(record)

    def close(self) -> None:
        """Let go of Kafka."""
        with self._lock:
            self._reader.close()

    def _take(self, record: Any) -> None:
        found = dict(record.headers)
        signed = Position(None, found.get(INGESTOR, b"").decode(), int(found.get(MARK, b"0")), record.offset)
        source = found.get(ORIGIN, b"").decode()
        if self._name and signed.ingestor == self._name and signed.mark <= self._noted.get(source, 0):
            return
        try:
            self._takes[record.topic](record, signed)
        except MessageError as error:
            place = f"{record.topic}, offset {record.offset}"
            remedy = error.remedy or "see who publishes there"
            raise BrokerRefused(f"{place}: the record {error.message}", remedy) from None

    def _take_cursor(self, record: Any, signed: Position) -> None:
        cursor = self._cursor(record.value, record.headers) if record.value is not None else None
        self._positions[record.key.decode()] = replace(signed, cursor=cursor)

    def _take_health(self, record: Any, signed: Position) -> None:
        if record.value is not None:
            self._health[record.key.decode()] = self._source(record.value, record.headers)

    def _take_ref(self, record: Any, signed: Position) -> None:
        network, _, ref = record.key.decode().partition("\x1f")
        known = self._ref(record.value, record.headers) if record.value is not None else None
        self.refs.update({(network, ref): known})
