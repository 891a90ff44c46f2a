"""Reading topics from their beginning to where they end now, committed records only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from time import monotonic
from typing import Any

from kafka import TopicPartition
from kafka.admin import OffsetSpec

from corrillo.errors import BrokerError, BrokerRefused
from ingest.kafka.connection import TRANSACTION_MS, Broker
from ingest.kafka.patience import Patience
from ingest.kafka.producer import STEP_MS
from ingest.kafka.trouble import SETUP

PATIENCE = TRANSACTION_MS / 1000 + 30
"""Seconds for a transaction of others that is open: Kafka ends those that nobody goes on with."""

PAUSES = (0.0, 0.5, 1.0)
"""Seconds before each look for the topics: not every broker hears of new ones at once."""


class Topics:
    """Reads some topics; each call of ``new`` goes on where the one before ended, also after an error.

    ``also`` must be there too, though they are not read. Not for several threads. Raises BrokerError.
    """

    def __init__(self, broker: Broker, names: Sequence[str], patience: Patience, also: Sequence[str] = ()) -> None:
        self._broker = broker
        self._names = names
        self._also = also
        self._patience = patience
        self._reader: Any = None
        self._read: dict[Any, int] = {}

    def require(self) -> None:
        """Nothing, when all topics are there. Raises BrokerRefused naming those that are not."""
        with self._broker.explaining():
            self._ends()

    def new(self, wait: bool = True) -> Iterator[Any]:
        """Everything that has been committed by now, as kafka-python's records.

        Transactions of others that are open are waited for; without ``wait``, what lies behind them is left for
        the next time.
        """
        with self._broker.explaining():
            try:
                ends = self._ends()
                self._reader = self._reader or self._opened(ends)
                yield from self._until(ends, wait)
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """Let go of Kafka; ``new`` may be called again."""
        if self._reader is not None:
            self._reader.close(autocommit=False, timeout_ms=STEP_MS)
        self._reader = None

    def _until(self, ends: Mapping[Any, int], wait: bool) -> Iterator[Any]:
        deadline = monotonic() + PATIENCE
        while any(self._reader.position(partition) < end for partition, end in ends.items()):
            self._patience.check()
            if monotonic() > deadline:
                raise BrokerError("a transaction in the topics does not end", "look for it with kafka-transactions.sh")
            found = self._reader.poll(timeout_ms=STEP_MS // 5)
            if not (found or wait):
                return
            for partition, records in found.items():
                deadline = monotonic() + PATIENCE
                for record in records:
                    yield record
                    self._read[partition] = record.offset + 1

    def _opened(self, partitions: Iterable[Any]) -> Any:
        reader = self._broker.reader()
        reader.assign(list(partitions))
        for partition in partitions:
            reader.seek(partition, self._read.get(partition, 0))
        return reader

    def _ends(self) -> Mapping[Any, int]:
        """Where the partitions end, open transactions included: what is committed lies before."""
        with self._broker.admin() as admin:
            there = self._described(admin)
            partitions = [TopicPartition(name, number) for name in self._names for number in range(there[name])]
            found = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
            return {partition: found[partition].offset for partition in partitions}

    def _described(self, admin: Any) -> Mapping[str, int]:
        """Name → number of partitions. Raises BrokerRefused naming the topics that are not there."""
        names = [*self._names, *self._also]
        for pause in PAUSES:
            self._patience.sleep(pause)
            known = {t["name"]: len(t["partitions"]) for t in admin.describe_topics(names) if t["error_code"] == 0}
            missing = sorted(set(names) - set(known))
            if not missing:
                return known
        raise BrokerRefused(f"Kafka has no topic {', '.join(missing)}", f"make what is missing with: {SETUP}")
