"""kafka-python's producer, as it has to be for a process that may be told to end at any time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError, LeaderNotAvailableError, NotEnoughReplicasError

STEP_MS = 1_000
"""What a call may block, so that whoever wants to end is heard."""


class Producer(KafkaProducer):  # type: ignore[misc] # kafka-python ships no types
    """kafka-python's own, whose waits all end, and which says what it waits for.

    Its ``commit_transaction`` waits for ever when the broker goes in the middle of it, its
    ``close`` leaves its threads behind when something is undelivered, and it hides why it failed
    or tries again; there is no public way round, hence the private names here.
    """

    def __init__(self, **given: Any) -> None:
        self._refused: Exception | None = None
        self._commit: Any = None
        super().__init__(**given)
        self._answered = self._sender._dispatch_error
        self._sender._dispatch_error = self._note_and_go_on

    def committed(self, seconds: float) -> bool:
        """Go on committing; whether it is done. Call it again until it is."""
        if self._commit is None:
            self._commit = self._transaction_manager.begin_commit()
            self._sender.wakeup()
        if not self._commit.wait(timeout_ms=seconds * 1000):
            return False
        self._commit = None
        return True

    def reason(self, error: Exception) -> Exception:
        """What is behind ``error``, which may be no more than "time is up" or "we are in an error state"."""
        told: Exception = self._transaction_manager.last_error or error
        if not isinstance(told, KafkaTimeoutError):
            return told
        return self._refused or self._away() or told

    @contextmanager
    def reasons(self) -> Iterator[None]:
        """What kafka-python raises inside becomes what is behind it."""
        try:
            yield
        except KafkaError as error:
            raise self.reason(error) from error

    def abandon(self) -> None:
        """Let go of everything at once: nothing more is sent, no thread stays."""
        self._sender.force_close()
        self.close(timeout=STEP_MS / 1000)

    def _note_and_go_on(self, batch: Any, exception: Exception, partition_response: Any) -> None:
        """What the broker says of records that are then sent again; in the producer's own thread."""
        if not isinstance(exception, KafkaTimeoutError):
            self._refused = exception
        self._answered(batch, exception, partition_response)

    def _away(self) -> Exception | None:
        """What the brokers that answer say of those that are away."""
        self._metadata.request_update()
        partitions = [p for topic in self._metadata._partitions.values() for p in topic.values()]
        behind: Exception | None = None
        if any(p.leader_id == -1 for p in partitions):
            behind = LeaderNotAvailableError()
        elif any(len(p.isr_nodes) < len(p.replica_nodes) for p in partitions):
            behind = NotEnoughReplicasError()
        return behind
