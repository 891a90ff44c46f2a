"""Where ingestors carry what they have heard: a batch and its cursor in one Kafka transaction.

Each source has a transactional id: who begins to publish for it takes over from whoever did
before, reads where that one stood, and goes on from there. Readers of committed records see each
batch once, with the cursor that covers it, or not at all. While Kafka is away, ``take`` waits:
nothing is dropped, and the source is not asked for more.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from corrillo.health import advanced, failed
from corrillo.model import Batch, Cursor, KnownRef, Mention
from corrillo.ports import Clock, Outcome, SourceHealth, SourceNews, Written
from corrillo.topics import topics
from ingest.kafka.connection import Broker
from ingest.kafka.desk import Desk, Publishing
from ingest.kafka.memory import Memory
from ingest.kafka.patience import OnTrouble, Patience
from ingest.kafka.records import Writer
from ingest.kafka.taking import Taking
from ingest.kafka.trouble import TooLarge


class KafkaSink:
    """A Sink (``corrillo.sink``) that publishes. Its methods block; several threads may call, one for each source.

    ``Written.new`` are mentions published and ``Written.deleted`` deletions published, ``refused``
    mentions that were erased: whether a mention was there before, only a store knows. Raises Fenced when another ingestor has taken a
    source over, Stopped once ``stop`` was called; what waiting can mend is waited for.
    """

    def __init__(
        self,
        broker: Broker,
        institutions: Sequence[str],
        clock: Clock,
        retention: timedelta,
        on_trouble: OnTrouble = lambda source, said: None,
    ) -> None:
        self._broker = broker
        self._institutions = institutions
        self._clock = clock
        self._retention = retention
        self._patience = Patience(on_trouble)
        self._topics = topics(broker.settings)
        self._name = f"{socket.gethostname()}, process {os.getpid()}, {secrets.token_hex(4)}"
        self._memory = Memory(broker, self._topics, self._patience, self._name)
        self._desks: dict[str, Desk] = {}
        self._lock = threading.Lock()
        self._marks = count(1)

    def start(self) -> None:
        """Wait for Kafka. Raises BrokerRefused for what only a person can mend.

        What it remembers is read once a source is ours: until then, what an ingestor that was
        killed had begun would hold up every reader.
        """
        self._patience.until(self._memory.require)

    def stop(self) -> None:
        """End all waiting, from any thread."""
        self._patience.stop()

    def close(self) -> None:
        """Let go of everything; call it when nobody publishes any more."""
        for desk in self._desks.values():
            desk.rise()
        self._memory.close()

    # ── the Sink ──────────────────────────────────────────────────────────────────────────
    def cursor(self, source: str) -> Cursor | None:
        """Where the source resumes; from now on it is ours. What was erased by hand meanwhile is known then."""
        desk = self._desk(source)
        desk.sit()
        self._patience.until(self._memory.hear)
        self._forget_old(desk)
        return self._memory.position(source).cursor

    def known(self, source: str, since: datetime, limit: int) -> Sequence[KnownRef]:
        """The newest mentions of a source that have a ref, as far as is known: all of them once it is ours."""
        return self._memory.refs.newest(source, since, limit)

    def health_of(self, source: str) -> SourceHealth | None:
        """What is known of a source: all of it once it is ours."""
        return self._memory.health(source)

    def health(self) -> Sequence[SourceHealth]:
        """Every source that was ever asked, by name."""
        return self._memory.all_health()

    def take(self, batch: Batch, outcome: Outcome[Mention]) -> Written:
        """Publish what became of the batch with its cursor."""
        source = batch.cursor.source
        desk = self._desk(source)
        desk.sit()
        base = self._memory.position(source).cursor
        taking = Taking(batch, outcome, self._writer(source), self._memory, self._institutions, base, desk.said)
        while True:
            try:
                desk.publish(taking.compose)
                break
            except TooLarge as error:
                taking.set_aside(error)
        self._tell(desk, outcome.news.network)
        return taking.done()

    def note_failure(self, source: str, network: str, at: datetime, error: str, refused: bool = False) -> None:
        """One more failure in a row; the cursor stays."""

        def grown(known: SourceHealth | None) -> SourceHealth:
            return failed(known or SourceHealth(source, network), at, error, refused=refused)

        self._note(source, network, grown)

    def note_success(self, news: SourceNews) -> None:
        """The source was read, though it had nothing new."""
        self._note(news.source, news.network, lambda known: advanced(known, news))

    # ── how ───────────────────────────────────────────────────────────────────────────────
    def _desk(self, source: str) -> Desk:
        with self._lock:
            if source not in self._desks:
                trouble = self._patience.trouble(source)
                self._desks[source] = Desk(source, self._name, self._broker, self._memory, trouble, self._clock)
            return self._desks[source]

    def _writer(self, source: str) -> Writer:
        return Writer(self._topics, source, self._name, next(self._marks))

    def _note(self, source: str, network: str, grown: Callable[[SourceHealth | None], SourceHealth]) -> None:
        desk, writer = self._desk(source), self._writer(source)

        def compose() -> Publishing:
            health = grown(self._memory.health(source))
            return Publishing(writer.mark, [writer.health(health)], health)

        desk.publish(compose)
        self._tell(desk, network)

    def _tell(self, desk: Desk, network: str) -> None:
        """Once Kafka is back, the source's health tells that it was away, and then how it is now."""
        outage, desk.outage = desk.outage, None
        if outage is None:
            return
        writer, now = self._writer(desk.source), self._clock()
        said = f"{outage.error}; {outage.seconds:.0f} s"

        def compose() -> Publishing:
            known = replace(self._memory.health(desk.source) or SourceHealth(desk.source, network), last_attempt=now)
            records = [writer.health(failed(known, now, said, failures=outage.failures)), writer.health(known)]
            return Publishing(writer.mark, records, known)

        desk.publish(compose)

    def _forget_old(self, desk: Desk) -> None:
        """Refs of posts that are past all retention."""
        draft = self._memory.refs.draft()
        for key in self._memory.refs.older(self._clock() - self._retention):
            draft.forget(key)
        if draft.changes:
            writer = self._writer(desk.source)
            desk.publish(lambda: Publishing(writer.mark, writer.refs(draft), draft=draft))
