"""Several processes on one file, and processes that die."""

from __future__ import annotations

import signal
import sqlite3

import pytest

import stores.sqlite.connection as connection
from corrillo.errors import StoreError
from corrillo.model import Cursor
from corrillo.ports import Query, SourceNews
from corrillo.testing.mentions import NOW, TOWN, a_mention, everything, id_of, write
from tests.integration.stores import workers

PATIENCE = 120


def test_a_new_store_may_be_opened_by_several_at_once(path, processes):
    """Each finds it whole, whoever made it."""
    barrier, said = processes.context.Barrier(4), processes.context.Queue()
    for _ in range(4):
        processes(workers.open_together, path, barrier, said)
    assert [said.get(timeout=PATIENCE) for _ in range(4)] == ["opened"] * 4


def test_two_writers_and_a_reader_lose_and_double_nothing(path, processes, open_store):
    """Half of what they write is the same; the reader never sees half a batch."""
    batches = 60
    writers = [processes(workers.write_batches, path, name, 0, batches) for name in ("a", "b")]
    store, seen = open_store(), 0
    while any(w.is_alive() for w in writers):
        found = everything(store)
        assert len(found) >= seen
        seen = len(found)
        for n in range(batches):
            halves = {id_of(f"a-{n}"), id_of(f"b-{n}")} & set(found)
            assert not halves or id_of(f"both-{n}") in found
    for writer in writers:
        writer.join(PATIENCE)
        assert writer.exitcode == 0
    assert set(everything(store)) == {id_of(f"{w}-{n}") for w in ("a", "b", "both") for n in range(batches)}
    assert sum(d.count for d in store.day_counts(TOWN)) == 3 * batches
    assert [(h.source, h.seen, store.cursor(h.source)) for h in store.health()] == [
        (w, 2 * batches, Cursor(w, str(batches - 1))) for w in ("a", "b")
    ]


@pytest.mark.parametrize("after", [0, 1, 5])
def test_a_process_killed_inside_a_unit_leaves_the_store_whole(path, processes, open_store, after):
    """What was committed is there with its cursor; nothing of the unfinished unit is."""
    process = processes(workers.die_inside, path, after)
    process.join(PATIENCE)
    assert process.exitcode == -signal.SIGKILL
    store = open_store()
    assert set(everything(store)) == {id_of(f"{n}-{i}") for n in range(after) for i in range(40)}
    assert store.cursor("plaza") == (Cursor("plaza", str(after - 1)) if after else None)
    assert store.count(Query(text="aviso")) == sum(d.count for d in store.day_counts(TOWN)) == 40 * after
    write(store, a_mention("next"))
    store.close()
    with sqlite3.connect(path) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        file.execute("INSERT INTO mention_text (mention_text) VALUES ('integrity-check')")


def test_a_lock_held_for_too_long_is_said_with_a_remedy(path, processes, open_store, monkeypatch):
    """Readers go on; a writer gives up after the time it says, and writes once the lock is gone."""
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.2)
    store = open_store()
    write(store, a_mention("before"))
    locked, release = processes.context.Event(), processes.context.Event()
    holder = processes(workers.hold_lock, path, locked, release)
    assert locked.wait(PATIENCE)
    with pytest.raises(StoreError, match=r"locked by another process for 0\.2 s") as raised:
        write(store, a_mention("during"))
    assert "again" in raised.value.remedy
    assert set(everything(store)) == {id_of("before")}
    release.set()
    holder.join(PATIENCE)
    write(store, a_mention("after"))
    assert set(everything(store)) == {id_of("before"), id_of("after")}


def test_an_erasure_says_when_old_bytes_are_still_being_read(path, open_store, monkeypatch):
    """The mention is gone, but the log cannot be emptied while another process reads it: that is no success."""
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.2)
    store = open_store()
    write(store, a_mention("1"))
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM mention").fetchone() == (1,)
    with pytest.raises(StoreError, match="still reads") as raised:
        store.erase(ids=[id_of("1")])
    assert "again" in raised.value.remedy
    assert everything(store) == {}
    reader.close()
    store.erase(ids=[id_of("1")])
    assert b"niebla" not in b"".join(f.read_bytes() for f in path.parent.iterdir())


def test_a_full_disk_rolls_back_and_says_so(path, open_store):
    """SQLite is told that no page is left, as a disk would; what was there stays, and there is a way on."""
    store = open_store()
    write(store, a_mention("before"))
    with store._connections.reading() as own:
        (pages,) = own.execute("PRAGMA page_count").fetchone()
        own.execute(f"PRAGMA max_page_count = {pages + 2}")

    def fill():
        with store.unit() as unit:
            unit.advance(Cursor("plaza", "1"), SourceNews("plaza", "town-square", NOW))
            unit.write([a_mention(str(n), "palabras y más palabras " * 90) for n in range(300)])

    with pytest.raises(StoreError, match="disk is full") as raised:
        fill()
    assert "free some space" in raised.value.remedy
    assert (set(everything(store)), store.cursor("plaza")) == ({id_of("before")}, None)
    with store._connections.reading() as own:
        own.execute("PRAGMA max_page_count = 1000000")
    assert write(store, a_mention("after")).new == 1
