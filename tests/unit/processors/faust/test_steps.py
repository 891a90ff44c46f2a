"""What each step does with a batch, what it publishes where, and in which order it is kept."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
import pytest

from corrillo.errors import ParseError
from corrillo.institution import Institution
from corrillo.messages import ORIGIN, encode, read_mention, read_tagged
from corrillo.model import Mention, Tagging
from corrillo.ports import DayCount, Quarantined
from corrillo.testing.mentions import ISLAND, NOW, TOWN, ZONES, a_mention, gone, id_of
from corrillo.topics import partition_of
from processors.enrich import Enricher
from processors.faust import steps
from processors.faust.step import Aside, Moved, Read
from processors.faust.steps import Count, Enrich, Group, Stateful, Write
from processors.memory import Memory, Remembered
from processors.tally import Record, Tally
from tests.fakes.stream import FakeMessage, FakePublisher, FakeWatch

QUARANTINE, PARTITIONS = "quarantine", 4


@pytest.fixture
def publisher():
    return FakePublisher()


@pytest.fixture
def watch():
    return FakeWatch()


@pytest.fixture
def aside(publisher, watch):
    return Aside(publisher, QUARANTINE, str, lambda: NOW, watch)


def read(word, offset=0, partition=0, published=0.0):
    """A word as it was read."""
    message = FakeMessage(encode(word), offset, partition, timestamp=published)
    return Read(word, message.value, partition, f"topic[{partition}]@{offset}", message)


def quarantined(publisher):
    """What was put into quarantine: why, and where it stood."""
    items = [msgspec.json.decode(m.value, type=Quarantined) for m in publisher.topics[QUARANTINE]]
    return [(i.reason, i.origin, read_mention(i.raw.encode())) for i in items]


# ── enrich ────────────────────────────────────────────────────────────────────────────────
def plain(native_id, **given):
    """A mention before enrichment."""
    full = a_mention(native_id, **given)
    return Mention(**{name: getattr(full, name) for name in Mention.__struct_fields__})


class FakeTagger:
    """A fake tagger: it says nothing, and raises ``error`` at one text."""

    def __init__(self, error=None):
        self.error = error

    def __call__(self, mention):
        if self.error and mention.text == "bad":
            raise self.error
        return Tagging()


def enrich(publisher, aside, tagger):
    """The step, for a town and an island."""
    found = {i: Enricher(Institution(id=i, name=i), tagger) for i in (TOWN, ISLAND)}
    return Enrich(found, publisher, "enriched", PARTITIONS, aside)


async def test_what_is_enriched_goes_to_the_partition_of_its_institution(publisher, aside):
    """Mentions and deletions, in their order, under the mention's id."""
    words = [plain("1"), plain("1", institution=ISLAND), gone("1")]
    await enrich(publisher, aside, FakeTagger())([read(w) for w in words])
    told = publisher.topics["enriched"]
    assert [(m.key, m.partition) for m in told] == [(w.id, partition_of(w.institution, PARTITIONS)) for w in words]
    assert [type(read_tagged(m.value)).__name__ for m in told] == ["TaggedMention", "TaggedMention", "MentionDeleted"]
    assert dict(told[0].headers)[ORIGIN] == b"enrich"


async def test_the_moment_of_publication_goes_along(publisher, aside, group):
    """Detection knows by it what is still on its way; what is told again because of another bears the other's."""
    await enrich(publisher, aside, FakeTagger())([read(plain("1"), published=7.5), read(gone("2"), published=8.5)])
    assert [m.published for m in publisher.topics["enriched"]] == [7.5, 8.5]
    answer = a_mention("a", thread=id_of("root"), answers=id_of("root"))
    await group([read(answer, published=5.5)])
    await group([read(a_mention("root", place="own"), published=6.5)])
    told = [(m.key, m.published) for m in publisher.topics["tagged"]]
    assert told == [(answer.id, 5.5), (id_of("root"), 6.5), (answer.id, 6.5)]


@pytest.mark.parametrize("error", [ParseError("no"), ValueError("no"), OverflowError("no"), KeyError("no")], ids=repr)
async def test_a_mention_that_cannot_be_enriched_is_set_aside(error, publisher, aside):
    """The others go on; it is kept before they are published, with where it stood."""
    words = [plain("1"), plain("2", text="bad"), plain("3")]
    await enrich(publisher, aside, FakeTagger(error))([read(w, n) for n, w in enumerate(words)])
    assert [m.key for m in publisher.topics["enriched"]] == [id_of("1"), id_of("3")]
    ((reason, origin, word),) = quarantined(publisher)
    assert ("no" in reason, origin, word) == (True, "topic[0]@1", words[1])
    assert publisher.order == [QUARANTINE, "enriched"]


async def test_nobodys_mentions_are_set_aside(publisher, aside):
    """Those of an institution that is not in the configuration, and its deletions."""
    words = [plain("1", institution="nowhere"), gone("1", "nowhere")]
    await enrich(publisher, aside, FakeTagger())([read(w) for w in words])
    assert publisher.topics["enriched"] == []
    assert [(word, "'nowhere'" in reason) for reason, _, word in quarantined(publisher)] == [(w, True) for w in words]


# ── group, count ──────────────────────────────────────────────────────────────────────────
class FakeLedger:
    """A fake ledger: nothing is brought back."""

    def __init__(self):
        self.lost = set()

    def take(self, partition):
        return {}


@pytest.fixture
def group(publisher):
    return Group(Stateful(FakeLedger(), "memory", Remembered, Memory, publisher), publisher, "tagged")


@pytest.fixture
def count(publisher):
    return Count(Stateful(FakeLedger(), "cells", Record, lambda r: Tally(r, ZONES), publisher), publisher, "counts")


def published(publisher, topic):
    return [(m.partition, m.key) for m in publisher.topics[topic]]


async def test_grouping_tells_then_remembers(group, publisher):
    """What it tells stands under the mention's id; each partition has a memory of its own."""
    root, answer = a_mention("root", place="own"), a_mention("a", thread=id_of("root"), answers=id_of("root"))
    await group([read(root, partition=1), read(answer, partition=1), read(answer, partition=2)])
    assert publisher.order == ["tagged", "memory"] * 2
    told = [(m.partition, read_tagged(m.value).place) for m in publisher.topics["tagged"]]
    assert told == [(1, "own"), (1, "on_page"), (2, "off_page")]
    assert published(publisher, "memory") == published(publisher, "tagged")
    await group([read(gone("a"), partition=1)])
    assert group.states.held()[1].conversations([answer.id]) == {}


async def test_counting_tells_then_remembers(count, publisher):
    """A cell has one key, so that the last word on it stays; what changes nothing is not told."""
    words = [read(a_mention("1"), partition=1), read(a_mention("2"), partition=1)]
    await count(words)
    await count([read(a_mention("3"), partition=1)])
    await count(words)
    assert publisher.order[:4] == ["counts", "cells"] * 2
    told = [(m.key, msgspec.json.decode(m.value, type=DayCount).count) for m in publisher.topics["counts"]]
    assert [n for _, n in told] == [2, 3]
    assert len({key for key, _ in told}) == 1
    assert {m.key for m in publisher.topics["cells"]} == {id_of(n) for n in "123"}


@pytest.mark.parametrize(("name", "telling", "kept"), [("group", "tagged", "memory"), ("count", "counts", "cells")])
async def test_what_was_not_told_is_not_remembered(name, telling, kept, request, publisher):
    """The process ends, and the next one tells it."""
    publisher.refuses[telling] = OSError("no disk")
    with pytest.raises(OSError, match="no disk"):
        await request.getfixturevalue(name)([read(a_mention("1"))])
    assert publisher.topics[kept] == []


# ── index ─────────────────────────────────────────────────────────────────────────────────
@dataclass
class Fate:
    """What the fake store says of a batch."""

    transient: tuple[int, ...] = ()
    permanent: dict[int, str] = field(default_factory=dict)
    reason: str = "busy"


class FakeStore:
    """A fake store: what it was given, and what it says each time; then it takes everything."""

    def __init__(self, *fates):
        self.given, self._fates = [], list(fates)

    def __call__(self, words):
        self.given.append([w.id for w in words])
        return self._fates.pop(0) if self._fates else Fate()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(steps, "wait_for", lambda tries: 0.0)


BATCH = [read(a_mention(str(n)), n) for n in range(4)]
IDS = [r.word.id for r in BATCH]


async def test_what_the_store_takes_is_given_once(watch, aside):
    """And is told with when it was first seen; deletions have no such time."""
    store = FakeStore()
    await Write("index", store, aside, watch, lambda: 1)([*BATCH, read(gone("9"))])
    assert store.given == [[*IDS, id_of("9")]]
    assert watch.times == [NOW] * 4


async def test_what_may_be_stored_later_is_given_until_it_is(watch, aside, publisher):
    """Only that: positions are those of the last try."""
    store = FakeStore(Fate(transient=(1, 3)), Fate(transient=(1,)), Fate(transient=(0,)))
    await Write("index", store, aside, watch, lambda: 1)(BATCH)
    assert store.given == [IDS, [IDS[1], IDS[3]], [IDS[3]], [IDS[3]]]
    assert watch.told == {("retried", "index"): 3}
    assert (len(watch.times), publisher.order) == (4, [])


async def test_what_never_will_be_stored_is_set_aside(watch, aside, publisher):
    """With the store's reason and where it stood, also in a later try; it is not told as stored."""
    store = FakeStore(Fate(transient=(0, 2), permanent={1: "no date"}), Fate(permanent={1: "too long"}))
    await Write("index", store, aside, watch, lambda: 1)(BATCH)
    items = [msgspec.json.decode(m.value, type=Quarantined) for m in publisher.topics[QUARANTINE]]
    assert [(i.reason, i.origin, i.source) for i in items] == [
        ("no date", "topic[0]@1", "work/index"),
        ("too long", "topic[0]@2", "work/index"),
    ]
    assert [read_tagged(i.raw.encode()).id for i in items] == [IDS[1], IDS[2]]
    assert len(watch.times) == 2


async def test_a_batch_whose_partitions_have_gone_is_given_up(watch, aside):
    """What it still waits for is another worker's; a store that takes all at once is not asked twice."""
    store = FakeStore(Fate(transient=(0,)), Fate(transient=(0,)))
    with pytest.raises(Moved):
        await Write("index", store, aside, watch, lambda: 1 + (len(store.given) == 2))(BATCH)
    assert store.given == [IDS, IDS[:1]]
    await Write("index", FakeStore(), aside, watch, lambda: 1)(BATCH)


async def test_an_item_of_quarantine_that_is_not_taken_is_said(watch, caplog):
    """It has no other quarantine: the log has its place and the reason."""
    await Write("quarantine", FakeStore(Fate(permanent={2: "no date"})), None, watch, lambda: 1)(BATCH)
    assert [r.getMessage() for r in caplog.records] == ["quarantine: the store does not take topic[0]@2: no date"]


async def test_what_the_store_raises_is_not_swallowed(watch, aside):
    """A person has to act: the process ends, nothing is acknowledged."""

    def refuse(_):
        raise PermissionError("you may not")

    with pytest.raises(PermissionError):
        await Write("index", refuse, aside, watch, lambda: 1)(BATCH)
