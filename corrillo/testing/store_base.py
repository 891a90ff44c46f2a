"""What a store under test has to offer to its contract."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from corrillo.ports import Store

Reopen = Callable[[], Store]
Elsewhere = Callable[[], Store]


class StoreFixtures:
    """The fixtures that a subclass gives."""

    @pytest.fixture
    def store(self) -> Store:
        """An empty store, opened with ``ZONES`` and a clock that says ``NOW``; closed afterwards."""
        raise NotImplementedError("the subclass of StoreContract gives a store")

    @pytest.fixture
    def reopen(self) -> Reopen:
        """Opens the same data once more, as another process or a later start does."""
        raise NotImplementedError("the subclass of StoreContract says how it is opened")

    @pytest.fixture
    def elsewhere(self) -> Elsewhere:
        """Opens another store of the same kind, which is empty at its first opening; one a test."""
        raise NotImplementedError("the subclass of StoreContract says how another store is opened")
