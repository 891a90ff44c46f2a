"""Writing: each mention once, by id and version; what was deleted stays away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from corrillo.model import Engagement, Reason, TaggedMention
from corrillo.ports import Query, Store, Written
from corrillo.testing.mentions import ISLAND, NOW, a_mention, everything, gone, id_of, tagged, write
from corrillo.testing.store_base import Reopen, StoreFixtures

FULL = a_mention(
    "full", "Corte de luz en El Raval, y van tres\n\n«otra vez» 😀 ñ ·", title="Sin luz", url="https://plaza.example/7",
    ref="7", network="town-square", venue="El Raval", venue_kind="group", source="plaza-raval", date_only=True,
    revised=NOW, language="es", author_kind="association", answers=id_of("above"), repeats=id_of("first"),
    quotes=id_of("other"), thread=id_of("above"), engagement=Engagement(likes=3, shares=0), place="on_page",
    tags=tagged("complaint", "question", evidence=("Corte de luz", "otra vez")), target="administration", backfilled=True,
    looked=NOW - timedelta(microseconds=1), service="lighting", district="El Raval", story=id_of("first"), answers_ref="6",
    reasons=(Reason(kind="alias", term="Raval"), Reason(kind="homonym", term="gol", against=True)),
)  # fmt: skip


class WritingRules(StoreFixtures):
    """At least once, idempotent by id and version."""

    def test_what_is_written_comes_back_as_it_was(self, store: Store, reopen: Reopen) -> None:
        """Every field survives, in this store and in one that is opened later."""
        assert write(store, FULL) == Written(new=1)
        assert everything(store) == {FULL.id: FULL}
        later = reopen()
        assert everything(later) == {FULL.id: FULL}
        later.close()

    def test_writing_the_same_again_changes_nothing(self, store: Store) -> None:
        """A replayed mention is there once and counts as unchanged."""
        write(store, FULL)
        assert write(store, FULL, FULL).unchanged >= 1
        assert write(store, FULL) == Written(unchanged=1)
        assert everything(store) == {FULL.id: FULL}

    @pytest.mark.parametrize(
        ("revision", "enrichment", "wins"),
        [(2, 2, True), (3, 1, True), (2, 3, True), (3, 3, True), (1, 2, False), (1, 9, False), (2, 1, False)],
    )
    def test_a_version_is_revision_then_enrichment(
        self, store: Store, revision: int, enrichment: int, wins: bool
    ) -> None:
        """An older version is ignored, an equal or newer one overwrites."""
        write(store, a_mention(text="antes", revision=2, enrichment=2))
        written = write(store, a_mention(text="después", revision=revision, enrichment=enrichment))
        assert written == (Written(changed=1) if wins else Written(unchanged=1))
        assert everything(store)[id_of("1")].text == ("después" if wins else "antes")

    @pytest.mark.parametrize("batches", [((0,), (1,), (2,)), ((0, 1, 2),), ((0,), (1, 2)), ((0, 1), (2,))])
    def test_the_times_of_the_first_writing_do_not_move(self, store: Store, batches: Sequence[Sequence[int]]) -> None:
        """An edit that brings other times leaves them as they were, whether it comes in the same batch or in a later one."""
        first = a_mention()
        day = timedelta(days=1)
        events = [
            first,
            a_mention(text="editado", revision=2, published=first.published + day, first_seen=NOW + day),
            a_mention(text="otra vez", revision=3, published=first.published - day, first_seen=NOW + 2 * day),
        ]
        for batch in batches:
            write(store, *(events[n] for n in batch))
        kept = everything(store)[first.id]
        assert (kept.text, kept.published, kept.first_seen) == ("otra vez", first.published, first.first_seen)
        assert store.count(Query(since=first.published, until=first.published + day)) == 1

    @pytest.mark.parametrize("together", [True, False])
    def test_it_was_first_seen_at_the_earliest_time_that_anybody_says(self, store: Store, together: bool) -> None:
        """Two who hear the same post may come in any order."""
        early = NOW - timedelta(hours=1)
        events = [a_mention(), a_mention(revision=2, first_seen=early), a_mention(revision=3)]
        for batch in [events] if together else [[event] for event in events]:
            write(store, *batch)
        assert everything(store)[id_of("1")].first_seen == early

    @pytest.mark.parametrize("together", [True, False])
    def test_when_answers_were_looked_for_only_moves_forward(self, store: Store, together: bool) -> None:
        """Who has not looked, or looked before, does not undo that somebody has; not with an edit either."""
        looked, later = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
        events = [
            a_mention(),
            a_mention(looked=later),
            a_mention(looked=looked),
            a_mention(text="editado", revision=2),
            a_mention(looked=NOW),
        ]
        for batch in [events] if together else [[event] for event in events]:
            write(store, *batch)
        assert [(m.text, m.looked) for m in everything(store).values()] == [("editado", later)]
        assert write(store, a_mention(text="editado", revision=2)) == Written(unchanged=1)
        assert write(store, a_mention(text="editado", revision=2, looked=NOW)) == Written(changed=1)

    @pytest.mark.parametrize("together", [True, False])
    def test_how_it_was_first_heard_does_not_change(self, store: Store, together: bool) -> None:
        """Backfilled is what was not heard before; hearing it again is no news."""
        heard, filled = a_mention("heard"), a_mention("filled", backfilled=True)
        again = [
            a_mention("heard", backfilled=True),
            a_mention("filled"),
            a_mention("heard", "editado", backfilled=True, revision=2),
            a_mention("filled", "editado", revision=2),
        ]
        events = [heard, filled, *again]
        for batch in [events] if together else [[event] for event in events]:
            write(store, *batch)
        kept = everything(store)
        assert {m.text for m in kept.values()} == {"editado"}
        assert (kept[heard.id].backfilled, kept[filled.id].backfilled) == (False, True)

    def test_an_edit_may_come_before_what_it_edits(self, store: Store) -> None:
        """In one batch or in two, the newest revision stays."""
        write(store, a_mention("a", "editado", revision=5), a_mention("a", "original"))
        write(store, a_mention("b", "editado", revision=5))
        write(store, a_mention("b", "original"))
        assert {m.text for m in everything(store).values()} == {"editado"}
        assert store.count(Query()) == 2

    def test_a_mention_and_its_edit_in_one_batch_are_one_new_mention(self, store: Store) -> None:
        """What is new in a batch is new once."""
        written = write(store, a_mention(text="original"), a_mention(text="editado", revision=2))
        assert written.new == 1
        assert [m.text for m in everything(store).values()] == ["editado"]

    def test_a_deleted_mention_does_not_come_back(self, store: Store, reopen: Reopen) -> None:
        """Its tombstone refuses replays and edits, in this store and in one that is opened later."""
        write(store, FULL)
        assert write(store, gone("full")) == Written(deleted=1)
        edit = a_mention("full", revision=9)
        assert write(store, FULL, edit) == Written(refused=2)
        later = reopen()
        assert write(later, FULL) == Written(refused=1)
        assert everything(later) == {}
        later.close()

    def test_a_deletion_may_come_before_what_it_deletes(self, store: Store) -> None:
        """Deleting what is not known leaves a tombstone, and doing it twice is no mistake."""
        assert write(store, gone("1")) == Written()
        assert write(store, gone("1")) == Written()
        assert write(store, a_mention("1")) == Written(refused=1)
        assert store.count(Query()) == 0

    @pytest.mark.parametrize("known", [True, False])
    def test_order_inside_a_batch_holds(self, store: Store, known: bool) -> None:
        """Created, edited, deleted and created again in one batch is deleted."""
        if known:
            write(store, a_mention())
        write(store, a_mention(), a_mention(text="editado", revision=2), gone("1"), a_mention(revision=3))
        assert store.count(Query()) == 0
        assert write(store, a_mention()) == Written(refused=1)

    def test_deleting_one_leaves_the_others(self, store: Store) -> None:
        """The same post as a mention of another institution is another mention."""
        here, there = a_mention(), a_mention(institution=ISLAND)
        write(store, here, there)
        write(store, gone("1"))
        assert everything(store) == {there.id: there}

    def test_a_batch_may_be_large(self, store: Store) -> None:
        """Two thousand mentions in one unit, and the same again."""
        many = [a_mention(str(n), f"aviso número {n}") for n in range(2000)]
        assert write(store, *many) == Written(new=2000)
        assert write(store, *many) == Written(unchanged=2000)
        assert store.count(Query()) == 2000

    @pytest.mark.parametrize(
        "text", ["", "\x00 nulo \x01", "a" * 20_000, "﷽ שלום \u202e ‮ 👨‍👩‍👧", "'; DROP TABLE mention; --"]
    )
    def test_odd_texts_are_stored_as_they_are(self, store: Store, text: str) -> None:
        """A store is no judge of texts; it can replace and delete them too."""
        odd: TaggedMention = a_mention(text=text)
        write(store, odd)
        assert everything(store) == {odd.id: odd}
        assert write(store, a_mention(text=text + " editado", revision=2)) == Written(changed=1)
        assert store.count(Query(text="editado")) == 1
        assert write(store, gone("1")) == Written(deleted=1)
        assert store.count(Query(text="editado")) == 0
