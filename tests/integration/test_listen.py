"""The listener in this process: fake sources on one side, a real SQLite store on the other."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from corrillo.errors import SourceRefused, SourceUnavailable, StoreError
from corrillo.housekeeping import keep_house
from corrillo.institution import Institution
from corrillo.listen import FIRST_WAIT, LONGEST_WAIT, Heard, Listener, Progress
from corrillo.lookups import LAST_LOOK
from corrillo.model import Batch, Cursor, Deletion, Gap, Items, Mention, Tagging
from corrillo.pipeline import Pipeline
from corrillo.ports import Query, SourceHealth
from corrillo.sink import StoreSink
from ingest.protect import Pseudonyms
from stores.sqlite import SqliteStore
from tests.fakes.source import NOW, FakeSource, FakeWorld, post

TOWN = Institution(id="valdeprado", name="Ayuntamiento de Valdeprado", aliases=("Valdeprado",), retention_days=30)


def no_tags(mention: Mention) -> Tagging:
    """A fake tagger that finds nothing: tags are not what is tested here."""
    return Tagging()


class Clock:
    """A fake clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "mentions.db", {TOWN.id: TOWN.time_zone}, clock)
    yield opened
    opened.close()


@pytest.fixture
def said() -> list[tuple[str, str]]:
    """What the listener told of its sources: name and state, in order."""
    return []


@pytest.fixture
def listener(store: SqliteStore, clock: Clock, said: list[tuple[str, str]]) -> Iterator[Listener]:
    pipeline = Pipeline([TOWN], no_tags, Pseudonyms(b"a key for tests only"))

    def note(progress: Progress) -> None:
        said.append((progress.name, progress.state))

    listener = Listener(pipeline, StoreSink(store, pipeline), clock, note)
    yield listener
    listener.close()


@pytest.fixture
def waits(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were asked of the listener's sleep and of asyncio's; nobody really sleeps, and after 12 nobody wakes up."""
    asked: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float, *_: object) -> None:
        asked.append(seconds)
        if len(asked) > 12:
            await asyncio.Event().wait()
        await real(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr(listener, "_sleep", sleep)
    return asked


async def come_true(true: Callable[[], Any]) -> None:
    """Go on when ``true`` is, within a minute."""
    deadline = time.monotonic() + 60
    turn = asyncio.get_running_loop()
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        await turn.run_in_executor(None, threading.Event().wait, 0.01)


@asynccontextmanager
async def listening(listener: Listener, *sources: FakeSource) -> AsyncIterator[asyncio.Task[None]]:
    """The listener at work on ``sources``; cancelled at the end."""
    task = asyncio.create_task(listener.run([Heard(s) for s in sources]))
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def texts(store: SqliteStore) -> list[str]:
    return sorted(m.text for m in store.find(Query(), limit=1000).mentions)


def health(store: SqliteStore, name: str = "fake") -> SourceHealth:
    return next(h for h in store.health() if h.source == name)


async def test_a_source_that_fails_is_asked_again_and_hurts_no_other(
    listener: Listener, store: SqliteStore, waits: list[float], said: list[tuple[str, str]]
) -> None:
    """It resumes where it was; what is wrong is said and kept, whatever kind of error it is."""
    failing = FakeSource(
        [post(1)], SourceUnavailable("the well is dry", "wait"), [post(2)], name="failing", streams=True
    )
    strange = FakeSource(ZeroDivisionError("a mistake of ours"), [post(3)], name="strange", streams=True)
    steady = FakeSource([post(4)], [post(5)], name="steady", streams=True)
    async with listening(listener, failing, strange, steady):
        await come_true(lambda: store.count(Query()) == 5)
        await come_true(lambda: failing.asked == [0, 1])
    assert texts(store) == [f"Mensaje {n} sobre Valdeprado" for n in range(1, 6)]
    assert strange.asked == [0, 0]
    assert (steady.asked, steady.left) == ([0], 1)
    assert ("failing", "failing (1×): the well is dry") in said
    assert ("strange", "failing (1×): ZeroDivisionError, a fault of this source") in said
    assert [name for name, state in said if name == "steady" and "failing" in state] == []


async def test_waits_grow_while_a_source_fails_and_its_failures_are_counted(
    listener: Listener, store: SqliteStore, waits: list[float]
) -> None:
    """Each wait is of a span twice as long as the one before, up to the longest; a success ends the count."""
    script = [SourceUnavailable("later", "wait") for _ in range(11)]
    source = FakeSource(*script, name="fake", streams=True)
    async with listening(listener, source):
        await come_true(lambda: len(waits) == 11)
        await come_true(lambda: len(source.asked) == 12)
        assert health(store).failures == 11
        assert health(store).last_error == "later"
    spans = [min(LONGEST_WAIT, FIRST_WAIT * 2**n) for n in range(11)]
    assert all(span / 2 <= wait <= span for wait, span in zip(waits, spans, strict=True))
    async with listening(listener, FakeSource([post(1)], interval=0)) as task:
        await task
    assert (health(store).failures, health(store).last_error) == (0, "")


async def test_a_stream_that_breaks_off_after_a_good_while_is_opened_again_at_once(
    listener: Listener, waits: list[float], clock: Clock
) -> None:
    """It ends only by failing: ten breaks in as many hours are no ten failures in a row."""

    class Breaking(FakeSource):
        async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
            number = len(waits) + 1
            yield Batch(cursor=Cursor(source=self.name, state='{"at": 0}'), items=(post(number),))
            clock.now += timedelta(hours=1)
            raise SourceUnavailable("the server restarts", "it is opened again by itself")

    async with listening(listener, Breaking([post(1)], interval=10.0)):
        await come_true(lambda: len(waits) >= 10)
    assert all(FIRST_WAIT / 2 <= wait <= FIRST_WAIT for wait in waits[:10])


@pytest.mark.parametrize(
    ("error", "least", "most"),
    [
        (SourceUnavailable("slow down", "wait", retry_after=37.5), 37.5, 37.5),
        (SourceUnavailable("slow down", "wait", retry_after=3600.0), 3600.0, 3600.0),
        (SourceUnavailable("now", "wait", retry_after=0.0), FIRST_WAIT, FIRST_WAIT),
        (SourceUnavailable("later", "wait"), FIRST_WAIT / 2, FIRST_WAIT),
        (SourceRefused("no token", "get one"), FIRST_WAIT / 2, FIRST_WAIT),
    ],
)
async def test_a_wait_that_the_network_names_is_kept(
    listener: Listener, waits: list[float], error: Exception, least: float, most: float
) -> None:
    """Retry-After to the second; but nobody is asked in a circle because they said 0."""
    source = FakeSource(error, streams=True)
    async with listening(listener, source):
        await come_true(lambda: len(source.asked) == 2)
    assert len(waits) == 1
    assert least <= waits[0] <= most


async def test_a_source_that_has_ended_is_asked_again_after_its_interval(
    listener: Listener, waits: list[float]
) -> None:
    """A tenth more or less, so that many sources do not knock together; interval 0 means never again."""
    source = FakeSource([post(1)], interval=300.0)
    async with listening(listener, source):
        await come_true(lambda: len(waits) >= 4)
    assert all(270 <= wait <= 330 for wait in waits)
    assert source.asked[:3] == [0, 1, 1]
    once = FakeSource([post(1)], name="once", interval=0)
    await asyncio.wait_for(listener.run([Heard(once)]), 60)
    assert once.asked == [0]


class BreakingStore:
    """The real store, except that its units break, so many times, at one of their steps: a fake disaster."""

    def __init__(self, store: SqliteStore, step: str, times: int) -> None:
        self._store = store
        self._step = step
        self.times = times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def unit(self) -> Iterator[Any]:
        with self._store.unit() as unit:
            if self.times:
                self.times -= 1
                setattr(unit, self._step, self._broken)
            yield unit

    def _broken(self, *_: object) -> None:
        raise StoreError("the disk is full", "free some space")


@pytest.mark.parametrize("step", ["write", "quarantine", "advance"])
async def test_a_batch_and_its_cursor_are_stored_together_or_not_at_all(
    listener: Listener, store: SqliteStore, waits: list[float], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Broken off at any step, nothing of it is there and the cursor stands; the source gives it again, and it is there once."""
    breaking = BreakingStore(store, step, times=2)
    source = FakeSource([post(1), post(2)], [post(3)], streams=True)
    seen: list[tuple[int, Cursor | None]] = []
    note = store.note_failure

    def look(*args: Any) -> None:
        seen.append((store.count(Query()), store.cursor("fake")))
        note(*args)

    monkeypatch.setattr(store, "note_failure", look)
    monkeypatch.setattr(listener, "_sink", StoreSink(breaking, listener._pipeline))
    async with listening(listener, source):
        await come_true(lambda: store.count(Query()) == 3)
    assert seen == [(0, None), (0, None)]
    assert source.asked == [0, 0, 0]
    assert len(texts(store)) == 3
    assert store.cursor("fake") == Cursor(source="fake", state='{"at": 2}')
    assert sum(c.count for c in store.day_counts(TOWN.id) if not c.tag) == 3


async def test_cancelling_ends_everything(listener: Listener, store: SqliteStore) -> None:
    """Sources that wait are left in order, what was being written is written, no thread is left."""
    sources = [FakeSource([post(n)], name=f"fake{n}", streams=True) for n in range(5)]
    task = asyncio.create_task(listener.run([Heard(s) for s in sources]))
    await come_true(lambda: store.count(Query()) == 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    listener.close()
    assert [s.left for s in sources] == [1] * 5
    assert [t.name for t in threading.enumerate() if t.name.startswith("writer")] == []
    assert [t for t in asyncio.all_tasks() if t is not asyncio.current_task()] == []


async def test_posts_that_have_vanished_become_deletions(
    listener: Listener, store: SqliteStore, waits: list[float], clock: Clock
) -> None:
    """Once it has been read, what is due is looked up again: gone ones go for good, changed ones change, the cursor stands."""
    old = post(9, published=NOW - LAST_LOOK - timedelta(days=1))
    source = FakeWorld([post(1), post(2), post(3), old], interval=60)
    now: dict[str, Any] = {
        "fake/1": Deletion(network="fake", ref="fake/1", at=NOW),
        "fake/2": post(2, "Otra cosa sobre Valdeprado", revised=NOW),
        "fake/3": post(3),
    }
    source.look = now.get
    async with listening(listener, source):
        await come_true(lambda: source.looked and len(waits) >= 3)
        await come_true(lambda: len(texts(store)) == 3)
    assert source.looked[0] == ["fake/1", "fake/2", "fake/3"]
    assert texts(store) == ["Mensaje 3 sobre Valdeprado", "Mensaje 9 sobre Valdeprado", "Otra cosa sobre Valdeprado"]
    assert store.cursor("fake") == Cursor(source="fake", state='{"at": 1}')
    async with listening(listener, FakeSource([post(1), post(2)], name="replayed", interval=0)) as task:
        await task
    assert "Mensaje 1 sobre Valdeprado" not in texts(store)
    assert "Otra cosa sobre Valdeprado" in texts(store)


class ThreadedSource(FakeSource):
    """A fake source whose posts all have one answer, which names nobody."""

    async def thread(self, ref: str) -> Items:
        number = int(ref.partition("/")[2])
        answer = post(number + 100, "Aquí tampoco, desde el martes", answers=f"post-{number}", thread=f"post-{number}")
        return Items(items=(post(number), answer))


async def test_answers_that_name_nobody_are_kept_in_the_thread_that_is_about_us(
    listener: Listener, store: SqliteStore, waits: list[float]
) -> None:
    """They were looked for, and both say when; what nobody looked for stays unknown; reading's health does not heed them."""
    source = ThreadedSource([post(1), post(2, published=NOW)], interval=60)
    async with listening(listener, source):
        await come_true(lambda: len(texts(store)) == 3)
    found = {m.text: m for m in store.find(Query(), limit=10).mentions}
    asked, answer = found["Mensaje 1 sobre Valdeprado"], found["Aquí tampoco, desde el martes"]
    assert answer.thread == asked.thread
    assert [(r.kind, r.term) for r in answer.reasons] == [("reply", "thread")]
    assert [r.kind for r in asked.reasons] == ["alias"]
    assert (asked.looked, answer.looked) == (NOW, NOW)
    assert found["Mensaje 2 sobre Valdeprado"].looked is None
    assert (health(store).seen, health(store).kept) == (2, 2)


async def test_a_gap_is_backfilled_by_itself(
    listener: Listener, store: SqliteStore, waits: list[float], clock: Clock
) -> None:
    """What the source says it has missed is asked for, marked, and the ledger says so."""
    gap = Gap(since=NOW - timedelta(hours=5), until=NOW - timedelta(hours=3), why="the window rolled over")

    class Backfilling(FakeSource):
        async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
            async for batch in super().fetch(cursor):
                yield msgspec.structs.replace(batch, missed=(gap,))

        async def backfill(self, since: datetime, until: datetime) -> AsyncIterator[Items]:
            yield Items(items=(post(7, published=since),))

    async with listening(listener, Backfilling([post(1)], interval=60)):
        await come_true(lambda: any(g.filled for h in store.health() for g in h.gaps))
    assert [(g.why, g.filled) for g in health(store).gaps] == [("the window rolled over", "backfilled")]
    marked = {m.text: m.backfilled for m in store.find(Query(), limit=10).mentions}
    assert marked == {"Mensaje 1 sobre Valdeprado": False, "Mensaje 7 sobre Valdeprado": True}


async def test_housekeeping_goes_on_after_the_store_has_failed(
    listener: Listener, store: SqliteStore, waits: list[float], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is past retention goes at the next try, which comes sooner than the next day; the counts stay."""
    await listener.drain(Heard(FakeSource([post(1)])))
    clock.now += timedelta(days=31)
    await listener.drain(Heard(FakeSource([post(2)], name="later")))
    purge, broken = store.purge, iter([True])

    def once(*args: Any) -> int:
        if next(broken, False):
            raise StoreError("the store is locked", "wait")
        return purge(*args)

    monkeypatch.setattr(store, "purge", once)
    task = asyncio.create_task(keep_house(store, [TOWN], clock, lambda said: None))
    await come_true(lambda: len(waits) >= 2)
    task.cancel()
    assert texts(store) == ["Mensaje 2 sobre Valdeprado"]
    assert waits[0] < waits[1] == 24 * 3600
    assert sum(c.count for c in store.day_counts(TOWN.id) if not c.tag) == 2
