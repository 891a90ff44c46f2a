"""Who wants to be told, and what was told to whom: gone for good with whoever does not want it any more."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

import msgspec

from corrillo.model import milliseconds
from corrillo.notices import Delivery, Subscriber
from stores.sqlite.connection import Connections

_encode = msgspec.json.Encoder().encode
_subscriber, _delivery = msgspec.json.Decoder(Subscriber).decode, msgspec.json.Decoder(Delivery).decode


class SqliteSubscriptions:
    """``Subscriptions`` in the store's file."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def subscribers(self) -> Sequence[Subscriber]:
        """All of them, by name."""
        with self._connections.reading() as connection:
            rows = connection.execute("SELECT document FROM subscriber ORDER BY name, id")
            return [_subscriber(document) for (document,) in rows]

    def subscribe(self, subscriber: Subscriber) -> None:
        """Keep somebody; the same id is replaced."""
        with self._connections.transaction(durable=True) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO subscriber (id, name, document) VALUES (?, ?, ?)",
                (subscriber.id, subscriber.name, _encode(subscriber).decode()),
            )

    def unsubscribe(self, identity: str) -> bool:
        """Delete somebody, with everything that was told to them; out of the log with the next purge at the latest."""
        with self._connections.transaction(durable=True) as connection:
            connection.execute("DELETE FROM delivery WHERE subscriber = ?", (identity,))
            gone = connection.execute("DELETE FROM subscriber WHERE id = ?", (identity,)).rowcount
        with self._connections.reading() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return bool(gone)

    def deliveries(
        self,
        *,
        subscriber: str = "",
        incident: str = "",
        since: datetime | None = None,
        open_only: bool = False,
        limit: int = 200,
    ) -> Sequence[Delivery]:
        """What was told or waits to be told, made since then, newest first."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                "SELECT document FROM delivery WHERE made >= :since"
                f"{' AND open' if open_only else ''}{' AND subscriber = :subscriber' if subscriber else ''}"
                f"{_ABOUT if incident else ''} ORDER BY made DESC, id DESC LIMIT :limit",
                {
                    "since": milliseconds(since) if since else 0,
                    "subscriber": subscriber,
                    "incident": incident,
                    "limit": max(1, limit),
                },
            )
            return [_delivery(document) for (document,) in rows]

    def deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Keep deliveries, new or replaced by id, in one transaction; those of nobody known are left out."""
        with self._connections.transaction(durable=True) as connection:
            keep(connection, deliveries)


_ABOUT = (
    " AND made >= coalesce((SELECT opened FROM incident WHERE id = :incident), 0) - 86400000"
    " AND EXISTS (SELECT 1 FROM json_each(document, '$.news') WHERE json_extract(value, '$.incident') = :incident)"
)
"""What tells of an incident; what was made a day before it began is not even looked at."""


def keep(connection: sqlite3.Connection, deliveries: Sequence[Delivery]) -> None:
    """Keep deliveries, new or replaced by id, of who is a subscriber."""
    connection.executemany(
        "INSERT OR REPLACE INTO delivery (id, subscriber, made, open, document)"
        " SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM subscriber WHERE id = ?2)",
        [(d.id, d.subscriber, milliseconds(d.made), d.open, _encode(d).decode()) for d in deliveries],
    )


def remembered(connection: sqlite3.Connection, since: datetime) -> list[Delivery]:
    """Every delivery that is open, and those made since then, oldest first."""
    rows = connection.execute(
        "SELECT document FROM delivery WHERE open OR made >= ? ORDER BY made, id", (milliseconds(since),)
    )
    return [_delivery(document) for (document,) in rows]
