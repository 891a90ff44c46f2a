"""Which settings of a topic count as the same, and how many replicas must be in step."""

from __future__ import annotations

import pytest

from corrillo.engines import KafkaSettings
from corrillo.notices import REMEMBERED
from corrillo.topics import DAY_MS, topics
from ingest.kafka.layout import _same, wanted

TOPICS = topics(KafkaSettings(servers=("nowhere:9092",), partitions=6, retention_days=3))


@pytest.mark.parametrize(("replication", "in_step"), [(1, "1"), (2, "1"), (3, "2")])
def test_one_replica_may_be_away(replication, in_step):
    assert wanted(TOPICS.mentions, replication)["min.insync.replicas"] == in_step


def test_mentions_are_compacted_and_deleted_and_what_is_remembered_is_kept():
    mentions = wanted(TOPICS.mentions, 1)
    assert mentions["cleanup.policy"] == "compact,delete"
    assert mentions["retention.ms"] == str(3 * DAY_MS)
    assert mentions["max.compaction.lag.ms"] == str(DAY_MS)
    for topic in (TOPICS.cursors, TOPICS.refs, TOPICS.sources):
        assert wanted(topic, 1)["cleanup.policy"] == "compact"
        assert topic.partitions == 1
    assert wanted(TOPICS.quarantine, 1)["cleanup.policy"] == "delete"


def test_what_was_counted_and_learnt_outlives_all_retention():
    for topic in (TOPICS.counts, TOPICS.hours, TOPICS.group_state, TOPICS.count_state, TOPICS.detect_state):
        assert wanted(topic, 1)["cleanup.policy"] == "compact"
        assert topic.partitions == 6


def test_what_was_told_is_kept_as_long_as_it_is_remembered_and_written_by_one():
    outbox = wanted(TOPICS.outbox, 1)
    assert outbox["cleanup.policy"] == "compact,delete"
    assert outbox["retention.ms"] == str(REMEMBERED.days * DAY_MS)
    assert TOPICS.outbox.partitions == 1


@pytest.mark.parametrize(
    ("found", "asked", "same"),
    [
        ("compact,delete", "delete,compact", True),
        ("0.10", "0.1", True),
        ("delete", "compact", False),
        ("1000", "2000", False),
        ("", "1", False),
    ],
)
def test_lists_are_the_same_in_any_order_and_numbers_in_any_notation(found, asked, same):
    assert _same(found, asked) is same
