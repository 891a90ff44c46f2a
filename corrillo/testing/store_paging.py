"""Paging: nothing skipped, nothing twice, while others write."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from corrillo.errors import ConfigError
from corrillo.ports import Query, Store
from corrillo.testing.mentions import NOW, a_mention, gone, id_of, ids_of, write
from corrillo.testing.store_base import StoreFixtures


class PagingRules(StoreFixtures):
    """Pages continue where the last one ended."""

    @pytest.mark.parametrize("size", [1, 7, 57, 58])
    def test_pages_together_are_everything_once(self, store: Store, size: int) -> None:
        """Also where many mentions have the same time; the last page has no token."""
        write(store, *(a_mention(str(n), published=NOW - timedelta(hours=n // 10)) for n in range(57)))
        seen: list[str] = []
        page = ""
        while True:
            found = store.find(Query(), limit=size, page=page)
            assert 1 <= len(found.mentions) <= size
            seen += [m.id for m in found.mentions]
            page = found.next_page
            if not page:
                break
        assert sorted(seen) == sorted(ids_of(map(str, range(57))))

    def test_writing_between_two_pages_neither_skips_nor_repeats(self, store: Store) -> None:
        """New, edited and late mentions do not move those that were there."""
        names = [str(n) for n in range(40)]
        write(store, *(a_mention(n, published=NOW - timedelta(hours=int(n) // 8)) for n in names))
        seen: list[str] = []
        page, turn = "", 0
        while True:
            found = store.find(Query(), limit=6, page=page)
            seen += [m.id for m in found.mentions]
            page, turn = found.next_page, turn + 1
            if not page:
                break
            write(
                store,
                a_mention(f"new-{turn}", published=NOW + timedelta(minutes=turn)),
                a_mention(f"late-{turn}", published=NOW - timedelta(minutes=7 * turn)),
                a_mention(names[-turn], text="editado", revision=2, published=NOW + timedelta(days=turn)),
                a_mention(names[turn], text="editado", revision=2),
            )
        assert len(seen) == len(set(seen))
        assert ids_of(names) <= set(seen)

    def test_the_mention_at_which_a_page_ended_may_go(self, store: Store) -> None:
        """A token is a position, not a mention."""
        write(store, *(a_mention(str(n), published=NOW - timedelta(hours=n)) for n in range(4)))
        first = store.find(Query(), limit=2)
        assert [m.id for m in first.mentions] == [id_of("0"), id_of("1")]
        write(store, gone("1"))
        assert [m.id for m in store.find(Query(), limit=2, page=first.next_page).mentions] == [id_of("2"), id_of("3")]

    @pytest.mark.parametrize(
        "page", ["nonsense", "ñ", "%%%", "MTIz", base64.urlsafe_b64encode(b"9" * 30 + b":x").decode(), "a" * 5000]
    )
    def test_a_token_that_is_not_ours_is_a_mistake_of_who_asks(self, store: Store, page: str) -> None:
        """It says so, and what to do."""
        write(store, a_mention())
        with pytest.raises(ConfigError) as raised:
            store.find(Query(), page=page)
        assert raised.value.remedy
