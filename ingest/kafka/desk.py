"""One source's place at Kafka: at most one ingestor sits there, and it goes on where the last one rose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic

from corrillo.errors import BrokerError, Fenced
from corrillo.ports import Clock, SourceHealth
from corrillo.topics import topics
from ingest.kafka.connection import Broker
from ingest.kafka.memory import Memory, Position
from ingest.kafka.patience import Stopped, Trouble
from ingest.kafka.records import Writer
from ingest.kafka.refs import Draft
from ingest.kafka.said import Said
from ingest.kafka.transaction import Line, Record
from ingest.kafka.trouble import Moved, Overtaken, TooLarge

GRACE = 15.0
"""Seconds in which whoever has overtaken us says so; after that it was only our transaction that took too long."""
WORTH_NOTING = 3.0
"""Seconds that Kafka must be away before the source's health tells of it."""


@dataclass(frozen=True)
class Publishing:
    """What one transaction publishes, and what holds once it is committed."""

    mark: int
    records: Sequence[Record]
    health: SourceHealth | None = None
    position: Position | None = None
    draft: Draft | None = None


@dataclass(frozen=True)
class Outage:
    """Kafka was away: how often it was tried, for how many seconds, and why."""

    failures: int
    seconds: float
    error: str


class Desk:
    """Publishes for one source, one transaction after another, however long each takes.

    To sit down is to fence whoever sat there, to read where they stood, and to claim the place
    with a record that says who we are. Whoever finds another's claim after their own is Fenced
    and never sits down again; so of two ingestors exactly one stays.
    """

    def __init__(self, source: str, name: str, broker: Broker, memory: Memory, trouble: Trouble, clock: Clock) -> None:
        self.source = source
        self._name = name
        self._broker = broker
        self._memory = memory
        self._trouble = trouble
        self._clock = clock
        self._turn = Lock()
        self._line: Line | None = None
        self._claimed = False
        self._suspicious = False
        self._seen = -1
        self.said = Said()
        """What was published for the source while we sit here."""
        self.outage: Outage | None = None
        """The last time that Kafka was away for long; whoever tells of it sets it to None."""

    def publish(self, compose: Callable[[], Publishing | None]) -> None:
        """Commit what ``compose`` gives; it is asked again for each try, and gives None when all is there already.

        Raises Fenced, Stopped, TooLarge, Moved. Waits out every other BrokerError. Threads take turns: what is
        looked up besides, and that reading has failed, may come at the same time.
        """
        with self._turn:
            while not self._published(compose):
                pass

    def _published(self, compose: Callable[[], Publishing | None]) -> bool:
        """Whether this try was the last one."""
        try:
            line = self._sit()
            publishing = compose()
            if publishing is not None:
                self._commit(line, publishing)
            self._over()
        except (Fenced, Stopped, TooLarge, Moved):
            self.rise()
            raise
        except Overtaken:
            self._suspicious = True
            self.rise()
        except BrokerError as error:
            self.rise()
            self._trouble.wait(error)
        else:
            return True
        return False

    def sit(self) -> None:
        """Take the place, if it is not ours yet."""
        self.publish(lambda: None)

    def rise(self) -> None:
        """Let go of the producer; what it had begun is aborted by whoever sits down next."""
        if self._line is not None:
            self._line.close()
        self._line = None

    def _sit(self) -> Line:
        if self._line is not None:
            return self._line
        if self._claimed or self._suspicious:
            self._require_ours()
        identity = f"{self._broker.settings.prefix}.ingest.{self.source}"
        self._line = Line(self._broker, identity, self._trouble, self._clock)
        self._memory.catch_up()
        found = self._memory.position(self.source)
        self._require_unclaimed(found)
        self._seen = max(self._seen, found.offset)
        self._claim(self._line, found)
        self._claimed, self._suspicious = True, False
        return self._line

    def _claim(self, line: Line, found: Position) -> None:
        """Say that the cursor is ours now; under our own last mark, by which a batch knows whether it was committed."""
        mark = found.mark if found.ingestor == self._name else 0
        writer = Writer(topics(self._broker.settings), self.source, self._name, mark)
        claim = replace(found, ingestor=self._name, mark=mark)
        self._commit(line, Publishing(mark, [writer.cursor(self.source, found.cursor)], position=claim))

    def _require_ours(self) -> None:
        """Raises Fenced when another has claimed the place since; waits for that claim when we have been overtaken.

        What we had begun ourselves may still be open, and is ended by sitting down: it is not waited for.
        """
        deadline = monotonic() + (GRACE if self._suspicious else 0.0)
        while True:
            self._memory.hear()
            self._require_unclaimed(self._memory.position(self.source))
            if monotonic() >= deadline:
                return
            self._trouble.patience.sleep(0.2)

    def _require_unclaimed(self, found: Position) -> None:
        ours_before = self._claimed or self._suspicious
        if ours_before and found.ingestor != self._name and found.offset > self._seen:
            raise Fenced(
                f"source {self.source!r}: another ingestor has taken it over ({found.ingestor or 'unknown'})",
                "this one has ended; run one ingestor for each source, or name its sources: corrillo ingest SOURCE…",
            )

    def _commit(self, line: Line, publishing: Publishing) -> None:
        line.publish(publishing.records)
        self._memory.note(self.source, publishing.mark, publishing.position, publishing.health, publishing.draft)

    def _over(self) -> None:
        trouble = self._trouble
        if trouble.seconds >= WORTH_NOTING:
            self.outage = Outage(max(trouble.failures, 1), trouble.seconds, trouble.error)
        trouble.over()
