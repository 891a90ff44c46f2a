"""Events as a store takes them: grouped, deletions as one per mention they mean."""

from __future__ import annotations

import pytest

from corrillo.model import Deletion, MentionDeleted, TaggedMention
from corrillo.pipeline import settle
from corrillo.testing.mentions import ISLAND, NOW, TOWN, a_mention, id_of, pseudonym
from tests.fakes.groups import FakeGroups

BOTH = [TOWN, ISLAND]


def deletion(**named):
    return Deletion(network="town-square", at=NOW, **named)


@pytest.mark.parametrize("named", [{"native_id": "1"}, {"ref": "r1"}], ids=["by id", "by ref"])
def test_a_deletion_keeps_its_place_in_the_order(named):
    """After what came before it, before what came after it; by ref also where both are in the batch."""
    first, later = a_mention("1", ref="r1"), a_mention("2")
    settled = settle([first, deletion(**named), later], FakeGroups(), [TOWN])
    assert [(type(e), e.id) for e in settled] == [
        (TaggedMention, first.id), (MentionDeleted, first.id), (TaggedMention, later.id),
    ]  # fmt: skip


def test_a_deletion_by_id_is_one_for_each_institution():
    """Known or not: it leaves tombstones against what may come later."""
    settled = settle([deletion(native_id="1")], FakeGroups(), BOTH)
    assert {(e.institution, e.id) for e in settled} == {(TOWN, id_of("1")), (ISLAND, id_of("1", ISLAND))}
    assert all(e.at == NOW for e in settled)


def test_a_deletion_by_ref_is_one_for_each_mention_it_means():
    """On its own network; one that nobody knows is gone."""
    state = FakeGroups()
    state.write(
        [
            a_mention("1", ref="r1"),
            a_mention("1", ref="r1", institution=ISLAND),
            a_mention("2", ref="r1", network="press"),
        ]
    )
    settled = settle([deletion(ref="r1"), deletion(ref="unknown")], state, BOTH)
    assert [(e.institution, e.id) for e in settled] == [(TOWN, id_of("1")), (ISLAND, id_of("1", ISLAND))]


def test_a_deletion_of_an_account_means_all_that_it_has_written():
    """On its network, stored or just before it in the batch; an account that nobody knows is gone."""
    state, hers = FakeGroups(), {"author": pseudonym("pepa")}
    state.write(
        [a_mention("1", **hers), a_mention("1", institution=ISLAND, **hers), a_mention("2", network="press", **hers)]
    )
    batch = [
        a_mention("3", **hers),
        a_mention("4"),
        deletion(**hers),
        a_mention("5", **hers),
        deletion(author="nobody"),
    ]
    settled = settle(batch, state, BOTH)
    deleted = {(e.institution, e.id) for e in settled if isinstance(e, MentionDeleted)}
    assert deleted == {(TOWN, id_of("1")), (ISLAND, id_of("1", ISLAND)), (TOWN, id_of("3"))}
    assert settled[-1].id == id_of("5")


def test_a_deletion_that_names_nothing_deletes_nothing():
    """Mentions without a ref are not meant by an empty one."""
    state = FakeGroups()
    state.write([a_mention("1"), a_mention("2")])
    assert settle([a_mention("3"), deletion()], state, BOTH)[1:] == []


def test_mentions_are_grouped_across_deletions():
    """An answer finds what it answers, whatever is deleted in between."""
    root = a_mention("root", place="own")
    below = a_mention("below", answers=root.id, thread=root.id)
    state = FakeGroups()
    state.write([root])
    settled = settle([deletion(native_id="x"), below, deletion(native_id="y"), a_mention("end")], state, [TOWN])
    assert [e.place for e in settled if isinstance(e, TaggedMention)] == ["on_page", "off_page"]
