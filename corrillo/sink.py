"""Where a listener carries what it has heard: into a store, or to Kafka."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from corrillo.model import Batch, Cursor, KnownRef, Mention
from corrillo.pipeline import Pipeline, commit
from corrillo.ports import Outcome, SourceHealth, SourceNews, Store, Written


class Sink(Protocol):
    """Takes batches together with their cursors: both are kept, or neither.

    ``take`` may be called from another thread than the one that made the sink, one batch of a
    source at a time. ``known`` are the newest mentions of a source, for looking them up again.
    """

    def cursor(self, source: str) -> Cursor | None: ...
    def known(self, source: str, since: datetime, limit: int) -> Sequence[KnownRef]: ...
    def health_of(self, source: str) -> SourceHealth | None: ...
    def take(self, batch: Batch, outcome: Outcome[Mention]) -> Written: ...
    def note_failure(self, source: str, network: str, at: datetime, error: str, refused: bool = False) -> None: ...
    def note_success(self, news: SourceNews) -> None: ...
    def stop(self) -> None:
        """The process is told to end: nothing is waited for any more."""
        ...


class StoreSink:
    """The embedded way: enrich, group and store in one unit of work."""

    def __init__(self, store: Store, pipeline: Pipeline) -> None:
        self._store = store
        self._pipeline = pipeline
        self.cursor = store.cursor
        self.known = store.known
        self.note_failure = store.note_failure
        self.note_success = store.note_success

    def health_of(self, source: str) -> SourceHealth | None:
        """What is known of that source."""
        return next((h for h in self._store.health() if h.source == source), None)

    def stop(self) -> None:
        """A store is not waited for."""

    def take(self, batch: Batch, outcome: Outcome[Mention]) -> Written:
        """Store what became of the batch with its cursor."""
        return commit(self._pipeline.enriched(outcome), batch, self._store, self._pipeline.institutions)
