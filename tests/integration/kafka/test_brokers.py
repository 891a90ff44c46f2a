"""Brokers that refuse, go, or have no leader: what waiting can mend is waited for and said; nothing is lost."""

from __future__ import annotations

import re
import socket
import threading
import time

import msgspec
import pytest

from corrillo.engines import Access
from corrillo.errors import BrokerError, BrokerRefused
from corrillo.messages import read_mention
from corrillo.ports import SourceHealth
from ingest.kafka import transaction
from ingest.kafka.connection import Broker
from ingest.kafka.desk import WORTH_NOTING
from ingest.kafka.layout import differences, setup
from ingest.kafka.patience import Patience
from ingest.kafka.transaction import Line
from tests.integration.kafka.batches import SOURCE, batch, mention
from tests.integration.kafka.cluster import USERS
from tests.integration.kafka.conftest import Place
from tests.processes import PATIENCE, get, until


@pytest.fixture
def at(brokers):
    """Makes a place at the module's brokers, with its topics."""
    made = []

    def make(**given):
        made.append(Place(brokers.first.bootstrap, **given))
        setup(made[-1].broker)
        return made[-1]

    yield make
    for place in made:
        place.remove()


def as_user(place, brokers, name, password):
    """The place's broker by the other door."""
    given = {
        "servers": (f"127.0.0.1:{brokers.users_port}",),
        "security": "sasl_plaintext",
        "mechanism": "PLAIN",
        "user": name,
    }
    return Broker(place.settings.model_copy(update=given), Access(name, password))


def test_a_wrong_password_is_said_and_is_nothing_to_wait_for(brokers, at):
    place = at()
    sink = place.sink(as_user(place, brokers, "ana", "a wrong one"))
    with pytest.raises(BrokerRefused, match="does not let us in") as refused:
        sink.start()
    assert "password_file" in refused.value.remedy
    assert "a wrong one" not in str(refused.value)


def test_a_user_without_rights_is_told_what_is_missing(brokers, at):
    place = at()
    broker = as_user(place, brokers, "luis", USERS["luis"])
    with pytest.raises(BrokerRefused) as refused:
        place.sink(broker).start()
    assert "topic" in refused.value.message, refused.value
    with pytest.raises(BrokerRefused, match="does not allow that"):
        setup(broker)
    with pytest.raises(BrokerRefused, match="does not allow that") as refused:
        Line(broker, f"{place.settings.prefix}.ingest.plaza", Patience().trouble(""), lambda: None)
    assert "transactional id" in refused.value.remedy


@pytest.mark.parametrize("host", ["no-such-host.invalid", "127.0.0.1"], ids=["unknown host", "nobody listens"])
def test_a_kafka_that_is_not_there_is_said_with_its_address(host):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        server = f"{host}:{taken.getsockname()[1]}"
        with pytest.raises(BrokerError, match="does not answer") as away:
            differences(Place(server).broker)
    assert server in away.value.message
    assert "servers and security under [kafka]" in away.value.remedy
    assert not isinstance(away.value, BrokerRefused)


def taking(sink, at, *events):
    """``take`` in a thread, as the listener calls it."""
    became = []

    def take():
        try:
            became.append(sink.take(*batch(at, *events)))
        except BrokerError as error:
            became.append(error)

    thread = threading.Thread(target=take)
    thread.start()
    return thread, became


def test_a_broker_that_is_needed_is_waited_for_and_the_batch_is_published_once(brokers, at, monkeypatch):
    """Where it leads partitions, and where it has to be in step: it is said which, and the health tells of it after."""
    monkeypatch.setattr(transaction, "QUIET", 1.0)
    second = [mention(str(n)) for n in range(2, 40)]
    leading, in_step = at(partitions=6), at(replication=2)
    in_step.alter(in_step.topics.mentions, min_insync_replicas=2)
    words = {"no leader": leading, "too few replicas": in_step}
    sinks = {word: place.sink() for word, place in words.items()}
    for sink in sinks.values():
        sink.take(*batch(1, mention("1")))
    brokers.second.kill()
    try:
        started = {word: taking(sink, 2, *second) for word, sink in sinks.items()}
        for word, place in words.items():
            until(lambda p=place, w=word: any(w in said for _, said in p.said), lambda p=place: str(p.said))
            assert started[word][0].is_alive()
    finally:
        brokers.second.start()
    for word, place in words.items():
        thread, became = started[word]
        thread.join(PATIENCE)
        assert became[0].new == len(second), became
        published_once_and_told(place, [mention("1"), *second])


def published_once_and_told(place, mentions):
    assert {source for source, said in place.said} == {SOURCE}
    assert place.said[-1] == (SOURCE, "")
    published = [read_mention(r.value).id for r in place.records(place.topics.mentions)]
    assert sorted(published) == sorted(m.id for m in mentions)
    told = [msgspec.json.decode(r.value, type=SourceHealth) for r in place.records(place.topics.sources)]
    assert any(h.failures and "Kafka at" in h.last_error for h in told)
    assert (told[-1].failures, told[-1].last_error, told[-1].seen) == (0, "", len(mentions))


def test_an_ingestor_outlives_its_kafka(brokers, at, town):
    """Killed in the middle: the ingestor waits and says so, is not ready, goes on by itself, and loses nothing."""
    town.place = at()
    town.configure(token=True)
    ids = {town.post(f"Aviso {n} en #valdeprado") for n in range(5)}
    process = town.corrillo.start("ingest", "--port", 0)
    until(lambda: town.ready("log")[0] == 200 and set(town.texts()) == ids, lambda: town.log("log"))
    brokers.first.kill()
    try:
        ids |= {town.post(f"Aviso {n} en #valdeprado") for n in range(5, 10)}
        until(lambda: re.search(r"does not answer.*; waiting", town.log("log")), lambda: town.log("log"))
        status, body = town.ready("log")
        assert status == 503
        assert "Kafka" in body
        assert get(f"{town.probes('log')}/healthz")[0] == 200
        assert process.poll() is None
        time.sleep(WORTH_NOTING)
    finally:
        brokers.first.start()
    until(lambda: set(town.texts()) == ids, lambda: town.log("log"))
    until(lambda: town.ready("log")[0] == 200, lambda: town.log("log"))
    assert "Kafka takes records again" in town.log("log")

    def told():
        records = town.place.records(town.place.topics.sources)
        return [h for r in records if (h := msgspec.json.decode(r.value, type=SourceHealth)).failures]

    until(lambda: any("Kafka at" in h.last_error for h in told()), lambda: str(told()))
    brokers.first.suspend()
    try:
        town.post("Otra vez en #valdeprado")
        until(lambda: town.ready("log")[0] == 503, lambda: town.log("log"))
        process.terminate()
        assert process.wait(PATIENCE) == 0, town.log("log")
    finally:
        brokers.first.resume()
    assert "Traceback" not in town.log("log")
