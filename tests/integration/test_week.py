"""A simulated week of each trouble: no hour of failure is counted as calm, and no calm hour as failure.

Real sources, the real listener and the real SQLite store; the servers are fakes, and so is the time: it goes on
when the listener sleeps. People say something in every waking hour, also while nobody hears it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from corrillo.health import LISTENING, State, heard, judge
from corrillo.institution import Institution
from corrillo.listen import Heard, Listener
from corrillo.model import Batch, Cursor, Deletion, Post, Tagging
from corrillo.pipeline import Pipeline
from corrillo.ports import Source, SourceHealth
from corrillo.registry import SourceContext
from corrillo.sink import StoreSink
from ingest.bluesky import Bluesky, BlueskyConfig
from ingest.feed import Feed, FeedConfig
from ingest.http import PoliteClient
from ingest.mastodon import Mastodon, MastodonConfig
from ingest.protect import Pseudonyms
from stores.sqlite import SqliteStore
from tests.fakes.feed import FakeFeed
from tests.fakes.jetstream import FakeJetstream
from tests.fakes.mastodon import FakeMastodon

TOWN = Institution(id="benialba", name="Ajuntament de Benialba", aliases=("Benialba",), hashtags=("#Benialba",))
BEGIN = datetime(2026, 11, 9, 0, 0, tzinfo=UTC)
"""A Monday."""
HOUR = timedelta(hours=1)
END = BEGIN + timedelta(days=7)
EVERY = 2400.0


class Over(Exception):
    """The week is over."""


@dataclass
class Time:
    """The fake time. ``on_move`` makes happen what is due; at the end of every hour ``look`` is called."""

    now: datetime = BEGIN
    on_move: Callable[[datetime], None] = lambda now: None
    look: Callable[[datetime], None] = lambda now: None

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """What the listener calls to sleep."""
        self.go(self.now + timedelta(seconds=seconds))
        await asyncio.sleep(0)

    def go(self, then: datetime) -> None:
        """Go on until ``then``. Raises Over."""
        while (hour := (self.now + HOUR).replace(minute=0, second=0, microsecond=0)) <= then:
            self.look(hour - timedelta(seconds=1))
            self.now = hour
            if hour >= END:
                raise Over
        self.now = then
        self.on_move(then)


@dataclass(frozen=True)
class Trouble:
    """From ``since`` to ``until``, whole hours."""

    since: datetime
    until: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.since <= moment < self.until


@dataclass
class People:
    """What is said: one to four posts in each waking hour, hardly any at night; a day before the week as well."""

    seed: int
    said: int = 0
    moments: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        hour = BEGIN - timedelta(days=1)
        while hour < END:
            awake = 7 <= hour.hour < 22
            count = chance.randint(1, 4) if awake else int(chance.random() < 0.05)
            self.moments += sorted(hour + timedelta(seconds=chance.randrange(3600)) for _ in range(count))
            hour += HOUR

    def until(self, now: datetime) -> Iterator[tuple[int, datetime]]:
        """What has been said by ``now`` and was not given before."""
        while self.said < len(self.moments) and self.moments[self.said] <= now:
            self.said += 1
            yield self.said, self.moments[self.said - 1]


class OnlyRead:
    """A real source without its abilities: what is tried here is reading."""

    def __init__(self, source: Source) -> None:
        self.name, self.network, self.interval = source.name, source.network, source.interval
        self._source = source

    def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        return self._source.fetch(cursor)

    def parse(self, raw: str) -> Sequence[Post | Deletion]:
        return self._source.parse(raw)

    async def close(self) -> None:
        await self._source.close()


@dataclass
class Week:
    """One source through one week; ``states`` at the end of every hour."""

    folder: Path
    time: Time
    client: PoliteClient
    states: list[tuple[datetime, State]] = field(default_factory=list)
    health: SourceHealth = field(default_factory=lambda: SourceHealth("s", ""))

    def context(self) -> SourceContext:
        return SourceContext([TOWN], self.time, self.client, {}, str(self.folder))

    async def live(self, source: Source, people: Callable[[], Any] | None = None) -> None:
        """Listen until the week is over; ``people`` is what else happens meanwhile."""
        store = SqliteStore(self.folder / "mentions.db", {TOWN.id: TOWN.time_zone}, self.time)
        pipeline = Pipeline([TOWN], lambda mention: Tagging(), Pseudonyms(b"a key for tests only"))
        listener = Listener(pipeline, StoreSink(store, pipeline), self.time, sleep=self.time.sleep)

        def look(now: datetime) -> None:
            self.health = next(iter(store.health()), self.health)
            self.states.append((now, judge(self.health, now).state))

        self.time.look = look
        self.read_to = lambda: next(iter(store.health()), self.health).read_to
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(listener.run([Heard(OnlyRead(source))]))
                if people is not None:
                    group.create_task(people())
        except* Over:
            self.health = next(iter(store.health()))
        finally:
            listener.close()
            store.close()


@pytest.fixture
async def week(tmp_path: Path) -> AsyncIterator[Week]:
    time = Time()
    looks = count()  # no pace is waited for: every look at the watch is a second later
    client = PoliteClient(time, timeout=5, timer=lambda: time.now.timestamp() + next(looks))
    yield Week(tmp_path, time, client)
    await client.close()


def check(week: Week, trouble: Trouble) -> None:
    """Every hour is what it was: at its end, and in the ledger when the week is over."""
    assert len(week.states) == 7 * 24
    wrong = [(str(at), state) for at, state in week.states if (at in trouble) == (state in LISTENING)]
    assert wrong == []
    hours = [BEGIN + n * HOUR for n in range(7 * 24)]
    ledger = {hour: heard(week.health, hour, hour + HOUR, END) for hour in hours}
    assert [str(h) for h in hours if h in trouble and ledger[h] == "heard"] == []
    beside = Trouble(trouble.since - HOUR, trouble.until + HOUR)  # the last success before, and the first after it
    assert [(str(h), ledger[h]) for h in hours[1:] if h not in beside and ledger[h] != "heard"] == []


FROM_THE_MORNING = Trouble(BEGIN + timedelta(days=2, hours=9), BEGIN + timedelta(days=3, hours=9))
FROM_THE_NIGHT = Trouble(BEGIN + timedelta(days=4, hours=2), BEGIN + timedelta(days=4, hours=20))


async def test_an_expired_token(week: Week) -> None:
    """The server answers 401: blind until somebody acts, also at night."""
    people, trouble = People(1), FROM_THE_MORNING
    with FakeMastodon() as server:
        broken: list[object] = []

        def happens(now: datetime) -> None:
            for number, moment in people.until(now):
                server.world.publish(f"Otra vez sin agua {number} #Benialba", at=moment)
            if (now in trouble) != bool(broken):
                broken[:] = [] if broken else [server.break_(status=401)]
                if not broken:
                    server.mend()

        week.time.on_move = happens
        happens(BEGIN)
        config = MastodonConfig(kind="mastodon", name="fedi", instance=server.base, interval=EVERY)
        await week.live(Mastodon(config, week.context()))
    check(week, trouble)
    assert {state for at, state in week.states if at in trouble} == {"blind"}
    assert week.health.kept >= len(people.moments) * 0.9


def _publish(server: FakeFeed, people: People, now: datetime) -> None:
    for number, moment in people.until(now):
        server.entries.publish(f"Benialba, noticia {number}", base=server.base, at=format_datetime(moment))


async def _read_feed(week: Week, server: FakeFeed, happens: Callable[[datetime], None]) -> None:
    week.time.on_move = happens
    happens(BEGIN)
    config = FeedConfig(kind="feed", name="paper", url=server.url("/feed.xml"), interval=EVERY)
    await week.live(Feed(config, week.context()))


def _answering_badly(server: FakeFeed, people: People, trouble: Trouble, **said: Any) -> Callable[[datetime], None]:
    bad: list[bool] = []

    def happens(now: datetime) -> None:
        _publish(server, people, now)
        if (now in trouble) != bool(bad):
            bad[:] = [] if bad else [True]
            server.answer("/feed.xml", **said) if bad else server.mend()

    return happens


async def test_a_login_page_that_is_served_with_200(week: Week) -> None:
    """It is no feed, whatever its status says."""
    trouble = FROM_THE_NIGHT
    with FakeFeed(size=200) as server:
        login = {"status": 200, "body": "<html><body><form>Please log in</form></body></html>"}
        await _read_feed(week, server, _answering_badly(server, People(2), trouble, **login))
    check(week, trouble)


async def test_a_rate_limit_day(week: Week) -> None:
    """429 with a wait that is kept: it was not read, so nothing is known of those hours until it is."""
    trouble = FROM_THE_MORNING
    with FakeFeed(size=200) as server:
        busy = {"status": 429, "headers": {"Retry-After": "1800"}}
        await _read_feed(week, server, _answering_badly(server, People(3), trouble, **busy))
    check(week, trouble)


async def test_old_posts_that_are_served_as_new(week: Week) -> None:
    """Every look succeeds and brings something, under new names: all of it is of last week."""
    people, trouble, served = People(4), FROM_THE_NIGHT, []
    with FakeFeed(size=200) as server:

        def old(now: datetime) -> str:
            served.append(now)
            items = "".join(
                f"<item><guid>again-{len(served)}-{n}</guid><title>Benialba, hace una semana {n}</title>"
                f"<pubDate>{format_datetime(now - timedelta(days=7, minutes=n))}</pubDate></item>"
                for n in range(5)
            )
            return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Diari</title>{items}</channel></rss>'

        def happens(now: datetime) -> None:
            _publish(server, people, now)
            if now in trouble:
                server.serve("/feed.xml", old(now))
            elif served:
                server.mend()

        await _read_feed(week, server, happens)
    check(week, trouble)
    assert {state for at, state in week.states if at in trouble} == {"stale"}


async def test_a_dead_websocket(week: Week) -> None:
    """It can be opened, and nothing comes: each try ends in silence, and no hour of it is calm."""
    trouble = Trouble(BEGIN + timedelta(days=2, hours=1), BEGIN + timedelta(days=2, hours=9))
    chance = random.Random(5)
    with FakeJetstream(week.time) as server:

        async def people() -> None:
            while True:
                if week.time.now in trouble:
                    server.silent = True
                    server.drop()
                    while week.time.now in trouble:
                        await asyncio.sleep(0.01)
                    server.silent = False
                moment = week.time.now
                for _ in range(chance.randint(3, 9)):
                    server.publish("Buenos días a todos", at=moment)
                while (read_to := week.read_to()) is None or read_to < moment:
                    await asyncio.sleep(0.005)
                week.time.go(moment + timedelta(minutes=30))

        config = BlueskyConfig(kind="bluesky", name="sky", jetstream=server.base, backlog=0, interval=900, silence=0.1)
        source = Bluesky(config, week.context())
        with suppress(asyncio.CancelledError):
            await week.live(source, people)
    check(week, trouble)
