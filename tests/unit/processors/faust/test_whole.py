"""Records that belong together are kept together: after a kill at any moment all of them are there, or none."""

from __future__ import annotations

import pytest

from processors.faust import whole
from processors.faust.whole import MARK, Whole, size
from tests.fakes.stream import FakePublisher

OLD = {"a": "old", "b": "old", "c": "old"}
NEW = {"a": "n" * 150, "b": None, "d": "n" * 150, "e": "n" * 350}
"""More than fits into a batch: one is forgotten, one is larger than a batch of its own."""
KEPT = {"c": "old", **{key: value for key, value in NEW.items() if value is not None}}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Batches are small."""
    monkeypatch.setattr(whole, "WHOLE", 400)


class FakeLedger:
    """A fake ledger: brings back what was published."""

    def __init__(self, messages):
        self.lost, self._kept = set(), {}
        for message in messages:
            self._kept[message.key] = message.value

    def take(self, partition):
        return {key: value for key, value in self._kept.items() if value is not None}


def states(publisher, messages=()):
    """States that are what was brought back."""
    return Whole(FakeLedger(messages), "records", str, dict, publisher)


async def published(changes, before=()):
    """The messages that keeping ``changes`` comes to."""
    publisher = FakePublisher()
    made = states(publisher, before)
    made.of(0)
    await made.keep("detect", 0, changes)
    return list(publisher.topics["records"])


def brought(messages):
    return states(FakePublisher(), messages).of(0)


async def test_what_fits_into_a_batch_is_written_as_it_is():
    """Kafka takes it whole."""
    messages = await published(OLD)
    assert [(m.key, m.value) for m in messages] == [(key, b'"old"') for key in OLD]
    assert await published({}) == []


async def test_what_is_more_is_there_whole_or_not_at_all():
    """However many messages have arrived when the process is killed."""
    old = await published(OLD)
    new = await published(NEW)
    found = [brought([*old, *new[:n]]) for n in range(len(new) + 1)]
    marked = 1 + [m.key for m in new].index(MARK)
    assert found == [OLD] * marked + [KEPT] * (len(new) + 1 - marked)


async def test_parts_fit_into_batches():
    """As far as single records do."""
    parts = [m for m in await published(NEW) if m.key.startswith(MARK) and m.value is not None]
    assert len(parts) == 4
    assert all(size({m.key: m.value}) <= 400 + 200 for m in parts)


async def test_in_the_end_nothing_is_left_of_the_parts():
    """Only the records are."""
    messages = [*await published(OLD), *await published(NEW)]
    assert FakeLedger(messages).take(0).keys() == KEPT.keys()


async def test_whoever_comes_after_a_kill_finishes_first():
    """What they keep themselves is newer, whoever is killed after that."""
    old, new = await published(OLD), await published(NEW)
    left = [*old, *new[: 1 + [m.key for m in new].index(MARK)]]
    later = await published({"a": "later"}, before=left)
    for n in range(len(later)):
        assert brought([*left, *later[:n]]) == KEPT
    assert brought([*left, *later]) == {**KEPT, "a": "later"}
    assert FakeLedger([*left, *later]).take(0).keys() == KEPT.keys()


async def test_parts_without_a_mark_are_nothing():
    """The next ones take their place."""
    old, new = await published(OLD), await published(NEW)
    torn = [*old, new[0]]
    assert brought(torn) == OLD
    assert brought([*torn, *await published(NEW, before=torn)]) == KEPT
