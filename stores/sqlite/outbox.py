"""The outbox of one machine: the deliveries in the store's file, written by whichever office has claimed them last."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from corrillo.errors import Fenced
from corrillo.notices import REMEMBERED, Delivery
from corrillo.ports import Clock
from stores.sqlite.connection import Connections
from stores.sqlite.notices import keep, remembered


class SqliteOutbox:
    """``Outbox`` for the office that is called ``name``; several processes may have the file open.

    Raises StoreError when the file cannot be used.
    """

    def __init__(self, connections: Connections, clock: Clock, name: str) -> None:
        self._connections, self._clock, self._name = connections, clock, name
        self._number = 0

    def claim(self) -> Sequence[Delivery]:
        """It is ours now; every delivery that is open, and those made since ``REMEMBERED``."""
        with self._connections.transaction(durable=True) as connection:
            (self._number,) = connection.execute(
                "INSERT INTO office (one, name, number) VALUES (1, ?, 1)"
                " ON CONFLICT DO UPDATE SET name = excluded.name, number = number + 1 RETURNING number",
                (self._name,),
            ).fetchone()
            return remembered(connection, self._clock() - REMEMBERED)

    def keep(self, deliveries: Sequence[Delivery]) -> None:
        """New, or replaced by id, all or none; those of nobody known are left out. Raises Fenced."""
        with self._connections.transaction(durable=True) as connection:
            self._require_ours(connection)
            keep(connection, deliveries)

    def forget(self, identities: Sequence[str]) -> None:
        """Delete these deliveries: whom they were for is gone. Raises Fenced."""
        with self._connections.transaction(durable=True) as connection:
            self._require_ours(connection)
            connection.executemany("DELETE FROM delivery WHERE id = ?", [(i,) for i in identities])

    def close(self) -> None:
        """Nothing is kept open here: the store's connections are its own."""

    def _require_ours(self, connection: sqlite3.Connection) -> None:
        found = connection.execute("SELECT number, name FROM office").fetchone()
        if found is None or found[0] != self._number:
            raise Fenced(
                f"another office tells people now ({found[1] if found else 'nobody has claimed it'})",
                "this one has ended; run one of them on a store",
            )
