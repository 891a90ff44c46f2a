"""How far a partition is done: up to the first message that was handed out and that a step has not done."""

from __future__ import annotations

from faust.types import TP
from hypothesis import given
from hypothesis import strategies as st

from processors.faust.progress import Progress
from tests.fakes.stream import FakeMessage

HERE, THERE = TP("mentions", 0), TP("mentions", 1)


def handed(progress, *offsets, generation=1, partition=HERE):
    """Hand out messages with these offsets."""
    messages = [FakeMessage(b"", offset, generation_id=generation) for offset in offsets]
    for message in messages:
        progress.hand(partition, message)
    return messages


def ack(*messages):
    for message in messages:
        message.left.clear()


def test_a_partition_is_done_up_to_the_first_message_that_is_not():
    """Whatever is acknowledged behind it; what was told is not told again."""
    progress = Progress()
    one, two, three = handed(progress, 10, 11, 12)
    ack(one, three)
    assert (progress.done(HERE, 1), progress.done(HERE, 1), progress.first(HERE)) == (11, None, 11)
    ack(two)
    assert (progress.done(HERE, 1), progress.first(HERE), progress.partitions()) == (13, None, [])


def test_offsets_between_messages_are_nobodys():
    """The marks that transactions leave stop nothing, and are not taken for done."""
    progress = Progress()
    one, two = handed(progress, 0, 7)
    ack(one)
    assert progress.done(HERE, 1) == 1
    ack(two)
    assert progress.done(HERE, 1) == 8


def test_what_an_earlier_generation_was_given_does_not_count():
    """It is read again: acknowledged late, it moves nothing; not acknowledged, it stops nothing."""
    progress = Progress()
    done, _left, late = handed(progress, 1, 2, 3)
    again, after = handed(progress, 1, 2, generation=2)
    ack(done)
    assert progress.done(HERE, 2) is None
    ack(again, late)
    assert (progress.done(HERE, 2), progress.first(HERE)) == (2, after.offset)


def test_each_step_has_a_first_message_of_its_own():
    """Of a partition that two read, one may be done with all while the other has not begun; the oldest need not be the first."""
    progress = Progress()
    messages = handed(progress, 3, 4)
    for number, message in enumerate(messages):
        message.left, message.timestamp = {"index", "detect"}, 100.0 - number
        message.left.discard("detect")
    assert (progress.first(HERE), progress.first(HERE, "index"), progress.first(HERE, "detect")) == (3, 3, None)
    assert (progress.oldest(HERE, "index"), progress.oldest(HERE, "detect")) == (99.0, None)
    messages[1].left.clear()
    assert (progress.first(HERE, "index"), progress.oldest(HERE, "index")) == (3, 100.0)
    assert (progress.oldest(THERE, "index"), progress.first(THERE, "index")) == (None, None)


def test_partitions_are_counted_apart():
    """One that is dropped is forgotten, and begins anew when it returns."""
    progress = Progress()
    ack(*handed(progress, 5), *handed(progress, 8, partition=THERE))
    progress.drop([HERE, TP("other", 0)])
    assert (progress.partitions(), progress.done(HERE, 1), progress.done(THERE, 1)) == ([THERE], None, 9)
    ack(*handed(progress, 5, generation=2))
    assert progress.done(HERE, 2) == 6


@given(st.sets(st.integers(0, 40), min_size=1, max_size=12).map(sorted), st.randoms(use_true_random=False))
def test_in_whatever_order_messages_are_acknowledged_nothing_is_passed_over(offsets, chance):
    """What is told never exceeds the first that is open, never goes back, and ends behind the last."""
    progress, told = Progress(), 0
    messages = handed(progress, *offsets)
    for message in chance.sample(messages, len(messages)):
        message.left.clear()
        now = progress.done(HERE, 1)
        first_open = next((m.offset for m in messages if not m.acked), offsets[-1] + 1)
        assert now is None or told < now <= first_open
        told = now or told
    assert told == offsets[-1] + 1
