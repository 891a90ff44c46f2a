"""Brokers that refuse, go, or have no leader: what waiting can mend is waited for and said; nothing is lost."""

from __future__ import annotations

import socket
import threading

import msgspec
import pytest

from corrillo.engines import Access
from corrillo.errors import BrokerError, BrokerRefused
from corrillo.messages import read_mention
from corrillo.ports import SourceHealth
from ingest.kafka.connection import Broker
from ingest.kafka.layout import differences, setup
from ingest.kafka.patience import Patience, Stopped
from ingest.kafka.transaction import Line
from tests.integration.kafka.batches import SOURCE, batch, mention
from tests.integration.kafka.cluster import USERS
from tests.integration.kafka.conftest import Place
from tests.processes import get, until


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


@pytest.mark.parametrize(
    ("layout", "word"),
    [({"partitions": 6}, "no leader"), ({"replication": 2}, "too few replicas")],
    ids=["no leader", "too few replicas"],
)
def test_a_broker_that_is_needed_is_waited_for_and_the_batch_is_published_once(brokers, at, layout, word):
    """And it is said which of the two it is; the source's health tells of it afterwards."""
    place = at(**layout)
    if layout.get("replication") == 2:
        place.alter(place.topics.mentions, min_insync_replicas=2)
    sink = place.sink()
    sink.start()
    sink.take(*batch(1, mention("1")))
    second = [mention(str(n)) for n in range(2, 40)]
    brokers.second.kill()
    try:
        thread, became = taking(sink, 2, *second)
        until(lambda: any(word in said for _, said in place.said), lambda: f"{word!r} in {place.said}")
        assert thread.is_alive()
    finally:
        brokers.second.start()
    thread.join(60)
    assert became[0].new == len(second), became
    assert {source for source, said in place.said} == {SOURCE}
    assert place.said[-1] == (SOURCE, "")
    published = [read_mention(r.value).id for r in place.records(place.topics.mentions)]
    assert sorted(published) == sorted({mention("1").id, *(m.id for m in second)})
    told = [msgspec.json.decode(r.value, type=SourceHealth) for r in place.records(place.topics.sources)]
    assert any(h.failures and "Kafka at" in h.last_error for h in told)
    assert (told[-1].failures, told[-1].last_error, told[-1].seen) == (0, "", 1 + len(second))


def test_waiting_ends_at_once_when_the_process_is_told_to_end(brokers, at):
    place = at()
    sink = place.sink()
    sink.start()
    sink.take(*batch(1, mention("1")))
    brokers.first.suspend()
    try:
        thread, became = taking(sink, 2, mention("2"))
        until(lambda: any("does not answer" in said for _, said in place.said), lambda: str(place.said))
        sink.stop()
        thread.join(20)
        assert isinstance(became[0], Stopped), became
    finally:
        brokers.first.resume()
    successor = place.sink()
    successor.start()
    assert successor.cursor(SOURCE).state == "1"
    assert [read_mention(r.value).id for r in place.records(place.topics.mentions)] == [mention("1").id]


def test_an_ingestor_outlives_its_kafka(brokers, at, town):
    """Killed in the middle: the ingestor waits and says so, is not ready, goes on by itself, and loses nothing."""
    town.place = at()
    town.configure(token=True)
    ids = {town.post(f"Aviso {n} en #valdeprado") for n in range(5)}
    process = town.corrillo.start("ingest", "--port", 0)
    until(lambda: town.ready("log")[0] == 200 and set(town.texts()) == ids, lambda: town.log("log"))
    brokers.second.kill()
    brokers.first.kill()
    try:
        ids |= {town.post(f"Aviso {n} en #valdeprado") for n in range(5, 10)}
        until(lambda: "does not answer; waiting" in town.log("log"), lambda: town.log("log"))
        status, body = town.ready("log")
        assert status == 503
        assert "Kafka" in body
        assert get(f"{town.probes('log')}/healthz")[0] == 200
        assert process.poll() is None
    finally:
        brokers.first.start()
        brokers.second.start()
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
        assert process.wait(30) == 0, town.log("log")
    finally:
        brokers.first.resume()
    assert "Traceback" not in town.log("log")
