"""Detection in the embedded way: what it remembers is kept with the mentions, in one transaction of a real SQLite file."""

from __future__ import annotations

import multiprocessing
import random
import signal
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from corrillo.alerts import HourCount, Incident, Subject
from corrillo.attention import Attention
from corrillo.detection import Detection
from corrillo.errors import StoreError
from corrillo.institution import Institution
from corrillo.model import Cursor, TaggedMention
from corrillo.ports import SourceNews
from processors.detect.watching import Watching, watched
from stores.sqlite import SqliteStore
from tests.fakes.talk import ALARM, CROWD, HOUR, MINUTE, Talk, in_order
from tests.processes import until

TOWN = Institution(id="town", name="Ayuntamiento de Benialba", aliases=("Benialba",))
BEGIN = datetime(2026, 5, 1, tzinfo=UTC)
CRISIS = BEGIN + timedelta(days=5, hours=16)
BATCH = 7


def said() -> list[TaggedMention]:
    """Six days of a town that answers some of what it is asked, and a burst pipe on the last afternoon."""
    talk = Talk("town", TOWN.zone, people=400)
    burst = talk.burst(CRISIS, 90 * MINUTE, 40, 40, tags=ALARM, venues=CROWD, service="water", district="Puerto")
    ordinary = talk.ordinary(BEGIN, CRISIS + 4 * HOUR, 120)
    asked = [m for m in ordinary if m.tags and m.published < CRISIS]
    return in_order([*ordinary, *burst, *map(answered, asked[::5])])


def answered(asked: TaggedMention) -> TaggedMention:
    """What the town answers three hours later."""
    given = {"answers": asked.id, "place": "own", "author": "@town", "tags": ()}
    then = asked.published + 3 * HOUR
    return msgspec.structs.replace(asked, id=f"to {asked.id}", published=then, first_seen=then, **given)


def batches() -> list[list[TaggedMention]]:
    events = said()
    return [events[n : n + BATCH] for n in range(0, len(events), BATCH)]


def opened(path: Path) -> SqliteStore:
    return SqliteStore(path, {TOWN.id: TOWN.time_zone}, lambda: CRISIS)


def hear(
    store: SqliteStore, detection: Detection, number: int, events: Sequence[TaggedMention], *, fails: bool = False
) -> None:
    """One batch, as the listener commits it; its cursor says which was the last."""
    with store.unit() as unit:
        unit.write(events)
        detection.hear(unit, events)
        if fails:
            raise StoreError("the disk is full", "make room")
        unit.advance(Cursor(source="talk", state=str(number)), SourceNews("talk", "microblog", events[-1].first_seen))


def next_batch(store: SqliteStore) -> int:
    cursor = store.cursor("talk")
    return int(cursor.state) + 1 if cursor else 0


def go_on(path: str) -> None:
    """What a process does that may be killed at any moment: it hears what has not been heard yet."""
    store, detection = opened(Path(path)), Detection([TOWN])
    todo = batches()
    for number in range(next_batch(store), len(todo)):
        hear(store, detection, number, todo[number])
    store.close()


Kept = tuple[list[Incident], list[HourCount], list[Attention]]


def kept(store: SqliteStore) -> Kept:
    hours = range(int(BEGIN.timestamp()) // 3600, int(CRISIS.timestamp()) // 3600 + 5)
    subjects = [Subject(institution="town"), Subject(institution="town", service="water")]
    counts = [c for s in subjects for c in store.hour_counts(s, hours[0], hours[-1])]
    asked = sorted(store.attention("town"), key=lambda a: a.mention)
    return sorted(store.incidents("town", limit=1000), key=lambda i: i.id), counts, asked


@pytest.fixture(scope="module")
def expected() -> Kept:
    """What the machine tells when nothing comes between."""
    watching, told = Watching({}, watched([TOWN])), []
    for events in batches():
        watching.hear(events)
        told += watching.told()
        watching.changed()
    incidents = {t.id: t for t in told if isinstance(t, Incident)}
    counts = [t for t in told if isinstance(t, HourCount) and not t.district and t.service in ("", "water")]
    asked = {t.mention: t for t in told if isinstance(t, Attention)}
    return (
        sorted(incidents.values(), key=lambda i: i.id),
        sorted(counts, key=lambda c: (c.service, c.hour)),
        sorted(asked.values(), key=lambda a: a.mention),
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = opened(tmp_path / "corrillo.db")
    yield made
    made.close()


def test_a_crisis_is_among_what_is_expected(expected):
    assert "crisis" in {i.peak for i in expected[0]}
    assert len(expected[1]) > 100


def test_answers_are_among_what_is_expected(expected):
    states = [a.state for a in expected[2]]
    assert min(states.count("answered"), states.count("unknown")) > 10


def test_the_store_holds_what_the_machine_tells(store, expected):
    detection = Detection([TOWN])
    for number, events in enumerate(batches()):
        hear(store, detection, number, events)
    assert kept(store) == expected


def test_a_machine_that_is_made_anew_for_every_batch_tells_the_same(store, expected):
    for number, events in enumerate(batches()):
        hear(store, Detection([TOWN]), number, events)
    assert kept(store) == expected


def test_a_batch_that_could_not_be_stored_leaves_nothing_in_memory(store, expected):
    detection, chance = Detection([TOWN]), random.Random(5)
    for number, events in enumerate(batches()):
        if chance.random() < 0.2:
            with pytest.raises(StoreError):
                hear(store, detection, number, events, fails=True)
            detection.again()
        hear(store, detection, number, events)
    assert kept(store) == expected


def test_two_who_write_in_turns_do_not_forget_what_the_other_heard(store, expected):
    both = Detection([TOWN]), Detection([TOWN])
    for number, events in enumerate(batches()):
        hear(store, both[number % 2], number, events)
    assert kept(store) == expected


def test_killed_again_and_again_it_tells_the_same(tmp_path, expected):
    path, context = tmp_path / "corrillo.db", multiprocessing.get_context("spawn")
    made = opened(path)
    try:
        for batch in sorted(random.Random(11).sample(range(5, len(batches()) - 20), 4)):
            process = context.Process(target=go_on, args=(str(path),))
            process.start()
            until(lambda batch=batch: next_batch(made) >= batch, f"batch {batch}")
            process.kill()
            process.join()
            assert process.exitcode == -signal.SIGKILL
        go_on(str(path))
        assert kept(made) == expected
    finally:
        made.close()


def test_time_goes_on_where_nobody_speaks_and_a_dead_source_is_known(store):
    detection = Detection([TOWN])
    for number, events in enumerate(batches()):
        hear(store, detection, number, events)
    later = CRISIS + 30 * HOUR
    for minutes in range(0, 30 * 60, 30):
        now = CRISIS + minutes * MINUTE
        new = ((int(now.timestamp()) // 3600, 1),)
        store.note_success(SourceNews("talk", "microblog", now, newest_post=now, hours=new, every=1800))
        detection.advance(store, now)
    assert all(i.resolved for i in store.incidents("town"))
    hours = store.hour_counts(
        Subject(institution="town"), int(later.timestamp()) // 3600 - 6, int(later.timestamp()) // 3600
    )
    assert hours
    assert {h.heard for h in hours} == {1.0}
    store.note_failure("talk", "microblog", later, "gone", refused=True)
    for minutes in range(0, 5 * 60, 10):
        detection.advance(store, later + minutes * MINUTE)
    blind = store.hour_counts(Subject(institution="town"), int(later.timestamp()) // 3600 + 1, 10**6)
    assert {h.heard for h in blind} == {0.0}


def test_nothing_is_told_of_an_institution_that_is_not_configured(store):
    detection = Detection([Institution(id="other", name="Ayuntamiento de Valdeprado")])
    hear(store, detection, 0, batches()[0])
    assert store.incidents("town") == []
    assert store.hour_counts(Subject(institution="town"), 0, 10**7) == []
