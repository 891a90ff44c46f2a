"""The store on SQLite keeps the contract of all stores."""

from __future__ import annotations

import pytest

from corrillo.testing.mentions import NOW, ZONES
from corrillo.testing.store import StoreContract
from stores.sqlite import SqliteStore


class TestSqliteStore(StoreContract):
    """A real file."""

    @pytest.fixture
    def reopen(self, tmp_path):
        return lambda: SqliteStore(tmp_path / "corrillo.db", ZONES, lambda: NOW)

    @pytest.fixture
    def store(self, reopen):
        store = reopen()
        yield store
        store.close()

    @pytest.fixture
    def elsewhere(self, tmp_path):
        return lambda: SqliteStore(tmp_path / "elsewhere" / "corrillo.db", ZONES, lambda: NOW)
