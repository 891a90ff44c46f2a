"""Where a listener carries what it has heard: into a store, or to Kafka."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol

from corrillo.detection import Detection
from corrillo.model import Batch, Cursor, KnownRef, Mention
from corrillo.pipeline import Pipeline, commit
from corrillo.ports import Outcome, SourceHealth, SourceNews, Store, Written

LONG = timedelta(minutes=5)
"""After so long, detection looks at how the sources were before it takes a batch."""


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
    """The embedded way: enrich, group, detect and store in one unit of work; without ``detection``, the rest."""

    def __init__(self, store: Store, pipeline: Pipeline, detection: Detection | None = None) -> None:
        self._store = store
        self._pipeline = pipeline
        self._detection = detection
        self._detecting = Lock()
        self._looked: datetime | None = None
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
        enriched, institutions = self._pipeline.enriched(outcome), self._pipeline.institutions
        with self._watching() as detection:
            if detection is not None and (self._looked is None or abs(outcome.news.at - self._looked) > LONG):
                self._look(detection, outcome.news.at)  # before the batch says that the source is heard again
            return commit(enriched, batch, self._store, institutions, detection)

    def advance(self, now: datetime) -> None:
        """Tell detection that time has come to ``now``, whether or not anything was said. Raises StoreError."""
        with self._watching() as detection:
            if detection is not None:
                self._look(detection, now)

    def _look(self, detection: Detection, now: datetime) -> None:
        detection.advance(self._store, now)
        self._looked = now

    @contextmanager
    def _watching(self) -> Iterator[Detection | None]:
        """Detection, for one thread; a unit that fails leaves nothing of itself in it."""
        with self._detecting:
            try:
                yield self._detection
            except BaseException:
                if self._detection is not None:
                    self._detection.again()
                raise
