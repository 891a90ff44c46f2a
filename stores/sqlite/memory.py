"""What detection remembers: records by institution and key, and which edition of them it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from corrillo.ports import Recollection
from stores.detection import keys_of
from stores.sqlite.rows import chunks, marks


def recollect(connection: sqlite3.Connection, institution: str, since: int) -> Recollection | None:
    """All of it; None where it is that edition still."""
    edition = _edition(connection, institution)
    if edition == since:
        return None
    rows = connection.execute("SELECT key, value FROM detection WHERE institution = ?", (institution,))
    return Recollection(edition, dict(rows))


def remember(connection: sqlite3.Connection, institution: str, changes: Mapping[str, bytes | None]) -> int:
    """Keep the changes (None: forget it); the edition that they make. None of them make none."""
    if not changes:
        return _edition(connection, institution)
    connection.executemany(
        "DELETE FROM detection WHERE institution = ? AND key = ?",
        [(institution, key) for key, value in changes.items() if value is None],
    )
    connection.executemany(
        "INSERT INTO detection (institution, key, value) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET value = excluded.value",
        [(institution, key, value) for key, value in changes.items() if value is not None],
    )
    connection.execute(
        "INSERT INTO detection_edition VALUES (?, 1) ON CONFLICT DO UPDATE SET edition = edition + 1", (institution,)
    )
    return _edition(connection, institution)


def _edition(connection: sqlite3.Connection, institution: str) -> int:
    row = connection.execute("SELECT edition FROM detection_edition WHERE institution = ?", (institution,)).fetchone()
    return int(row[0]) if row else 0


def forget_mentions(connection: sqlite3.Connection, ids: Iterable[str]) -> None:
    """Forget what is remembered of these mentions."""
    for keys in chunks(keys_of(ids)):
        _forget(
            connection,
            "SELECT d.institution, d.key FROM detection_edition e JOIN detection d ON d.institution = e.institution"
            f" WHERE d.key IN ({marks(keys)})",
            keys,
        )


def forget_people(connection: sqlite3.Connection, pseudonyms: Sequence[str]) -> None:
    """Forget every record in which one of these people stands."""
    for pseudonym in filter(None, pseudonyms):
        _forget(connection, "SELECT institution, key FROM detection WHERE instr(value, ?)", [pseudonym.encode()])


def _forget(connection: sqlite3.Connection, statement: str, values: Sequence[object]) -> None:
    """In an edition of its own, so that whoever has it in memory reads it again."""
    gone: dict[str, dict[str, None]] = {}
    for institution, key in connection.execute(statement, values):
        gone.setdefault(institution, {})[key] = None
    for institution, keys in gone.items():
        remember(connection, institution, keys)
