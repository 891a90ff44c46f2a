"""One unit of work: mentions, quarantine, the source's cursor and what detection makes of it in one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence

from corrillo.alerts import Told
from corrillo.health import advanced
from corrillo.model import Cursor, TaggedEvent, milliseconds
from corrillo.ports import Quarantined, Recollection, SourceNews, Written
from stores.sqlite.groups import SqliteGroups
from stores.sqlite.memory import recollect, remember
from stores.sqlite.sources import health_of, hold
from stores.sqlite.told import tell
from stores.sqlite.write import write


class SqliteUnit:
    """What can be done inside a transaction."""

    def __init__(self, connection: sqlite3.Connection, zones: Mapping[str, str]) -> None:
        self._connection = connection
        self._zones = zones
        self.groups = SqliteGroups(connection)

    def write(self, events: Sequence[TaggedEvent]) -> Written:
        """Apply the events in their order."""
        written, stored = write(self._connection, events, self._zones)
        self.groups.keep(stored)
        return written

    def quarantine(self, items: Sequence[Quarantined]) -> None:
        """Keep what could not become a mention; the same item is kept once."""
        self._connection.executemany(
            "INSERT INTO quarantine (id, source, at, reason, origin, raw, handles) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET reason = excluded.reason, origin = excluded.origin",
            [(q.id, q.source, milliseconds(q.at), q.reason, q.origin, q.raw, json.dumps(q.handles)) for q in items],
        )

    def advance(self, cursor: Cursor, news: SourceNews) -> None:
        """Move the source on, and take over what the batch says of it."""
        hold(self._connection, advanced(health_of(self._connection, cursor.source), news), cursor.state)

    def recollect(self, institution: str, since: int) -> Recollection | None:
        """What detection remembers, unless it is that edition still."""
        return recollect(self._connection, institution, since)

    def remember(self, institution: str, changes: Mapping[str, bytes | None]) -> int:
        """Keep what detection remembers now; the edition that this makes."""
        return remember(self._connection, institution, changes)

    def tell(self, told: Sequence[Told]) -> None:
        """Keep incidents, hourly counts and attention."""
        tell(self._connection, told)
