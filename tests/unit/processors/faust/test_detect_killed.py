"""Whoever is killed while it detects, wherever that is, the next one tells the same under the same names."""

from __future__ import annotations

import random
from datetime import timedelta

import msgspec
import pytest

from corrillo.alerts import HourCount, Incident, Told
from corrillo.attention import Attention
from corrillo.health import Hearing
from corrillo.institution import Institution
from corrillo.testing.mentions import NOW, TOWN, a_mention, id_of, tagged
from processors.detect.watching import Record, Watching, watched
from processors.faust.detect import Detect
from processors.faust.step import Read
from processors.faust.whole import Whole

WATCHED = watched([Institution(id=TOWN, name="Benialba")])
TOPICS = {Incident: "alerts", HourCount: "hours", Attention: "attention"}
DAYS, OUTBREAK = 3, 40
BATCH = 4_000
"""Bytes: small, so that much of what is remembered does not fit into one."""
END = NOW + timedelta(days=1)


def said(chance):
    """What is said in a small town in three days, and at their end in a crisis: in the order in which it is seen."""
    hours = sorted(chance.uniform(0, 24 * DAYS) for _ in range(12 * DAYS))
    moments = [NOW - timedelta(days=DAYS) + timedelta(hours=h) for h in hours]
    ordinary = [
        mention(n, moment, "question") if n % 3 != 1 else own_answer(n, moment, n - 1)
        for n, moment in enumerate(moments)
    ]
    crisis = [mention(1000 + n, NOW + timedelta(minutes=2 * n), "crisis", "emergency") for n in range(OUTBREAK)]
    return ordinary + crisis


def mention(number, moment, tag, service="other"):
    return a_mention(
        str(number),
        published=moment - timedelta(seconds=20),
        first_seen=moment,
        tags=tagged(tag),
        service=service,
        venue=f"plaza {number % 4}",
        network=("forum", "press", "mastodon")[number % 3],
    )


def own_answer(number, moment, to):
    asked = id_of(str(to))
    said = msgspec.structs.replace(mention(number, moment, "praise"), tags=(), answers=asked, thread=asked)
    return msgspec.structs.replace(said, place="own", author="@town", author_kind="own_account")


class Killed(Exception):
    """The process has ended, in a test."""


class FakeBrokers:
    """Fake brokers: the last word under each key, and the records that are left.

    They take a batch whole; ``alive`` is how many they take before the process is killed (None: it is not).
    """

    def __init__(self):
        self.words, self.records, self.alive = {}, {}, None

    async def publish(self, step, topic, messages):
        for batch in batches(messages):
            if self.alive == 0:
                raise Killed
            self.alive = None if self.alive is None else self.alive - 1
            for message in batch:
                self._take(topic, message)

    def _take(self, topic, message):
        if topic != "records":
            self.words[topic, message.key] = msgspec.json.decode(message.value, type=Told)
        elif message.value is None:
            self.records.pop(message.key, None)
        else:
            self.records[message.key] = message.value


def batches(messages):
    """As many messages together as fit."""
    batch, filled = [], 0
    for message in messages:
        size = len(message.key) + len(message.value or b"")
        if batch and filled + size > BATCH:
            yield batch
            batch, filled = [], 0
        batch.append(message)
        filled += size
    yield batch


class FakeLedger:
    """A fake ledger: brings back what is left."""

    def __init__(self, brokers):
        self.lost, self._brokers = set(), brokers

    def take(self, partition):
        return dict(self._brokers.records)


async def detected(mentions, chance=None):
    """What is told of them in the end; with ``chance`` by processes that are killed all the time."""
    brokers, left = FakeBrokers(), list(mentions)
    process = _begun(brokers)
    while left:
        part = left[: chance.randint(1, 6) if chance else 5]
        brokers.alive = chance.choice([None, None, chance.randint(0, 9)]) if chance else None
        try:
            await process([Read(m, b"", 0, m.id) for m in part])
            await process.release(0, END.timestamp())
            left = left[len(part) :]
        except Killed:
            process = _begun(brokers)
    brokers.alive = None
    await process.advance(0, END, Hearing())
    return brokers.words


def _begun(brokers):
    states = Whole(FakeLedger(brokers), "records", Record, lambda records: Watching(records, WATCHED), brokers)
    return Detect(states, brokers, TOPICS, lambda: END)


@pytest.mark.parametrize("seed", range(8))
async def test_whoever_is_killed_nothing_is_lost_or_told_under_another_name(seed, monkeypatch):
    """Between telling and remembering, or in the middle of either, however much there is to remember."""
    monkeypatch.setattr("processors.faust.whole.WHOLE", BATCH * 3 // 4)
    chance = random.Random(seed)
    mentions = said(chance)
    quiet = await detected(mentions)
    assert {w.peak for w in quiet.values() if isinstance(w, Incident)} == {"crisis"}
    states = [w.state for w in quiet.values() if isinstance(w, Attention)]
    assert (states.count("answered"), states.count("unknown")) == (4 * DAYS, 4 * DAYS)
    assert await detected(mentions, chance) == quiet
