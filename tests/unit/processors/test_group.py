"""Threads: an answer is where the conversation began."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from corrillo.testing.mentions import ISLAND, NOW, a_mention, id_of
from processors.group import group
from tests.fakes.groups import FakeGroups

HOUR = timedelta(hours=1)


def answer(name, above="", **given):
    """What the pipeline gives: an answer's thread is what it answers, until somebody knows better."""
    if above:
        given = {"answers": id_of(above), "thread": id_of(above), **given}
    return a_mention(name, f"aviso {name}", **given)


def kept(*batches):
    """Thread and place of everything, by native id, after these batches."""
    state = FakeGroups()
    for batch in batches:
        state.write(group(batch, state))
    names = {id_of(n): n for n in ("root", "a", "b", "c", "lost")}
    return {names[m.id]: (names[m.thread], m.place) for m in state.mentions.values()}


CHAIN = (answer("root", place="own"), answer("a", "root"), answer("b", "a"), answer("c", "b"))
JOINED = {"root": ("root", "own"), "a": ("root", "on_page"), "b": ("root", "on_page"), "c": ("root", "on_page")}


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=lambda o: "".join(map(str, o)))
@pytest.mark.parametrize("cuts", [(), (1,), (2,), (3,), (1, 2, 3)], ids=str)
def test_a_thread_is_whole_in_whatever_order_it_arrives(order, cuts):
    """All at once, one by one, the beginning last; also where all have the same time."""
    mentions = [CHAIN[n] for n in order]
    bounds = (0, *cuts, 4)
    assert kept(*(mentions[i:j] for i, j in itertools.pairwise(bounds))) == JOINED


@pytest.mark.parametrize(("root", "answers"), [("own", "on_page"), ("on_page", "on_page"), ("off_page", "off_page")])
def test_where_a_thread_began_says_where_its_answers_are(root, answers):
    """What the institution began is on page all the way down; a citizen's thread is not."""
    found = kept([answer("root", place=root), answer("a", "root", place="on_page")], [answer("b", "a")])
    assert found == {"root": ("root", root), "a": ("root", answers), "b": ("root", answers)}


def test_the_institution_stays_itself_in_other_peoples_threads():
    """Its answers are own, whoever began; answers to them are where the thread is."""
    found = kept([answer("root"), answer("a", "root", place="own"), answer("b", "a", place="on_page")])
    assert found == {"root": ("root", "off_page"), "a": ("root", "own"), "b": ("root", "off_page")}


def test_a_beginning_that_nobody_knows_is_left_open():
    """Answers of something that was never heard keep together, where they said they are."""
    found = kept([answer("a", "lost", place="on_page")], [answer("b", "a")])
    assert found == {"a": ("lost", "on_page"), "b": ("lost", "off_page")}


def test_a_late_beginning_gives_back_those_that_follow_it():
    """They are in the result after the mentions themselves, and only they."""
    state = FakeGroups()
    state.write(group([answer("a", "root"), answer("b", "a"), a_mention("stranger")], state))
    result = group([answer("root", place="own")], state)
    assert result[0].id == id_of("root")
    assert {m.id: m.place for m in result[1:]} == {id_of("a"): "on_page", id_of("b"): "on_page"}


def test_giving_a_mention_again_gives_the_same_groups():
    """Replays move nothing, one by one or together, and nobody follows twice."""
    state = FakeGroups()
    state.write(group(CHAIN, state))
    before = dict(state.mentions)
    for batch in ([CHAIN[0]], [CHAIN[2]], list(reversed(CHAIN))):
        assert {m.id: m for m in group(batch, state)} == {m.id: before[m.id] for m in batch}


def test_a_thread_that_the_source_names_is_its_thread():
    """Archives and forums say the thread beside what is answered."""
    mentions = [answer("root", place="own"), answer("b", "a", thread=id_of("root")), answer("a", "root")]
    assert kept(mentions) == {n: JOINED[n] for n in ("root", "a", "b")}


def test_an_answer_by_ref_finds_what_it_answers():
    """In the same batch or in what is known, on its own network and for its own institution only."""
    state = FakeGroups()
    there = a_mention("root", ref="7", institution=ISLAND)
    elsewhere = a_mention("b", ref="7", network="press")
    state.write(group([a_mention("root", ref="7", place="own"), there, elsewhere], state))
    by_ref = [
        a_mention("a", answers_ref="7"),
        a_mention("a", answers_ref="7", institution=ISLAND),
        a_mention("c", answers_ref="9"),
    ]
    result = {m.id: m for m in group(by_ref, state)}
    assert (result[id_of("a")].answers, result[id_of("a")].place) == (id_of("root"), "on_page")
    assert result[id_of("a", ISLAND)].thread == there.id
    assert (result[id_of("c")].answers, result[id_of("c")].thread) == ("", id_of("c"))
    together = group([a_mention("y", answers_ref="x-ref"), a_mention("x", ref="x-ref", place="own")], state)
    assert {m.thread for m in together} == {id_of("x")}


def test_a_circle_of_answers_is_one_thread():
    """No network means it, some archives have it: it ends, and it is the same whoever comes first."""
    circle = [answer("a", "c"), answer("b", "a"), answer("c", "b")]
    threads = {tuple(sorted(m.thread for m in group(order, FakeGroups()))) for order in itertools.permutations(circle)}
    assert threads == {(min(m.id for m in circle),) * 3}


def test_a_very_long_chain_is_one_thread():
    """Each answer to the one before, newest first, all in one batch."""
    chain = [a_mention("0", place="own")]
    for n in range(1, 3000):
        above = id_of(str(n - 1))
        chain.append(a_mention(str(n), answers=above, thread=above, published=NOW + n * HOUR))
    assert {(m.thread, m.place) for m in group(chain[::-1], FakeGroups())} == {
        (id_of("0"), "own"),
        (id_of("0"), "on_page"),
    }


@pytest.mark.parametrize("deleted", ["root", "a"])
@pytest.mark.parametrize("again", [[1], [2], [3], [3, 2, 1]], ids=str)
def test_answers_stay_where_they_are_when_what_they_answer_is_deleted(deleted, again):
    """Edited or replayed afterwards, they are in the thread and the place that they were in."""
    state = FakeGroups()
    state.write(group(CHAIN, state))
    del state.mentions[id_of(deleted)]
    before = dict(state.mentions)
    some = [CHAIN[n] for n in again if CHAIN[n].id != id_of(deleted)]
    state.write(group(some, state))
    assert state.mentions == before
