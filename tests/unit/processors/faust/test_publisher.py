"""Publishing whole batches: in their order, until the brokers have them, or never will."""

from __future__ import annotations

from itertools import pairwise

import pytest
from aiokafka import errors

from corrillo.engines import Access, KafkaSettings
from corrillo.errors import BrokerError
from processors.faust import publisher as module
from processors.faust.brokers import Brokers
from processors.faust.publisher import BATCH_BYTES, LONGEST_WAIT, Outgoing, Publisher, wait_for
from tests.fakes.producer import FakeProducer
from tests.fakes.stream import FakeWatch

LATER = [errors.NotEnoughReplicasError(), errors.KafkaTimeoutError(), errors.NotLeaderForPartitionError()]
NEVER = [errors.MessageSizeTooLargeError(), errors.OutOfOrderSequenceNumber(), errors.ProducerFenced()]


@pytest.fixture
def producer(monkeypatch):
    """A producer that is a fake, and no waiting."""
    fake = FakeProducer()
    monkeypatch.setattr(module, "AIOKafkaProducer", fake)
    monkeypatch.setattr(module, "wait_for", lambda tries: 0.0)
    return fake


@pytest.fixture
def watch():
    return FakeWatch()


@pytest.fixture
def publisher(producer, watch):
    """A publisher that has not been started."""
    return Publisher(Brokers(KafkaSettings(servers=("127.0.0.1:1",)), Access()), "one", watch)


@pytest.fixture
async def started(publisher):
    """A publisher that is connected."""
    await publisher.start()
    return publisher


def outgoing(count, partition=0, value=b"v"):
    """So many messages to a partition."""
    return [Outgoing(partition, f"{partition}/{n}", value) for n in range(count)]


def arrived(producer, partition=0):
    """The keys that have arrived in a partition, batch by batch."""
    return [[key for key, _ in held] for _, where, held in producer.sent if where == partition]


async def test_each_partition_gets_its_messages_in_their_order(started, producer):
    """In as few batches as they fit into; a message without value takes its key away."""
    messages = outgoing(3) + outgoing(2, 1) + [Outgoing(0, "0/3", None)]
    await started.publish("group", "tagged", messages)
    assert sorted(producer.sent) == [
        ("tagged", 0, [("0/0", b"v"), ("0/1", b"v"), ("0/2", b"v"), ("0/3", None)]),
        ("tagged", 1, [("1/0", b"v"), ("1/1", b"v")]),
    ]


async def test_a_message_bears_the_moment_at_which_it_was_published_first(started, producer):
    """To the millisecond, whatever steps it has passed since; that of the broker where it is new."""
    await started.publish(
        "group", "tagged", [Outgoing(0, "1", b"v", published=1_792_000_000.1234), Outgoing(0, "2", b"v")]
    )
    assert producer.times == [1_792_000_000_123, None]


async def test_nothing_to_publish_is_published_at_once(started, producer):
    """No batch, no waiting."""
    await started.publish("group", "tagged", [])
    assert producer.sent == []


async def test_what_does_not_fit_into_one_batch_goes_in_several(started, producer):
    """None is larger than a batch may be, none is left out, none begins too early."""
    messages = outgoing(10, value=b"x" * (BATCH_BYTES // 4))
    await started.publish("group", "tagged", messages)
    assert [key for batch in arrived(producer) for key in batch] == [m.key for m in messages]
    assert [len(batch) for batch in arrived(producer)] == [3, 3, 3, 1]


@pytest.mark.parametrize("before", [0, 1])
async def test_a_message_larger_than_a_batch_goes_alone(before, started, producer):
    """Whether the brokers take it is for them to say; no batch is empty."""
    large = Outgoing(0, "large", b"x" * (BATCH_BYTES + 1))
    await started.publish("group", "tagged", [*outgoing(before), large, Outgoing(0, "after", b"v")])
    assert arrived(producer) == [*([["0/0"]] * before), ["large"], ["after"]]


@pytest.mark.parametrize("where", ["send", "answer"])
@pytest.mark.parametrize("error", LATER, ids=lambda e: type(e).__name__)
async def test_what_may_work_later_is_tried_until_it_works(error, where, started, producer, watch):
    """The partition that failed, from its first message on: what is there twice is there in its order."""
    producer.errors[where] = [error, error]
    await started.publish("group", "tagged", outgoing(10, value=b"x" * (BATCH_BYTES // 4)))
    assert arrived(producer)[-4:] == [[f"0/{n}" for n in range(i, min(i + 3, 10))] for i in (0, 3, 6, 9)]
    assert watch.told["retried", "group"] == (2 if where == "send" else 1)


async def test_a_partition_that_fails_keeps_no_other_from_being_published(started, producer):
    """Only it is tried again."""
    producer.errors["answer"] = [errors.NotLeaderForPartitionError()]
    await started.publish("group", "tagged", outgoing(1) + outgoing(1, 1))
    assert (arrived(producer, 0), arrived(producer, 1)) == ([["0/0"]], [["1/0"]])


@pytest.mark.parametrize("where", ["send", "answer"])
@pytest.mark.parametrize("error", NEVER, ids=lambda e: type(e).__name__)
async def test_what_never_will_work_is_raised(error, where, started, producer, watch):
    """A message that is too large, a producer that has been replaced: trying again is of no use."""
    producer.errors[where] = [error]
    with pytest.raises(type(error)):
        await started.publish("group", "tagged", outgoing(1))
    assert watch.told["retried", "group"] == 0


async def test_a_broker_that_does_not_answer_is_waited_for(publisher, producer):
    """As long as it takes; what was tried with is closed."""
    producer.errors["start"] = [errors.KafkaConnectionError(), errors.KafkaConnectionError()]
    await publisher.start()
    assert (producer.started, producer.stopped) == (1, 2)


async def test_a_broker_that_does_not_let_us_in_is_named(publisher, producer):
    """A person has to act; nothing stays open."""
    producer.errors["start"] = [errors.AuthenticationFailedError()]
    with pytest.raises(BrokerError, match="AuthenticationFailedError"):
        await publisher.start()
    assert (producer.started, producer.stopped) == (0, 1)


async def test_messages_are_durable_and_in_order_by_the_producers_own_doing(started, producer):
    """Idempotent, and acknowledged by all replicas."""
    assert (producer.options["enable_idempotence"], producer.options["acks"]) == (True, "all")


def test_waits_grow_and_are_never_the_same():
    """Doubled up to the longest, and spread, so that workers do not come back together."""
    longest = [max(wait_for(tries) for _ in range(200)) for tries in range(40)]
    assert all(one < other for one, other in pairwise(longest[:4]))
    assert max(longest) <= LONGEST_WAIT
    assert len({wait_for(40) for _ in range(20)}) > 1
