"""The topics at Kafka: made, brought up to date, checked. What would lose an order is never changed, only said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType

from corrillo.errors import BrokerError
from corrillo.findings import Finding
from corrillo.topics import Topic, topics
from ingest.kafka.connection import Broker
from ingest.kafka.trouble import SETUP


def wanted(topic: Topic, replication: int) -> Mapping[str, str]:
    """A topic's settings at the broker: one replica may be away where there are three."""
    return {**topic.config, "min.insync.replicas": str(max(1, replication - 1))}


def setup(broker: Broker) -> list[Finding]:
    """Make what is missing, alter settings that differ; one finding a topic. Raises BrokerError."""
    return _look(broker, change=True)


def differences(broker: Broker) -> list[Finding]:
    """The same, changing nothing: what is missing or differs is not ok."""
    return _look(broker, change=False)


def _look(broker: Broker, change: bool) -> list[Finding]:
    asked = topics(broker.settings).all()
    with broker.admin() as admin:
        there = {t["name"]: t for t in admin.describe_topics([t.name for t in asked]) if t["error_code"] == 0}
        settings = _settings(admin, sorted(there))
        missing = [t for t in asked if t.name not in there]
        if change and missing:
            _make(admin, missing, broker.settings.replication)
        findings = {t.name: _missing(t, change) for t in missing}
        for topic in (t for t in asked if t.name in there):
            findings[topic.name] = _compare(admin, topic, there[topic.name], settings[topic.name], broker, change)
    return [findings[t.name] for t in asked]


def _settings(admin: Any, names: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    if not names:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    found = admin.describe_configs(resources, config_filter="all")["topic"]
    return {name: {key: str(c["value"]) for key, c in found[name].items()} for name in names}


def _make(admin: Any, missing: Sequence[Topic], replication: int) -> None:
    asked = {
        t.name: {
            "num_partitions": t.partitions,
            "replication_factor": replication,
            "configs": dict(wanted(t, replication)),
        }
        for t in missing
    }
    admin.create_topics(asked)
    admin.wait_for_topics(list(asked))


def _missing(topic: Topic, made: bool) -> Finding:
    said = f"made, {topic.partitions} partitions" if made else "is not there"
    return Finding(f"topic {topic.name}", made, said, "" if made else f"make it with: {SETUP}")


def _compare(
    admin: Any, topic: Topic, found: Mapping[str, Any], settings: Mapping[str, str], broker: Broker, change: bool
) -> Finding:
    what, partitions = f"topic {topic.name}", len(found["partitions"])
    if partitions != topic.partitions:
        return Finding(
            what,
            False,
            f"has {partitions} partitions, not {topic.partitions}; nothing was changed",
            f"set partitions = {partitions} under [kafka], or begin under another prefix: what lies in the topics lies"
            " by the number of partitions",
        )
    replicas = min(len(p["replica_nodes"]) for p in found["partitions"])
    if replicas < broker.settings.replication:
        said = f"has {replicas} replicas, not {broker.settings.replication}"
        return Finding(what, False, said, "add replicas with kafka-reassign-partitions, or lower replication")
    differing = {
        k: v for k, v in wanted(topic, broker.settings.replication).items() if not _same(settings.get(k, ""), v)
    }
    if not differing:
        return Finding(what, True, f"is there, {partitions} partitions")
    said = ", ".join(f"{key} {settings.get(key, '')} → {value}" for key, value in sorted(differing.items()))
    if not change:
        return Finding(what, False, f"differs: {said}", f"bring it up to date with: {SETUP}")
    _alter(admin, topic.name, differing)
    return Finding(what, True, f"altered: {said}")


def _alter(admin: Any, name: str, settings: Mapping[str, str]) -> None:
    answer = admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, dict(settings))])
    said = answer["topic"][name]
    if said != "OK":
        raise BrokerError(f"topic {name} cannot be altered: {said}", "ask who runs Kafka")


def _same(found: str, asked: str) -> bool:
    """Lists are the same in any order, numbers in any notation."""
    return (
        found == asked or set(found.split(",")) == set(asked.split(",")) or _number(found) == _number(asked) is not None
    )


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None
