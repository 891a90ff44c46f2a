"""Grouping on a stream: whatever is killed and however it is cut, the store has what one process would have put there."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing, contextmanager
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corrillo.model import MentionDeleted
from corrillo.testing.mentions import ISLAND, NOW, TOWN, ZONES, a_mention, gone, id_of
from processors.group import group
from processors.memory import Memory, Remembered
from processors.regroup import regroup
from stores.sqlite.rows import READ, read_all
from stores.sqlite.schema import migrate
from stores.sqlite.unit import SqliteUnit
from tests.fakes.changelog import FakeChangelog

MINUTE = timedelta(minutes=1)
NOTES = (
    "El pleno aprueba por unanimidad el presupuesto de la piscina cubierta y del nuevo mercado",
    "Aviso a los vecinos: mañana habrá cortes de agua en la calle Olmo entre las ocho y las doce",
)
"""Texts of which there are copies; all others are short, and nobody's copy."""


# ── the embedded way: one event after the other into SQLite ───────────────────────────────
@contextmanager
def a_store():
    """A store in memory: what to write with, and what it holds afterwards."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, "memory")
        yield lambda: SqliteUnit(connection, ZONES), lambda: {m.id: m for m in read_all(connection.execute(READ))}


def embedded(events):
    """What one process makes of events that come one by one."""
    with a_store() as (unit, held):
        for event in events:
            now = unit()
            now.write([event] if isinstance(event, MentionDeleted) else group([event], now.groups))
        return seen(held())


def stored(told):
    """What a store makes of what a stream has told."""
    with a_store() as (unit, held):
        for event in told:
            unit().write([event])
        return seen(held())


def seen(mentions):
    """The mentions but for the names of their stories; and who is in a story with whom."""
    stories = defaultdict(set)
    for mention in mentions.values():
        stories[mention.story].add(mention.id)
    bare = {
        m.id: {name: getattr(m, name) for name in m.__struct_fields__ if name != "story"} for m in mentions.values()
    }
    return bare, {frozenset(ids) for ids in stories.values()}


# ── the stream: cut into batches, killed and started anew ─────────────────────────────────
def streamed(events, fates=()):
    """What is told, when batches are so big and are killed so: (size, records kept or None if nobody kills)."""
    changelog, memory, told, done = FakeChangelog(Remembered), Memory({}), [], 0
    for size, killed_after in (*fates, (len(events), None)):
        told += regroup(events[done : done + size], memory)
        changelog.keep(memory.changed(), killed_after)
        if killed_after is None:
            done += size
        else:
            memory = Memory(changelog.records())
    return told


fates = st.lists(st.tuples(st.integers(1, 7), st.none() | st.integers(0, 7)), max_size=8)


def said(number, text="", **given):
    """A post; a higher number was published later."""
    return a_mention(str(number), text or f"dicho {number}", published=NOW - (50 - number) * MINUTE, **given)


heard = st.fixed_dictionaries(
    {"backfilled": st.booleans(), "looked": st.sampled_from([None, None, NOW, NOW + MINUTE / 7])}
)
"""How a version came, and whether anybody had looked for its answers."""


@st.composite
def posts(draw, number):
    """A post in one or two versions: every third may be a copy, every third may repeat an original.

    Who is in a story with whom does not depend on the order, as long as what is repeated is an
    original and says the same.
    """
    institution = draw(st.sampled_from([TOWN, TOWN, ISLAND]))
    given = {"institution": institution, "place": draw(st.sampled_from(["own", "on_page", "off_page"]))}
    if number and draw(st.booleans()):
        above = draw(st.integers(0, number - 1))
        there = id_of(str(above), institution)
        repeated = (above % 3, number % 3) == (1, 2) and draw(st.booleans())
        given |= {"repeats": there} if repeated else {"answers": there, "thread": there}
    first = said(number, draw(st.sampled_from(("", *NOTES))) if number % 3 == 0 else "", **given)
    versions = [first] if draw(st.booleans()) else [first, edited(first, f"corregido {number}")]
    return [msgspec.structs.replace(v, **draw(heard)) for v in versions]


def edited(mention, text):
    """A later version, by a source that says other times."""
    given = {"revision": 2, "published": mention.published + MINUTE / 2, "first_seen": NOW + MINUTE}
    return msgspec.structs.replace(mention, text=text, **given)


@st.composite
def crowds(draw):
    """Answers, copies, reposts, edits and deletions of a few posts, in any order and more than once.

    What is deleted stands alone: what becomes of its answers depends on which came first.
    """
    count = draw(st.integers(1, 7))
    events = [event for number in range(count) for event in draw(posts(number))]
    for number in range(count, count + draw(st.integers(0, 2))):
        events += [said(number), edited(said(number), "corregido"), gone(str(number))]
    order = draw(st.permutations(events))
    return order + draw(st.lists(st.sampled_from(order), max_size=5))


@settings(max_examples=300, deadline=None)
@given(crowds(), fates)
def test_a_stream_comes_to_what_one_process_makes_of_it(events, fates):
    """In any order, however often, cut anywhere, killed before or between the records of a batch."""
    assert stored(streamed(events, fates)) == embedded(events)


# ── what is told ──────────────────────────────────────────────────────────────────────────
def test_a_version_that_is_superseded_is_not_told():
    """Neither in one batch nor later: the last word on a mention in a topic is the newest."""
    first = said(1)
    later, memory = edited(first, "corregido"), Memory({})
    assert [m.revision for m in regroup([first, later, first], memory)] == [1, 2]
    assert regroup([first], memory) == []


@pytest.mark.parametrize("size", [1, 2, 3])
def test_an_edit_is_told_with_the_times_of_what_came_before_it(size):
    """Its time of publication does not move; it was first seen at the earliest of its times; however it is cut."""
    first = said(1)
    early = msgspec.structs.replace(first, first_seen=NOW - MINUTE)
    told = streamed([first, early, edited(first, "corregido")], [(size, None)])
    assert {m.published for m in told} == {first.published}
    assert [m.first_seen for m in told] == [NOW, NOW - MINUTE, NOW - MINUTE]


def test_what_is_gone_is_not_told_again():
    """Before its deletion it was, after it it is not; the deletion is told every time."""
    memory = Memory({})
    assert regroup([said(1), gone("1"), said(1)], memory) == [said(1), gone("1")]
    assert regroup([said(1), gone("1")], memory) == [gone("1")]


def test_a_late_beginning_tells_its_answers_again():
    """As they are now, after it; answers whose beginning was deleted stay where they are."""
    memory, root = Memory({}), id_of("0")
    answer = said(1, answers=root, thread=root)
    assert regroup([answer], memory) == [answer]
    told = regroup([said(0, place="own")], memory)
    assert [(m.id, m.place) for m in told] == [(root, "own"), (answer.id, "on_page")]
    assert regroup([gone("0")], memory) == [gone("0")]


def test_a_copy_joins_a_story_that_was_edited_and_begins_one_when_it_was_deleted():
    """The text with which a story began is remembered as long as its first mention."""
    memory, first = Memory({}), said(0, NOTES[0])
    regroup([first, edited(first, "corregido")], memory)
    assert [m.story for m in regroup([said(1, NOTES[0])], memory)] == [first.id]
    regroup([gone("0")], memory)
    assert [m.story for m in regroup([said(2, NOTES[0])], memory)] == [id_of("2")]


def test_an_answer_finds_a_mention_by_the_ref_of_whichever_server_told_it():
    """A mention that comes by two servers has a ref of each; as in a store."""
    events = [
        said(0, ref="one/7", place="own"), said(0, ref="two/9", place="own"),
        said(1, answers_ref="one/7"), said(2, answers_ref="two/9"), said(3, answers_ref="two/7"),
    ]  # fmt: skip
    told = streamed(events, [(2, None), (1, 0), (1, None)])
    assert {m.id: m.thread for m in told} == {id_of(n): id_of(above) for n, above in zip("0123", "0003", strict=True)}
    assert stored(told) == embedded(events)
