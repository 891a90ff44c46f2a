"""Detection on real servers: whatever is killed in the middle of a crisis, the same incidents as in one quiet process."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from corrillo.alerts import HourCount, Incident
from corrillo.bootstrap import open_store
from corrillo.detection import Detection
from tests.faults.contents import told
from tests.faults.crowd import START, Crowd, crowd, outbreak, replies
from tests.faults.listening import listen
from tests.faults.town import Servers, Town
from tests.processes import until
from tests.services import ElasticsearchServer, KafkaServer

SEED = 6
OUTBREAK = START + timedelta(hours=50)
MIDDLE = OUTBREAK + timedelta(minutes=25)
LATER = START + timedelta(days=3, minutes=30)
"""When all has been calm again for long."""


@dataclass(frozen=True)
class Pair:
    """The same town on a stream and in one process, and what is said in it before and after the middle of a crisis."""

    stream: Town
    quiet: Town
    before: Path
    after: Path


@pytest.fixture
def pair(kafka_server: KafkaServer, elasticsearch_server: ElasticsearchServer, tmp_path: Path) -> Iterator[Pair]:
    server, rows = elasticsearch_server, crowd(SEED, 3_000).rows[::8]
    all_of_it = sorted([*rows, *outbreak(SEED, OUTBREAK, 40), *replies(SEED, rows)], key=lambda row: row["published"])
    before = [row for row in all_of_it if row["published"] < MIDDLE.isoformat()]
    servers = Servers(kafka_server.bootstrap, server.url, server.user, server.password)
    stream = Town(tmp_path / "stream", servers, f"detect-{secrets.token_hex(4)}", clocked=True)
    try:
        stream.set_up()
        yield Pair(
            stream,
            Town(tmp_path / "quiet", None),
            Crowd(before).write(tmp_path / "before.jsonl"),
            Crowd(all_of_it[len(before) :]).write(tmp_path / "after.jsonl"),
        )
    finally:
        stream.corrillo.end()


def test_a_worker_killed_in_the_middle_of_a_crisis(pair: Pair) -> None:
    """And again at any moment: the next one goes on where it was, and tells nothing twice under another name."""
    town, quiet = pair.stream, pair.quiet
    listen(town, pair.before)
    town.work("a")
    until(lambda: town.read(town.topics.alerts), "the first word of an incident")
    town.kill("a")
    listen(town, pair.after)
    for seconds in (4.0, 0.0):
        town.work("a")
        time.sleep(seconds)
        town.kill("a")
    town.work("a")
    listen(quiet, pair.before)
    listen(quiet, pair.after)
    with quiet.store() as store:
        wanted = told(store)
    assert {a.state for a in wanted.attention.values()} == {"answered", "unknown"}
    assert {i.peak for i in wanted.incidents.values() if i.opened >= OUTBREAK} >= {"crisis"}
    assert town.until_told(wanted) == wanted

    town.show(LATER)  # nobody says anything any more
    with closing(open_store(quiet.settings)) as store:
        Detection(quiet.settings.institutions).advance(store, LATER)
        over = told(store)
    assert {i.level for i in over.incidents.values()} == {"calm"}
    assert len(over.hours) > len(wanted.hours)
    assert town.until_told(over) == over
    assert {type(word) for _, word in town.read(town.topics.hours, Incident | HourCount)} == {HourCount}
