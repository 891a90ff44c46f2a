"""What grouping remembers: refs, conversations, stories."""

from __future__ import annotations

import pytest

from corrillo.model import Deletion, TaggedMention
from corrillo.pipeline import settle
from corrillo.ports import Conversation, Store, StoryMark, Written
from corrillo.testing.mentions import ISLAND, NOW, TOWN, a_mention, everything, gone, id_of, pseudonym, write
from corrillo.testing.store_base import Reopen, StoreFixtures

MARK = StoryMark(story=id_of("1"), signature=b"\x00\xff" * 96, bands=(1, -(2**63), 2**63 - 1))
PEPA = pseudonym("pepa")


def _settled(store: Store, *events: TaggedMention | Deletion) -> Written:
    """Write events as a batch of a source is written."""
    with store.unit() as unit:
        return unit.write(settle(events, unit.groups, [TOWN, ISLAND]))


class GroupingRules(StoreFixtures):
    """``GroupState``: it belongs to the same unit of work as the mentions."""

    def test_a_ref_leads_to_the_mentions_of_each_institution(self, store: Store) -> None:
        """On its network only; an unknown or empty ref leads nowhere."""
        write(
            store,
            a_mention("1", ref="77"),
            a_mention("1", ref="77", institution=ISLAND),
            a_mention("2", ref="77", network="press"),
            a_mention("3"),
        )
        with store.unit() as unit:
            found = unit.groups.resolve("town-square", ["77", "78", ""])
        assert {ref: dict(by) for ref, by in found.items()} == {"77": {TOWN: id_of("1"), ISLAND: id_of("1", ISLAND)}}
        write(store, gone("1"))
        with store.unit() as unit:
            assert dict(unit.groups.resolve("town-square", ["77"])["77"]) == {ISLAND: id_of("1", ISLAND)}

    def test_what_an_author_has_written_is_found(self, store: Store) -> None:
        """On one network, for each institution, in the unit that writes it too; nobody has written nothing."""
        hers = {"author": PEPA}
        write(store, a_mention("1", **hers), a_mention("1", institution=ISLAND, **hers), a_mention("2"))
        write(store, a_mention("3", network="press", **hers), a_mention("4", author=""), a_mention("5", **hers))
        with store.unit() as unit:
            unit.write([gone("5"), a_mention("6", **hers)])
            assert set(unit.groups.written_by("town-square", PEPA)) == {
                (TOWN, id_of("1")),
                (ISLAND, id_of("1", ISLAND)),
                (TOWN, id_of("6")),
            }
            assert list(unit.groups.written_by("town-square", pseudonym("nobody"))) == []
            assert list(unit.groups.written_by("town-square", "")) == []

    def test_an_account_that_is_gone_takes_its_mentions_along(self, store: Store) -> None:
        """Those of earlier batches and those just before it; they leave tombstones, and all others stay."""
        earlier, other = a_mention("1", author=PEPA, ref="7"), a_mention("2")
        just_before, after = a_mention("3", author=PEPA), a_mention("4")
        write(store, earlier, other, a_mention("1", institution=ISLAND, author=PEPA))
        account = Deletion(network="town-square", at=NOW, author=PEPA)
        assert _settled(store, just_before, account, after).deleted == 2
        assert set(everything(store)) == {other.id, after.id}
        assert _settled(store, account) == Written()
        assert write(store, earlier, just_before).refused == 2
        with store.unit() as unit:
            assert dict(unit.groups.resolve("town-square", ["7"])) == {}
            assert list(unit.groups.written_by("town-square", PEPA)) == []

    def test_an_account_may_have_written_a_lot(self, store: Store) -> None:
        """More than fits into one answer of a server; all of it goes at once."""
        write(store, *(a_mention(str(n), author=PEPA) for n in range(5100)), a_mention("other"))
        assert _settled(store, Deletion(network="town-square", at=NOW, author=PEPA)).deleted == 5100
        assert set(everything(store)) == {id_of("other")}

    def test_a_conversation_is_thread_beginning_and_story(self, store: Store) -> None:
        """Where the thread's first mention is not known, its beginning is not either."""
        root = id_of("root")
        write(store, a_mention("root", place="own"), a_mention("answer", thread=root, answers=root, story="s"))
        write(store, a_mention("orphan", thread=id_of("missing")))
        asked = [root, id_of("answer"), id_of("orphan"), "unknown"]
        with store.unit() as unit:
            assert dict(unit.groups.conversations(asked)) == {
                root: Conversation(root, "own", root, "own"),
                id_of("answer"): Conversation(root, "own", "s", "off_page"),
                id_of("orphan"): Conversation(id_of("missing"), "", id_of("orphan"), "off_page"),
            }

    def test_what_waits_for_a_root_is_found(self, store: Store) -> None:
        """Mentions in its thread that are not it."""
        root = id_of("root")
        waiting = [a_mention(n, thread=root, answers=root, url=f"https://plaza.example/{n}") for n in "ab"]
        write(store, *waiting, a_mention("c"))
        with store.unit() as unit:
            found = unit.groups.waiting_for([root, id_of("c")])
        assert sorted(found, key=lambda m: m.id) == sorted(waiting, key=lambda m: m.id)

    def test_a_story_is_found_by_any_of_its_bands(self, store: Store, reopen: Reopen) -> None:
        """In the unit that begins it, and afterwards; by its institution only."""
        with store.unit() as unit:
            unit.groups.begin_story(TOWN, MARK, NOW)
            assert [m.story for m in unit.groups.stories(TOWN, [5, 1])] == [MARK.story]
            unit.write([a_mention("1")])
        later = reopen()
        with later.unit() as unit:
            for band in MARK.bands:
                (found,) = unit.groups.stories(TOWN, [5, band])
                assert (found.story, found.signature) == (MARK.story, MARK.signature)
            assert list(unit.groups.stories(TOWN, [5])) == []
            assert list(unit.groups.stories(ISLAND, MARK.bands)) == []
        later.close()

    @pytest.mark.parametrize("refused", [True, False])
    def test_a_story_needs_the_mention_that_it_begins_with(self, store: Store, refused: bool) -> None:
        """Where that was refused, or the unit was not stored, nothing is remembered."""
        if refused:
            write(store, gone("1"))
            with store.unit() as unit:
                unit.groups.begin_story(TOWN, MARK, NOW)
                assert unit.write([a_mention("1")]).refused == 1
        else:
            with pytest.raises(RuntimeError), store.unit() as unit:
                unit.groups.begin_story(TOWN, MARK, NOW)
                unit.write([a_mention("1")])
                raise RuntimeError("not stored")
        with store.unit() as unit:
            assert list(unit.groups.stories(TOWN, MARK.bands)) == []

    def test_a_deleted_mention_takes_its_story_mark_along(self, store: Store) -> None:
        """A signature says something of a text that is gone."""
        with store.unit() as unit:
            unit.groups.begin_story(TOWN, MARK, NOW)
            unit.write([a_mention("1")])
        write(store, gone("1"))
        with store.unit() as unit:
            assert list(unit.groups.stories(TOWN, MARK.bands)) == []
