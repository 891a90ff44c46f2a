"""Who wants to be told, and what was told to whom: each there once, and gone with whoever does not want it."""

from __future__ import annotations

from datetime import timedelta

from corrillo.notices import News
from corrillo.ports import Store
from corrillo.testing.mentions import NOW
from corrillo.testing.notices import a_delivery, a_subscriber, sent
from corrillo.testing.store_base import Reopen, StoreFixtures

MINUTE = timedelta(minutes=1)


def ids(store: Store, **asked: object) -> list[str]:
    """The names of the deliveries, as they come."""
    return [d.id.removeprefix("delivery-") for d in store.deliveries(**asked)]  # type: ignore[arg-type]  # as given


class NoticeRules(StoreFixtures):
    """Subscribers and deliveries."""

    def test_subscribers_come_back_as_they_are_by_name(self, store: Store, reopen: Reopen) -> None:
        """To the last field, also after a restart; one of the same id takes the place of who was there."""
        for name in ("nuria", "adela", "marta"):
            store.subscribe(a_subscriber(name, per_hour=1))
        store.subscribe(a_subscriber("marta"))
        store.subscribe(
            a_subscriber("bare", ways=(), institutions=(), services=(), districts=(), quiet=(), shifts=(), feed="")
        )
        later = reopen()
        assert [s.name for s in later.subscribers()] == ["Adela", "Bare", "Marta", "Nuria"]
        assert later.subscribers()[2] == a_subscriber("marta")
        assert later.subscribers()[1].ways == ()
        later.close()

    def test_deliveries_come_back_as_they_were_kept_newest_first(self, store: Store, reopen: Reopen) -> None:
        """To the last field, also after a restart, whatever the order in which they were kept; no more than asked."""
        store.subscribe(a_subscriber())
        made = [a_delivery(str(n), made=NOW - n * MINUTE) for n in range(4)]
        store.deliver([made[2], made[0]])
        store.deliver([made[3], made[1]])
        store.deliver([])
        later = reopen()
        assert list(later.deliveries()) == made
        assert list(later.deliveries(limit=2)) == made[:2]
        assert ids(later, since=NOW - 2 * MINUTE) == ["0", "1", "2"]
        later.close()

    def test_a_delivery_that_is_kept_again_takes_the_place_of_the_one_before(self, store: Store) -> None:
        """By its id, be it in one breath."""
        store.subscribe(a_subscriber())
        waiting, last = a_delivery(), sent(a_delivery(), why="once more")
        store.deliver([waiting])
        assert list(store.deliveries(open_only=True)) == [waiting]
        store.deliver([waiting, sent(waiting), last])
        assert (list(store.deliveries()), list(store.deliveries(open_only=True))) == ([last], [])

    def test_deliveries_are_asked_for_by_person_by_incident_and_by_whether_they_are_open(self, store: Store) -> None:
        """By one or by several; one may tell of many incidents, or of none."""
        store.subscribe(a_subscriber())
        store.subscribe(a_subscriber("nuria"))
        both = tuple(News(incident=f"incident-{n}", what="changed", level="watch", at=NOW) for n in (1, 2))
        store.deliver(
            [
                a_delivery("a"),
                sent(a_delivery("b", "nuria", made=NOW - MINUTE)),
                a_delivery("c", "nuria", news=both, state="sending", made=NOW - 2 * MINUTE),
                a_delivery("d", news=(), what="digest", period="2026-11-22", state="failed", made=NOW - 3 * MINUTE),
            ]
        )
        assert ids(store, subscriber="subscriber-nuria") == ["b", "c"]
        assert ids(store, incident="incident-1") == ["a", "b", "c"]
        assert ids(store, incident="incident-2") == ["c"]
        assert ids(store, open_only=True) == ["a", "c"]
        assert ids(
            store, subscriber="subscriber-nuria", incident="incident-1", open_only=True, since=NOW - 2 * MINUTE
        ) == ["c"]
        assert (ids(store, subscriber="nobody"), ids(store, incident="incident-9")) == ([], [])

    def test_more_deliveries_come_than_one_answer_holds(self, store: Store) -> None:
        """In their order."""
        store.subscribe(a_subscriber())
        store.deliver([a_delivery(str(n), made=NOW - n * MINUTE) for n in range(1_100)])
        assert ids(store, limit=1_050) == [str(n) for n in range(1_050)]

    def test_what_is_for_nobody_known_is_left_out(self, store: Store) -> None:
        """Somebody may have gone while a message to them was under way; the others are kept."""
        store.subscribe(a_subscriber())
        store.deliver([a_delivery("1", "nobody"), a_delivery("2")])
        assert ids(store) == ["2"]

    def test_who_unsubscribes_is_gone_with_all_that_was_told_to_them(self, store: Store, reopen: Reopen) -> None:
        """At once and for good; the others stay. Who is not there, or no more, is said to be so."""
        for name in ("marta", "nuria"):
            store.subscribe(a_subscriber(name))
        store.deliver([a_delivery("1"), a_delivery("2", "nuria"), sent(a_delivery("3"))])
        assert store.unsubscribe("subscriber-marta") is True
        assert store.unsubscribe("subscriber-marta") is False
        assert store.unsubscribe("nobody") is False
        store.deliver([sent(a_delivery("1"))])
        later = reopen()
        assert [s.id for s in later.subscribers()] == ["subscriber-nuria"]
        assert ids(later) == ["2"]
        later.close()

    def test_who_comes_back_finds_nothing_of_before(self, store: Store) -> None:
        """And is told again."""
        store.subscribe(a_subscriber())
        store.deliver([a_delivery("1")])
        store.unsubscribe("subscriber-marta")
        store.subscribe(a_subscriber())
        assert ids(store) == []
        store.deliver([a_delivery("2")])
        assert ids(store) == ["2"]

    def test_old_deliveries_go_and_subscribers_stay(self, store: Store) -> None:
        """Those made before that moment, whatever became of them."""
        store.subscribe(a_subscriber(created=NOW - 9 * MINUTE))
        store.deliver(
            [a_delivery("1"), a_delivery("2", made=NOW - MINUTE), sent(a_delivery("3", made=NOW - 2 * MINUTE))]
        )
        assert store.purge_deliveries(NOW) == 2
        assert store.purge_deliveries(NOW) == 0
        assert ids(store) == ["1"]
        assert len(store.subscribers()) == 1
