"""A step takes, reads, does, acknowledges: in that order, whatever happens in between."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from corrillo.messages import encode, read_tagged
from corrillo.ports import Quarantined
from corrillo.testing.mentions import NOW, a_mention, pseudonym
from processors.faust.step import BROKEN, SHOWN, Aside, Moved, Step
from tests.fakes.stream import FakeMessage, FakePublisher, FakeStream, FakeWatch

QUARANTINE = "quarantine"


class Ended(BaseException):
    """The process has ended, in a test."""


@pytest.fixture(autouse=True)
def exits(monkeypatch):
    """The codes with which the process would have ended: it is not ended."""
    codes = []

    def fake_exit(code):
        codes.append(code)
        raise Ended

    monkeypatch.setattr("os._exit", fake_exit)
    return codes


@pytest.fixture
def publisher():
    return FakePublisher()


@pytest.fixture
def watch():
    return FakeWatch()


@pytest.fixture
def aside(publisher, watch):
    """Quarantine that protects by saying so."""
    return Aside(publisher, QUARANTINE, lambda text: text.replace("Pepe", "~1"), lambda: NOW, watch)


@pytest.fixture
def step(aside, watch):
    """Makes the step that is tried."""
    return lambda do: Step("index", read_tagged, do, aside, watch)


def good(number, **given):
    """A message that can be read."""
    return FakeMessage(encode(a_mention(str(number))), number, **given)


def acked(*messages):
    return [message.acked for message in messages]


async def nothing(_):
    """What a step does when it does nothing."""


def items(publisher):
    """What was put into quarantine."""
    return [msgspec.json.decode(m.value, type=Quarantined) for m in publisher.topics[QUARANTINE]]


async def test_nothing_is_acknowledged_before_it_is_done(step, watch):
    """Then the whole batch is; each word comes with where it stood."""
    batch, seen = [good(1), good(2, partition=3)], []

    async def do(reads):
        await asyncio.sleep(0)
        seen.append((acked(*batch), [(r.word, r.value, r.partition, r.origin) for r in reads]))

    await step(do)(FakeStream(batch))
    assert seen == [
        (
            [False, False],
            [(a_mention(str(m.offset)), m.value, m.partition, f"mentions[{m.partition}]@{m.offset}") for m in batch],
        )
    ]
    assert acked(*batch) == [True, True]
    assert watch.told == {("processed", "index"): 2}


BAD = {
    "no JSON": b"\xff\xfe",
    "another word": b'{"kind": "post"}',
    "null": b"null",
    "empty": b"",
    "a tombstone": None,
}


@pytest.mark.parametrize("value", BAD.values(), ids=BAD.keys())
async def test_what_cannot_be_read_goes_to_quarantine_the_rest_goes_on(value, step, publisher, watch):
    """With the topic, partition and offset at which it stood; before anything is acknowledged."""
    batch, done = [good(1), FakeMessage(value, 7, 2), good(3)], []

    async def do(reads):
        assert publisher.order == [QUARANTINE]
        assert not any(acked(*batch))
        done.extend(r.word for r in reads)

    await step(do)(FakeStream(batch))
    assert (done, acked(*batch)) == ([a_mention("1"), a_mention("3")], [True] * 3)
    assert [(i.source, i.origin, i.at) for i in items(publisher)] == [("work/index", "mentions[2]@7", NOW)]
    assert watch.told["quarantined", "index"] == 1


async def test_a_message_of_a_later_schema_is_not_guessed_at(step, publisher):
    """Its header says so, whatever can be read of it."""
    await step(nothing)(FakeStream([good(1, headers=[("schema", b"99")])]))
    assert "99" in items(publisher)[0].reason


def test_what_quarantine_shows_is_protected_and_not_endless(aside):
    """Of a message that nobody could read: its text, and the reason."""
    item = aside.item("index", b"Pepe \xff " + b"x" * SHOWN, "not for Pepe", "mentions[0]@1")
    assert (item.raw[:10], len(item.raw), item.handles) == ("~1 \\xff xx", SHOWN, ())
    assert item.reason == "not for ~1"


def test_what_could_be_read_stays_whole(aside):
    """It is protected, and shall be read again; an erasure finds whom it names."""
    mention = a_mention("1", f"{pseudonym('2')} " + "x" * SHOWN)
    item = aside.item("index", encode(mention), "why", "mentions[0]@1", mention)
    assert item.raw.encode() == encode(mention)
    assert set(item.handles) == {pseudonym("1"), pseudonym("2")}


def test_the_same_message_is_the_same_item(aside):
    """However often it is replayed; another step or another place is another item."""
    told = [("index", "m[0]@1"), ("index", "m[0]@1"), ("group", "m[0]@1"), ("index", "m[0]@2")]
    assert len({aside.item(name, b"x", "why", origin).id for name, origin in told}) == 3


async def test_when_quarantine_does_not_take_it_the_process_ends(step, publisher, exits):
    """Nothing is acknowledged: nothing is lost."""
    publisher.refuses[QUARANTINE] = OSError("no disk")
    batch = [good(1), FakeMessage(b"?")]
    with pytest.raises(Ended):
        await step(nothing)(FakeStream(batch))
    assert (exits, acked(*batch)) == ([BROKEN], [False, False])


@pytest.mark.parametrize("error", [ValueError("what is this?"), KeyboardInterrupt(), MemoryError()], ids=repr)
async def test_anything_unexpected_ends_the_process(error, step, exits):
    """The next one does again what was not acknowledged; nothing of a later batch is done."""
    batches, done = [[good(1)], [good(2)], [good(3)]], []

    async def do(reads):
        done.extend(r.origin for r in reads)
        if len(done) == 2:
            raise error

    with pytest.raises(Ended):
        await step(do)(FakeStream(*batches))
    assert (exits, len(done)) == ([BROKEN], 2)
    assert [acked(*batch) for batch in batches] == [[True], [False], [False]]


async def test_what_moved_to_another_worker_is_left_to_it(step, exits):
    """The batch is not acknowledged; the step goes on with the next."""
    batches, calls = [[good(1)], [good(2)]], []

    async def do(reads):
        calls.append(reads)
        if len(calls) == 1:
            raise Moved

    await step(do)(FakeStream(*batches))
    assert [acked(*batch) for batch in batches] == [[False], [True]]
    assert exits == []


async def test_a_step_that_is_told_to_end_ends(step, exits):
    """And acknowledges nothing."""

    async def do(_):
        raise asyncio.CancelledError

    batch = [good(1)]
    with pytest.raises(asyncio.CancelledError):
        await step(do)(FakeStream(batch))
    assert (exits, acked(*batch)) == ([], [False])


async def test_what_an_earlier_generation_was_given_is_not_done(step):
    """The partitions were left: who has them now reads it again; bad messages of it go nowhere either."""
    old, poison, new = good(1), FakeMessage(b"?"), good(2, generation_id=2)
    done = []

    async def do(reads):
        done.extend(r.origin for r in reads)

    tried = step(do)
    tried.abandon(1)
    await tried(FakeStream([old, poison, new]))
    assert (done, acked(old, poison, new)) == (["mentions[0]@2"], [False, False, True])


async def test_partitions_are_left_when_the_batch_has_ended(step):
    """What stands still waits; what was fetched before is not begun any more."""
    begun, go_on, done = asyncio.Event(), asyncio.Event(), []

    async def do(reads):
        begun.set()
        await go_on.wait()
        done.extend(r.origin for r in reads)

    first, second = good(1), good(2)
    tried = step(do)
    working = asyncio.create_task(tried(FakeStream([first], [second])))
    await begun.wait()
    leaving = asyncio.create_task(tried.leave(1))
    await asyncio.sleep(0)
    assert not leaving.done()
    go_on.set()
    await leaving
    assert acked(first, second) == [True, False]
    await working
    assert (done, acked(first, second)) == (["mentions[0]@1"], [True, False])


async def test_something_else_is_done_between_two_batches(step):
    """Never during one."""
    begun, go_on, order = asyncio.Event(), asyncio.Event(), []

    async def do(_):
        begun.set()
        await go_on.wait()
        order.append("batch")

    async def forget():
        order.append("between")

    tried = step(do)
    working = asyncio.create_task(tried(FakeStream([good(1)])))
    await begun.wait()
    between = asyncio.create_task(tried.between(forget))
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(working, between)
    assert order == ["batch", "between"]


@pytest.fixture
def doing(step):
    """A step, and something that it does between two batches as long as ``go_on`` is not set."""
    go_on, begun = asyncio.Event(), asyncio.Event()

    async def do(_):
        order.append("batch")

    async def between():
        begun.set()
        await go_on.wait()
        order.append("between")

    order = []
    return step(do), between, begun, go_on, order


async def test_what_is_done_between_batches_is_done_to_its_end(doing):
    """Also when nobody waits for it any more: the next batch begins after it."""
    tried, between, begun, go_on, order = doing
    waiting = asyncio.create_task(tried.between(between))
    await begun.wait()
    waiting.cancel()
    working = asyncio.create_task(tried(FakeStream([good(1)])))
    await asyncio.sleep(0)
    assert order == []
    go_on.set()
    await working
    assert (order, waiting.cancelled()) == (["between", "batch"], True)


async def test_it_is_broken_off_when_there_are_no_more_batches(doing):
    """A worker that is told to end does not wait for brokers that are away."""
    tried, between, begun, _, order = doing
    tried.end()
    waiting = asyncio.create_task(tried.between(between))
    await begun.wait()
    tried.end()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await tried.leave(1)
    assert order == []


async def test_anything_unexpected_between_batches_ends_the_process(step, exits):
    """As in a batch: what it has in mind may be told in part."""

    async def fail():
        raise ValueError("what is this?")

    with pytest.raises(Ended):
        await step(nothing).between(fail)
    assert exits == [BROKEN]
