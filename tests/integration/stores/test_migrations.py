"""Files of other versions, of other programs, and broken ones."""

from __future__ import annotations

import random
import sqlite3

import pytest

import stores.sqlite.backup as backup
import stores.sqlite.schema as schema
from corrillo.errors import StoreError
from corrillo.model import Cursor
from corrillo.model import from_milliseconds as at
from corrillo.ports import Query, Recollection, SourceHealth, SourceNews
from corrillo.testing.attention import an_attention
from corrillo.testing.deeds import a_deed
from corrillo.testing.incidents import HOUR, WATER, an_act, an_hour, an_incident, tell
from corrillo.testing.mentions import NOW, TOWN, a_mention, everything, gone, write
from corrillo.testing.notices import a_delivery, a_subscriber
from corrillo.testing.store_detection import recollect


def refused(open_store):
    with pytest.raises(StoreError) as raised:
        open_store()
    assert raised.value.remedy
    return raised.value.message


def test_a_file_of_version_0_becomes_one_of_today(open_store, path):
    """Empty files are what a first start finds; afterwards they say whose they are."""
    path.touch()
    store = open_store()
    write(store, a_mention())
    assert store.count(Query()) == 1
    with sqlite3.connect(path) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS),)
        assert file.execute("PRAGMA application_id").fetchone() == (schema.APPLICATION_ID,)


def test_each_version_becomes_the_next_and_keeps_its_mentions(open_store, path, monkeypatch):
    """A file of today is taken along by tomorrow's migration."""
    write(open_store(), a_mention())
    tomorrow = (*schema.MIGRATIONS, "CREATE TABLE tomorrow (x TEXT);\nINSERT INTO tomorrow\nVALUES ('a;\nb');")
    monkeypatch.setattr(schema, "MIGRATIONS", tomorrow)
    for _ in range(2):
        assert len(everything(open_store())) == 1
    with sqlite3.connect(path) as file:
        assert file.execute("SELECT x FROM tomorrow").fetchall() == [("a;\nb",)]


def test_a_file_of_version_1_keeps_what_it_holds(open_store, path, monkeypatch):
    """Its sources are as healthy as they were and resume where they did; its mentions are found by their authors."""
    monkeypatch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
    mention = a_mention("1", ref="7")
    store = open_store()
    write(store, mention, gone("2"))
    store.close()
    with sqlite3.connect(path) as file:
        file.executemany(
            "INSERT INTO source VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                ("dead", "press", None, None, None, 1_795_219_199_009, 2, '«503» "\\', 0, 0, 0),
                ("plaza", "town-square", "7", 1, 1_795_219_199_999, 1_795_219_200_000, 0, "", 9, 3, 1),
            ],
        )
    monkeypatch.undo()
    store = open_store()
    assert list(store.health()) == [
        SourceHealth("dead", "press", last_attempt=at(1_795_219_199_009), failures=2, last_error='«503» "\\'),
        SourceHealth("plaza", "town-square", at(1), at(1_795_219_199_999), at(1_795_219_200_000), 0, "", 9, 3, 1),
    ]
    assert (store.cursor("dead"), store.cursor("plaza")) == (None, Cursor("plaza", "7"))
    assert everything(store) == {mention.id: mention}
    assert write(store, a_mention("2")).refused == 1
    assert [k.ref for k in store.known("plaza", mention.published, 9)] == ["7"]
    with store.unit() as unit:
        assert list(unit.groups.written_by("town-square", mention.author)) == [(TOWN, mention.id)]
        unit.advance(Cursor("dead", "1"), SourceNews("dead", "press", NOW, seen=1))
    assert [(h.failures, h.seen) for h in store.health()] == [(0, 1), (0, 9)]


def test_a_file_of_version_2_keeps_what_it_holds(open_store, path, monkeypatch):
    """Nothing was remembered or told then; from now on it is."""
    monkeypatch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:2])
    mention = a_mention("1")
    store = open_store()
    write(store, mention)
    with store.unit() as unit:
        unit.advance(Cursor("plaza", "7"), SourceNews("plaza", "press", NOW, seen=1))
    health = list(store.health())
    store.close()
    monkeypatch.undo()
    store = open_store()
    assert (everything(store), list(store.health()), store.cursor("plaza")) == (
        {mention.id: mention},
        health,
        Cursor("plaza", "7"),
    )
    assert (recollect(store), list(store.incidents(TOWN))) == (Recollection(0, {}), [])
    with store.unit() as unit:
        unit.tell([an_incident(), an_hour()])
        unit.remember(TOWN, {"stage": b"1"})
    store.act(an_act())
    assert recollect(store) == Recollection(1, {"stage": b"1"})
    assert (list(store.incidents(TOWN)), list(store.acts(["incident-1"]))) == ([an_incident()], [an_act()])
    assert list(store.hour_counts(WATER, 0, 2 * HOUR)) == [an_hour()]


def test_a_file_of_version_3_keeps_what_it_holds(open_store, path, monkeypatch):
    """Nobody had done anything about mentions then, nor was it noted who asks; from now on it is kept."""
    monkeypatch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:3])
    store = open_store()
    write(store, a_mention("1"))
    store.act(an_act())
    store.close()
    monkeypatch.undo()
    store = open_store()
    assert (len(everything(store)), list(store.acts(["incident-1"])), list(store.done(TOWN))) == (1, [an_act()], [])
    store.do(a_deed())
    tell(store, an_attention())
    assert (list(store.done(TOWN)), list(store.attention(TOWN))) == ([a_deed()], [an_attention()])


def test_a_file_of_version_5_keeps_what_it_holds(open_store, path, monkeypatch):
    """Nobody was told anything then; from now on it is kept who is."""
    monkeypatch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:5])
    store = open_store()
    write(store, a_mention("1"))
    store.do(a_deed())
    store.close()
    monkeypatch.undo()
    store = open_store()
    assert (len(everything(store)), list(store.done(TOWN)), list(store.subscribers())) == (1, [a_deed()], [])
    store.subscribe(a_subscriber())
    store.deliver([a_delivery()])
    assert (list(store.subscribers()), list(store.deliveries())) == ([a_subscriber()], [a_delivery()])


def test_a_migration_that_fails_half_way_leaves_the_file_as_it_was(open_store, path, monkeypatch):
    """Nothing of it stands, and yesterday's Corrillo still opens the file."""
    write(open_store(), a_mention())
    monkeypatch.setattr(
        schema, "MIGRATIONS", (*schema.MIGRATIONS, "CREATE TABLE half (x TEXT);\nINSERT INTO nowhere VALUES (1);")
    )
    refused(open_store)
    monkeypatch.undo()
    assert len(everything(open_store())) == 1
    with sqlite3.connect(path) as file:
        assert file.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchone() is None


def test_a_file_of_a_newer_version_is_refused(open_store, path):
    """With both versions and what to do."""
    open_store().close()
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA user_version = 99")
    assert "newer" in (said := refused(open_store))
    assert "99" in said


def test_a_backup_of_a_newer_version_is_not_put_back(open_store, tmp_path):
    """It would be refused at the next start; the store stays as empty as it was."""
    open_store().backup(tmp_path / "copy.db")
    with sqlite3.connect(tmp_path / "copy.db") as file:
        file.execute("PRAGMA user_version = 99")
    store = open_store(tmp_path / "other.db")
    with pytest.raises(StoreError, match="newer") as raised:
        store.restore(tmp_path / "copy.db")
    assert raised.value.remedy
    assert write(store, a_mention()).new == 1


def test_a_backup_of_an_older_version_becomes_one_of_today(open_store, tmp_path, monkeypatch):
    """Put back after an upgrade."""
    store = open_store()
    write(store, a_mention())
    store.backup(tmp_path / "copy.db")
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, "CREATE TABLE tomorrow (x TEXT);"))
    monkeypatch.setattr(backup, "MIGRATIONS", schema.MIGRATIONS)
    upgraded = open_store(tmp_path / "other.db")
    assert upgraded.restore(tmp_path / "copy.db") == 1
    with sqlite3.connect(tmp_path / "other.db") as file:
        assert file.execute("SELECT count(*) FROM tomorrow").fetchone() == (0,)


@pytest.mark.parametrize("version", [0, 1, 99])
def test_another_programs_file_is_refused_and_left_alone(open_store, path, version):
    """A wrong store.path must not put our tables among theirs."""
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE bookmark (url TEXT)")
        file.execute(f"PRAGMA user_version = {version}")
    assert "another program" in refused(open_store)
    with sqlite3.connect(path) as file:
        assert file.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmark",)]


@pytest.mark.parametrize(
    "content", [b"id,text\n1,hola\n" * 100, b"\x00" * 8192, b"SQLite format 3\x00" + b"\xff" * 4096]
)
def test_what_is_not_a_database_is_refused_and_left_alone(open_store, path, content):
    """The file is somebody's; it stays as it is."""
    path.write_bytes(content)
    refused(open_store)
    assert path.read_bytes() == content


def test_a_damaged_page_is_said_with_the_way_back(open_store, path):
    """Reading over it names the file and the backup."""
    store = open_store()
    write(store, *(a_mention(str(n), f"aviso {n} " * 30) for n in range(400)))
    store.close()
    content = bytearray(path.read_bytes())
    pages = range(4096 * 4, len(content) - 4096, 4096)
    for start in random.Random(1).sample(pages, len(pages) // 2):
        content[start : start + 4096] = b"\xa5" * 4096
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged") as raised:
        everything(open_store())
    assert "backup" in raised.value.remedy


def test_a_path_below_a_file_is_said_so(open_store, tmp_path):
    """Where no folder can be, no store can be."""
    (tmp_path / "note.txt").write_text("not a folder")
    with pytest.raises(StoreError) as raised:
        open_store(tmp_path / "note.txt" / "corrillo.db")
    assert "note.txt" in raised.value.message
    assert "folder" in raised.value.remedy


def test_a_folder_in_the_place_of_the_file_is_said_so(open_store, path):
    """A directory is no store."""
    path.mkdir()
    assert "cannot be opened" in refused(open_store)


def test_the_files_are_for_their_owner_only(open_store, path, tmp_path):
    """Store, log, index and backup: nobody else on the machine reads what people said."""
    store = open_store()
    write(store, a_mention())
    store.backup(tmp_path / "copy.db")
    modes = {f.name: f.stat().st_mode & 0o777 for f in path.parent.iterdir()}
    assert modes == dict.fromkeys(("corrillo.db", "corrillo.db-wal", "corrillo.db-shm", "copy.db"), 0o600)


def test_a_backup_that_fails_leaves_the_last_good_one(open_store, path, tmp_path):
    """An existing copy is replaced by a checked one only."""
    store = open_store()
    write(store, a_mention())
    target = tmp_path / "copy.db"
    store.backup(target)
    good = target.read_bytes()
    (tmp_path / ".copy.db.partial").mkdir()
    with pytest.raises(StoreError):
        store.backup(target)
    assert target.read_bytes() == good
