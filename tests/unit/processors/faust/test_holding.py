"""What waits is heard in its order, as soon as nothing older can come, and not later than that is worth."""

from __future__ import annotations

from datetime import timedelta

import pytest

from corrillo.messages import encode
from corrillo.model import MentionDeleted
from corrillo.testing.mentions import NOW, TOWN, a_mention, id_of
from processors.faust import holding
from processors.faust.holding import PATIENCE, Holding
from processors.faust.step import Read
from tests.fakes.stream import FakeMessage

AT = NOW.timestamp()
NOBODY_KNOWS = 0.0


def seen(native_id, seconds, partition=0, generation=1):
    """A mention that was first seen, and published, so many seconds after NOW, as it was read."""
    word = a_mention(native_id, first_seen=NOW + timedelta(seconds=seconds))
    return told(word, seconds, native_id, partition, generation)


def told(word, seconds, name, partition=0, generation=1):
    """What was published so many seconds after NOW."""
    message = FakeMessage(b"", timestamp=AT + seconds, generation_id=generation)
    return Read(word, encode(word), partition, name, message)


@pytest.fixture
def wait():
    """Lets mentions wait; they have come when they were seen, where nothing else is said."""
    made = Holding()

    def hold(*reads, since=None):
        for read in reads:
            made.hold(read, read.word.first_seen.timestamp() if since is None else since)
        return made

    return hold


def names(reads):
    return [r.origin for r in reads]


def test_mentions_are_heard_in_the_order_in_which_they_were_seen(wait):
    """However they came; of those published at once in that in which they were seen, and said, then by their ids."""
    early = a_mention("early", first_seen=NOW, published=NOW - timedelta(hours=2))
    held = wait(seen("later", 9), seen("b", 0), seen("a", 0), told(early, 0, "early"))
    order = sorted("ab", key=id_of)
    assert names(held.ready(0, AT + 10, AT + 10, 9)) == ["early", *order, "later"]
    assert len(held) == 0


def test_a_deletion_has_its_place_among_them(wait):
    """When it was told."""
    gone = MentionDeleted(id=id_of("1"), institution=TOWN, at=NOW + timedelta(seconds=5))
    held = wait(seen("after", 9), seen("before", 0))
    held.hold(told(gone, 5, "gone"), AT)
    assert names(held.ready(0, AT + 10, AT + 10, 9)) == ["before", "gone", "after"]


def test_what_something_older_may_still_come_before_waits(wait):
    """Nobody knowing is no reason to go on."""
    held = wait(seen("1", 0), seen("2", 5))
    assert held.ready(0, NOBODY_KNOWS, AT + 60, 9) == []
    assert names(held.ready(0, AT + 5, AT + 60, 9)) == ["1"]
    assert names(held.ready(0, AT + 5.001, AT + 60, 9)) == ["2"]


def test_what_is_told_again_has_its_place_beside_what_it_is_told_because_of(wait):
    """It was seen long before; others that were published before may still come."""
    again = a_mention("again", first_seen=NOW - timedelta(hours=1))
    held = wait(seen("because", 5), told(again, 5, "again"), since=AT + 5)
    assert held.ready(0, AT + 4, AT + 60, 9) == []
    held.hold(seen("before", 3), AT + 5)
    assert names(held.ready(0, AT + 6, AT + 60, 9)) == ["before", "again", "because"]


def test_what_is_told_again_because_of_something_older_has_its_own_place(wait):
    """What it answers had been on its way for longer."""
    answer = a_mention("answer", first_seen=NOW + timedelta(seconds=8))
    held = wait(seen("answered", 2), told(answer, 2, "answer"), seen("meanwhile", 5), since=AT + 9)
    assert names(held.ready(0, AT + 9, AT + 9, 9)) == ["answered", "meanwhile", "answer"]


def test_a_clock_that_is_ahead_makes_nothing_wait(wait):
    """What has come before all of that was published is not older than it, whatever it says."""
    held = wait(seen("from the future", 1800), since=AT)
    assert held.ready(0, AT - 1, AT, 9) == []
    assert names(held.ready(0, AT + 1, AT + 3, 9)) == ["from the future"]


def test_nothing_waits_for_ever(wait):
    """When others do not say how far they are, or never get on."""
    held = wait(seen("1", 0))
    assert held.ready(0, NOBODY_KNOWS, AT + PATIENCE - 1, 9) == []
    assert names(held.ready(0, NOBODY_KNOWS, AT + PATIENCE, 9)) == ["1"]


def test_not_everything_waits(wait, monkeypatch):
    """Memory is finite: of too many the older half is heard."""
    monkeypatch.setattr(holding, "MOST", 5)
    held = wait(*(seen(str(n), n) for n in range(6)))
    assert names(held.ready(0, NOBODY_KNOWS, AT, 9)) == ["0", "1", "2"]
    assert (names(held.ready(0, NOBODY_KNOWS, AT, 9)), len(held)) == ([], 3)


def test_no_more_than_is_asked_for_at_once(wait):
    """The rest is next."""
    held = wait(seen("2", 2), seen("1", 1), seen("3", 3))
    assert [names(held.ready(0, AT + 9, AT + 9, 2)) for _ in range(3)] == [["1", "2"], ["3"], []]


def test_partitions_wait_apart(wait):
    held = wait(seen("1", 0), seen("2", 0, partition=1))
    assert (names(held.ready(1, AT + 1, AT + 1, 9)), names(held.ready(0, AT + 1, AT + 1, 9))) == (["2"], ["1"])


def test_what_an_earlier_generation_was_given_is_forgotten(wait):
    """It is given again."""
    held = wait(seen("old", 0), seen("new", 0, generation=2), seen("other", 0, partition=1))
    held.keep(2)
    assert (names(held.ready(0, AT + 1, AT + 1, 9)), len(held)) == (["new"], 0)
