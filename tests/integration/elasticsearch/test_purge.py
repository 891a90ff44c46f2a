"""Retention that is interrupted anywhere: daily counts are right at every moment, and the next purge goes on."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

import stores.elasticsearch.purge
from corrillo.errors import StoreError
from corrillo.ports import Query, StoryMark
from corrillo.testing.mentions import ISLAND, NOW, TOWN, a_mention, everything, gone, id_of, tagged, write
from tests.fakes.elasticsearch import cut_after

OLD, LIMIT = NOW - timedelta(days=100), NOW - timedelta(days=30)
DOOMED = [
    a_mention(f"old{n}", service=("water", "waste")[n % 2], tags=tagged("complaint"), first_seen=OLD, url=f"https://x/{n}",
        published=OLD - timedelta(days=n % 3), district=("", "El Raval")[n % 2])
    for n in range(9)
]  # fmt: skip
KEPT = [a_mention("kept", service="water"), a_mention("old1", institution=ISLAND, first_seen=OLD)]


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    monkeypatch.setattr(stores.elasticsearch.purge, "AT_ONCE", 5)


@pytest.fixture
def shaky(own, proxy):
    yield own.store(proxy.client.impatient())
    proxy.heal()


def fill(store):
    with store.unit() as unit:
        unit.groups.begin_story(TOWN, StoryMark(DOOMED[0].id, b"\x01", (1,)), OLD)
        unit.write([*DOOMED, *KEPT])


def counts(store, *institutions):
    return {i: sorted(map(str, store.day_counts(i))) for i in institutions or (TOWN, ISLAND)}


def test_a_purge_that_is_broken_off_anywhere_leaves_the_counts_right(own, store, shaky, proxy):
    """After anything that it writes, of the first chunk and the second; the next one finishes it."""
    fill(store)
    wanted, number, broken = counts(store, TOWN), 0, True
    while broken:
        own.empty()
        fill(store)
        proxy.spoil(cut_after(number, "/_bulk"))
        broken = failure_of(shaky)
        proxy.heal()
        assert counts(store, TOWN) == wanted, number
        store.purge(TOWN, LIMIT)
        assert counts(store, TOWN) == wanted, number
        found = own.documents()
        assert {i for index, i in found if "mentions" in index} == {m.id for m in KEPT}, number
        left = {index.removeprefix(f"{own.name}-") for index, _ in found}
        assert left == {"mentions-2026-11", "links", "tombstones", "counts", "days"}, number
        number += 1
    assert number > 12


def failure_of(store):
    try:
        store.purge(TOWN, LIMIT)
    except StoreError as raised:
        return raised


def test_mentions_of_an_unfinished_purge_do_not_come_back(store, shaky, proxy):
    """Their tombstones stand before anything else is done to them."""
    fill(store)
    proxy.spoil(cut_after(8))
    assert failure_of(shaky)
    proxy.heal()
    wanted = counts(store)
    assert write(store, *DOOMED).refused >= 5
    assert counts(store) == wanted


def test_an_erasure_finishes_what_a_purge_has_begun(own, store, shaky, proxy):
    """So that what it erases is not counted by an unfinished purge."""
    fill(store)
    proxy.spoil(cut_after(10))
    assert failure_of(shaky)
    proxy.heal()
    store.erase(ids=[id_of("unknown")])
    assert not [i for i, _ in own.documents() if i.endswith("purges")]


def test_two_purges_at_the_same_time_count_once(own, store):
    """Whoever finds the other's unfinished work does it with them."""
    fill(store)
    wanted = counts(store)
    purged = []
    threads = [threading.Thread(target=lambda: purged.append(own.store().purge(TOWN, LIMIT))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(purged) == 3
    assert counts(store) == wanted
    assert set(everything(store)) == {m.id for m in KEPT}


def test_counts_are_right_while_a_purge_is_running(own, store):
    """Whoever asks in the middle of it."""
    fill(store)
    wanted, seen, running = counts(store), [], threading.Event()

    def ask():
        reader = own.store()
        while not running.is_set():
            seen.append(counts(reader))

    asking = threading.Thread(target=ask)
    asking.start()
    own.store().purge(TOWN, LIMIT)
    running.set()
    asking.join()
    assert len(seen) > 1
    assert all(found == wanted for found in seen)


def test_a_late_deletion_of_a_purged_mention_changes_no_count(store):
    """It is not there any more."""
    fill(store)
    wanted = counts(store)
    store.purge(TOWN, LIMIT)
    write(store, gone("old1"), gone("old2"))
    assert counts(store) == wanted


def test_links_whose_mention_is_gone_are_swept(own, store):
    """A crash between the two may have left one."""
    fill(store)
    for index, identity in own.documents():
        if index.endswith("mentions-2026-08") and identity == DOOMED[0].id:
            own.client.send("DELETE", f"/{index}/_doc/{identity}")
    store.purge(TOWN, LIMIT)
    assert {i for index, i in own.documents() if index.endswith("links")} == {m.id for m in KEPT}
    assert store.count(Query()) == 2
