"""Mentions in one SQLite file (WAL, FTS5): the embedded store.

Several processes may use one file: readers never wait; writers wait for each other up to
``BUSY_SECONDS`` and then say who to look for.
"""

from stores.sqlite.connection import engine
from stores.sqlite.store import SqliteStore

__all__ = ["SqliteStore", "engine"]
