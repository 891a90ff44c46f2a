"""Who asked or complained, and what became of it: there once a mention, as it was told last, and gone with the mention."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from corrillo.attention import Attention
from corrillo.ports import Query, Store
from corrillo.testing.attention import ANSWERED, an_attention
from corrillo.testing.incidents import an_hour, tell
from corrillo.testing.mentions import ISLAND, NOW, TOWN, a_mention, gone, id_of, pseudonym, write
from corrillo.testing.store_base import Reopen, StoreFixtures

OLD, LIMIT = NOW - timedelta(days=100), NOW - timedelta(days=30)
PEPA = pseudonym("pepa")
URL = "https://plaza.example/@pepa/7"


def asked(store: Store, institution: str = TOWN, **span: Any) -> list[str]:
    """The mentions that ask, as they come."""
    return [one.mention for one in store.attention(institution, **span)]


def ids(*native_ids: str) -> list[str]:
    """The ids of the town's mentions with these native ids."""
    return [id_of(native_id) for native_id in native_ids]


class AttentionRules(StoreFixtures):
    """Attention follows what is told of it, and its mention."""

    def test_attention_comes_back_as_it_was_told(self, store: Store, reopen: Reopen) -> None:
        """To the last field, answered or not."""
        both = [an_attention("2"), an_attention("1", **ANSWERED)]
        tell(store, *both)
        later = reopen()
        assert sorted(later.attention(TOWN), key=lambda one: one.by) == both
        later.close()

    def test_what_is_told_last_holds(self, store: Store) -> None:
        """An answer that comes late takes the place of none, and none that of an answer that was deleted; in one breath too."""
        open_one, answered = an_attention(), an_attention(**ANSWERED)
        for told in ((open_one,), (answered,), (answered, open_one), (open_one, answered)):
            tell(store, *told)
            assert list(store.attention(TOWN)) == [told[-1]]

    def test_what_asks_nothing_any_more_is_not_there(self, store: Store) -> None:
        """Whether it was there before or not, until it asks again."""
        tell(store, an_attention(gone=True), an_attention("2"))
        assert asked(store) == ids("2")
        tell(store, an_attention("2", gone=True), an_attention("1"))
        assert asked(store) == ids("1")
        tell(store, an_attention("2"), an_attention("1", gone=True))
        assert asked(store) == ids("2")

    def test_attention_comes_newest_first(self, store: Store) -> None:
        """Of one institution; ``since`` is included, ``until`` is not; no more than asked."""
        for n in (3, 1, 2):
            tell(store, an_attention(str(n), asked=NOW - timedelta(minutes=n)))
        tell(store, an_attention("1", institution=ISLAND))
        assert asked(store) == ids("1", "2", "3")
        assert asked(store, since=NOW - timedelta(minutes=2)) == ids("1", "2")
        assert asked(store, until=NOW - timedelta(minutes=1)) == ids("2", "3")
        span = asked(store, since=NOW - timedelta(minutes=3), until=NOW - timedelta(minutes=1), limit=1)
        assert span == ids("2")
        assert (asked(store, ISLAND), asked(store, "nowhere")) == ([id_of("1", ISLAND)], [])

    def test_much_attention_comes_in_one_go(self, store: Store) -> None:
        """More than one answer holds, in its order; two of one moment by their ids."""
        many = [an_attention(str(n), asked=NOW - timedelta(minutes=n // 2)) for n in range(5_500)]
        tell(store, *many)
        found = list(store.attention(TOWN))
        assert found == sorted(many, key=lambda one: (one.asked, one.mention), reverse=True)
        assert list(store.attention(TOWN, limit=5_200)) == found[:5_200]

    def test_attention_goes_with_its_mention(self, store: Store) -> None:
        """That was deleted, though nobody told that it asks nothing; others stay."""
        write(store, a_mention("1"), a_mention("2"))
        tell(store, an_attention("1"), an_attention("2"))
        write(store, gone("1"))
        assert asked(store) == ids("2")

    def test_of_what_must_not_come_back_no_attention_is_kept(self, store: Store) -> None:
        """However late it is told; in one unit with the deletion, too."""
        write(store, a_mention("1"), a_mention("2"), gone("1"))
        tell(store, an_attention("1"))
        assert asked(store) == []
        with store.unit() as unit:
            unit.write([gone("2")])
            unit.tell([an_attention("2"), an_attention("3")])
        assert asked(store) == ids("3")

    @pytest.mark.parametrize("how", [{"ids": ids("hers")}, {"url": URL}, {"pseudonyms": [PEPA]}])
    def test_an_erasure_takes_attention_along(self, store: Store, how: dict[str, Any]) -> None:
        """Of the erased mentions, and what detection remembers of their threads; that of others stays."""
        write(store, a_mention("hers", author=PEPA, url=URL), a_mention("his"))
        with store.unit() as unit:
            unit.tell([an_attention("hers"), an_attention("his")])
            unit.remember(TOWN, {f"t{id_of(name)}": b"{}" for name in ("hers", "his")})
        store.erase(**how)
        assert asked(store) == ids("his")
        with store.unit() as unit:
            left = unit.recollect(TOWN, -1)
        assert left is not None
        assert set(left.records) == {f"t{id_of('his')}"}

    def test_retention_takes_attention_along(self, store: Store) -> None:
        """Of mentions that were first seen too long ago, whenever they asked."""
        write(store, a_mention("old", first_seen=OLD), a_mention("new", published=OLD))
        tell(store, an_attention("old"), an_attention("new", asked=OLD))
        assert store.purge(TOWN, LIMIT) == 1
        assert asked(store) == ids("new")

    def test_attention_of_a_unit_that_fails_was_not_told(self, store: Store) -> None:
        """Nor is it with the mention alone."""
        with pytest.raises(RuntimeError, match="half way"), store.unit() as unit:
            unit.write([a_mention()])
            unit.tell([an_attention()])
            raise RuntimeError("half way")
        assert (asked(store), store.count(Query())) == ([], 0)

    def test_attention_is_told_with_what_is_remembered(self, store: Store) -> None:
        """In one unit with counts, of one institution that remembers and one that does not; what comes later holds."""
        for n, told in enumerate((an_attention(), an_attention(**ANSWERED), an_attention(gone=True), an_attention())):
            with store.unit() as unit:
                unit.tell([told, an_hour(), an_attention("1", institution=ISLAND)])
                unit.remember(TOWN, {"stage": b"%d" % n})
            expected: list[Attention] = [] if told.gone else [told]
            assert list(store.attention(TOWN)) == expected
        assert len(store.attention(ISLAND)) == 1
