"""The outbox on a real Kafka, and the incidents that an office hears there."""

from __future__ import annotations

import multiprocessing
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from corrillo.errors import BrokerRefused, Fenced
from corrillo.messages import encode, headers
from corrillo.testing.incidents import an_incident
from corrillo.testing.mentions import NOW
from corrillo.testing.notices import a_delivery, sent
from ingest.kafka.alerts import Alerts
from ingest.kafka.connection import Broker
from ingest.kafka.outbox import OFFICE, KafkaOutbox
from ingest.kafka.patience import Patience, Stopped
from ingest.kafka.transaction import Line, Record
from tests.integration.kafka import offices
from tests.outbox import OutboxRules
from tests.processes import until


@pytest.fixture
def office(place):
    """Opens the outbox once more; ``place.said`` is what they tell of their troubles."""
    opened = []

    def open_it(name=""):
        told = lambda source, said: place.said.append((source, said))  # noqa: E731
        opened.append(KafkaOutbox(place.broker, lambda: NOW, told))
        return opened[-1]

    yield open_it
    for one in opened:
        one.stop()
        one.close()


def line_of(place, name=".notify"):
    return Line(place.broker, f"{place.settings.prefix}{name}", Patience().trouble(""), lambda: datetime.now(UTC))


class TestKafkaOutbox(OutboxRules):
    """Each office has a producer of its own, as a process does."""


def test_an_office_killed_while_it_keeps_leaves_all_or_nothing(place, office):
    """What it had kept before is there at once; of what was not committed nothing is, however long Kafka would wait for it."""
    process = multiprocessing.get_context("spawn").Process(target=offices.die_keeping, args=(place.settings,))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    successor = office()
    assert list(successor.claim()) == [a_delivery("1", state="sending")]
    successor.keep([sent(a_delivery("1"))])
    assert list(successor.claim()) == [sent(a_delivery("1"))]


def test_an_office_whose_line_broke_goes_on_if_nobody_took_over(place, office):
    """Its transaction took too long, or somebody came by and claimed nothing: it is said, and then that it goes on."""
    outbox = office()
    outbox.claim()
    line_of(place).close()
    outbox.keep([a_delivery("1")])
    outbox._line.close()
    outbox.keep([a_delivery("2", made=NOW + timedelta(minutes=1))])
    assert [said == "" for _, said in place.said] == [False, True, False, True], place.said
    assert [d.id for d in office().claim()] == ["delivery-1", "delivery-2"]


def test_an_office_whose_line_broke_ends_if_another_has_taken_over(office):
    """It has fenced the other one by looking, who goes on as if nothing had been."""
    first, second = office(), office()
    first.claim()
    second.claim()
    first.close()
    with pytest.raises(Fenced, match="another office"):
        first.keep([a_delivery("1")])
    second.keep([a_delivery("2")])
    assert [d.id for d in second.claim()] == ["delivery-2"]


def test_what_nobody_can_read_is_said_before_anything_is_told_twice(place, office):
    """A later schema, or no delivery at all: a person has to look."""
    line = line_of(place, ".test")
    name = place.topics.outbox.name
    line.publish([Record(name, "later", encode(a_delivery()), [("schema", b"99")])])
    with pytest.raises(BrokerRefused, match="schema version 99") as raised:
        office().claim()
    assert "upgrade" in raised.value.remedy
    line.publish([Record(name, "later", b"{}", headers(OFFICE))])
    with pytest.raises(BrokerRefused, match="is no delivery"):
        office().claim()
    line.close()


def test_a_kafka_that_is_away_is_waited_for_and_said(place):
    """Claiming and asking what has changed go on by themselves when it comes; whoever is told to end does not wait for it."""
    with Door(place.settings.servers[0]) as door, ThreadPoolExecutor() as pool:
        broker, said = Broker(place.settings.model_copy(update={"servers": (door.address,)})), []
        tell = lambda source, what: said.append(what)  # noqa: E731
        outboxes = [KafkaOutbox(broker, lambda: NOW, tell) for _ in range(2)]
        alerts = [Alerts(broker, NOW, tell) for _ in range(2)]
        (stays, ends), (hears, leaves) = [
            [pool.submit(work) for work in works]
            for works in ((o.claim for o in outboxes), (a.changed for a in alerts))
        ]
        until(lambda: len([w for w in said if "does not answer" in w]) == 4, lambda: str(said))
        outboxes[1].stop()
        alerts[1].stop()
        assert [type(one.exception()) for one in (ends, leaves)] == [Stopped, Stopped]
        door.open()
        assert (list(stays.result()), list(hears.result()), said[-2:]) == ([], [], ["", ""])
        for one in (*outboxes, *alerts):
            one.close()


class Door:
    """A port that leads to ``server`` once it is open: until then nobody answers there."""

    def __init__(self, server):
        self._to = server.rsplit(":", 1)
        self._listening = socket.socket()
        self._listening.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listening.close()

    def open(self):
        self._listening.listen()
        threading.Thread(target=self._lead, daemon=True).start()

    def _lead(self):
        with suppress(OSError):
            while True:
                one, other = self._listening.accept()[0], socket.create_connection((self._to[0], int(self._to[1])))
                for end, beginning in ((one, other), (other, one)):
                    threading.Thread(target=_carry, args=(end, beginning), daemon=True).start()


def _carry(end, beginning):
    with suppress(OSError):
        while taken := end.recv(65_536):
            beginning.sendall(taken)
    beginning.close()


# ── what has changed ──────────────────────────────────────────────────────────────────────
@pytest.fixture
def tell(place):
    """Publishes incidents as a worker does: in the partition of their institution."""
    line = line_of(place, ".test")

    def publish(*incidents, value=None):
        line.publish([Record(place.topics.alerts.name, i.id, value or encode(i), headers("detect")) for i in incidents])

    yield publish
    line.close()


@pytest.fixture
def alerts(place):
    made = Alerts(place.broker, NOW - timedelta(days=1))
    yield made
    made.close()


def heard(alerts, count):
    """What has changed, as soon as there is so much; transactions need a moment to be seen."""
    found = []
    until(lambda: found.extend(alerts.changed()) or len(found) >= count, lambda: str(found))
    return {i.id: i for i in found}


def test_at_first_all_that_is_open_and_what_was_over_lately_is_heard(alerts, tell):
    """However old the open ones are, each as it was told last."""
    old = NOW - timedelta(days=2)
    open_one, lately = an_incident("open", updated=old), an_incident("lately", resolved=NOW)
    tell(an_incident("open", level="watch", updated=old - timedelta(minutes=1)), lately)
    tell(
        open_one, an_incident("over", updated=old, resolved=old), an_incident("part", updated=old, into="incident-open")
    )
    assert heard(alerts, 2) == {"incident-open": open_one, "incident-lately": lately}


def test_afterwards_only_what_has_changed_is_heard(alerts, tell):
    """The newest state of each, also when it is over; what is no incident is left out."""
    tell(an_incident("1"), an_incident("2"))
    assert heard(alerts, 2).keys() == {"incident-1", "incident-2"}
    assert list(alerts.changed()) == []
    over = an_incident("1", resolved=NOW, updated=NOW - timedelta(days=9))
    tell(an_incident("3"), value=b"{}")
    tell(an_incident("1", level="crisis"), over)
    assert heard(alerts, 1) == {"incident-1": over}
    assert list(alerts.changed()) == []
