"""Backup: a copy of the file, checked before it is taken and again before it is put back."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from corrillo.errors import StoreError
from stores.sqlite.connection import Connections, translated
from stores.sqlite.rows import one
from stores.sqlite.schema import APPLICATION_ID, MIGRATIONS, migrate

KEPT = (
    "mention", "tombstone", "story", "source", "quarantine", "day_count",
    "detection_edition", "hour_count", "incident", "act", "deed", "attention",
    "subscriber", "delivery",
)  # fmt: skip
"""Tables of which each may hold something where no other does."""


def backup(connections: Connections, target: Path) -> None:
    """A consistent copy at ``target``, checked; an existing file is replaced only by a good one."""
    _refuse_target(connections.path, target)
    partial = target.with_name(f".{target.name}.partial")
    with connections.reading() as connection, translated(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        copy = sqlite3.connect(partial)
        try:
            connection.backup(copy, pages=2000)
            copy.execute("PRAGMA journal_mode = DELETE")
            (verdict,) = copy.execute("PRAGMA quick_check").fetchone()
        finally:
            copy.close()
        if verdict != "ok":
            raise StoreError(
                f"{target}: the copy is damaged: {verdict}", "check the disk; the store itself may be damaged too"
            )
        os.chmod(partial, 0o600)
        partial.replace(target)


def restore(connections: Connections, source: Path) -> int:
    """Put the copy at ``source``, also one of an older version, into a store that holds nothing; how many mentions.

    Raises StoreError, and changes nothing, for a store that holds something and for a file that is no whole backup.
    """
    with _opened(source) as copy, connections.writing, connections.reading() as connection:
        _refuse_full(connection, connections.path)
        copy.backup(connection)
        migrate(connection, str(connections.path))
        return int(one(connection, "SELECT count(*) FROM mention"))


@contextmanager
def _opened(source: Path) -> Iterator[sqlite3.Connection]:
    """The backup, looked through from end to end."""
    with translated(source):
        if not source.is_file() or not _is_ours(source):
            raise StoreError(f"{source}: is no backup of a store on SQLite", "choose another file")
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
        try:
            _check(copy, source)
        except sqlite3.Error as error:
            raise _damaged(source, str(error)) from error
        yield copy


def _check(copy: sqlite3.Connection, source: Path) -> None:
    version = one(copy, "PRAGMA user_version")
    if version > len(MIGRATIONS):
        raise StoreError(f"{source}: was written by a newer Corrillo (store version {version})", "upgrade Corrillo")
    if source.stat().st_size != one(copy, "PRAGMA page_count") * one(copy, "PRAGMA page_size"):
        raise _damaged(source, "its end is missing")
    (verdict,) = copy.execute("PRAGMA quick_check").fetchone()
    if verdict != "ok":
        raise _damaged(source, verdict)


def _damaged(source: Path, how: str) -> StoreError:
    return StoreError(f"{source}: is damaged: {how}", "take another backup")


def _refuse_full(connection: sqlite3.Connection, path: Path) -> None:
    full = [table for table in KEPT if connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()]
    if full:
        raise StoreError(
            f"{path}: the store holds {', '.join(full)} already",
            "name another file (store.path), or move this one away",
        )


def _refuse_target(store: Path, target: Path) -> None:
    """Raise StoreError where a copy would destroy something."""
    if target.absolute().name.startswith(store.name) and target.resolve().parent == store.resolve().parent:
        raise StoreError(f"{target}: is the store itself, or would be taken for a part of it", "choose another name")
    if target.exists() and not (target.is_file() and _is_ours(target)):
        raise StoreError(f"{target}: is there already and is no backup of a store", "choose another name")


def _is_ours(path: Path) -> bool:
    """Whether the file is a store or a backup of one."""
    with open(path, "rb") as file:
        head = file.read(72)
    return head[:15] == b"SQLite format 3" and head[68:72] == APPLICATION_ID.to_bytes(4, "big")
