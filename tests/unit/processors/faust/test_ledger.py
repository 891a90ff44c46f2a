"""What a step remembers, by partition: brought back by Faust, taken by the step, lost when it goes elsewhere."""

from __future__ import annotations

import msgspec
import pytest
from faust.types import TP

from corrillo.engines import Access, KafkaSettings
from processors.faust.application import application
from processors.faust.brokers import Brokers
from processors.faust.ledger import ledger
from processors.faust.steps import Stateful
from tests.fakes.stream import FakeEvent, FakeMessage, FakePublisher

TOPIC = "corrillo-group-changelog"
ALL = {TP(TOPIC, 0), TP(TOPIC, 1), TP("corrillo.mentions", 0)}


@pytest.fixture
def table(tmp_path, monkeypatch):
    """The table of an application that is connected to nothing."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    nowhere = Brokers(KafkaSettings(servers=("127.0.0.1:1",), partitions=2), Access())
    return ledger(application(nowhere, "one"), "group", 2)


@pytest.fixture
def publisher():
    return FakePublisher()


@pytest.fixture
def states(table, publisher):
    """States that are lists of what was brought back; records are numbers."""
    return Stateful(table, TOPIC, int, lambda records: sorted(records.items()), publisher)


def brought(table, *records, partition=0):
    """Faust brings these records back."""
    messages = [FakeMessage(value, partition=partition, topic=TOPIC, key=key.encode()) for key, value in records]
    table.apply_changelog_batch([FakeEvent(message) for message in messages])


async def rebalance(table, generation, assigned=ALL, revoked=frozenset()):
    await table.on_rebalance(set(assigned), set(revoked), set(), generation)


def test_the_changelog_is_where_setup_has_made_it(table):
    """Under the name that ``corrillo.topics`` gives it."""
    assert table.changelog_topic.get_topic_name() == TOPIC


def test_the_last_record_of_each_key_is_what_there_is(table):
    """By partition; None takes it away, also where there was nothing."""
    brought(table, ("a", b"1"), ("b", b"1"), ("a", b"2"), ("b", None), ("c", None))
    brought(table, ("a", b"9"), partition=1)
    assert (table.take(0), table.take(1)) == ({"a": b"2"}, {"a": b"9"})


def test_records_are_taken_once(table):
    """From then on they are the step's."""
    brought(table, ("a", b"1"))
    assert (table.take(0), table.take(0)) == ({"a": b"1"}, {})


async def test_what_goes_to_another_worker_is_forgotten(table):
    """Records that were not taken, and by name the state that was made of others; not those of other topics."""
    await rebalance(table, 1)
    table.lost.clear()
    for partition in (0, 1):
        brought(table, ("a", b"1"), partition=partition)
    await rebalance(table, 2, ALL - {TP(TOPIC, 1)}, {TP(TOPIC, 1), TP("corrillo.mentions", 0)})
    assert (table.lost, table.take(0), table.take(1)) == ({1}, {"a": b"1"}, {})


async def test_after_a_generation_that_was_missed_nothing_that_is_known_counts(table):
    """Others may have had the partitions meanwhile: they are read from their beginning, whoever has them now."""
    recovery = table.app.tables.recovery
    await rebalance(table, 1)
    table.lost.clear()
    brought(table, ("a", b"1"))
    recovery.active_offsets[TP(TOPIC, 0)] = 17
    await rebalance(table, 2)
    assert (table.lost, recovery.active_offsets[TP(TOPIC, 0)]) == (set(), 17)
    await rebalance(table, 4)
    assert (table.lost, table.take(0), TP(TOPIC, 0) in recovery.active_offsets) == ({0, 1}, {}, False)


async def test_a_state_is_made_once_of_what_was_brought_back(states, table):
    """What a rebalance brings of a state that is held is what that has written itself."""
    brought(table, ("b", b"2"), ("a", b"1"))
    assert states.of(0) == [("a", 1), ("b", 2)]
    brought(table, ("a", b"3"))
    assert (states.of(0), states.held(), table.take(0)) == ([("a", 1), ("b", 2)], {0: [("a", 1), ("b", 2)]}, {})


async def test_a_state_that_was_lost_is_not_held(states, table):
    """When the partition returns, another one is made of what another worker has left."""
    for partition in (0, 1):
        brought(table, ("a", b"1"), partition=partition)
        states.of(partition)
    table.lost.add(0)
    assert states.held() == {1: [("a", 1)]}
    brought(table, ("a", b"5"))
    assert (states.of(0), table.lost) == ([("a", 5)], set())


async def test_what_changes_is_kept_in_the_partition_it_belongs_to(states, publisher):
    """None where a record is forgotten; when nothing changes nothing is published."""
    await states.keep("group", 1, {})
    assert publisher.order == []
    await states.keep("group", 1, {"a": 5, "b": None})
    assert [(m.partition, m.key, m.value) for m in publisher.topics[TOPIC]] == [(1, "a", b"5"), (1, "b", None)]


async def test_a_record_that_cannot_be_read_is_no_state(states, table):
    """The step breaks off: guessing would tell what is wrong."""
    brought(table, ("a", b"?"))
    with pytest.raises(msgspec.DecodeError):
        states.of(0)
