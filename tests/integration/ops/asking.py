"""What tests ask of the running services: metrics, Elasticsearch, the newspaper, a topic."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Mapping, Sequence

from kafka import KafkaConsumer, KafkaProducer
from prometheus_client.parser import text_string_to_metric_families

from tests.processes import get

Metrics = Mapping[tuple[str, ...], float]


def metrics(address: str) -> Metrics:
    """(name, label values by the order of their labels …) → value."""
    status, said = get(f"{address}/metrics")
    assert status == 200
    families = text_string_to_metric_families(said)
    return {(s.name, *(s.labels[k] for k in sorted(s.labels))): s.value for f in families for s in f.samples}


def elasticsearch(url: str, user: str, password: str, method: str, path: str, body: object = None) -> tuple[int, str]:
    """Status and body of what Elasticsearch answers to that user."""
    asked = urllib.request.Request(f"{url}{path}", json.dumps(body).encode() if body else None, method=method)
    asked.add_header("Content-Type", "application/json")
    asked.add_header("Authorization", f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}")
    try:
        with urllib.request.urlopen(asked) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def publish(bootstrap: str, topic: str, value: bytes, headers: Sequence[tuple[str, bytes]] = ()) -> None:
    """A message that no ingestor of ours would write, in a topic."""
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    producer.send(topic, key=b"key", value=value, headers=list(headers)).get(30)
    producer.close()


def consume(bootstrap: str, topic: str) -> list[bytes]:
    """The committed values that stand in a topic now."""
    consumer = KafkaConsumer(
        topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", isolation_level="read_committed",
        consumer_timeout_ms=3000,
    )  # fmt: skip
    found = [message.value for message in consumer if message.value]
    consumer.close()
    return found
