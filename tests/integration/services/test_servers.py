"""The servers are real: what they have accepted survives a kill, and security holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from elasticsearch import AuthenticationException, AuthorizationException, Elasticsearch, NotFoundError
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from deploy import services
from deploy.services.java import QUICK
from tests.services import ElasticsearchServer, KafkaServer, OwnKafka

READER = """
indices:
  - names: ["*"]
    privileges: [read]
"""
CLERK = ("the clerk's password", ("reader",))


def produce(server: services.Kafka, value: bytes) -> None:
    producer = KafkaProducer(bootstrap_servers=server.bootstrap, acks="all")
    producer.send("words", value).get(30)
    producer.close()


def consume(server: services.Kafka) -> list[bytes]:
    words = TopicPartition("words", 0)
    consumer = KafkaConsumer(bootstrap_servers=server.bootstrap, auto_offset_reset="earliest")
    consumer.assign([words])
    found = [next(consumer).value for _ in range(consumer.end_offsets([words])[words])]
    consumer.close()
    return found


def client(server: services.Elasticsearch | ElasticsearchServer, user: tuple[str, str] | None = None) -> Elasticsearch:
    return Elasticsearch(server.url, basic_auth=user or (server.user, server.password), request_timeout=30)


def test_what_kafka_has_accepted_survives_a_kill_and_a_stop(own_kafka: OwnKafka) -> None:
    server = own_kafka()
    KafkaAdminClient(bootstrap_servers=server.bootstrap).create_topics([NewTopic("words", 1, 1)])
    produce(server, b"before the kill")
    server.kill()
    server.start()
    produce(server, b"after the kill")
    server.restart()
    assert consume(server) == [b"before the kill", b"after the kill"]


@pytest.fixture(scope="module")
def node() -> Iterator[services.Elasticsearch]:
    """An Elasticsearch of these tests' own, with a user who may only read."""
    with (
        TemporaryDirectory(prefix="corrillo-", ignore_cleanup_errors=True) as folder,
        services.Elasticsearch(Path(folder), roles={"reader": READER}, users={"clerk": CLERK}, jvm=QUICK) as started,
    ):
        yield started


def test_who_may_only_read_cannot_write(node: services.Elasticsearch) -> None:
    client(node).indices.create(index="letters", settings={"number_of_replicas": 0})
    clerk = client(node, ("clerk", CLERK[0]))
    assert clerk.count(index="letters")["count"] == 0
    with pytest.raises(AuthorizationException):
        clerk.index(index="letters", document={"said": "no"})


def test_what_elasticsearch_has_accepted_survives_a_kill_and_a_stop(node: services.Elasticsearch) -> None:
    client(node).indices.create(index="words", settings={"number_of_replicas": 0})
    client(node).index(index="words", id="1", document={"said": "before the kill"})
    node.kill()
    node.start()
    client(node).index(index="words", id="2", document={"said": "after the kill"})
    node.restart()
    found = client(node).mget(index="words", ids=["1", "2"])
    assert [doc["_source"]["said"] for doc in found["docs"]] == ["before the kill", "after the kill"]


def test_elasticsearch_refuses_who_does_not_say_who_they_are(elasticsearch_server: ElasticsearchServer) -> None:
    with pytest.raises(AuthenticationException):
        Elasticsearch(elasticsearch_server.url).search(index="*")
    with pytest.raises(AuthenticationException):
        client(elasticsearch_server, ("elastic", "not the password")).search(index="*")


def test_no_index_comes_into_being_by_writing(elasticsearch_server: ElasticsearchServer) -> None:
    with pytest.raises(NotFoundError):
        client(elasticsearch_server).index(index="corrillo-test-never-made", document={})


def test_no_topic_comes_into_being_by_asking(kafka_server: KafkaServer) -> None:
    consumer = KafkaConsumer(bootstrap_servers=kafka_server.bootstrap)
    assert not consumer.partitions_for_topic("corrillo-test-never-made")
    assert "corrillo-test-never-made" not in consumer.topics()
    consumer.close()


def test_two_servers_do_not_share_a_port(kafka_server: KafkaServer, tmp_path: Path) -> None:
    port = int(kafka_server.bootstrap.rpartition(":")[2])
    with pytest.raises(services.ServiceError, match="is taken"):
        services.Kafka(tmp_path, port).start()


def test_a_server_that_cannot_start_says_why(own_kafka: OwnKafka) -> None:
    with pytest.raises(services.ServiceError, match=r"many for configuration socket\.send\.buffer\.bytes"):
        own_kafka({"socket.send.buffer.bytes": "many"})
