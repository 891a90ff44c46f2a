"""Bad input that needs a real store, a listener or a process of its own; ``tests/bad_input.py`` lists all kinds."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from corrillo.errors import StoreError
from corrillo.health import judge
from corrillo.institution import Institution
from corrillo.listen import Heard, Listener
from corrillo.model import Author, Batch, Cursor, Deletion, Mention, Post, Tagging
from corrillo.pipeline import Pipeline, commit
from corrillo.ports import Query, SourceHealth
from corrillo.registry import tagger
from corrillo.sink import StoreSink
from corrillo.testing.mentions import a_mention, id_of, write
from ingest.protect import Pseudonyms
from stores.sqlite import SqliteStore
from tests.bad_input import KINDS
from tests.fakes.source import NOW, FakeSource, post

ROOT = Path(__file__).parents[2]
TOWN = Institution(id="valdeprado", name="Ayuntamiento de Valdeprado", aliases=("Valdeprado",))
KEY = Pseudonyms(b"a key that only tests use")


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
    with closing(SqliteStore(tmp_path / "mentions.db", {TOWN.id: TOWN.time_zone}, clock)) as opened:
        yield opened


@pytest.fixture
def told(store: SqliteStore, clock: Clock) -> Callable[..., Any]:
    """Commits items as one batch of a source, as the listener does."""
    pipeline = Pipeline([TOWN], tagger("learned"), KEY)

    def tell(*items: Post | Deletion, state: str = "1") -> Any:
        batch = Batch(cursor=Cursor(source="fake", state=state), items=items)
        return commit(pipeline.run(batch, "fake", clock()), batch, store, pipeline.institutions)

    return tell


def texts(store: SqliteStore) -> list[str]:
    return sorted(m.text for m in store.find(Query(), limit=1000).mentions)


def health(store: SqliteStore) -> SourceHealth:
    (one,) = store.health()
    return one


# ── the table ─────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def collected(request: pytest.FixtureRequest) -> set[str]:
    """The node ids, without parameters, of all tests of the table: of this run, and of files that it has not collected."""
    here = {item.nodeid.partition("[")[0] for item in request.session.items}
    named = {test for _, tests in KINDS.values() for test in tests}
    files = sorted({test.partition("::")[0] for test in named if not _is_there(test, here)})
    return here | _collected_in(files) if files else here


def _collected_in(files: Sequence[str]) -> set[str]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *files]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert said.returncode == 0, said.stdout[-3000:]
    return {line.partition("[")[0] for line in said.stdout.splitlines() if "::" in line}


def test_every_kind_has_a_test(collected: set[str]) -> None:
    """The table names sixty-two kinds, and each test that it names is there."""
    assert list(KINDS) == list(range(1, 63))
    missing = [(n, t) for n, (_, tests) in KINDS.items() for t in tests if not _is_there(t, collected)]
    assert missing == []
    assert all(name and tests for name, tests in KINDS.values())


def _is_there(test: str, collected: set[str]) -> bool:
    return any(c.startswith(test[:-1]) for c in collected) if test.endswith("*") else test in collected


# ── networks ──────────────────────────────────────────────────────────────────────────────
def test_kind_32_an_account_is_deleted_with_its_ten_thousand_posts(
    store: SqliteStore, told: Callable[..., Any]
) -> None:
    """Each of them goes and none comes back, in one batch; nobody else's does. Days lose what was theirs."""
    theirs = [post(n, author=Author(handle="busy")) for n in range(10_000)]
    told(*theirs[:9_990], post(20_000, author=Author(handle="ana")))
    written = told(*theirs[9_990:], Deletion(network="fake", at=NOW, author="busy"), post(20_001), state="2")
    assert (written.new, written.deleted) == (1, 9_990)
    assert texts(store) == ["Mensaje 20000 sobre Valdeprado", "Mensaje 20001 sobre Valdeprado"]
    assert told(*theirs, state="3").refused == 10_000
    assert sum(c.count for c in store.day_counts(TOWN.id) if not c.tag) == store.count(Query()) == 2


# ── the machine ───────────────────────────────────────────────────────────────────────────
@contextmanager
def as_nobody() -> Iterator[None]:
    """While it lasts, root may not do what others may not."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_kind_50_a_folder_in_which_nothing_may_be_written(tmp_path: Path) -> None:
    """No store is made there; the path and its permissions are named."""
    folder = tmp_path / "readonly"
    folder.mkdir(mode=0o555)
    tmp_path.chmod(0o755)
    with as_nobody(), pytest.raises(StoreError) as caught:
        SqliteStore(folder / "corrillo.db", {}, lambda: NOW)
    assert str(folder) in caught.value.message
    assert "permissions" in caught.value.remedy
    assert list(folder.iterdir()) == []


def _write_over_quota(path: Path, said: Any) -> None:
    """Write until the system refuses more, as with a quota: no file may be larger than it is by half a megabyte."""
    with closing(SqliteStore(path, {TOWN.id: TOWN.time_zone}, lambda: NOW)) as store:
        allowed = max(f.stat().st_size for f in path.parent.iterdir()) + 500_000
        resource.setrlimit(resource.RLIMIT_FSIZE, (allowed, resource.RLIM_INFINITY))
        try:
            write(store, *(a_mention(f"more-{n}", "palabras y más palabras " * 90) for n in range(2_000)))
        except StoreError as error:
            said.put((error.message, error.remedy, store.count(Query())))
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        said.put(write(store, a_mention("after")).new)


def test_kind_50_a_quota_that_is_used_up(tmp_path: Path) -> None:
    """Nothing of the batch is there, what was there stays, it is said with what to do, and there is a way on."""
    path = tmp_path / "corrillo.db"
    with closing(SqliteStore(path, {TOWN.id: TOWN.time_zone}, lambda: NOW)) as store:
        write(store, a_mention("before"))
    context = multiprocessing.get_context("spawn")
    said = context.Queue()
    process = context.Process(target=_write_over_quota, args=(path, said))
    process.start()
    message, remedy, count = said.get(timeout=60)
    assert str(path) in message
    assert "disk" in f"{message} {remedy}"
    assert count == 1
    assert said.get(timeout=60) == 1
    process.join(60)
    with closing(SqliteStore(path, {TOWN.id: TOWN.time_zone}, lambda: NOW)) as store:
        assert {m.id for m in store.find(Query()).mentions} == {id_of("before"), id_of("after")}


def test_kind_52_a_clock_that_is_set_back_by_a_day(store: SqliteStore, told: Callable[..., Any], clock: Clock) -> None:
    """What is said meanwhile is kept once, under the time at which it was published; its source is not blind, now or later."""
    told(post(1, published=NOW - timedelta(minutes=5)))
    clock.now = NOW - timedelta(days=1)
    told(post(2, published=NOW + timedelta(minutes=1)), post(1, published=NOW - timedelta(minutes=5)), state="2")
    assert judge(health(store), clock.now).listening
    clock.now = NOW + timedelta(minutes=2)
    told(post(3, published=NOW + timedelta(minutes=2)), state="3")
    assert len(texts(store)) == 3
    assert [m.published for m in store.find(Query()).mentions] == [NOW + timedelta(minutes=m) for m in (2, 1, -5)]
    assert judge(health(store), clock.now).state == "fresh"
    assert store.cursor("fake") == Cursor(source="fake", state="3")


class Listening:
    """A listener whose waits end at once; its tagger has too little memory the first ``failing`` times."""

    def __init__(self, store: SqliteStore, clock: Clock, failing: int = 0) -> None:
        self.failing = failing
        self.seen: list[tuple[int, Cursor | None, str]] = []
        self._store, self._clock = store, clock
        pipeline = Pipeline([TOWN], self._tags, KEY)
        self.listener = Listener(pipeline, StoreSink(store, pipeline), clock, sleep=self._sleep)

    def _tags(self, mention: Mention) -> Tagging:
        if self.failing:
            self.failing -= 1
            raise MemoryError
        return Tagging()

    async def _sleep(self, seconds: float) -> None:
        one = next(iter(self._store.health()), None)
        self.seen.append((self._store.count(Query()), self._store.cursor("fake"), one.last_error if one else ""))
        await asyncio.sleep(0)

    async def to_its_end(self, source: FakeSource) -> None:
        try:
            async with asyncio.timeout(60):
                await self.listener.run([Heard(source)])
        finally:
            self.listener.close()


async def test_kind_54_memory_runs_out_for_a_batch(store: SqliteStore, clock: Clock) -> None:
    """It is no fault of a post: nothing goes to quarantine, the cursor stands, and the batch is read again when there is room."""
    listening = Listening(store, clock, failing=2)
    await listening.to_its_end(FakeSource([post(1), post(2)], [post(3)], interval=0))
    assert [(count, cursor) for count, cursor, _ in listening.seen] == [(0, None)] * 2
    assert all("MemoryError" in said for _, _, said in listening.seen)
    assert len(texts(store)) == 3
    assert store.quarantined() == []


async def test_kind_55_a_listener_that_stood_still_for_ten_minutes(store: SqliteStore, clock: Clock) -> None:
    """Whoever looks meanwhile sees its source blind; when it goes on it reads on, loses nothing, and the gap is in the ledger."""
    source = FakeSource([post(1)], interval=60.0)
    await Listening(store, clock).listener.drain(Heard(source))
    begun = clock.now
    clock.now += timedelta(minutes=10)
    assert (judge(health(store), clock.now).state, judge(health(store), clock.now).proof) == ("blind", "overdue")
    source.script += [[post(2, published=begun + timedelta(minutes=5))]]
    source.interval = 0
    await Listening(store, clock).to_its_end(source)
    assert source.asked == [0, 1]
    assert len(texts(store)) == 2
    assert [(g.since, g.until, g.filled) for g in health(store).gaps] == [(begun, clock.now, "resumed")]
