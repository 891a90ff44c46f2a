"""What a network is asked besides being read: when, what, and that a refusal stops nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import pytest

from corrillo.errors import SourceUnavailable
from corrillo.lookups import FIRST_LOOK, LAST_LOOK, TRIES, Lookups, due
from corrillo.model import Deletion, Gap, Items, KnownRef, Post
from corrillo.ports import SourceHealth, abilities
from tests.fakes.source import NOW, FakeSource, post

MINUTE = timedelta(minutes=1)


def known(number: int, age: timedelta, *institutions: str) -> KnownRef:
    """A mention of that age."""
    ids = {i: f"{i}-{number}" for i in institutions or ("valdeprado",)}
    return KnownRef(source="fake", network="fake", ref=f"fake/{number}", published=NOW - age, ids=ids)


class AbleSource(FakeSource):
    """A fake source with every ability: it notes what it was asked, and may refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.rechecked: list[list[str]] = []
        self.threads: list[str] = []
        self.own: list[datetime] = []
        self.filled: list[tuple[datetime, datetime]] = []
        self.refuses: frozenset[str] = frozenset()

    def _refuse(self, ability: str) -> None:
        if ability in self.refuses:
            raise SourceUnavailable(f"{ability} is not to be had", "wait")

    async def recheck(self, refs: Sequence[str]) -> Items:
        self._refuse("recheck")
        self.rechecked.append(list(refs))
        return Items(items=(Deletion(network="fake", ref=refs[0], at=NOW),))

    async def thread(self, ref: str) -> Items:
        self._refuse("thread")
        self.threads.append(ref)
        number = int(ref.partition("/")[2])
        return Items(items=(post(number), post(100 + number, answers=f"post-{number}")))

    async def own_posts(self, since: datetime) -> AsyncIterator[Items]:
        self._refuse("own_posts")
        self.own.append(since)
        yield Items(items=(post(50),))

    async def backfill(self, since: datetime, until: datetime) -> AsyncIterator[Items]:
        self._refuse("backfill")
        self.filled.append((since, until))
        yield Items(items=(post(60),))


class World:
    """What the sink knows, and what was committed."""

    def __init__(self, source: FakeSource) -> None:
        self.now = NOW
        self.known: list[KnownRef] = []
        self.health: SourceHealth | None = None
        self.taken: list[tuple[Items, str, tuple[Gap, ...]]] = []
        self.lookups = Lookups(source, self._take, self._known, self._health, lambda: self.now)

    async def _take(self, items: Items, *, in_thread: str = "", filled: Sequence[Gap] = ()) -> None:
        self.taken.append((items, in_thread, tuple(filled)))

    async def _known(self, since: datetime, limit: int) -> Sequence[KnownRef]:
        return [k for k in self.known if k.published >= since][:limit]

    async def _health(self) -> SourceHealth | None:
        return self.health

    @property
    def posts(self) -> dict[str, tuple[Post, str]]:
        """Committed posts by native id, with the institution in whose thread they are."""
        return {i.native_id: (i, t) for items, t, _ in self.taken for i in items.items if isinstance(i, Post)}


@pytest.fixture
def source() -> AbleSource:
    return AbleSource()


@pytest.fixture
def world(source: AbleSource) -> World:
    return World(source)


@pytest.mark.parametrize(
    ("age", "then", "is_due"),
    [(9, None, False), (10, None, True), (11, 9, True), (19, 11, False), (20, 11, True), (39, 21, False),
     (40, 39, True), (700, 640, False), (14 * 1440, None, True), (14 * 1440 + 1, None, False)],
)  # fmt: skip
def test_a_post_is_looked_up_whenever_its_age_has_doubled(age: int, then: int | None, is_due: bool) -> None:
    """At ten minutes, twenty, forty …; first whatever its age; never after a fortnight."""
    assert due(age * MINUTE, None if then is None else then * MINUTE) is is_due


def test_looking_up_costs_a_dozen_looks_in_a_fortnight() -> None:
    """Every ten minutes somebody asks; the schedule decays."""
    ages = [n * FIRST_LOOK for n in range(int(LAST_LOOK / FIRST_LOOK) + 1)]
    looks = sum(due(age, ages[n - 1] if n else None) for n, age in enumerate(ages))
    assert looks == 11


def test_what_a_source_is_not_able_to_do_is_not_asked(source: AbleSource) -> None:
    """Abilities are what its class has."""
    assert abilities(source) == ("own_posts", "thread", "recheck", "backfill")
    assert abilities(FakeSource()) == ()


async def test_a_source_without_abilities_is_asked_nothing() -> None:
    """Nothing is committed, nothing is said."""
    world = World(FakeSource())
    world.known = [known(1, timedelta(hours=1))]
    assert await world.lookups.round() == []
    assert world.taken == []


async def test_answers_belong_to_every_institution_that_the_post_is_about(world: World) -> None:
    """Answers belong to the thread, whatever they say; all say when they were looked for."""
    world.known = [known(1, timedelta(hours=1), "valdeprado", "otro")]
    await world.lookups.round()
    assert world.posts["post-1"][0].looked == NOW
    threads = [t for items, t, _ in world.taken for i in items.items if getattr(i, "native_id", "") == "post-101"]
    assert sorted(threads) == ["otro", "valdeprado"]
    assert world.posts["post-101"][0].looked == NOW


async def test_only_what_is_due_is_looked_up_again(world: World, source: AbleSource) -> None:
    """At first all, since they may have gone while nobody listened; then those whose age has doubled meanwhile."""
    world.known = [known(1, 5 * MINUTE), known(2, 15 * MINUTE), known(3, timedelta(days=3))]
    await world.lookups.round()
    assert source.rechecked == [["fake/1", "fake/2", "fake/3"]]
    assert source.threads == ["fake/2", "fake/3"]
    world.now += FIRST_LOOK
    await world.lookups.round()
    assert source.rechecked[1:] == [["fake/1", "fake/2"]]


async def test_a_look_up_that_says_that_all_is_gone_is_not_believed(
    world: World, source: AbleSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that may not see posts any more is told the same: nothing is deleted, and all are asked for again."""
    world.known = [known(n, timedelta(hours=n)) for n in range(1, 21)]
    gone = [Deletion(network="fake", ref=k.ref, at=NOW) for k in world.known]

    async def recheck(refs: Sequence[str]) -> Items:
        source.rechecked.append(list(refs))
        return Items(items=tuple(gone))

    monkeypatch.setattr(source, "recheck", recheck)
    (said,) = await world.lookups.round()
    assert "20 of 20 posts that were looked up are said to be gone" in said
    assert not [i for items, _, _ in world.taken for i in items.items if isinstance(i, Deletion)]
    gone[4:] = []
    assert await world.lookups.round() == []
    assert len(source.rechecked[1]) == 20
    assert len([i for items, _, _ in world.taken for i in items.items if isinstance(i, Deletion)]) == 4


async def test_an_edit_that_the_network_calls_anew_is_not_lost(
    world: World, source: AbleSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is asked for under one ref may come back under another: it is taken as any post is."""
    world.known = [known(1, timedelta(hours=1))]

    async def recheck(refs: Sequence[str]) -> Items:
        return Items(items=(post(1, "Otra cosa", ref="fake/1-edited"),))

    async def thread(ref: str) -> Items:
        return Items()

    monkeypatch.setattr(source, "recheck", recheck)
    monkeypatch.setattr(source, "thread", thread)
    await world.lookups.round()
    assert (world.posts["post-1"][0].text, world.posts["post-1"][1]) == ("Otra cosa", "")


async def test_own_posts_are_asked_for_from_where_the_last_round_was(world: World, source: AbleSource) -> None:
    """With an hour over, since posts arrive late."""
    await world.lookups.round()
    world.now += timedelta(hours=3)
    await world.lookups.round()
    assert source.own == [NOW - timedelta(days=7), NOW - timedelta(hours=1)]
    assert "post-50" in world.posts


async def test_a_gap_is_filled_and_what_fills_it_is_marked(world: World, source: AbleSource) -> None:
    """One that lasts, was filled, or is too old is left alone."""
    begin, end = NOW - timedelta(hours=5), NOW - timedelta(hours=3)
    gap = Gap(since=begin, until=end, why="503")
    other = [
        Gap(since=end, until=None, why="it lasts"),
        Gap(since=begin, until=end, why="it was read on", filled="resumed"),
        Gap(since=NOW - timedelta(days=40), until=NOW - timedelta(days=39), why="503"),
    ]
    world.health = SourceHealth("fake", "fake", gaps=(gap, *other))
    await world.lookups.round()
    assert source.filled == [(begin, end)]
    assert world.posts["post-60"][0].backfilled
    assert [filled for _, _, filled in world.taken if filled] == [(gap,)]


async def test_a_gap_that_cannot_be_filled_is_tried_so_often_and_stays_open(world: World, source: AbleSource) -> None:
    """It is said each time; nothing marks it."""
    world.health = SourceHealth("fake", "fake", gaps=(Gap(since=NOW - 5 * MINUTE, until=NOW, why="503"),))
    source.refuses = frozenset(["backfill"])
    said = [await world.lookups.round() for _ in range(TRIES + 2)]
    assert said == [["backfill is not to be had; wait"]] * TRIES + [[], []]
    assert [filled for _, _, filled in world.taken if filled] == []


async def test_one_refusal_stops_no_other_look_up(world: World, source: AbleSource) -> None:
    """Who may not see answers may still see what is gone."""
    world.known = [known(1, timedelta(hours=1))]
    source.refuses = frozenset(["own_posts", "thread"])
    assert await world.lookups.round() == ["own_posts is not to be had; wait", "thread is not to be had; wait"]
    assert source.rechecked == [["fake/1"]]
