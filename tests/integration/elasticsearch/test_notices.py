"""What is Elasticsearch's own about deliveries: two documents that no transaction holds together."""

from __future__ import annotations

import pytest

from corrillo.errors import StoreError
from corrillo.testing.mentions import NOW
from corrillo.testing.notices import a_delivery, a_subscriber
from stores.elasticsearch import bulk
from tests.fakes.elasticsearch import cut_after


def test_what_was_kept_of_somebody_while_they_unsubscribed_goes_with_the_daily_round(store, own):
    """It was on its way when they went; nothing of the others goes."""
    for name in ("marta", "nuria"):
        store.subscribe(a_subscriber(name))
    store.deliver([a_delivery("1"), a_delivery("2", "nuria")])
    every = bulk.every(own.client, [bulk.delete(f"{own.name}-subscribers", "subscriber-marta")])
    own.client.send("POST", f"/{own.name}-*/_refresh")
    assert every[0].status == 200
    assert store.purge_deliveries(NOW) == 1
    assert [d.id for d in store.deliveries()] == ["delivery-2"]


def test_unsubscribing_that_is_broken_off_is_finished_by_doing_it_again(store, own, proxy):
    """Whoever it was is told nothing from the first moment on."""
    store.subscribe(a_subscriber())
    store.deliver([a_delivery("1"), a_delivery("2")])
    proxy.spoil(cut_after(1, "/_bulk"))
    with pytest.raises(StoreError):
        own.store(proxy.client.impatient()).unsubscribe("subscriber-marta")
    proxy.heal()
    store.deliver([a_delivery("3")])
    assert store.unsubscribe("subscriber-marta") is False
    assert (list(store.subscribers()), list(store.deliveries())) == ([], [])
