"""By whom a question is answered: threads worked out by hand."""

from __future__ import annotations

import random

import pytest

from corrillo.model import MentionDeleted, TaggedMention
from tests.fakes.conversation import Town, gone, heard, own, said

LOOKED = {"looked": said("x", "12:00").published}

THREADS = {
    "nobody looked, nobody answered": ([said("q", "9:00", asks="question")], {"q": "unknown"}),
    "looked for and not found": ([said("q", "9:00", asks="question", **LOOKED)], {"q": "waiting"}),
    "answered though never looked for": (
        [said("q", "9:00", asks="question"), own("a", "10:00", "q")],
        {"q": "a"},
    ),
    "the first of two answers": (
        [said("q", "9:00", asks="question"), own("late", "11:00", "q"), own("a", "10:00", "q")],
        {"q": "a"},
    ),
    "an answer below another citizen's": (
        [said("q", "9:00", asks="question"), said("x", "9:10", "q"), own("a", "10:00", "x", "q")],
        {"q": "a"},
    ),
    "who asked underneath, and who asked above": (
        [
            said("root", "8:00"),
            said("q1", "9:00", "root", asks="question"),
            said("q2", "9:10", "q1", "root", asks="complaint"),
            own("a", "10:00", "q2", "root"),
        ],
        {"q1": "a", "q2": "a"},
    ),
    "an answer to one branch is none to the other": (
        [
            said("root", "8:00"),
            said("q1", "9:00", "root", asks="question", **LOOKED),
            said("q2", "9:10", "root", asks="question", **LOOKED),
            own("a", "10:00", "q2", "root"),
        ],
        {"q1": "waiting", "q2": "a"},
    ),
    "an answer above is none": (
        [
            said("root", "8:00", asks="question"),
            said("x", "8:30", "root"),
            own("a", "9:30", "x", "root"),
            said("q", "9:45", "a", "root", asks="question", **LOOKED),
        ],
        {"q": "waiting", "root": "a"},
    ),
    "in a flat thread all who asked before are answered": (
        [
            own("root", "8:00"),
            said("q1", "9:00", "root", asks="question"),
            said("q2", "9:10", "root", asks="complaint"),
            own("a", "10:00", "root"),
            said("q3", "10:30", "root", asks="question", **LOOKED),
        ],
        {"q1": "a", "q2": "a", "q3": "waiting"},
    ),
    "where somebody answers an answer, they are not": (
        [
            own("root", "8:00"),
            said("q1", "9:00", "root", asks="question", **LOOKED),
            said("x", "9:10", "q1", "root"),
            own("a", "10:00", "root"),
        ],
        {"q1": "waiting"},
    ),
    "a flat forum that only names the thread": (
        [
            said("root", "8:00", asks="question"),
            said("q", "9:00", "", "root", asks="question"),
            own("a", "10:00", "", "root"),
        ],
        {"q": "a", "root": "a"},
    ),
    "who began the thread is answered by whatever is said in it": (
        [
            said("root", "8:00", asks="complaint"),
            said("x", "8:10", "root"),
            own("a", "10:00", "never heard", "root"),
        ],
        {"root": "a"},
    ),
    "what was not heard breaks the chain for all others": (
        [
            said("root", "8:00"),
            said("q", "8:10", "root", asks="question", **LOOKED),
            own("a", "10:00", "never heard", "root"),
        ],
        {"q": "waiting"},
    ),
    "an own post that begins a thread answers nobody": (
        [said("q", "9:00", asks="question", **LOOKED), own("p", "10:00")],
        {"q": "waiting"},
    ),
    "the institution asks itself nothing": (
        [own("p", "9:00", asks="question complaint"), own("a", "10:00", "p")],
        {},
    ),
    "who repeats a question asks nothing": (
        [said("q", "9:00", asks="question"), said("r", "9:30", asks="question", repeats="q")],
        {"q": "unknown"},
    ),
    "a newspaper waits for no answer": (
        [
            said("n1", "9:00", asks="complaint", author_kind="medium"),
            said("n2", "9:00", asks="complaint", venue_kind="newspaper"),
            said("n3", "9:00", asks="question", author_kind="administration"),
            said("c", "9:30", "n2", asks="question"),
        ],
        {"c": "unknown"},
    ),
    "praise waits for no answer": ([said("p", "9:00", asks="praise criticism suggestion")], {}),
    "clocks of two servers differ": (
        [said("root", "8:00"), said("q", "9:00", "root", asks="question"), own("a", "8:59", "q", "root")],
        {"q": "a"},
    ),
    "what came before is no answer to who came beside it": (
        [own("root", "8:00"), own("a", "9:00", "root"), said("q", "9:00", "root", asks="question", **LOOKED)],
        {"q": "waiting"},
    ),
    "a deleted answer is none": (
        [said("q", "9:00", asks="question"), own("a", "10:00", "q"), own("b", "11:00", "q"), gone("a", "12:00")],
        {"q": "b"},
    ),
    "an answer to what was deleted is still one to what stands above": (
        [
            said("q", "9:00", asks="question"),
            said("x", "9:10", "q", asks="question"),
            own("a", "10:00", "x", "q"),
            gone("x", "12:00"),
        ],
        {"q": "a"},
    ),
    "what was deleted asks nothing": ([said("q", "9:00", asks="question"), gone("q", "9:30")], {}),
    "a circle, as some archives have it": (
        [
            said("q", "9:00", "x", "q", asks="question", **LOOKED),
            said("x", "9:10", "q", "q"),
            own("a", "10:00", "x", "q"),
        ],
        {"q": "a"},
    ),
}


@pytest.mark.parametrize(("events", "expected"), THREADS.values(), ids=THREADS)
def test_who_is_answered_by_what(events, expected):
    assert heard(*events).answers() == expected


@pytest.mark.parametrize(("events", "expected"), THREADS.values(), ids=THREADS)
def test_one_by_one_is_as_at_once(events, expected):
    """Also where each is heard by another process."""
    town, at_once = Town().each(events), heard(*events)
    assert (town.answers(), town.stands) == (expected, at_once.stands)


@pytest.mark.parametrize(("events", "expected"), THREADS.values(), ids=THREADS)
@pytest.mark.parametrize("seed", range(3))
def test_the_order_in_which_they_are_heard_does_not_matter(events, expected, seed):
    """As long as nothing is deleted before it was said."""
    mentions = [e for e in events if isinstance(e, TaggedMention)]
    deletions = [e for e in events if isinstance(e, MentionDeleted)]
    random.Random(seed).shuffle(mentions)
    assert Town().each([*mentions, *deletions]).answers() == expected
