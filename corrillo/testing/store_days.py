"""Daily counts: without personal data, kept when the mentions are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from corrillo.ports import DayCount, Store
from corrillo.testing.mentions import ISLAND, NOW, TOWN, a_mention, gone, id_of, tagged, write
from corrillo.testing.store_base import Reopen, StoreFixtures

MIDNIGHT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
"""Already the 21st in the town, still the 20th on the island."""


def cells(store: Store, institution: str = TOWN) -> dict[tuple[str, str, str], int]:
    """Day, service, tag → count."""
    return {(d.day, d.service, d.tag): d.count for d in store.day_counts(institution)}


class DayCountRules(StoreFixtures):
    """Counted once whatever is replayed; changed and deleted with what they count."""

    def test_a_mention_counts_once_for_all_and_once_for_each_tag(self, store: Store) -> None:
        """In the cell of its network, venue, place, service and district."""
        write(store, a_mention(service="water", district="El Raval", tags=tagged("complaint")))
        shared = ("town-square", "plaza.example", "off_page", "water", "El Raval")
        assert set(store.day_counts(TOWN)) == {
            DayCount(TOWN, "2026-11-21", *shared, "", 1),
            DayCount(TOWN, "2026-11-21", *shared, "complaint", 1),
        }

    def test_the_day_is_the_institutions_own(self, store: Store) -> None:
        """The same moment is another day in another zone."""
        write(store, a_mention(published=MIDNIGHT), a_mention(published=MIDNIGHT, institution=ISLAND))
        assert [d.day for d in store.day_counts(TOWN)] == ["2026-11-21"]
        assert [d.day for d in store.day_counts(ISLAND)] == ["2026-11-20"]

    def test_a_replay_is_not_counted_again(self, store: Store, reopen: Reopen) -> None:
        """Nor is an older version, nor what a tombstone refuses."""
        mention = a_mention(service="water", revision=2)
        for _ in range(3):
            write(store, mention, mention)
        later = reopen()
        write(later, mention, a_mention(service="waste", revision=1))
        write(later, gone("never"))
        write(later, a_mention("never"))
        assert cells(later) == {("2026-11-21", "water", ""): 1}
        later.close()

    def test_a_change_moves_the_cell(self, store: Store) -> None:
        """What was counted under another service or tag no longer is."""
        write(store, a_mention(service="water", tags=tagged("complaint")))
        write(store, a_mention(service="waste", tags=tagged("praise"), enrichment=2))
        day = "2026-11-21"
        assert cells(store) == {(day, "waste", ""): 1, (day, "waste", "praise"): 1}

    def test_a_changed_time_of_publication_does_not_move_the_day(self, store: Store) -> None:
        """Published as first seen, counted as first seen."""
        write(store, a_mention())
        write(store, a_mention(revision=2, published=NOW + timedelta(days=4)))
        assert list(cells(store)) == [("2026-11-21", "other", "")]

    def test_a_deletion_takes_its_counts_along(self, store: Store) -> None:
        """A cell that comes to nothing is not there."""
        write(store, a_mention("1", tags=tagged("praise")), a_mention("2"))
        write(store, gone("1"), gone("1"))
        assert cells(store) == {("2026-11-21", "other", ""): 1}
        write(store, gone("2"))
        assert cells(store) == {}

    def test_an_erasure_takes_its_counts_along(self, store: Store) -> None:
        """Nothing of an erased mention is left, not even that it was counted."""
        write(store, a_mention("1"), a_mention("2", service="water"))
        store.erase(ids=[id_of("2")])
        assert cells(store) == {("2026-11-21", "other", ""): 1}

    def test_retention_keeps_the_counts(self, store: Store) -> None:
        """Baselines stay true after the mentions have gone, and a replay does not add to them."""
        old = a_mention("old", service="water", tags=tagged("complaint"))
        write(store, old)
        before = cells(store)
        assert store.purge(TOWN, NOW + timedelta(seconds=1)) == 1
        write(store, old)
        write(store, gone("old"))
        assert len(before) == 2
        assert cells(store) == before

    def test_days_are_asked_for_by_their_span(self, store: Store) -> None:
        """``since`` is included, ``until`` is not; another institution's are not shown."""
        for day in range(1, 6):
            write(store, a_mention(str(day), published=datetime(2026, 11, day, 12, tzinfo=UTC)))
        write(store, a_mention(institution=ISLAND))
        assert [d.day for d in store.day_counts(TOWN, "2026-11-02", "2026-11-04")] == ["2026-11-02", "2026-11-03"]
        assert len(store.day_counts(TOWN)) == 5
