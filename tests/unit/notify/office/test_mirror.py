"""What became of each delivery, written where people look; a store that is away is waited for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from corrillo.errors import StoreError
from corrillo.notices import Delivery
from corrillo.testing.notices import a_delivery, sent
from notify.office import mirror
from tests.processes import until


class Store:
    """A fake store that fails so many times."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.kept: dict[str, Delivery] = {}

    def deliver(self, deliveries: Sequence[Delivery]) -> None:
        if self.failures:
            self.failures -= 1
            raise StoreError("the store is away")
        self.kept |= {d.id: d for d in deliveries}


def test_the_newest_state_of_each_is_there_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror, "AGAIN", 0.05)
    store = Store(failures=3)
    writing = mirror.Mirror(store)  # type: ignore[arg-type]
    writing.start()
    writing.put([a_delivery("1"), a_delivery("2")])
    until(lambda: "the store is away" in writing.trouble, "its trouble")
    writing.put([sent(a_delivery("1"))])
    until(lambda: store.kept == {d.id: d for d in (sent(a_delivery("1")), a_delivery("2"))}, lambda: str(store.kept))
    assert writing.trouble == ""
    writing.put([sent(a_delivery("2"))])
    writing.stop(10)
    assert store.kept[a_delivery("2").id].state == "sent"


def test_a_store_that_stays_away_holds_the_end_back_no_longer_than_it_may() -> None:
    writing = mirror.Mirror(Store(failures=10**9))  # type: ignore[arg-type]
    writing.start()
    writing.put([a_delivery("1")])
    writing.stop(5)
    assert writing.trouble
