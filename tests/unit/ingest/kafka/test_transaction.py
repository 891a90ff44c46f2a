"""What a broker answers to a transaction. The broker is a fake: it says what no real one says when asked to."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from kafka import errors as kafka

from corrillo.engines import KafkaSettings
from corrillo.errors import BrokerError, BrokerRefused
from ingest.kafka import transaction
from ingest.kafka.patience import Patience, Stopped
from ingest.kafka.transaction import Line, Record
from ingest.kafka.trouble import Overtaken, TooLarge, explained

RECORDS = [Record("mentions", "1", b"{}"), Record("mentions", "2", b"{}"), Record("cursors", "plaza", b"{}")]


class Future:
    def __init__(self, exception):
        self.exception = exception


class FakeBroker:
    """``answers``: key of a record → what its future holds; ``at``: step → what it raises instead."""

    settings = KafkaSettings(servers=("fake:9092",))

    def __init__(self, answers=None, at=None, behind=None):
        self.answers, self.at, self.behind, self.done = answers or {}, at or {}, behind, []

    def producer(self, identity):
        return self

    def step(self, name):
        self.done.append(name)
        if name in self.at:
            raise self.at[name]

    def init_transactions(self):
        self.step("init")

    def begin_transaction(self):
        self.step("begin")

    def send(self, topic, value, key, headers, timestamp_ms):
        self.step(f"send {key.decode()}")
        return Future(self.answers.get(key.decode()))

    def flush(self, seconds):
        self.step("flush")

    def committed(self, seconds):
        self.step("commit")
        return True

    def abandon(self):
        self.step("abandon")

    def reason(self, error):
        return self.behind or error

    @contextmanager
    def reasons(self):
        try:
            yield
        except kafka.KafkaError as error:
            raise self.reason(error) from error

    @contextmanager
    def explaining(self):
        try:
            yield
        except Exception as error:
            raise explained(error, self.settings.servers) from error


@pytest.fixture
def said():
    return []


@pytest.fixture
def patience(said):
    return Patience(lambda source, word: said.append(word))


@pytest.fixture
def publish(patience):
    def run(broker):
        Line(broker, "a", patience.trouble("plaza"), lambda: datetime.now(UTC)).publish(RECORDS)
        return broker.done

    return run


@pytest.fixture
def hurried(monkeypatch):
    """Tries end at once."""
    monkeypatch.setattr(transaction, "TRY_MS", 0)


def test_everything_is_sent_before_it_is_committed(publish):
    assert publish(FakeBroker()) == ["init", "begin", "send 1", "send 2", "send plaza", "flush", "commit"]


@pytest.mark.parametrize(
    ("error", "kind", "word"),
    [
        (kafka.KafkaStorageError(), BrokerError, "cannot write to its disk"),
        (kafka.NotLeaderForPartitionError(), BrokerError, "no leader"),
        (kafka.TopicAuthorizationFailedError("mentions"), BrokerRefused, "does not allow"),
        (kafka.ProducerFencedError(), Overtaken, "takes nothing more"),
    ],
    ids=lambda given: type(given).__name__ if isinstance(given, Exception) else "",
)
def test_a_record_that_was_not_taken_keeps_the_others_from_being_committed(publish, error, kind, word):
    """kafka-python would commit the rest."""
    broker = FakeBroker(answers={"2": error})
    with pytest.raises(kind, match=word):
        publish(broker)
    assert "commit" not in broker.done


def test_records_that_are_too_large_are_named_by_their_places(publish):
    broker = FakeBroker(answers={"2": kafka.MessageSizeTooLargeError(), "plaza": kafka.KafkaError("beside it")})
    with pytest.raises(TooLarge) as large:
        publish(broker)
    assert large.value.places == (1,)


def test_a_record_that_was_refused_while_others_were_sent_is_what_is_told(publish):
    """After it kafka-python takes nothing more, and says only that."""
    error = kafka.KafkaError("at least one previous request has failed")
    broker = FakeBroker(answers={"1": kafka.MessageSizeTooLargeError()}, at={"send 2": error})
    with pytest.raises(TooLarge) as large:
        publish(broker)
    assert large.value.places == (0,)


@pytest.mark.parametrize("step", ["init", "send 1", "flush"])
@pytest.mark.parametrize(
    ("behind", "word"),
    [(None, "does not answer"), (kafka.KafkaStorageError(), "disk"), (kafka.NotEnoughReplicasError(), "replicas")],
    ids=["away", "full", "alone"],
)
def test_when_time_is_up_the_reason_behind_is_told(publish, hurried, step, behind, word):
    broker = FakeBroker(at={step: kafka.KafkaTimeoutError("time is up")}, behind=behind)
    with pytest.raises(BrokerError, match=word):
        publish(broker)


def test_a_disk_that_is_full_is_said_while_it_is_waited_for(publish, patience, said, monkeypatch):
    monkeypatch.setattr(transaction, "QUIET", -1.0)
    broker = FakeBroker(at={"flush": kafka.KafkaTimeoutError("time is up")}, behind=kafka.KafkaStorageError())
    tries = iter(range(3))

    def stop():
        if next(tries, None) is None:
            raise Stopped("told to end")

    monkeypatch.setattr(patience, "check", stop)
    with pytest.raises(Stopped):
        publish(broker)
    assert len(said) == 1
    assert "cannot write to its disk; waiting" in said[0]
    assert "free some space" in said[0]


def test_a_line_that_does_not_open_leaves_nothing_behind(publish, hurried):
    broker = FakeBroker(at={"init": kafka.KafkaTimeoutError("time is up")})
    with pytest.raises(BrokerError):
        publish(broker)
    assert broker.done[-1] == "abandon"
