"""One transaction after another under one transactional id: everything in it is published, or nothing is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from kafka import errors as kafka

from corrillo.messages import Header
from corrillo.model import milliseconds
from corrillo.ports import Clock
from ingest.kafka.connection import TRY_MS, Broker
from ingest.kafka.patience import Trouble
from ingest.kafka.producer import STEP_MS
from ingest.kafka.trouble import OVERTAKEN, TOO_LARGE, TooLarge, explained

QUIET = 5.0
"""Seconds without an answer before people hear of it."""


@dataclass(frozen=True)
class Record:
    """One message: value None says that there is nothing more under its key."""

    topic: str
    key: str
    value: bytes | None
    headers: Sequence[Header] = ()


class Line:
    """A producer that has taken over its transactional id: whoever had it before can publish no more.

    After any error it must be closed and another one opened: what it had begun is aborted then.
    Waits are told to ``trouble``, which also ends them. Raises BrokerError.
    """

    def __init__(self, broker: Broker, transactional_id: str, trouble: Trouble, clock: Clock) -> None:
        self._broker = broker
        self._clock = clock
        self._trouble = trouble
        self._producer = broker.producer(transactional_id)
        try:
            with broker.explaining(), self._producer.reasons():
                self._go_on(self._begun)
        except BaseException:
            self.close()
            raise

    def publish(self, records: Sequence[Record]) -> None:
        """All records in one committed transaction."""
        self.begin(records)
        with self._broker.explaining(), self._producer.reasons():
            self._go_on(lambda: self._producer.committed(STEP_MS / 1000))

    def begin(self, records: Sequence[Record]) -> None:
        """All records in a transaction that is still open: nobody sees them."""
        futures: list[Any] = []
        with self._broker.explaining(), self._producer.reasons():
            self._producer.begin_transaction()
            now = milliseconds(self._clock())
            try:
                for record in records:
                    futures.append(self._sent(record, now))
                self._go_on(self._flushed)
            except kafka.KafkaError:
                self._require(futures)  # kafka-python takes nothing more once a record was refused: that one says why
                raise
            self._require(futures)

    def close(self) -> None:
        """Let go of it; nothing of it is published any more."""
        self._producer.abandon()

    def _begun(self) -> bool:
        try:
            self._producer.init_transactions()
        except kafka.KafkaTimeoutError:
            return False
        return True

    def _sent(self, record: Record, now: int) -> Any:
        """kafka-python waits here for metadata and, when its buffer is full, for the broker."""
        deadline = monotonic() + TRY_MS / 1000
        while True:
            try:
                return self._producer.send(
                    record.topic, record.value, record.key.encode(), list(record.headers), timestamp_ms=now
                )
            except kafka.KafkaTimeoutError:
                self._say_and_check(deadline)

    def _flushed(self) -> bool:
        try:
            self._producer.flush(STEP_MS / 1000)
        except kafka.KafkaTimeoutError:
            return False
        return True

    def _go_on(self, done: Callable[[], bool]) -> None:
        deadline = monotonic() + TRY_MS / 1000
        while not done():
            self._say_and_check(deadline)

    def _say_and_check(self, deadline: float) -> None:
        self._trouble.patience.check()
        reason = self._producer.reason(kafka.KafkaTimeoutError())
        left = deadline - monotonic()
        if left < 0:
            raise reason
        waited = TRY_MS / 1000 - left
        if waited > QUIET:
            self._trouble.note(explained(reason, self._broker.settings.servers), waited)

    @staticmethod
    def _require(futures: Sequence[Any]) -> None:
        """Every record must have been taken: kafka-python would commit a transaction without those that were not."""
        failed = {place: f.exception for place, f in enumerate(futures) if f.exception is not None}
        if not failed:
            return
        large = tuple(place for place, error in failed.items() if isinstance(error, TOO_LARGE))
        if large:
            raise TooLarge("Kafka does not take records of that size", large)
        raise min(failed.values(), key=_telling)


def _telling(error: Exception) -> int:
    """How little an error tells of what is wrong: those of records that only stood beside a bad one come last."""
    return 0 if isinstance(error, OVERTAKEN) else 1 if type(error) is not kafka.KafkaError else 2
