"""Up to when everything has come: the least of what the steps say, each a round after the one before it."""

from __future__ import annotations

import pytest

from corrillo.engines import Access, KafkaSettings
from corrillo.messages import encode
from processors.faust.brokers import Brokers
from processors.faust.inflow import Passing
from processors.faust.peers import Peers, Through
from processors.faust.publisher import Outgoing
from processors.faust.transport import Through as At
from tests.fakes.stream import FakePublisher


def test_each_step_is_believed_when_it_has_asked_after_the_one_before_it():
    """What had passed that is where this one reads, by then; before, nobody knows."""
    passing = Passing()
    asked = [(7.0, 7.0), (10.0, 9.9), (10.0, 10.9), (11.9, 11.9), (11.9, 12.0), (13.0, 13.0)]
    rounds = [
        passing.through(10.0 + n, 100.0 + n, {0: At(200.0, group)}, {0: At(300.0, detect)})
        for n, (group, detect) in enumerate(asked)
    ]
    assert rounds == [{0: until} for until in (0.0, 0.0, 0.0, 100.0, 100.0, 101.0)]


@pytest.mark.parametrize(
    ("enriched", "grouped", "come", "through"),
    [(5.0, 6.0, 7.0, 5.0), (6.0, 5.0, 7.0, 5.0), (7.0, 6.0, 5.0, 5.0), (None, 6.0, 7.0, 0.0), (5.0, None, 7.0, 0.0),
     (5.0, 6.0, None, 0.0)],
)  # fmt: skip
def test_it_is_the_least_of_what_the_steps_say(enriched, grouped, come, through):
    """Where one of them does not know, nobody does."""
    passing = Passing()
    for now in (10.0, 11.0, 12.0):
        found = passing.through(now, enriched, {1: grouped and At(grouped, now)}, {1: come and At(come, now)})
    assert found == {1: through}


def test_only_partitions_that_are_ours_now_are_spoken_of():
    """One that was not ours a moment ago is not known yet."""
    passing = Passing()
    for now, ours in ((1.0, {0}), (2.0, {0}), (3.0, {0, 1})):
        found = passing.through(now, 5.0, dict.fromkeys(ours, At(5.0, now)), dict.fromkeys(ours, At(5.0, now - 0.5)))
    assert found == {0: 5.0, 1: 0.0}


# ── what the workers tell one another ─────────────────────────────────────────────────────
@pytest.fixture
def publisher():
    return FakePublisher()


@pytest.fixture
def peers(publisher):
    brokers = Brokers(KafkaSettings(servers=("127.0.0.1:1",), partitions=3), Access())
    return Peers(brokers, "progress", "one", publisher)


def test_nobody_knows_before_every_partition_was_spoken_of(peers):
    """Then it is the least of all; what is said later counts."""
    peers.take(encode(Through({0: 50.0, 2: 70.0})))
    assert peers.through() is None
    peers.take(encode(Through({1: 60.0})))
    assert peers.through() == 50.0
    peers.take(encode(Through({0: 90.0})))
    assert peers.through() == 60.0


@pytest.mark.parametrize("value", [None, b"", b"?", b"[]", b'{"partitions": {"0": "x"}}'])
def test_what_cannot_be_read_says_nothing(peers, value):
    peers.take(encode(Through(dict.fromkeys(range(3), 5.0))))
    peers.take(value)
    assert peers.through() == 5.0


async def test_a_worker_says_how_far_its_share_is(peers, publisher, monkeypatch):
    """Under its name, over and over; nothing while it does not know."""
    monkeypatch.setattr("processors.faust.peers.EVERY", 0.0)
    shares = [{}, {1: 5.0}, {1: 6.0, 2: 6.5}]

    def share():
        if not shares:
            raise InterruptedError
        return shares.pop(0)

    with pytest.raises(InterruptedError):
        await peers.tell(share)
    said = [(m.partition, m.key, m.value) for m in publisher.topics["progress"]]
    assert said == [(0, "one", encode(Through(s))) for s in ({1: 5.0}, {1: 6.0, 2: 6.5})]
    assert isinstance(publisher.topics["progress"][0], Outgoing)
