"""The store on Elasticsearch keeps the contract of all stores: on a real server, with security."""

from __future__ import annotations

import pytest

from corrillo.testing.store import StoreContract


class TestElasticStore(StoreContract):
    """Real indices."""

    @pytest.fixture
    def reopen(self, own):
        yield own.store
        own.empty()

    @pytest.fixture
    def store(self, reopen):
        return reopen()

    @pytest.fixture
    def elsewhere(self, other):
        yield other.store
        other.empty()
