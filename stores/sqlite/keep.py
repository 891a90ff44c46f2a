"""Keeping: sources and their health, quarantine, retention, backup."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from corrillo.errors import StoreError
from corrillo.model import Cursor, from_milliseconds, milliseconds
from corrillo.ports import Quarantined, SourceHealth
from stores.sqlite.backup import backup, restore
from stores.sqlite.connection import Connections
from stores.sqlite.stones import bury
from stores.sqlite.write import load, remove


class SqliteKeeper:
    """What is not about single mentions."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def cursor(self, source: str) -> Cursor | None:
        """Where the source resumes."""
        with self._connections.reading() as connection:
            row = connection.execute("SELECT cursor FROM source WHERE source = ?", (source,)).fetchone()
        return Cursor(source=source, state=row[0]) if row and row[0] is not None else None

    def health(self) -> Sequence[SourceHealth]:
        """Every source that was ever asked, by name."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                "SELECT source, network, newest_post, last_success, last_attempt, failures, last_error, seen, kept, rejected"
                " FROM source ORDER BY source"
            ).fetchall()
        return [
            SourceHealth(source, network, _moment(newest), _moment(success), _moment(attempt), *rest)
            for source, network, newest, success, attempt, *rest in rows
        ]

    def note_failure(self, source: str, network: str, at: datetime, error: str) -> None:
        """One more failure in a row; the cursor stays."""
        with self._connections.transaction() as connection:
            connection.execute(
                "INSERT INTO source (source, network, last_attempt, failures, last_error) VALUES (?, ?, ?, 1, ?)"
                " ON CONFLICT DO UPDATE SET last_attempt = excluded.last_attempt, failures = failures + 1,"
                " last_error = excluded.last_error",
                (source, network, milliseconds(at), error),
            )

    def note_success(self, source: str, network: str, at: datetime) -> None:
        """The source answered, though it had nothing new."""
        with self._connections.transaction() as connection:
            connection.execute(
                "INSERT INTO source (source, network, last_attempt, last_success) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET last_attempt = excluded.last_attempt, last_success = excluded.last_success,"
                " failures = 0, last_error = ''",
                (source, network, milliseconds(at), milliseconds(at)),
            )

    def refs(self, source: str, since: datetime, limit: int) -> Sequence[str]:
        """Refs of the newest mentions of a source, for looking them up again."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                "SELECT DISTINCT l.ref FROM mention m JOIN link l ON l.mention = m.number WHERE m.source = ? AND l.ref != ''"
                " AND m.published >= ? ORDER BY m.published DESC LIMIT ?",
                (source, milliseconds(since), limit),
            )
            return [ref for (ref,) in rows]

    def quarantined(self) -> Sequence[Quarantined]:
        """What is in quarantine, oldest first."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                "SELECT id, source, at, reason, origin, raw, handles FROM quarantine ORDER BY at, id"
            )
            return [
                Quarantined(i, source, from_milliseconds(at), reason, origin, raw, tuple(json.loads(handles)))
                for i, source, at, reason, origin, raw, handles in rows
            ]

    def release(self, ids: Sequence[str]) -> int:
        """Forget these items."""
        with self._connections.transaction() as connection:
            gone = connection.executemany("DELETE FROM quarantine WHERE id = ?", [(i,) for i in ids]).rowcount
        if gone:
            _empty_log(self._connections)
        return gone

    def purge(self, institution: str, before: datetime) -> int:
        """Delete what was first seen before that moment and scrub the file; daily counts stay."""
        purged = 0
        while True:
            with self._connections.transaction() as connection:
                rows = connection.execute(
                    "SELECT id FROM mention WHERE institution = ? AND first_seen < ? LIMIT 5000",
                    (institution, milliseconds(before)),
                )
                ids = [i for (i,) in rows]
                if ids:
                    remove(connection, list(load(connection, ids).values()), counted=False)
                    bury(connection, [(i, milliseconds(before), "purged") for i in ids])
                connection.execute(
                    "DELETE FROM story WHERE institution = ? AND seen < ?", (institution, milliseconds(before))
                )
                connection.execute("DELETE FROM story_band WHERE story NOT IN (SELECT story FROM story)")
            if not ids:
                break
            purged += len(ids)
        scrub(self._connections)  # also where nothing was purged: deletions leave words in the text index
        return purged

    def purge_quarantine(self, before: datetime) -> int:
        """Forget what has been in quarantine since before that moment."""
        with self._connections.transaction() as connection:
            gone = connection.execute("DELETE FROM quarantine WHERE at < ?", (milliseconds(before),)).rowcount
        if gone:
            _empty_log(self._connections)
        return gone

    def backup(self, target: Path) -> None:
        """A consistent copy at ``target``, checked; an existing file is replaced only by a good one."""
        backup(self._connections, target)

    def restore(self, source: Path) -> int:
        """Put a copy into this store, which holds nothing yet; how many mentions."""
        return restore(self._connections, source)


def scrub(connections: Connections) -> None:
    """Drop from the files' bytes what has been deleted: the text index is merged, the log emptied.

    Deleted rows are overwritten with zeros as they go (``secure_delete``). Raises StoreError when
    readers of another process hold the log for too long.
    """
    with connections.transaction() as connection:
        connection.execute("INSERT INTO mention_text (mention_text) VALUES ('optimize')")
    _empty_log(connections)


def _empty_log(connections: Connections) -> None:
    with connections.reading() as connection:
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StoreError(
            f"{connections.path}: it is deleted, but another process still reads the log that holds old bytes",
            "stop the other process and run the command again",
        )


def _moment(value: int | None) -> datetime | None:
    return None if value is None else from_milliseconds(value)
