"""Topics on the session's Kafka, under a prefix of their own that is gone afterwards; what stands in them."""

from __future__ import annotations

import secrets
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from kafka.admin import ConfigResource, ConfigResourceType

from corrillo.engines import KafkaSettings
from corrillo.topics import topics
from ingest.kafka.connection import Broker
from ingest.kafka.layout import setup
from ingest.kafka.patience import Patience
from ingest.kafka.reading import Topics
from ingest.kafka.sink import KafkaSink
from tests.fakes.neighbours import served
from tests.integration.kafka.batches import ISLAND, TOWN
from tests.integration.kafka.cluster import two_brokers
from tests.integration.kafka.town import Town
from tests.processes import until

PARTITIONS = 3


class Place:
    """The topics under one prefix, at one Kafka; ``said`` is what sinks made here told of their troubles."""

    def __init__(self, server, prefix="", **given):
        prefix = prefix or f"test-{secrets.token_hex(4)}"
        self.settings = KafkaSettings(servers=(server,), prefix=prefix, **{"partitions": PARTITIONS, **given})
        self.broker, self.topics = Broker(self.settings), topics(self.settings)
        self.said, self._sinks = [], []

    def sink(self, broker=None, clock=None, retention=timedelta(days=36500)):
        """A sink of its own, as a process has one; not started."""
        told = lambda source, said: self.said.append((source, said))  # noqa: E731
        clock = clock or (lambda: datetime.now(UTC))
        self._sinks.append(KafkaSink(broker or self.broker, [TOWN, ISLAND], clock, retention, told))
        return self._sinks[-1]

    def records(self, topic):
        """All committed records of a topic, each partition in its order."""
        reader = Topics(self.broker, [topic.name], Patience())
        try:
            return list(reader.new())
        finally:
            reader.close()

    def last(self, topic):
        """Key → the last record under it, as compaction would leave it; what is null is gone."""
        found = {r.key.decode(): r for r in self.records(topic)}
        return {key: record for key, record in found.items() if record.value is not None}

    def by_partition(self, topic):
        """Key → the partitions in which records of that key stand."""
        found = defaultdict(set)
        for record in self.records(topic):
            found[record.key.decode()].add(record.partition)
        return found

    def alter(self, topic, **settings):
        """Other settings for a topic, as an administrator may give it; dots are written as underscores."""
        asked = {name.replace("_", "."): str(value) for name, value in settings.items()}
        with self.broker.admin() as admin:
            admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, asked)], raise_on_unknown=False)
        until(lambda: asked.items() <= self.altered(topic).items(), f"{asked} at the broker")

    def altered(self, topic):
        """The settings of a topic at the broker."""
        with self.broker.admin() as admin:
            resource = ConfigResource(ConfigResourceType.TOPIC, topic.name)
            found = admin.describe_configs([resource], config_filter="all")["topic"][topic.name]
        return {name: str(setting["value"]) for name, setting in found.items()}

    def remove(self):
        for sink in self._sinks:
            sink.stop()
            sink.close()
        with self.broker.admin() as admin:
            there = {t for t in admin.list_topics() if t.startswith(self.settings.prefix)}
            if there:
                admin.delete_topics(list(there))


@pytest.fixture
def empty_place(kafka_server):
    """A prefix without topics."""
    place = Place(kafka_server.bootstrap)
    yield place
    place.remove()


@pytest.fixture
def place(kafka_server):
    """A prefix with its topics."""
    made = Place(kafka_server.bootstrap)
    setup(made.broker)
    yield made
    made.remove()


@pytest.fixture(scope="module")
def brokers():
    """Two brokers of the module's own, to be killed."""
    with two_brokers() as cluster:
        yield cluster


@pytest.fixture
def town(place, fresh):
    """A town that is listened for on two fake servers, publishing under ``place``."""
    with served("mastodon") as mastodon, served("feed", "--size", "1000") as feed:
        made = Town(fresh, place, mastodon, feed)
        made.configure()
        yield made


@pytest.fixture
def sink(place):
    started = place.sink()
    started.start()
    return started
