"""Keeping: sources and their health, what people do about incidents, quarantine, retention, backup."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from corrillo.alerts import Act
from corrillo.errors import StoreError
from corrillo.health import advanced, failed
from corrillo.model import Cursor, KnownRef, from_milliseconds, milliseconds
from corrillo.ports import Quarantined, SourceHealth, SourceNews
from corrillo.work import Deed
from stores.sqlite import deeds, told
from stores.sqlite.backup import backup, restore
from stores.sqlite.connection import Connections
from stores.sqlite.memory import forget_mentions
from stores.sqlite.sources import cursor_of, health_of, healths, hold
from stores.sqlite.stones import bury
from stores.sqlite.write import load, remove


class SqliteKeeper:
    """What is not about single mentions."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def cursor(self, source: str) -> Cursor | None:
        """Where the source resumes."""
        with self._connections.reading() as connection:
            state = cursor_of(connection, source)
        return None if state is None else Cursor(source=source, state=state)

    def health(self) -> Sequence[SourceHealth]:
        """Every source that was ever asked, by name."""
        with self._connections.reading() as connection:
            return healths(connection)

    def note_failure(self, source: str, network: str, at: datetime, error: str, refused: bool = False) -> None:
        """One more failure in a row; the cursor stays."""
        with self._connections.transaction() as connection:
            known = health_of(connection, source) or SourceHealth(source, network)
            hold(connection, failed(known, at, error, refused=refused))

    def note_success(self, news: SourceNews) -> None:
        """The source was read, though it had nothing new."""
        with self._connections.transaction() as connection:
            hold(connection, advanced(health_of(connection, news.source), news))

    def known(self, source: str, since: datetime, limit: int) -> Sequence[KnownRef]:
        """The newest mentions of a source that have a ref, for looking them up again."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                "SELECT m.network, l.ref, max(m.published) AS newest, json_group_object(m.institution, m.id), max(m.author)"
                " FROM mention m JOIN link l ON l.mention = m.number"
                " WHERE m.source = ? AND m.published >= ? AND l.ref != '' GROUP BY m.network, l.ref"
                " ORDER BY newest DESC, l.ref LIMIT ?",
                (source, milliseconds(since), limit),
            )
            return [
                KnownRef(
                    source=source,
                    network=network,
                    ref=ref,
                    published=from_milliseconds(newest),
                    ids=json.loads(ids),
                    author=author,
                )
                for network, ref, newest, ids, author in rows
            ]

    def act(self, act: Act) -> None:
        """Keep what somebody did about an incident; the same once."""
        with self._connections.transaction() as connection:
            told.keep(connection, act)

    def do(self, deed: Deed) -> None:
        """Keep what somebody did about a mention; the same id once."""
        with self._connections.transaction() as connection:
            deeds.keep(connection, deed)

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
        """Delete what was first seen, or was over, before that moment and scrub the file; counts stay."""
        with self._connections.transaction() as connection:
            told.drop(connection, institution, milliseconds(before))
            deeds.drop(connection, institution, milliseconds(before))
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
                    forget_mentions(connection, ids)
                    deeds.forget(connection, ids)
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

    def purge_deliveries(self, before: datetime) -> int:
        """Forget deliveries that were made before that moment; out of the log with the next purge."""
        with self._connections.transaction() as connection:
            return connection.execute("DELETE FROM delivery WHERE made < ?", (milliseconds(before),)).rowcount

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
