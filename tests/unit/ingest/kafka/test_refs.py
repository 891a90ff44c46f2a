"""Known refs, and the changes of one transaction over them."""

from __future__ import annotations

from datetime import timedelta

from corrillo.testing.mentions import ISLAND, NOW, TOWN, a_mention, id_of, pseudonym
from ingest.kafka.refs import Refs

PEPA = pseudonym("pepa")
UNO = ("town-square", "uno")


def known(*mentions):
    refs = Refs()
    draft = refs.draft()
    for mention in mentions:
        draft.learn(mention)
    refs.update(draft.changes)
    return refs


def test_a_draft_changes_nothing_until_it_is_taken_over():
    refs = Refs()
    draft = refs.draft()
    draft.learn(a_mention("1", ref="uno"))
    assert (len(refs), draft.get(UNO).ids) == (0, {TOWN: id_of("1")})
    refs.update(draft.changes)
    assert refs.get(UNO).ids == {TOWN: id_of("1")}


def test_a_ref_stands_for_one_mention_of_each_institution():
    refs = known(a_mention("1", ref="uno"), a_mention("1", ref="uno", institution=ISLAND))
    assert refs.get(UNO).ids == {TOWN: id_of("1"), ISLAND: id_of("1", ISLAND)}


def test_what_is_known_already_is_no_change():
    draft = known(a_mention("1", ref="uno")).draft()
    draft.learn(a_mention("1", ref="uno"))
    draft.learn(a_mention("2"))
    assert draft.changes == {}


def test_an_author_is_learnt_where_it_was_not_known():
    """A record of before says nothing of its author."""
    refs = known(a_mention("1", ref="uno", author=""))
    draft = refs.draft()
    draft.learn(a_mention("1", ref="uno", author=PEPA))
    draft.learn(a_mention("1", ref="uno", author=""))
    refs.update(draft.changes)
    assert (refs.get(UNO).author, list(refs.of_author(PEPA))) == (PEPA, [UNO])


def test_what_an_author_has_written_is_found_until_it_is_forgotten():
    """Known before or learnt in this transaction; nobody has written what has no author."""
    refs = known(a_mention("1", ref="uno", author=PEPA), a_mention("2", ref="dos"), a_mention("3", ref="3", author=""))
    draft = refs.draft()
    draft.learn(a_mention("4", ref="cuatro", author=PEPA))
    assert draft.of_author(PEPA) == [UNO, ("town-square", "cuatro")]
    draft.forget(UNO)
    assert draft.of_author(PEPA) == [("town-square", "cuatro")]
    assert list(refs.of_author(PEPA)) == [UNO]
    refs.update(draft.changes)
    assert list(refs.of_author(PEPA)) == [("town-square", "cuatro")]
    refs.update({("town-square", "cuatro"): None})
    assert [list(refs.of_author(a)) for a in (PEPA, "", "nobody")] == [[], [], []]


def test_forgetting_ids_finds_what_was_known_and_what_was_just_learnt():
    draft = known(a_mention("1", ref="uno"), a_mention("3", ref="tres")).draft()
    draft.learn(a_mention("2", ref="dos"))
    draft.forget_ids({id_of("1"), id_of("2")})
    assert draft.changes == {UNO: None, ("town-square", "dos"): None}
    assert draft.get(UNO) is None


def test_the_newest_of_a_source_come_first_and_old_ones_not_at_all():
    days = [1, 3, 2]
    refs = known(*[a_mention(str(d), ref=str(d), published=NOW - timedelta(days=d)) for d in days])
    assert [k.ref for k in refs.newest("plaza", NOW - timedelta(days=9), 2)] == ["1", "2"]
    assert [k.ref for k in refs.newest("plaza", NOW - timedelta(days=2), 9)] == ["1", "2"]
    assert refs.newest("paper", NOW - timedelta(days=9), 9) == []
    assert refs.older(NOW - timedelta(days=2)) == [("town-square", "3")]
