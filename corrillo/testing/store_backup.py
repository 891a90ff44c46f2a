"""Backup: what is put back is the store as it was, and nothing is put over anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from corrillo.errors import StoreError
from corrillo.model import Cursor
from corrillo.ports import Query, Recollection, SourceNews, Store
from corrillo.testing.attention import ANSWERED, an_attention
from corrillo.testing.deeds import a_deed
from corrillo.testing.incidents import HOUR, WATER, an_act, an_hour, an_incident, tell
from corrillo.testing.mentions import NOW, TOWN, a_mention, everything, gone, tagged, write
from corrillo.testing.notices import a_delivery, a_subscriber
from corrillo.testing.store_base import Elsewhere, StoreFixtures
from corrillo.testing.store_detection import recollect, remember
from corrillo.testing.store_keeping import NEWS, item


def state(store: Store) -> tuple[object, ...]:
    """All that can be asked of a store."""
    return (
        everything(store),
        list(store.day_counts(TOWN)),
        list(store.health()),
        [store.cursor(h.source) for h in store.health()],
        list(store.quarantined()),
        recollect(store),
        list(store.incidents(TOWN)),
        list(store.hour_counts(WATER, 0, 2 * HOUR)),
        list(store.acts([f"incident-{n}" for n in range(9)])),
        list(store.done(TOWN)),
        list(store.attention(TOWN)),
        list(store.subscribers()),
        list(store.deliveries()),
    )


def fill(store: Store) -> None:
    """Something of everything."""
    write(store, a_mention("1", ref="r", url="https://plaza.example/1", tags=tagged("praise")), gone("2"))
    with store.unit() as unit:
        unit.quarantine([item("q")])
        unit.advance(Cursor(source="plaza", state="7"), NEWS)
        unit.remember(TOWN, {"stage": b"1", "learnt": b"\x00"})
        unit.tell([an_incident("1"), an_incident("2", resolved=NOW), an_hour(), an_attention(**ANSWERED)])
    store.act(an_act())
    store.do(a_deed())
    store.subscribe(a_subscriber())
    store.deliver([a_delivery()])


def _advance(store: Store) -> None:
    with store.unit() as unit:
        unit.advance(Cursor(source="plaza", state="9"), SourceNews("plaza", "town-square", NOW))


def _set_aside(store: Store) -> None:
    with store.unit() as unit:
        unit.quarantine([item("other")])


class BackupRules(StoreFixtures):
    """Taken while the store is in use; put back into a store that holds nothing."""

    def test_a_backup_is_the_store_as_it_was(self, store: Store, elsewhere: Elsewhere, tmp_path: Path) -> None:
        """Mentions, tombstones, counts, cursors, quarantine, what detection remembers and tells; nothing later."""
        target = tmp_path / "copies" / "one"
        fill(store)
        kept = state(store)
        store.backup(target)
        write(store, a_mention("3"))
        remember(store, {"stage": b"3"})
        tell(store, an_incident("3"))
        copy = elsewhere()
        assert copy.restore(target) == 1
        assert state(copy) == kept
        assert copy.count(Query(text="niebla", where={"tag": ("praise",)})) == 1
        assert write(copy, a_mention("2")).refused == 1
        assert write(copy, a_mention("1", text="antes", revision=0)).unchanged == 1
        assert write(copy, a_mention("4")).new == 1
        tell(copy, an_incident("1", updated=NOW - timedelta(hours=1)))
        assert copy.incident("incident-1") == an_incident("1")
        assert remember(copy, {"stage": None}) == 2
        assert recollect(copy, 1) == Recollection(2, {"learnt": b"\x00"})
        copy.close()

    def test_a_later_backup_takes_the_place_of_an_earlier_one(
        self, store: Store, elsewhere: Elsewhere, tmp_path: Path
    ) -> None:
        """Under the same name."""
        store.backup(tmp_path / "one")
        fill(store)
        store.backup(tmp_path / "one")
        copy = elsewhere()
        copy.restore(tmp_path / "one")
        assert state(copy) == state(store)
        copy.close()

    @pytest.mark.parametrize(
        "put",
        [
            lambda s: write(s, a_mention("other")),
            lambda s: write(s, gone("other")),
            _advance,
            _set_aside,
            lambda s: remember(s, {"other": b"1"}),
            lambda s: tell(s, an_incident("other")),
            lambda s: tell(s, an_hour()),
            lambda s: s.act(an_act("other")),
            lambda s: s.do(a_deed("other")),
            lambda s: tell(s, an_attention("other")),
            lambda s: s.subscribe(a_subscriber("other")),
        ],
    )
    def test_a_store_that_holds_something_is_left_alone(
        self, store: Store, elsewhere: Elsewhere, tmp_path: Path, put: Callable[[Store], object]
    ) -> None:
        """Two stores are not mixed, whatever the second holds; one that is asked twice has it once."""
        fill(store)
        store.backup(tmp_path / "one")
        copy = elsewhere()
        put(copy)
        before = state(copy)
        with pytest.raises(StoreError, match="already") as raised:
            copy.restore(tmp_path / "one")
        assert raised.value.remedy
        assert state(copy) == before
        with pytest.raises(StoreError, match="already"):
            store.restore(tmp_path / "one")
        copy.close()

    @pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.999, 1.0])
    def test_a_backup_that_is_cut_off_is_refused_before_anything_is_written(
        self, store: Store, elsewhere: Elsewhere, tmp_path: Path, share: float
    ) -> None:
        """As a full disk leaves it, be it for the last byte; the whole one is taken afterwards."""
        fill(store)
        store.backup(tmp_path / "one")
        whole = (tmp_path / "one").read_bytes()
        (tmp_path / "one").write_bytes(whole[: min(round(share * len(whole)), len(whole) - 1)])
        copy = elsewhere()
        with pytest.raises(StoreError) as raised:
            copy.restore(tmp_path / "one")
        assert raised.value.remedy
        (tmp_path / "one").write_bytes(whole)
        assert copy.restore(tmp_path / "one") == 1
        copy.close()

    def test_what_is_no_backup_is_said(self, store: Store, tmp_path: Path) -> None:
        """A text, a folder, nothing at all."""
        (tmp_path / "notes.txt").write_text("mine")
        (tmp_path / "folder").mkdir()
        for name in ("notes.txt", "folder", "nothing"):
            with pytest.raises(StoreError, match=name) as raised:
                store.restore(tmp_path / name)
            assert raised.value.remedy
        assert state(store) == ({}, [], [], [], [], Recollection(0, {}), [], [], [], [], [], [], [])
