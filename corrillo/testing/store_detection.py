"""What detection remembers: kept with what it was made of, one edition after the other."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from corrillo.errors import StoreError
from corrillo.ports import Query, Recollection, Store
from corrillo.testing.mentions import ISLAND, NOW, TOWN, a_mention, id_of, pseudonym, write
from corrillo.testing.store_base import Reopen, StoreFixtures

PEPA, LUIS = pseudonym("pepa"), pseudonym("luis")
URL = "https://plaza.example/@pepa/7"


def about(native_id: str, institution: str = TOWN) -> str:
    """The key of what is remembered of that mention."""
    return f"m{id_of(native_id, institution)}"


def by(author: str) -> bytes:
    """What is remembered of a mention by that person."""
    return b'{"author":"%b"}' % author.encode()


def remember(store: Store, changes: Mapping[str, bytes | None], institution: str = TOWN) -> int:
    """Remember it in one unit of work; the edition."""
    with store.unit() as unit:
        return unit.remember(institution, changes)


def recollect(store: Store, since: int = -1, institution: str = TOWN) -> Recollection | None:
    """What is remembered, unless it is that edition still."""
    with store.unit() as unit:
        return unit.recollect(institution, since)


def remembered(store: Store, institution: str = TOWN) -> dict[str, bytes]:
    """All that is remembered of an institution."""
    found = recollect(store, institution=institution)
    return dict(found.records) if found else {}


def _insist(store: Store) -> None:
    """Count one up in what is remembered, however often it takes."""
    while True:
        try:
            with store.unit() as unit:
                known = unit.recollect(TOWN, -1)
                before = known.records.get("n", b"0") if known else b"0"
                unit.remember(TOWN, {"n": b"%d" % (int(before) + 1)})
            return
        except StoreError:
            continue


class DetectionRules(StoreFixtures):
    """Records by key, of which a store knows only which mention one is about."""

    def test_what_was_never_remembered_is_edition_0(self, store: Store) -> None:
        """Known to whoever has that; empty to whoever has another."""
        assert recollect(store, 0) is None
        assert recollect(store, -1) == recollect(store, 7) == Recollection(0, {})

    def test_what_is_remembered_comes_back_as_it_was_left(self, store: Store, reopen: Reopen) -> None:
        """Byte for byte, under whatever key; each institution has its own; what is forgotten is not there."""
        edition = remember(store, {"learnt/agua/Ñ": b"\x00\xff{}", "": b"", "stage": b"1", "gone": b"x"})
        remember(store, {"stage": b"island"}, ISLAND)
        later = reopen()
        assert remember(later, {"stage": b"2", "gone": None, "never": None}) > edition
        assert remembered(later) == {"learnt/agua/Ñ": b"\x00\xff{}", "": b"", "stage": b"2"}
        assert remembered(later, ISLAND) == {"stage": b"island"}
        later.close()

    def test_a_known_edition_is_not_given_again(self, store: Store, reopen: Reopen) -> None:
        """Nothing is read while nobody has changed anything; an edition that is later or earlier is."""
        edition = remember(store, {"stage": b"1"})
        later = reopen()
        assert recollect(store, edition) is recollect(later, edition) is None
        assert recollect(store, edition + 5) == recollect(store, 0) == Recollection(edition, {"stage": b"1"})
        assert remember(store, {}) == edition
        assert recollect(later, edition) is None
        later.close()

    def test_whoever_has_an_older_edition_sees_what_the_other_has_changed(self, store: Store, reopen: Reopen) -> None:
        """Two writers, in turn."""
        other = reopen()
        mine = remember(store, {"a": b"mine", "b": b"mine"})
        theirs = remember(other, {"a": b"theirs", "b": None})
        assert recollect(store, mine) == Recollection(theirs, {"a": b"theirs"})
        mine = remember(store, {"c": b"mine"})
        assert recollect(other, theirs) == Recollection(mine, {"a": b"theirs", "c": b"mine"})
        other.close()

    def test_writers_at_the_same_time_lose_nothing(self, store: Store, reopen: Reopen) -> None:
        """They wait for each other, or the later is told to do it again."""

        def count_up() -> None:
            own = reopen()
            for _ in range(4):
                _insist(own)
            own.close()

        threads = [threading.Thread(target=count_up) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert recollect(store) == Recollection(12, {"n": b"12"})

    def test_a_unit_sees_what_it_remembers_itself(self, store: Store) -> None:
        """Before it is stored."""
        remember(store, {"a": b"1", "b": b"1"})
        with store.unit() as unit:
            unit.remember(TOWN, {"a": b"2"})
            edition = unit.remember(TOWN, {"b": None, "c": b"2"})
            assert unit.recollect(TOWN, edition) is None
            assert unit.recollect(TOWN, 0) == Recollection(edition, {"a": b"2", "c": b"2"})
        assert recollect(store, 0) == Recollection(edition, {"a": b"2", "c": b"2"})

    def test_a_unit_that_fails_has_remembered_nothing(self, store: Store) -> None:
        """Neither the mentions nor what was made of them."""
        edition = remember(store, {"stage": b"1"})
        with pytest.raises(RuntimeError, match="half way"), store.unit() as unit:
            unit.write([a_mention()])
            unit.remember(TOWN, {"stage": b"2", about("1"): b"{}"})
            raise RuntimeError("half way")
        assert recollect(store, 0) == Recollection(edition, {"stage": b"1"})
        assert store.count(Query()) == 0

    def test_many_records_are_remembered(self, store: Store) -> None:
        """A day of a capital: more than one answer holds."""
        many = {about(str(n)): by(pseudonym(str(n))) for n in range(5_500)}
        remember(store, many)
        assert remembered(store) == many

    @pytest.mark.parametrize(
        "how",
        [
            {"ids": [id_of("hers")]},
            {"url": URL},
            {"pseudonyms": [PEPA]},
            {"ids": [id_of("hers")], "url": URL, "pseudonyms": [PEPA]},
        ],
    )
    def test_an_erasure_takes_along_what_is_remembered(self, store: Store, how: Mapping[str, Any]) -> None:
        """Of the erased mentions, in an edition of its own; what is remembered of others stays."""
        write(store, a_mention("hers", author=PEPA, url=URL), a_mention("his", author=LUIS))
        edition = remember(store, {about("hers"): by(PEPA), about("his"): by(LUIS), "stage": b"1"})
        island = remember(store, {about("his", ISLAND): by(LUIS)}, ISLAND)
        store.erase(**how)
        found = recollect(store, edition)
        assert found is not None
        assert (found.edition > edition, found.records) == (True, {about("his"): by(LUIS), "stage": b"1"})
        assert recollect(store, island, ISLAND) is None

    def test_a_person_is_erased_from_what_is_remembered_of_mentions_that_are_gone(self, store: Store) -> None:
        """Wherever they stand in it, in every institution; an erasure that finds nothing changes nothing."""
        remember(store, {about("gone"): by(PEPA), "voices": b'["%b","x"]' % PEPA.encode(), about("his"): by(LUIS)})
        remember(store, {about("gone", ISLAND): by(PEPA)}, ISLAND)
        edition = remember(store, {"stage": b"1"})
        store.erase(pseudonyms=[pseudonym("nobody")])
        assert recollect(store, edition) is None
        store.erase(pseudonyms=[PEPA])
        assert (remembered(store), remembered(store, ISLAND)) == ({about("his"): by(LUIS), "stage": b"1"}, {})

    def test_what_is_written_after_an_erasure_knows_nothing_of_it(self, store: Store) -> None:
        """The edition goes on, and what is remembered next stands beside what was left."""
        write(store, a_mention("hers", author=PEPA))
        edition = remember(store, {about("hers"): by(PEPA), "stage": b"1"})
        store.erase(ids=[id_of("hers")])
        assert remember(store, {"stage": b"2"}) == edition + 2
        assert remembered(store) == {"stage": b"2"}

    def test_what_is_purged_is_forgotten(self, store: Store) -> None:
        """With the mentions that were first seen too long ago, and with no others."""
        old = NOW - timedelta(days=100)
        write(store, a_mention("old", first_seen=old), a_mention("old", first_seen=old, institution=ISLAND))
        write(store, a_mention("new"))
        kept = {about("new"): by(LUIS), "stage": b"1"}
        edition = remember(store, {about("old"): by(PEPA), **kept})
        remember(store, {about("old", ISLAND): by(PEPA)}, ISLAND)
        store.purge(TOWN, NOW - timedelta(days=30))
        assert recollect(store, edition) == Recollection(edition + 1, kept)
        assert remembered(store, ISLAND) == {about("old", ISLAND): by(PEPA)}
        store.purge(TOWN, NOW - timedelta(days=30))
        assert recollect(store, edition + 1) is None
