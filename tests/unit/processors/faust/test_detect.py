"""Detection on the stream hears in order, tells, then remembers; time goes on as far as mentions have come."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import msgspec
import pytest

from corrillo.alerts import Evidence, HourCount, Incident, Subject, Told
from corrillo.attention import Attention
from corrillo.errors import StoreError
from corrillo.health import Hearing
from corrillo.messages import ORIGIN, encode, read_tagged
from corrillo.ports import SourceHealth
from corrillo.testing.attention import an_attention
from corrillo.testing.mentions import NOW, TOWN, a_mention, gone
from processors.faust.detect import HELD, Detect, Time
from processors.faust.step import BROKEN, Aside, Read, Step
from processors.faust.steps import Stateful
from tests.fakes.stream import FakeMessage, FakePublisher, FakeStream, FakeWatch

EVIDENCE = Evidence(channel="crisis", minutes=15, voices=9.0, expected=0.5, low=0.0, high=2.0, surprise=3.0)
TOPICS = {Incident: "alerts", HourCount: "hours", Attention: "attention"}
BEGUN = NOW - timedelta(days=9)
HEARD = SourceHealth("plaza", "town-square", NOW, last_success=NOW, begun=BEGUN, every=60.0)
BLIND = SourceHealth(
    "plaza", "town-square", NOW, begun=BEGUN, every=60.0, failures=3, last_error="no key", refused=True
)


def an_incident(identity="one"):
    whole = Subject(institution=TOWN)
    return Incident(
        id=identity, institution=TOWN, opened=NOW, updated=NOW, level="warning", peak="warning",
        leading=whole, subjects=(whole,), evidence=EVIDENCE, changes=(),
    )  # fmt: skip


def an_hour(hour=495_000, service="water"):
    return HourCount(TOWN, service, "", hour, 3, 2.0, 1.0, 0.0, 0.5, 0.0, 2.0, 1.0)


class FakeWatching:
    """A fake machine: remembers what it was given, and tells an incident, attention and two hours each time."""

    def __init__(self):
        self.given, self.listened, self._changed = [], [], {}

    def hear(self, events):
        self._take("heard", [e.id for e in events])

    def listen(self, heard):
        self.listened.append((len(self.given), heard))

    def advance(self, now, heard):
        self._take(now, heard)

    def told(self):
        return [an_attention(), an_incident(), an_hour(), an_hour(service="")]

    def changed(self):
        changed, self._changed = self._changed, {}
        return changed

    def _take(self, what, said):
        self.given.append((what, said))
        self._changed[f"c{len(self.given)}"] = len(self.given)


class FakeLedger:
    """A fake ledger: nothing is brought back."""

    def __init__(self):
        self.lost = set()

    def take(self, partition):
        return {}


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
def clock():
    return FakeClock()


class FakeClock:
    """A fake clock: it is moved by hand."""

    def __init__(self):
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def detect(publisher, clock):
    states = Stateful(FakeLedger(), "records", int, lambda records: FakeWatching(), publisher)
    return Detect(states, publisher, TOPICS, clock)


def read(word, partition=0):
    message = FakeMessage(encode(word), partition=partition, left={"detect"}, timestamp=AT - 1)
    return Read(word, message.value, partition, f"tagged[{partition}]@0", message)


def published(publisher, topic):
    return [(m.partition, m.key) for m in publisher.topics[topic]]


AT = NOW.timestamp()


# ── telling ───────────────────────────────────────────────────────────────────────────────
async def test_detection_tells_then_remembers(detect, publisher):
    """Each under a key of its own, in the partition of its institution, so that the last word stays."""
    await detect([read(a_mention("1"), 2), read(gone("2"), 2)])
    assert not await detect.release(2, AT + 1)
    assert publisher.order == ["alerts", "hours", "attention", "records"]
    assert published(publisher, "alerts") == [(2, "one")]
    assert published(publisher, "hours") == [(2, f"{TOWN}\x1fwater\x1f\x1f495000"), (2, f"{TOWN}\x1f\x1f\x1f495000")]
    assert published(publisher, "attention") == [(2, an_attention().mention)]
    assert published(publisher, "records") == [(2, "c1")]
    (incident,), (hour, _) = publisher.topics["alerts"], publisher.topics["hours"]
    (attention,) = publisher.topics["attention"]
    said = [msgspec.json.decode(one.value, type=Told) for one in (incident, hour, attention)]
    assert said == [an_incident(), an_hour(), an_attention()]
    assert dict(incident.headers)[ORIGIN] == b"detect"


async def test_each_partition_is_watched_for_itself(detect):
    """By a machine of its own, which is given its mentions in the order in which they were seen."""
    late, early = (a_mention(n, first_seen=NOW + timedelta(seconds=s)) for n, s in (("late", 0), ("early", -5)))
    await detect([read(late, 1), read(a_mention("2"), 2), read(early, 1)])
    for partition in (1, 2):
        await detect.release(partition, AT + 1)
    given = {partition: machine.given for partition, machine in detect.states.held().items()}
    assert given == {1: [("heard", [early.id, late.id])], 2: [("heard", [a_mention("2").id])]}


async def test_what_waits_is_not_done(detect, publisher):
    """It is neither heard nor committed before what is older has come; it is done once it is remembered."""
    waits = read(a_mention("1"))
    await detect([waits])
    waits.message.left.discard("detect")  # as the step does after the batch
    assert not await detect.release(0, AT - 1)
    assert (waits.message.left, publisher.order) == ({HELD}, [])
    assert not await detect.release(0, AT + 1)
    assert (waits.message.acked, publisher.order[-1]) == (True, "records")


async def test_much_is_heard_in_parts(detect, monkeypatch):
    """Others have their turn in between."""
    monkeypatch.setattr("processors.faust.detect.AT_ONCE", 2)
    await detect([read(a_mention(str(n))) for n in range(3)])
    assert [await detect.release(0, AT + 1) for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize("telling", ["alerts", "hours", "attention"])
@pytest.mark.parametrize("what", ["a mention", "time"])
async def test_what_was_not_told_is_not_remembered(detect, publisher, telling, what):
    """The process ends, and the next one tells it: its mentions are not done."""
    publisher.refuses[telling] = OSError("no disk")
    waits = read(a_mention("1"))
    await detect([waits])
    with pytest.raises(OSError, match="no disk"):
        await (detect.release(0, AT + 1) if what == "a mention" else detect.advance(0, NOW, Hearing()))
    assert (publisher.topics["records"], waits.message.acked) == ([], False)


# ── time ──────────────────────────────────────────────────────────────────────────────────
class FakeFlow:
    """A fake flow: up to when everything has come, by partition, and which partitions have moved since."""

    def __init__(self):
        self.come, self.moved, self.asked = {0: AT + 1}, set(), 0

    def through(self):
        self.asked += 1
        return self.come

    def ours(self):
        return self.come.keys() - self.moved


class Town:
    """Time with everything around it: what the store says, what comes, what the clock shows."""

    def __init__(self, detect, clock, publisher, watch):
        aside = Aside(publisher, "quarantine", str, clock, watch)
        self.detect, self.says, self.flow, self.clock = detect, [HEARD], FakeFlow(), clock
        self.step = Step("detect", read_tagged, detect, aside, watch)
        self.time = Time(detect, self.step, self._healths, self.flow, clock)

    async def round(self, minutes=0.0):
        """One round, so many minutes later; everything has come by then."""
        self.clock.now += timedelta(minutes=minutes)
        if minutes:
            self.flow.come = dict.fromkeys(self.flow.come, self.clock.now.timestamp())
        await self.time.round()

    def _healths(self):
        if isinstance(self.says, Exception):
            raise self.says
        return self.says

    @property
    def given(self):
        return {partition: machine.given for partition, machine in self.detect.states.held().items() if machine.given}


@pytest.fixture
def town(detect, clock, publisher):
    return Town(detect, clock, publisher, FakeWatch())


async def test_a_round_hears_what_need_not_wait_then_lets_time_go_on(town, publisher):
    """In every partition that is ours, with what can be heard; what that changes is told, and remembered."""
    town.flow.come = {1: AT + 1, 3: AT + 1}
    await town.detect([read(a_mention("1"), 3)])
    await town.round()
    went_on = (NOW, Hearing(("plaza",)))
    assert town.given == {1: [went_on], 3: [("heard", [a_mention("1").id]), went_on]}
    assert publisher.order == ["alerts", "hours", "attention", "records"] * 3


async def test_what_could_not_be_heard_is_known_before_mentions_move_time_over_it(town):
    """After an outage the first mention would else make a calm of it."""
    await town.detect([read(a_mention("1"))])
    await town.round()
    assert town.detect.states.of(0).listened == [(0, Hearing(("plaza",)))]


async def test_all_that_need_not_wait_is_heard_in_one_round(town, monkeypatch):
    """In parts, if it is much; how far everything has come is asked once."""
    monkeypatch.setattr("processors.faust.detect.AT_ONCE", 2)
    await town.detect([read(a_mention(str(n))) for n in range(5)])
    await town.round()
    assert [len(ids) for what, ids in town.given[0] if what == "heard"] == [2, 2, 1]
    assert town.flow.asked == 1


async def test_time_never_runs_ahead_of_the_mentions(town):
    """It goes on to where they have come; where they are far behind, or nobody knows how far, they move it themselves."""
    town.flow.come = {0: AT - 3, 1: AT - 3600, 2: 0.0}
    await town.round()
    assert town.given == {0: [(NOW - timedelta(seconds=3), Hearing(("plaza",)))]}


async def test_time_goes_on_now_and_then(town):
    """Not each time that mentions are looked after."""
    for _ in range(4):
        await town.round(minutes=0.05)
    assert [now - NOW for now, _ in town.given[0]] == [timedelta(minutes=0.05), timedelta(minutes=0.15)]


async def test_nothing_is_done_for_partitions_that_have_moved(town):
    """Neither heard, nor told."""
    await town.detect([read(a_mention("1"))])
    town.flow.moved = {0}
    await town.round()
    assert town.given == {}


async def test_what_was_heard_last_holds_while_the_store_is_away(town, caplog):
    """Said once; a source is not blind because the store does not answer, nor heard again."""
    town.says = [BLIND]
    await town.round()
    town.says = StoreError("is not there", "start it")
    for _ in range(2):
        await town.round(minutes=30)
    heard = [heard for _, heard in town.given[0]]
    assert heard == [heard[0]] * 3
    assert heard[0].blind == ("plaza",)
    assert [now - NOW for now, _ in town.given[0]] == [timedelta(minutes=n) for n in (0, 30, 60)]
    assert len([r for r in caplog.records if "is not there" in r.getMessage()]) == 1


async def test_before_the_store_has_ever_answered_time_is_what_the_mentions_say(town):
    """What could be heard is unknown, which is neither all nor nothing."""
    town.says = StoreError("is not there", "start it")
    await town.detect([read(a_mention("1"))])
    await town.round()
    assert [what for what, _ in town.given[0]] == ["heard"]
    town.says = [HEARD]
    await town.round(minutes=1)
    assert len(town.given[0]) == 2


async def test_time_does_not_pass_while_a_batch_is_taken(town, publisher):
    """Nor is one taken while time passes."""
    begun, go_on = asyncio.Event(), asyncio.Event()
    publish = publisher.publish

    async def slowly(step, topic, messages):
        begun.set()
        await go_on.wait()
        await publish(step, topic, messages)

    publisher.publish = slowly
    passing = asyncio.create_task(town.round())
    await begun.wait()
    working = asyncio.create_task(town.step(FakeStream([FakeMessage(encode(a_mention("1")))])))
    await asyncio.sleep(0.01)
    assert len(town.detect.holding) == 0
    go_on.set()
    await asyncio.gather(passing, working)
    assert len(town.detect.holding) == 1


async def test_time_that_cannot_be_told_ends_the_process(town, publisher, exits):
    """What was told in part is told again by the next one; a batch after it would remember what was not told."""
    publisher.refuses["hours"] = OSError("no disk")
    with pytest.raises(Ended):
        await town.round()
    assert exits == [BROKEN]
