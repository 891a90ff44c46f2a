"""How far the workers have come, told by each to all of them.

The partitions of ``mentions`` are worked through by several workers, each at its own speed, so the mentions of
an institution reach the later steps a little out of order, after an outage by hours. Detection needs their
order: so each worker says, for its share, up to when everything that was published has been enriched.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from corrillo.messages import encode, headers
from processors.faust.brokers import Brokers
from processors.faust.publisher import Outgoing, Publisher, wait_for

log = logging.getLogger("corrillo.work")
EVERY = 1.0
"""Seconds between two words about it."""


class Through(msgspec.Struct, frozen=True):
    """Up to when (seconds since 1970) everything that was published in these partitions is enriched."""

    partitions: dict[int, float]


_decode = msgspec.json.Decoder(Through).decode


class Peers:
    """Tells the others, and hears them."""

    def __init__(self, brokers: Brokers, topic: str, member: str, publisher: Publisher) -> None:
        self._brokers, self._topic, self._member, self._publisher = brokers, topic, member, publisher
        self._through: dict[int, float] = {}

    def through(self) -> float | None:
        """Up to when everything that was published is enriched; None while that is not known of every partition."""
        known = len(self._through) == self._brokers.settings.partitions
        return min(self._through.values()) if known else None

    async def tell(self, share: Callable[[], Mapping[int, float]]) -> None:
        """Say for ever how far our ``share`` is, as far as that is known."""
        while True:
            await asyncio.sleep(EVERY)
            if ours := share():
                word = Outgoing(0, self._member, encode(Through(dict(ours))), headers("enrich"))
                await self._publisher.publish("enrich", self._topic, [word])

    async def hear(self) -> None:
        """Listen to all, for ever."""
        tries = 0
        while True:
            consumer = AIOKafkaConsumer(**self._brokers.client(), auto_offset_reset="latest")
            try:
                await consumer.start()
                consumer.assign([TopicPartition(self._topic, 0)])
                async for message in consumer:
                    self.take(message.value)
                    tries = 0
            except KafkaError as error:
                log.warning(
                    "detect: Kafka does not say how far the others are (%s); trying again", type(error).__name__
                )
            finally:
                await consumer.stop()
            await asyncio.sleep(wait_for(tries))
            tries += 1

    def take(self, value: bytes | None) -> None:
        """Take over what a worker says; what cannot be read says nothing."""
        try:
            self._through |= _decode(value or b"").partitions
        except msgspec.DecodeError:
            return
