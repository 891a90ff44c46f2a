"""What a worker was given and has not done comes again, also when nothing of the partition was ever committed."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaProducer
from faust.types import TP

from corrillo.engines import Access, KafkaSettings
from corrillo.topics import topics
from ingest.kafka.connection import Broker
from ingest.kafka.layout import setup
from processors.faust.application import Application, application
from processors.faust.brokers import Brokers
from tests.processes import PATIENCE
from tests.services import KafkaServer

FETCH = 1.0
"""Seconds that Faust lets a fetch wait for messages."""


class Lazy:
    """A step that does nothing: it notes the offsets that it is given."""

    name = "lazy"

    def __init__(self) -> None:
        self.given: list[tuple[int, int]] = []

    async def __call__(self, stream) -> None:
        async for events in stream.noack_take(100, within=0.05):
            self.given += [(e.message.partition, e.message.offset) for e in events]

    def done(self, app: Application, upto: int) -> None:
        """Say that messages up to an offset are done."""
        for under_way in app.consumer._progress._under_way.values():
            for message in under_way:
                if message.offset < upto:
                    message.left.clear()


@pytest.fixture
async def app(kafka_server: KafkaServer) -> AsyncIterator[Application]:
    settings = KafkaSettings(servers=(kafka_server.bootstrap,), prefix=f"test-{secrets.token_hex(4)}", partitions=1)
    brokers = Brokers(settings, Access())
    setup(Broker(settings, Access()))
    made = application(brokers, "tester")
    made.lazy = Lazy()
    made.topic_name = topics(settings).mentions.name
    made.add_step((made.topic_name,), made.lazy)
    made.brokers = brokers
    await publish(made, 10)
    await made.start()
    yield made
    await made.stop()


async def publish(app: Application, count: int) -> None:
    """Publish messages."""
    async with AIOKafkaProducer(**app.brokers.client()) as producer:
        for number in range(count):
            await producer.send_and_wait(app.topic_name, b"{}", str(number).encode())


async def given(app: Application, count: int) -> list[int]:
    """The offsets that were given, as soon as there are so many."""
    async with asyncio.timeout(PATIENCE):
        while len(app.lazy.given) < count:
            await asyncio.sleep(0.05)
    return [offset for _, offset in app.lazy.given]


async def test_what_is_not_done_is_given_again(app: Application) -> None:
    """From the first message on, where nothing is committed; else from what is."""
    assert await given(app, 10) == list(range(10))
    await app.consumer.perform_seek()
    assert await given(app, 20) == [*range(10), *range(10)]
    app.lazy.done(app, 4)
    await app.consumer.commit()
    await app.consumer.perform_seek()
    assert await given(app, 26) == [*range(10), *range(10), *range(4, 10)]


async def test_lag_is_what_is_not_done(app: Application) -> None:
    """Also before anything is committed."""
    await given(app, 10)
    assert app.consumer.lag(TP(app.topic_name, 0)) == 10
    app.lazy.done(app, 7)
    assert app.consumer.lag(TP(app.topic_name, 0)) == 3
    app.lazy.done(app, 10)
    assert app.consumer.lag(TP(app.topic_name, 0)) == 0


async def test_while_all_is_paused_nothing_is_fetched(app: Application) -> None:
    """Also not by a fetch that was waiting before: nobody would get what it brings, and nobody fetch it again."""
    await given(app, 10)
    app.consumer.pause_partitions(app.consumer.assignment())
    await publish(app, 5)
    await asyncio.sleep(3 * FETCH)
    assert app.consumer._thread.read_to(TP(app.topic_name, 0)) == 10
    app.consumer.resume_partitions(app.consumer.assignment())
    app.consumer.resume_flow()
    assert await given(app, 15) == list(range(15))
