"""One unit of work: mentions, quarantine and the source's cursor in one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence

from corrillo.health import advanced
from corrillo.model import Cursor, TaggedEvent, milliseconds
from corrillo.ports import Quarantined, SourceNews, Written
from stores.sqlite.groups import SqliteGroups
from stores.sqlite.sources import health_of, hold
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
