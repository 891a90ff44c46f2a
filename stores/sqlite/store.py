"""The store as one object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from corrillo.model import milliseconds
from corrillo.ports import Clock, Erased
from stores.sqlite.connection import Connections
from stores.sqlite.erase import erase
from stores.sqlite.keep import SqliteKeeper
from stores.sqlite.notices import SqliteSubscriptions
from stores.sqlite.outbox import SqliteOutbox
from stores.sqlite.read import SqliteReader
from stores.sqlite.unit import SqliteUnit


class SqliteStore(SqliteReader, SqliteKeeper, SqliteSubscriptions):
    """``Store`` on one SQLite file; made, or brought to today's version, on opening.

    ``zones`` gives each institution's time zone, in which its days are counted. Raises StoreError
    when the file cannot be used.
    """

    def __init__(self, path: Path, zones: Mapping[str, str], clock: Clock) -> None:
        self._connections = Connections(path)
        self._zones = zones
        self._clock = clock

    @contextmanager
    def unit(self) -> Iterator[SqliteUnit]:
        """A write transaction; other writers wait."""
        with self._connections.transaction() as connection:
            yield SqliteUnit(connection, self._zones)

    def erase(self, *, ids: Sequence[str] = (), url: str = "", pseudonyms: Sequence[str] = ()) -> Erased:
        """Delete for good; see ``stores.sqlite.erase``."""
        return erase(self._connections, self._zones, milliseconds(self._clock()), ids, url, pseudonyms)

    def outbox(self, name: str) -> SqliteOutbox:
        """The deliveries, for the office that is called so; see ``stores.sqlite.outbox``."""
        return SqliteOutbox(self._connections, self._clock, name)

    def close(self) -> None:
        """Close all connections."""
        self._connections.close()
