"""What the team does about mentions: kept beside them, and gone with them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from corrillo.ports import Query, Store
from corrillo.testing.deeds import a_deed
from corrillo.testing.mentions import ISLAND, NOW, TOWN, a_mention, everything, gone, id_of, ids_of, tagged, write
from corrillo.testing.store_base import Reopen, StoreFixtures

OLD, LIMIT = NOW - timedelta(days=100), NOW - timedelta(days=30)
EVERYTHING_DONE = a_deed(
    "all", what="correct", note="«ojo»", whose="Diputación", tags=("praise", "question"), was=("complaint",), homonym="Benialba FC"
)  # fmt: skip


class WorkRules(StoreFixtures):
    """Deeds are only ever added."""

    def test_a_deed_comes_back_as_it_was_done(self, store: Store, reopen: Reopen) -> None:
        """To the last field, also after a restart; of a mention about which nothing was done there is none."""
        for deed in (EVERYTHING_DONE, a_deed("2", "2")):
            store.do(deed)
        later = reopen()
        assert list(later.deeds([id_of("1")])) == [EVERYTHING_DONE]
        assert list(later.deeds([id_of("2"), id_of("3"), id_of("2")])) == [a_deed("2", "2")]
        assert list(later.deeds([])) == []
        later.close()

    def test_the_same_id_is_there_once_as_it_was_first(self, store: Store) -> None:
        """A form that is sent twice does nothing twice, and nothing rewrites what was done."""
        store.do(a_deed())
        store.do(a_deed(who="Nuria"))
        assert list(store.deeds([id_of("1")])) == [a_deed()]

    def test_deeds_come_in_the_order_in_which_they_were_done(self, store: Store) -> None:
        """Whatever the order in which they were kept, finer than a millisecond, and over many mentions."""
        moments = [NOW + n * timedelta(microseconds=300) for n in range(5)]
        made = [a_deed(str(n), str(n % 2), at=at) for n, at in enumerate(moments)]
        for n in (3, 0, 4, 1, 2):
            store.do(made[n])
        assert list(store.deeds([id_of("1"), id_of("0")])) == made
        assert list(store.deeds([id_of(str(n)) for n in range(1500)])) == made

    def test_what_was_done_lately_comes_newest_first(self, store: Store) -> None:
        """Of one institution, from the moment that is asked for (included), of the kinds and no more than asked."""
        for n in (3, 1, 2):
            store.do(a_deed(str(n), str(n), at=NOW - timedelta(minutes=n), what="note" if n == 2 else "take"))
        store.do(a_deed("elsewhere", institution=ISLAND))
        assert [d.id for d in store.done(TOWN)] == ["deed-1", "deed-2", "deed-3"]
        assert [d.id for d in store.done(TOWN, since=NOW - timedelta(minutes=2))] == ["deed-1", "deed-2"]
        assert [d.id for d in store.done(TOWN, what=("take", "done"))] == ["deed-1", "deed-3"]
        assert [d.id for d in store.done(TOWN, what=("take",), limit=1)] == ["deed-1"]
        assert ([d.id for d in store.done(ISLAND)], list(store.done("nowhere"))) == (["deed-elsewhere"], [])

    def test_a_deed_waits_for_no_mention_and_outlives_its_deletion_at_the_source(self, store: Store) -> None:
        """It joins by the id; that somebody deleted their post undoes nothing of what the team did."""
        store.do(a_deed())
        write(store, a_mention("1"))
        write(store, gone("1"))
        assert list(store.deeds([id_of("1")])) == [a_deed()]

    @pytest.mark.parametrize("how", ["ids", "pseudonyms"])
    def test_what_was_done_about_an_erased_mention_is_erased(self, store: Store, how: str) -> None:
        """By whatever it was found; what was done about others stays."""
        write(store, a_mention("1", author="~pepa"), a_mention("2"))
        store.do(a_deed())
        store.do(a_deed("2", "2"))
        erased = store.erase(ids=[id_of("1")]) if how == "ids" else store.erase(pseudonyms=["~pepa"])
        assert erased.mentions == 1
        assert list(store.done(TOWN)) == [a_deed("2", "2")]

    def test_retention_takes_what_was_done_with_the_mention(self, store: Store) -> None:
        """Also what was done lately about an old one, and what was done long ago about one that is gone already."""
        write(
            store,
            a_mention("old", first_seen=OLD),
            a_mention("new"),
            a_mention("old", first_seen=OLD, institution=ISLAND),
        )
        kept = [a_deed("new", "new"), a_deed("island", "old", institution=ISLAND, at=OLD)]
        for deed in (a_deed("late", "old"), a_deed("early", "vanished", at=OLD), *kept):
            store.do(deed)
        assert store.purge(TOWN, LIMIT) == 1
        assert [*store.done(TOWN), *store.done(ISLAND)] == kept

    def test_mentions_are_left_out_of_every_question(self, store: Store) -> None:
        """Of what is found, counted, and drawn over time; nothing else goes, and a text that is searched still is."""
        write(store, *(a_mention(str(n), author=f"~{n}", tags=tagged("praise")) for n in range(4)))
        without = Query(where={"institution": (TOWN,)}, without=(id_of("1"), id_of("3"), "unknown"))
        assert set(everything(store, without)) == ids_of(["0", "2"])
        assert (store.count(without), store.distinct_authors(without)) == (2, 2)
        assert [b.count for b in store.terms(without, ["tag"])] == [2]
        assert sum(b.count for b in store.histogram(without, "day", "UTC")) == 2
        assert store.count(Query(text="niebla", without=(id_of("0"),))) == 3
        assert store.count(Query(ids=(id_of("0"), id_of("1")), without=(id_of("0"),))) == 1
        assert store.count(Query(without=tuple(str(n) for n in range(1000)))) == 4
