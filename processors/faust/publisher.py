"""Publishing from the steps: whole batches to a partition, waited for, until the brokers have them."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError, MessageSizeTooLargeError

from corrillo.errors import BrokerError
from corrillo.messages import Header
from corrillo.ports import StepWatch
from processors.faust.brokers import Brokers

log = logging.getLogger("corrillo.work")
BATCH_BYTES = 262_144
FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0
"""Seconds between tries: doubled each time, with jitter."""
FATAL = frozenset(
    {"OutOfOrderSequenceNumber", "InvalidProducerEpoch", "ProducerFenced", "ProducerClosed", "UnknownProducerId"}
)
"""Errors after which this producer takes nothing more: the process has to begin anew."""


@dataclass(frozen=True)
class Outgoing:
    """One message to publish."""

    partition: int
    key: str
    value: bytes | None
    headers: Sequence[Header] = ()
    published: float | None = None
    """When it was published first, in seconds since 1970; None: now."""


def wait_for(tries: int) -> float:
    """Seconds to wait after that many failed tries."""
    return float(min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries, 10)) * random.uniform(0.5, 1.0))  # noqa: S311 - jitter


class Publisher:
    """An idempotent producer: what it publishes to a partition stands there in its order."""

    def __init__(self, brokers: Brokers, member: str, watch: StepWatch) -> None:
        self._brokers, self._member, self._watch = brokers, member, watch
        self._producer: AIOKafkaProducer | None = None
        self.waiting = 0
        """How many batches Kafka does not take at the moment."""

    async def start(self) -> None:
        """Connect, as soon as a broker answers. Raises BrokerError when it does not let us in."""
        tries = 0
        while self._producer is None:
            producer = self._new()
            try:
                await producer.start()
                self._producer = producer
            except KafkaConnectionError:
                await producer.stop()
                where = ", ".join(self._brokers.settings.servers)
                log.warning("Kafka at %s does not answer; trying again. Start it, or mend servers under [kafka]", where)
                await asyncio.sleep(wait_for(tries))
                tries += 1
            except KafkaError as error:
                await producer.stop()
                said = f"Kafka does not let us in: {type(error).__name__}"
                raise BrokerError(said, "check [kafka], then: corrillo doctor") from None

    def _new(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            **self._brokers.client(),
            client_id=f"corrillo-{self._member}-out",
            enable_idempotence=True,
            acks="all",
            max_batch_size=BATCH_BYTES,
            request_timeout_ms=20_000,
        )

    async def stop(self) -> None:
        """Disconnect; nothing is pending, for everything is waited for."""
        if self._producer:
            await self._producer.stop()

    async def publish(self, step: str, topic: str, messages: Sequence[Outgoing]) -> None:
        """Return when all of them are durable; a partition's are in their order.

        What may work later is tried again for ever; messages may then be there twice. Raises
        KafkaError when it never will.
        """
        by_partition: defaultdict[int, list[Outgoing]] = defaultdict(list)
        for message in messages:
            by_partition[message.partition].append(message)
        await asyncio.gather(*(self._until_there(step, topic, p, some) for p, some in by_partition.items()))

    async def _until_there(self, step: str, topic: str, partition: int, messages: Sequence[Outgoing]) -> None:
        tries = 0
        while True:
            try:
                await self._send(topic, partition, messages)
                self.waiting -= bool(tries)
                return
            except KafkaError as error:
                if isinstance(error, MessageSizeTooLargeError) or type(error).__name__ in FATAL:
                    raise
                self._watch.retried(step)
                log.warning(
                    "%s: Kafka does not take records for %s (%s); trying again", step, topic, type(error).__name__
                )
                self.waiting += not tries
                await asyncio.sleep(wait_for(tries))
                tries += 1

    async def _send(self, topic: str, partition: int, messages: Sequence[Outgoing]) -> None:
        assert self._producer is not None
        pending = []
        builder = self._producer.create_batch()
        for message in messages:
            if not self._added(builder, message):
                pending.append(await self._producer.send_batch(builder, topic, partition=partition))
                builder = self._producer.create_batch()
                self._added(builder, message)  # an empty one takes any
        pending.append(await self._producer.send_batch(builder, topic, partition=partition))
        await asyncio.gather(*pending)

    @staticmethod
    def _added(builder: object, message: Outgoing) -> bool:
        append = builder.append  # type: ignore[attr-defined]
        at = None if message.published is None else round(message.published * 1000)
        key, headers = message.key.encode(), list(message.headers)
        return append(key=key, value=message.value, timestamp=at, headers=headers) is not None
