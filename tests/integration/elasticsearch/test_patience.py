"""A server that does not answer in the time that whoever asks is ready to wait is not waited for."""

from __future__ import annotations

import pytest

from corrillo.errors import StoreError
from corrillo.patience import patience
from corrillo.ports import Query
from corrillo.testing.mentions import a_mention, write


def test_nobody_waits_longer_than_they_are_ready_to(store) -> None:
    """In no time there is no answer; afterwards there is."""
    write(store, a_mention("one", "agua"))
    with patience(0), pytest.raises(StoreError):
        store.count(Query(text="agua"))
    with patience(60):
        assert store.count(Query(text="agua")) == 1
