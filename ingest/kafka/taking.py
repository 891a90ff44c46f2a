"""One batch on its way: composed anew for each try, published once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from corrillo.errors import BrokerRefused
from corrillo.health import advanced
from corrillo.model import Batch, Cursor, Mention
from corrillo.ports import Outcome, Written
from ingest.kafka.desk import Publishing
from ingest.kafka.memory import Memory, Position
from ingest.kafka.records import Composed, Writer, compose, counted
from ingest.kafka.said import Said
from ingest.kafka.transaction import Record
from ingest.kafka.trouble import Moved, TooLarge


@dataclass
class Taking:
    """``base`` is the cursor from which the batch was read; the writer's mark names the batch for good."""

    batch: Batch
    outcome: Outcome[Mention]
    writer: Writer
    memory: Memory
    institutions: Sequence[str]
    base: Cursor | None
    said: Said = field(default_factory=Said)
    composed: Composed = field(default_factory=Composed)
    _records: Sequence[Record] = ()
    _aside: frozenset[str] = frozenset()

    def compose(self) -> Publishing | None:
        """What is to be published; None when an earlier try was committed after all. Raises Moved."""
        source = self.batch.cursor.source
        position = self.memory.position(source)
        if (position.ingestor, position.mark) == (self.writer.ingestor, self.writer.mark):
            return None
        if position.cursor != self.base:
            raise Moved(f"source {source!r} was read on by another ingestor in the meantime", "it is read from there")
        draft = self.memory.refs.draft()
        self.composed = compose(self.outcome, self.writer, draft, self.institutions, self._aside, self.said)
        health = advanced(self.memory.health(source), counted(self.outcome.news, self.outcome, self.composed))
        cursor = self.writer.cursor(source, self.batch.cursor)
        self._records = [*self.composed.records, self.writer.health(health), cursor]
        moved = Position(self.batch.cursor, self.writer.ingestor, self.writer.mark, position.offset)
        return Publishing(self.writer.mark, self._records, health, moved, draft)

    def done(self) -> Written:
        """It is published; what became of it."""
        self.said.note(self.composed.mentions)
        return self.composed.written

    def set_aside(self, error: TooLarge) -> None:
        """Mentions that Kafka does not take go to quarantine. Raises BrokerRefused where it was something else."""
        large = [self._records[place] for place in error.places]
        ids = {r.key for r in large if r.topic == self.writer.topics.mentions.name} - self._aside
        if not ids:
            names = ", ".join(sorted({r.topic for r in large}))
            raise BrokerRefused(f"Kafka does not take a record for {names}: it is too large", error.remedy)
        self._aside |= ids
