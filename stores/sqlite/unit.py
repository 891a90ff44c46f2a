"""One unit of work: mentions, quarantine and the source's cursor in one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime

from corrillo.model import Cursor, TaggedEvent, milliseconds
from corrillo.ports import Quarantined, SourceHealth, Written
from stores.sqlite.groups import SqliteGroups
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

    def advance(self, cursor: Cursor, health: SourceHealth) -> None:
        """Move the source on; counts are added up, a newest post only moves forward."""
        self._connection.execute(
            "INSERT INTO source (source, network, cursor, newest_post, last_success, last_attempt, seen, kept, rejected)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET network = excluded.network,"
            " cursor = excluded.cursor, last_success = excluded.last_success, last_attempt = excluded.last_attempt,"
            " newest_post = max(coalesce(newest_post, excluded.newest_post), coalesce(excluded.newest_post, newest_post)),"
            " failures = 0, last_error = '', seen = seen + excluded.seen, kept = kept + excluded.kept,"
            " rejected = rejected + excluded.rejected",
            (
                cursor.source, health.network, cursor.state, _ms(health.newest_post), _ms(health.last_success),
                _ms(health.last_attempt), health.seen, health.kept, health.rejected,
            ),
        )  # fmt: skip


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else milliseconds(moment)
