"""Tombstones: ids of what must not come back, and nothing else of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from stores.sqlite.rows import chunks, marks


def tombstones(connection: sqlite3.Connection, ids: list[str]) -> set[str]:
    """Those of ``ids`` that are deleted, erased or purged."""
    found: set[str] = set()
    for some in chunks(ids):
        statement = f"SELECT id FROM tombstone WHERE id IN ({marks(some)})"
        found.update(i for (i,) in connection.execute(statement, some))
    return found


def bury(connection: sqlite3.Connection, stones: Iterable[tuple[str, int, str]]) -> None:
    """Leave tombstones (id, milliseconds, reason)."""
    connection.executemany("INSERT OR IGNORE INTO tombstone (id, at, reason) VALUES (?, ?, ?)", stones)
