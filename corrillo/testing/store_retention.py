"""Retention: what was first seen before a moment goes for good."""

from __future__ import annotations

from datetime import timedelta

from corrillo.ports import Query, Store
from corrillo.testing.mentions import ISLAND, NOW, TOWN, a_mention, everything, id_of, ids_of, write
from corrillo.testing.store_base import StoreFixtures

OLD = NOW - timedelta(days=100)
LIMIT = NOW - timedelta(days=30)


class RetentionRules(StoreFixtures):
    """Purging."""

    def test_what_was_first_seen_before_goes(self, store: Store) -> None:
        """By when it was seen, not by when it was published: an import of old posts is kept its time."""
        write(
            store,
            a_mention("old", first_seen=OLD, published=OLD),
            a_mention("edge", first_seen=LIMIT, published=OLD),
            a_mention("imported", first_seen=NOW, published=OLD),
            a_mention("dated ahead", first_seen=OLD, published=NOW + timedelta(days=900)),
        )
        assert store.purge(TOWN, LIMIT) == 2
        assert set(everything(store)) == ids_of(["edge", "imported"])
        assert store.purge(TOWN, LIMIT) == 0

    def test_each_institution_has_a_retention_of_its_own(self, store: Store) -> None:
        """Purging one leaves the others."""
        write(store, a_mention(first_seen=OLD), a_mention(first_seen=OLD, institution=ISLAND))
        assert store.purge(TOWN, LIMIT) == 1
        assert set(everything(store)) == {id_of("1", ISLAND)}

    def test_what_was_purged_does_not_come_back(self, store: Store) -> None:
        """A replay is refused and cannot be found by any of its words."""
        old = a_mention("old", "riada", first_seen=OLD, ref="r")
        write(store, old)
        store.purge(TOWN, LIMIT)
        assert write(store, a_mention("old", "riada", first_seen=NOW)).refused == 1
        assert store.count(Query(text="riada")) == 0
        assert list(store.terms(Query(), ["service"])) == []
        assert list(store.known("plaza", OLD, 10)) == []

    def test_many_go_as_one(self, store: Store) -> None:
        """More than fit into one transaction."""
        write(store, *(a_mention(str(n), first_seen=OLD) for n in range(5100)), a_mention("new"))
        assert store.purge(TOWN, LIMIT) == 5100
        assert set(everything(store)) == ids_of(["new"])
