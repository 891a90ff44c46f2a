"""Enrichment from Kafka to Kafka, against a bare aiokafka loop with the same functions.

    bare     getmany, enrich, send_batch, commit: no framework
    ours     the worker's own step on the worker's own transport (target: 0.40 of bare)
    stock    the same step on Faust's transport as it comes (target: 0.20)
    naive    an agent that takes event by event and sends each: what a tutorial shows (ours: 3 times it or more)

Each way is a process of its own that reads the same topic from its beginning, under a group of its
own; the time runs from its first message to its last, what it writes being durable. In turn, so that
a slow moment of the machine hits all.

    python -m bench.stream                      # starts a broker of its own
    python -m bench.stream --kafka HOST:PORT
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import secrets
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from zlib import crc32

import msgspec
from aiokafka import AIOKafkaConsumer
from faust.transport.drivers.aiokafka import Consumer as FaustConsumer
from faust.transport.drivers.aiokafka import Transport as FaustTransport

from bench.corpus import NOW, median, pipeline_and_mentions
from corrillo.demo import build
from corrillo.engines import Access, KafkaSettings
from corrillo.messages import encode, headers, read_mention
from corrillo.model import Mention, mention_id
from corrillo.registry import tagger
from corrillo.topics import Topics, topics
from ingest.kafka.connection import Broker
from ingest.kafka.layout import setup
from processors.enrich import Enricher, enrichers
from processors.faust.application import Application, application
from processors.faust.brokers import Brokers
from processors.faust.publisher import Outgoing, Publisher
from processors.faust.step import Aside, Read, Step
from processors.faust.steps import Enrich
from processors.faust.transport import Consumer, Transport

COUNT = 20_000
ROUNDS = 3
BATCH = 2_000
WAYS = ("bare", "ours", "stock", "naive")


class Silent:
    """Nobody is told how it goes."""

    def processed(self, step: str, count: int = 1) -> None: ...
    def quarantined(self, step: str, count: int = 1) -> None: ...
    def retried(self, step: str, count: int = 1) -> None: ...
    def indexed(self, first_seen: Iterable[datetime]) -> None: ...


class Timer:
    """Seconds from the first message to the last; ``over`` is set then."""

    def __init__(self) -> None:
        self.began, self.seconds, self.left, self.over = 0.0, 0.0, COUNT, asyncio.Event()

    def begin(self) -> None:
        self.began = self.began or perf_counter()

    def done(self, count: int) -> None:
        self.left -= count
        if self.left <= 0:
            self.seconds = perf_counter() - self.began
            self.over.set()


def brokers(kafka: str, prefix: str) -> Brokers:
    return Brokers(KafkaSettings(servers=(kafka,), prefix=prefix), Access())


def messages(names: Topics) -> list[Outgoing]:
    """The demonstration's mentions over and over, each a different one."""
    _, found = pipeline_and_mentions()
    made = []
    for number in range(COUNT):
        mention = found[number % len(found)]
        identity = mention_id(mention.network, f"{mention.id}-{number}", mention.institution)
        value = encode(msgspec.structs.replace(mention, id=identity, thread=identity))
        made.append(Outgoing(crc32(identity.encode()) % names.mentions.partitions, identity, value, headers("bench")))
    return made


async def fill(to: Brokers) -> None:
    """Make the topics and publish the mentions."""
    setup(Broker(to.settings, to.access))
    publisher, names = Publisher(to, "fill", Silent()), topics(to.settings)
    await publisher.start()
    await publisher.publish("fill", names.mentions.name, messages(names))
    await publisher.stop()


def functions() -> Mapping[str, Enricher]:
    with TemporaryDirectory() as folder:
        return enrichers(build(Path(folder), NOW).institutions, tagger("rules"))


# ── the ways ──────────────────────────────────────────────────────────────────────────────
async def bare(to: Brokers, timer: Timer) -> None:
    names, known = topics(to.settings), functions()
    publisher = Publisher(to, "bare", Silent())
    await publisher.start()
    consumer = AIOKafkaConsumer(
        names.mentions.name, group_id="bare", auto_offset_reset="earliest", enable_auto_commit=False, **to.client()
    )
    await consumer.start()
    while not timer.over.is_set():
        for tp, records in (await consumer.getmany(timeout_ms=200, max_records=BATCH)).items():
            timer.begin()
            told = [_enriched(known, tp.partition, r.value, r.headers) for r in records]
            await publisher.publish("bare", names.enriched.name, told)
            await consumer.commit()
            timer.done(len(records))
    await consumer.stop()
    await publisher.stop()


def _enriched(known: Mapping[str, Enricher], partition: int, value: bytes, given: Any) -> Outgoing:
    mention = read_mention(value, given)
    assert isinstance(mention, Mention)
    return Outgoing(partition, mention.id, encode(known[mention.institution](mention)), headers("bench"))


async def ours(to: Brokers, timer: Timer, kind: type[Application] | None = None) -> None:
    app = application(to, "bench")
    if kind:
        app.__class__ = kind
    publisher, silent = Publisher(to, "bench", Silent()), Silent()
    await publisher.start()
    names = topics(to.settings)
    aside = Aside(publisher, names.quarantine.name, str, lambda: NOW, silent)
    enrich = Enrich(functions(), publisher, names.enriched.name, to.settings.partitions, aside)

    async def timed(batch: list[Read[Any]]) -> None:
        timer.begin()
        await enrich(batch)
        timer.done(len(batch))

    step: Step[Any] = Step("enrich", read_mention, timed, aside, silent)
    app.add_step(names.mentions.name, step)
    await app.start()
    await timer.over.wait()
    await app.stop()
    await publisher.stop()


class AsItComes(Consumer):
    """Delivers each message as Faust does: with two tasks that are waited for."""

    wait_first = FaustConsumer.wait_first


class Slow(Transport):
    """The transport of that consumer."""

    Consumer = AsItComes


class Stock(Application):
    """On Faust's way in as it comes."""

    def _new_transport(self) -> Transport:
        return Slow(self.conf.broker_consumer, self)


class Plain(Application):
    """On Faust's own transport, with its own acknowledgements."""

    def _new_transport(self) -> Any:
        return FaustTransport(self.conf.broker_consumer, self)


async def stock(to: Brokers, timer: Timer) -> None:
    await ours(to, timer, Stock)


async def naive(to: Brokers, timer: Timer) -> None:
    app, names, known = application(to, "naive"), topics(to.settings), functions()
    app.__class__ = Plain
    enriched = app.topic(names.enriched.name, key_type=bytes, value_type=bytes)

    async def each(stream: Any) -> None:
        async for event in stream.events():
            timer.begin()
            message = event.message
            told = _enriched(known, 0, message.value, message.headers)
            await (await enriched.send(key=told.key.encode(), value=told.value))
            timer.done(1)

    app.agent(app.topic(names.mentions.name, key_type=bytes, value_type=bytes))(each)
    await app.start()
    await timer.over.wait()
    await app.stop()


# ── running ───────────────────────────────────────────────────────────────────────────────
def measured(way: str, kafka: str, prefix: str) -> float:
    """Seconds of one way, in a process of its own."""
    line = [sys.executable, "-m", "bench.stream", "--way", way, "--kafka", kafka, "--prefix", prefix]
    return float(subprocess.run(line, check=True, capture_output=True, text=True).stdout.split()[-1])


def one_way(given: argparse.Namespace) -> None:
    logging.disable(logging.WARNING)
    to = brokers(given.kafka, given.prefix)

    async def run() -> float:
        timer = Timer()
        await {"bare": bare, "ours": ours, "stock": stock, "naive": naive}[given.way](to, timer)
        return timer.seconds

    print(asyncio.run(run()))


def compare(kafka: str) -> None:
    """All ways in turn, as a table."""
    spent: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(ROUNDS):
        for way in WAYS:
            prefix = f"bench-{secrets.token_hex(4)}"
            asyncio.run(fill(brokers(kafka, prefix)))
            spent[way].append(measured(way, kafka, prefix))
    base = median(spent["bare"])
    print(f"enrichment from Kafka to Kafka, {COUNT} mentions, median of {ROUNDS} rounds")
    for way, seconds in spent.items():
        print(f"{way:8} {COUNT / median(seconds):8.0f} mentions a second   ratio {base / median(seconds):.2f}")
    print(f"ours against naive: {median(spent['naive']) / median(spent['ours']):.1f} times")
    print("targets: ours 0.40, stock 0.20, ours against naive 3 times")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kafka", help="a broker that is there already")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--prefix", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way:
        return one_way(given)
    with ExitStack() as opened:
        if not given.kafka:
            from deploy.services import Kafka

            folder = opened.enter_context(TemporaryDirectory(prefix="corrillo-"))
            given.kafka = opened.enter_context(Kafka(Path(folder))).bootstrap
        compare(given.kafka)
    return None


if __name__ == "__main__":
    main()
