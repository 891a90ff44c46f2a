"""The outbox at scale: one topic, published in transactions by whichever office has claimed it last.

To claim it is to fence whoever wrote it, and to say so with a record under ``OFFICE``. Whoever finds that Kafka
takes nothing more from them looks for that record: where another's name stands last, they end; else they were only
away for too long, and go on.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, TypeVar

from corrillo.errors import BrokerError, BrokerRefused, Fenced, LaterSchema, MessageError
from corrillo.messages import Reading, encode, headers
from corrillo.notices import REMEMBERED, Delivery
from corrillo.ports import Clock
from corrillo.topics import topics
from ingest.kafka.connection import Broker
from ingest.kafka.patience import OnTrouble, Patience, Stopped
from ingest.kafka.reading import Topics
from ingest.kafka.transaction import Line, Record
from ingest.kafka.trouble import TooLarge

OFFICE = "office"
"""Key and header of the record by which it is claimed; no delivery is called so."""

T = TypeVar("T")


class KafkaOutbox:
    """``Outbox`` on Kafka. What waiting can mend is waited for and told to ``on_trouble``; ``stop`` ends that.

    Raises Fenced when another office has claimed it, Stopped, BrokerRefused for what only a person can mend.
    """

    def __init__(self, broker: Broker, clock: Clock, on_trouble: OnTrouble = lambda source, said: None) -> None:
        self._broker, self._clock = broker, clock
        self._topic = topics(broker.settings).outbox.name
        self._name = f"{socket.gethostname()}, process {os.getpid()}, {secrets.token_hex(4)}"
        self._patience = Patience(on_trouble)
        self._trouble = self._patience.trouble("")
        self._read: Reading[Delivery] = Reading(Delivery, "delivery")
        self._line: Line | None = None

    def claim(self) -> Sequence[Delivery]:
        """It is ours now; every delivery that is open, and those made since ``REMEMBERED``, oldest first."""
        return self._done(self._claimed)

    def keep(self, deliveries: Sequence[Delivery]) -> None:
        """New, or replaced by id, in one transaction: committed when this returns."""
        self._publish([Record(self._topic, d.id, encode(d), headers(OFFICE)) for d in deliveries])

    def forget(self, identities: Sequence[str]) -> None:
        """Nothing more is under these ids: what was goes from the files within a day."""
        self._publish([Record(self._topic, identity, None, headers(OFFICE)) for identity in identities])

    def stop(self) -> None:
        """End all waiting, from any thread."""
        self._patience.stop()

    def close(self) -> None:
        """Let go of Kafka."""
        if self._line is not None:
            self._line.close()
        self._line = None

    def _publish(self, records: Sequence[Record]) -> None:
        if records:
            self._done(lambda: self._sat().publish(records))

    def _claimed(self) -> Sequence[Delivery]:
        self.close()
        self._opened().publish([Record(self._topic, OFFICE, None, [*headers(OFFICE), (OFFICE, self._name.encode())])])
        last = {record.key: record for record in self._records()}
        found = [self._delivery(record) for record in last.values() if record.value is not None]
        since = self._clock() - REMEMBERED
        return sorted((d for d in found if d.open or d.made >= since), key=lambda d: (d.made, d.id))

    def _sat(self) -> Line:
        """The line, opened again where it broke: what we had begun ourselves is aborted by that."""
        if self._line is not None:
            return self._line
        line = self._opened()
        self._require_ours()
        return line

    def _opened(self) -> Line:
        self._line = Line(self._broker, f"{self._broker.settings.prefix}.notify", self._trouble, self._clock)
        return self._line

    def _require_ours(self) -> None:
        """Where another has claimed it, we have fenced them just now: they go on as we do here."""
        claims = [dict(record.headers).get(OFFICE, b"") for record in self._records() if record.key == OFFICE.encode()]
        if claims and claims[-1].decode() != self._name:
            raise Fenced(
                f"another office tells people now ({claims[-1].decode() or 'unknown'})",
                "this one has ended; run one of them for a prefix of topics",
            )

    def _records(self) -> list[Any]:
        with closing(Topics(self._broker, [self._topic], self._patience)) as reader:
            return list(reader.new())

    def _delivery(self, record: Any) -> Delivery:
        try:
            return self._read(record.value, record.headers)
        except MessageError as error:
            remedy = "upgrade Corrillo" if isinstance(error, LaterSchema) else "see who publishes there"
            raise BrokerRefused(f"{self._topic}, offset {record.offset}: the record {error.message}", remedy) from None

    def _done(self, work: Callable[[], T]) -> T:
        """What ``work`` gives once it works; each try begins with a line of its own."""
        while True:
            try:
                done = work()
            except (Stopped, Fenced, BrokerRefused):
                self.close()
                raise
            except TooLarge as error:
                self.close()
                raise BrokerRefused(error.message, error.remedy) from error
            except BrokerError as error:
                self.close()
                self._trouble.wait(error)
            else:
                self._trouble.over()
                return done
