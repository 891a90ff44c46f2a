"""Keeping: units of work, cursors, health, quarantine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from corrillo.health import advanced, failed, hour_of
from corrillo.model import Budget, Cursor, Gap, KnownRef
from corrillo.ports import Quarantined, Query, SourceHealth, SourceNews, Store
from corrillo.testing.mentions import ISLAND, NOW, TOWN, a_mention, everything, gone, id_of, pseudonym, write
from corrillo.testing.store_base import Reopen, StoreFixtures

NEWS = SourceNews(
    source="plaza", network="town-square", at=NOW, newest_post=NOW - timedelta(hours=1), seen=5, kept=2, rejected=1
)
LATER = NOW + timedelta(minutes=5)
DAY = timedelta(days=1)
MISSED = (
    Gap(since=NOW - 3 * DAY, until=NOW - 2 * DAY, why="el servidor no guarda más"),
    Gap(since=NOW - DAY, until=None, why="429"),
)
ALL_NEWS = replace(
    NEWS, every=0.1, hours=((hour_of(NOW), 3),), read_to=NOW - timedelta(microseconds=1), missed=MISSED,
    budget=Budget(unit="USD", spent=1 / 3, limit=5.0, resets=NOW + DAY),
)  # fmt: skip
"""News with something in every field."""


def item(name: str, hours: int = 0) -> Quarantined:
    """Something that could not be read."""
    moment = NOW + timedelta(hours=hours)
    return Quarantined(name, "plaza", moment, "no date", "page 1", '{"text": "x"}', ("~0123456789abcdef",))


class KeepingRules(StoreFixtures):
    """What a source needs to resume, and people to know how it is."""

    def test_a_unit_is_stored_whole_or_not_at_all(self, store: Store, reopen: Reopen) -> None:
        """An exception inside leaves no mention, no quarantine, no cursor, no health."""
        with pytest.raises(RuntimeError, match="half way"), store.unit() as unit:
            unit.write([a_mention()])
            unit.quarantine([item("q")])
            unit.advance(Cursor(source="plaza", state="7"), NEWS)
            raise RuntimeError("half way")
        later = reopen()
        for one in (store, later):
            assert (everything(one), one.cursor("plaza"), list(one.health()), list(one.quarantined())) == (
                {},
                None,
                [],
                [],
            )
            assert list(one.day_counts(TOWN)) == []
        later.close()
        with store.unit() as unit:
            unit.write([a_mention()])
        assert store.count(Query()) == 1

    def test_a_cursor_comes_back_as_it_was_left(self, store: Store, reopen: Reopen) -> None:
        """Each source has its own; one that never ran has none."""
        for state in ("1", '{"página": "ñ"}'):
            with store.unit() as unit:
                unit.advance(Cursor(source="plaza", state=state), NEWS)
        later = reopen()
        assert later.cursor("plaza") == Cursor(source="plaza", state='{"página": "ñ"}')
        assert later.cursor("other") is None
        later.close()

    def test_what_a_source_gave_is_added_up(self, store: Store) -> None:
        """Counts grow; the newest post moves forward only, and stays where a batch has none."""
        with store.unit() as unit:
            unit.advance(Cursor(source="plaza", state="1"), NEWS)
        older = SourceNews("plaza", "town-square", LATER, NOW - timedelta(days=9), seen=3, kept=1)
        empty = SourceNews("plaza", "town-square", LATER)
        for more in (older, empty):
            with store.unit() as unit:
                unit.advance(Cursor(source="plaza", state="2"), more)
        (health,) = store.health()
        assert (health.seen, health.kept, health.rejected) == (8, 3, 1)
        assert (health.newest_post, health.last_success, health.last_attempt) == (NEWS.newest_post, LATER, LATER)

    def test_failures_are_counted_until_the_next_success(self, store: Store) -> None:
        """A failure leaves cursor and counts; a success, with or without posts, ends the row of them."""
        with store.unit() as unit:
            unit.advance(Cursor(source="plaza", state="1"), NEWS)
        store.note_failure("plaza", "town-square", NOW, "no connection")
        store.note_failure("plaza", "town-square", LATER, "still none")
        (failing,) = store.health()
        assert (failing.failures, failing.last_error, failing.last_attempt) == (2, "still none", LATER)
        assert (failing.last_success, failing.seen, store.cursor("plaza")) == (NOW, 5, Cursor("plaza", "1"))
        store.note_success(SourceNews("plaza", "town-square", LATER))
        (well,) = store.health()
        assert (well.failures, well.last_error, well.last_success, well.seen) == (0, "", LATER, 5)
        store.note_failure("plaza", "town-square", LATER, "again")
        with store.unit() as unit:
            unit.advance(Cursor(source="plaza", state="2"), NEWS)
        assert [(h.failures, h.last_error) for h in store.health()] == [(0, "")]

    def test_all_that_is_known_of_a_source_is_held(self, store: Store, reopen: Reopen) -> None:
        """Whatever batches and failures come: what ``corrillo.health`` makes of them, to the last field."""
        news = [
            NEWS,
            replace(ALL_NEWS, at=LATER),
            replace(NEWS, at=LATER + DAY, newest_post=LATER + DAY),
            SourceNews("plaza", "town-square", LATER + DAY, seen=9, kept=1, filled=MISSED[:1], aside=True),
        ]
        known: SourceHealth | None = None
        for n, one in enumerate(news):
            with store.unit() as unit:
                unit.advance(Cursor(source="plaza", state=str(n)), one)
            known = advanced(known, one)
        assert known is not None
        assert list(store.health()) == [known]
        assert {g.filled for g in known.gaps} == {"", "resumed", "backfilled"}
        store.note_failure("plaza", "town-square", LATER + DAY, "401: la clave ha caducado", refused=True)
        later = reopen()
        assert list(later.health()) == [failed(known, LATER + DAY, "401: la clave ha caducado", refused=True)]
        assert later.cursor("plaza") == Cursor("plaza", "3")
        later.close()

    def test_a_source_that_never_gave_anything_is_known_too(self, store: Store) -> None:
        """Failed or silent, it has health and no cursor; sources come by name."""
        silent = SourceNews("silent", "town-square", NOW, every=60.0)
        store.note_success(silent)
        store.note_failure("dead", "press", NOW, "401")
        assert list(store.health()) == [
            failed(SourceHealth("dead", "press"), NOW, "401"),
            advanced(None, silent),
        ]
        assert store.cursor("silent") is None

    def test_what_can_be_looked_up_again_is_known(self, store: Store) -> None:
        """The newest of one source, not older than asked, each once, no more than asked; those without a ref are left out."""
        for n in range(5):
            write(store, a_mention(str(n), ref=f"r{n}", published=NOW - timedelta(hours=n)))
        write(store, a_mention("0", institution=ISLAND, ref="r0"), a_mention("no ref"))
        write(store, a_mention("elsewhere", ref="x", source="other"), gone("1"))
        since = NOW - timedelta(hours=3)
        known = store.known("plaza", since, 10)
        assert [k.ref for k in known] == ["r0", "r2", "r3"]
        assert known[0] == KnownRef(
            source="plaza",
            network="town-square",
            ref="r0",
            published=NOW,
            ids={TOWN: id_of("0"), ISLAND: id_of("0", ISLAND)},
            author=pseudonym("0"),
        )
        assert [k.ref for k in store.known("plaza", since, 2)] == ["r0", "r2"]
        assert list(store.known("nobody", since, 10)) == []

    def test_quarantine_keeps_an_item_once(self, store: Store, reopen: Reopen) -> None:
        """Oldest first, whole, until it is released."""
        with store.unit() as unit:
            unit.quarantine([item("b", 1), item("a", 2), item("c", 0)])
        with store.unit() as unit:
            unit.quarantine([item("b", 5)])
        later = reopen()
        assert list(later.quarantined()) == [item("c", 0), item("b", 1), item("a", 2)]
        assert later.release(["a", "b", "unknown"]) == 2
        later.close()
        assert list(store.quarantined()) == [item("c", 0)]

    def test_quarantine_is_purged_by_age(self, store: Store) -> None:
        """What has been in it since before that moment goes."""
        with store.unit() as unit:
            unit.quarantine([item("old", -2), item("edge", 0), item("new", 2)])
        assert store.purge_quarantine(NOW) == 1
        assert [q.id for q in store.quarantined()] == ["edge", "new"]
