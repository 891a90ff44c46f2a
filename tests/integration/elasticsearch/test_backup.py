"""Backups: one moment of everything, checked before they are taken, and put back only where nothing is."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta

import pytest

from corrillo.errors import StoreError
from corrillo.ports import Query
from corrillo.testing.mentions import NOW, TOWN, a_mention, everything, gone, write
from stores.elasticsearch.backup import verify
from tests.fakes.elasticsearch import cut_after


@pytest.fixture
def backup(store, tmp_path):
    write(store, *(a_mention(str(n), published=NOW - timedelta(days=9 * n)) for n in range(20)), gone("x"))
    store.backup(tmp_path / "backup")
    return tmp_path / "backup"


@pytest.fixture
def target(other):
    yield other.store()
    other.empty()


def spoiled(backup, how):
    """The backup with its lines changed, packed again."""
    lines = gzip.decompress(backup.read_bytes()).splitlines(keepends=True)
    backup.write_bytes(gzip.compress(b"".join(how(lines))))


def test_documents_and_versions_come_back(backup, own, other, store, target):
    """In the indices of their months, under another prefix."""
    assert target.restore(backup) == 20
    both = []
    for prefix in (own, other):
        found = prefix.documents().items()
        both.append({(i.removeprefix(prefix.name), n): d for (i, n), d in found})
    assert both[0] == both[1]
    assert everything(target) == everything(store)
    assert write(target, a_mention("1", revision=0)).unchanged == 1


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (lambda lines: lines[:-1], "end is missing"),
        (lambda lines: lines[:-2], "end is missing"),
        (lambda lines: [*lines[:3], *lines[4:]], "not what was written"),
        (lambda lines: [line.replace(b"niebla", b"sol   ") for line in lines], "not what was written"),
        (lambda lines: [lines[0].replace(b'"format":1', b'"format":9'), *lines[1:]], "newer Corrillo"),
        (lambda lines: [b"id,text\n", *lines[1:]], "no backup"),
    ],
)
def test_a_backup_that_is_not_whole_is_refused_before_anything_is_written(backup, target, other, how, said):
    """Whatever is missing of it."""
    spoiled(backup, how)
    with pytest.raises(StoreError, match=said) as raised:
        target.restore(backup)
    assert raised.value.remedy
    assert other.documents() == {}


def test_a_file_of_somebody_else_is_not_replaced(store, tmp_path):
    """Nor is a folder."""
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "folder").mkdir()
    for name in ("notes.txt", "folder"):
        with pytest.raises(StoreError, match="is there already"):
            store.backup(tmp_path / name)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_backup_that_fails_leaves_the_last_good_one(own, backup, proxy):
    """And nothing beside it."""
    good = backup.read_bytes()
    proxy.spoil(cut_after(3))
    with pytest.raises(StoreError):
        own.store(proxy.client.impatient()).backup(backup)
    proxy.heal()
    assert backup.read_bytes() == good
    assert [f.name for f in backup.parent.iterdir()] == ["backup"]


def test_what_comes_back_only_in_part_is_said_and_not_added_to(backup, other, target, proxy, monkeypatch):
    """Whoever does it again has to delete first what came."""
    monkeypatch.setattr("stores.elasticsearch.backup.AT_ONCE", 7)
    through = other.store(proxy.client.impatient())
    proxy.spoil(cut_after(2, "/_bulk"))
    with pytest.raises(StoreError, match="cannot be reached"):
        through.restore(backup)
    proxy.heal()
    with pytest.raises(StoreError, match="already") as raised:
        target.restore(backup)
    assert "delete its indices" in raised.value.remedy
    other.empty()
    assert target.restore(backup) == 20


def test_a_backup_is_for_its_owner_only(backup):
    """It holds everything."""
    assert backup.stat().st_mode & 0o777 == 0o600
    assert verify(backup) == 41


def test_counts_of_what_is_gone_come_along(own, store, target, tmp_path):
    """Purged mentions are in no backup, their counts are."""
    write(store, a_mention("old", first_seen=NOW - timedelta(days=99)), a_mention("new"))
    counts = sorted(map(str, store.day_counts(TOWN)))
    store.purge(TOWN, NOW - timedelta(days=30))
    store.backup(tmp_path / "backup")
    target.restore(tmp_path / "backup")
    assert sorted(map(str, target.day_counts(TOWN))) == counts
    assert target.count(Query()) == 1


def test_every_line_can_be_read_by_others(backup):
    """JSON: index, id, version, document."""
    lines = gzip.decompress(backup.read_bytes()).splitlines()
    first, last = json.loads(lines[0]), json.loads(lines[-1])
    assert (first["corrillo"], last["documents"]) == ("backup", len(lines) - 2)
    assert {frozenset(json.loads(line)) for line in lines[1:-1]} == {frozenset({"index", "id", "version", "document"})}
