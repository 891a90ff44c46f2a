"""Whenever an ingestor is killed: what is in the topic is the world, and each cursor only ever goes on."""

from __future__ import annotations

import json
import random
import time

import msgspec

from corrillo.messages import read_mention
from corrillo.model import Cursor, MentionDeleted
from ingest.kafka.records import INGESTOR
from tests.integration.kafka.town import identity
from tests.processes import until

KILLS = 8
LONGEST = 1.0
"""Seconds that a process lives at most from one of ``SIGNS`` on, taken in turn."""
SIGNS = ["", "Publishing to Kafka", "fediverse: reading", "fediverse: reading"]


def test_nothing_is_lost_or_brought_back_by_killing(town):
    """Killed at random points while people publish, edit and delete."""
    town.configure(token=True)
    neighbours, chance = town.neighbours(2027), random.Random(2027)
    neighbours.start()
    for turn in range(KILLS):
        log, sign = f"log-{turn}", SIGNS[turn % len(SIGNS)]
        process = town.corrillo.start("ingest", "--port", 0, log=log)
        until(lambda log=log, sign=sign: sign in town.log(log), lambda log=log: town.log(log))
        time.sleep(chance.uniform(0, LONGEST))
        assert process.poll() is None, town.log(log)
        process.kill()
        process.wait()
    neighbours.stop()
    last = town.corrillo.start("ingest", "--port", 0)
    world = {identity(uri): text for uri, text in neighbours.posts.items()}
    host = town.feed.removeprefix("http://")
    world |= {identity(f"{host} {entry}", "press"): text for entry, text in neighbours.entries.items()}
    until(lambda: town.texts() == world, lambda: difference(town.texts(), world))
    last.terminate()
    assert last.wait(60) == 0
    ever = {r.key.decode() for r in town.place.records(town.place.topics.mentions)}
    assert ever <= world.keys() | {identity(uri) for uri in neighbours.gone}
    only_goes_on(town)


def difference(found, world):
    missing, left = world.keys() - found.keys(), found.keys() - world.keys()
    old = {i: (found[i], world[i]) for i in found.keys() & world.keys() if found[i] != world[i]}
    return f"the topic is the world\nmissing: {missing}\nstill there: {left}\nnot as it is now: {old}"


def only_goes_on(town):
    """No cursor went back, and each ingestor claimed the very cursor that the one before had left."""
    before, ingestors = {}, []
    for record in town.place.records(town.place.topics.cursors):
        if record.key != b"fediverse" or record.value is None:
            continue
        state = json.loads(msgspec.json.decode(record.value, type=Cursor).state)
        ingestor = dict(record.headers)[INGESTOR]
        if ingestors and ingestor != ingestors[-1]:
            assert state == before
        assert all(int(state[tag]) >= int(reached) for tag, reached in before.items())
        before = state
        ingestors.append(ingestor)
    assert len(set(ingestors)) > 2


def test_what_is_deleted_on_the_network_ends_with_its_deletion(town):
    """And stays so whoever publishes next."""
    town.configure(token=True)
    neighbours = town.neighbours(7)
    neighbours.start()
    process = town.corrillo.start("ingest", "--port", 0)
    until(town.texts, lambda: town.log("log"))
    until(lambda: len(neighbours.gone) > 5, "some deletions")
    neighbours.stop()
    gone = {identity(uri) for uri in neighbours.gone}
    until(lambda: not gone & town.texts().keys(), lambda: town.log("log"))
    process.terminate()
    assert process.wait(60) == 0
    last = {key: read_mention(r.value) for key, r in town.place.last(town.place.topics.mentions).items()}
    assert all(isinstance(last[i], MentionDeleted) for i in gone & last.keys())
