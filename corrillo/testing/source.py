"""What every source has to keep: inherit ``SourceContract`` and say what its world is.

class TestMySource(SourceContract):
    @pytest.fixture
    def world(self, tmp_path):
        …
        return SourceWorld(open=…, native_ids=…, sample=…, add_post=…, add_broken=…, cut_off=…)
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import msgspec
import pytest

from corrillo.errors import ParseError, SourceError, SourceRefused, SourceUnavailable
from corrillo.model import Batch, Cursor, Deletion, Post, Rejected
from corrillo.ports import Backfills, OwnPosts, Rechecks, Source, Threads, abilities
from corrillo.text import clean

DEADLINE = 60.0
"""Seconds after which a source that should have given something has failed."""

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)

ODD = ("", " ", "null", "[]", "{}", "0", '"text"', "not json", "\x00", "[" * 50_000, '{"id": ', '{"id": null}')
"""Raw items that no network should send."""


@dataclass(frozen=True)
class Thread:
    """A post that was answered: its ref, its native id and those of all answers to it."""

    ref: str
    native_id: str
    answers: frozenset[str]


@dataclass(frozen=True)
class Span:
    """A time, and what was said in it, of which backfilling gives all."""

    since: datetime
    until: datetime
    native_ids: frozenset[str]


@dataclass(frozen=True)
class SourceWorld:
    """What a source listens to in the tests, and what can be done to it.

    ``open`` gives a new source every time, as after a restart; it may be asynchronous work of the
    caller's as long as it returns the source. ``sample`` is a raw item that ``parse`` understands.
    ``add_post`` adds one and returns its native id; ``add_broken`` adds an item that cannot be
    parsed; after ``cut_off`` the world cannot be reached. ``streams``: ``fetch`` goes on for ever.

    What a source is able to do besides: ``thread``, a post with answers; ``gone`` deletes a post and
    returns its ref; ``own``, the posts of the institution's accounts; ``span``, to be backfilled.
    Each ability that a source has needs its part here.
    """

    open: Callable[[], Source]
    native_ids: frozenset[str]
    sample: str
    add_post: Callable[[], str]
    add_broken: Callable[[], None]
    cut_off: Callable[[], None]
    streams: bool = False
    thread: Thread | None = None
    gone: Callable[[], str] | None = None
    own: frozenset[str] = frozenset()
    span: Span | None = None


class SourceContract:
    """The rules for sources; a subclass gives a fixture ``world``."""

    pytestmark = pytest.mark.asyncio

    @pytest.fixture
    def world(self) -> SourceWorld:
        """The world of the source under test."""
        raise NotImplementedError("give a fixture 'world' that returns a SourceWorld")

    async def test_it_says_its_name_its_network_and_its_interval(self, world: SourceWorld) -> None:
        """A source has a name, a network and an interval of no or some seconds."""
        async with _opened(world) as source:
            assert source.name
            assert source.network
            assert source.interval >= 0

    async def test_the_first_fetch_gives_every_post(self, world: SourceWorld) -> None:
        """Without a cursor, everything that the world holds is given."""
        async with _opened(world) as source:
            assert _ids(await _read(world, source, None, world.native_ids)) >= world.native_ids

    async def test_posts_are_in_order(self, world: SourceWorld) -> None:
        """Posts are named, of the right network and source, aware in UTC, and their text is clean."""
        async with _opened(world) as source:
            posts = _posts(await _read(world, source, None, world.native_ids))
            assert posts
            for post in posts:
                _check_post(post, source)

    async def test_every_cursor_belongs_to_the_source_and_survives_being_written_down(self, world: SourceWorld) -> None:
        """A cursor comes back from JSON as it was."""
        async with _opened(world) as source:
            batches = await _read(world, source, None, world.native_ids)
            assert batches
            for batch in batches:
                assert batch.cursor.source == source.name
                assert _rewritten(batch.cursor) == batch.cursor

    async def test_resuming_from_any_cursor_loses_nothing(self, world: SourceWorld) -> None:
        """What came up to a cursor and what comes after resuming from it are everything."""
        async with _opened(world) as source:
            batches = await _read(world, source, None, world.native_ids)
        for number in range(1, len(batches) + 1):
            before = _ids(batches[:number])
            async with _opened(world) as restarted:
                cursor = _rewritten(batches[number - 1].cursor)
                after = await _read(world, restarted, cursor, world.native_ids - before)
            assert before | _ids(after) >= world.native_ids

    async def test_what_is_said_later_comes_after_the_last_cursor(self, world: SourceWorld) -> None:
        """A post that appears after the last batch is given when its cursor is resumed from."""
        async with _opened(world) as source:
            batches = await _read(world, source, None, world.native_ids)
        new = world.add_post()
        async with _opened(world) as restarted:
            after = await _read(world, restarted, _rewritten(batches[-1].cursor), frozenset([new]))
        assert new in _ids(after)

    async def test_an_item_that_cannot_be_parsed_hurts_no_other(self, world: SourceWorld) -> None:
        """It is rejected with a reason and where it stood; all others are given."""
        world.add_broken()
        async with _opened(world) as source:
            batches = await _read(world, source, None, world.native_ids, rejected=1)
            assert _ids(batches) >= world.native_ids
            (rejected,) = {r.raw: r for r in _rejected(batches)}.values()
            assert rejected.reason
            assert rejected.origin
            with pytest.raises(ParseError):
                source.parse(rejected.raw)

    async def test_it_goes_on_after_a_rejected_item(self, world: SourceWorld) -> None:
        """The cursor of a batch with a rejected item covers it: what comes later is still found."""
        world.add_broken()
        async with _opened(world) as source:
            batches = await _read(world, source, None, world.native_ids, rejected=1)
        new = world.add_post()
        async with _opened(world) as restarted:
            after = await _read(world, restarted, batches[-1].cursor, frozenset([new]))
        assert new in _ids(after)

    async def test_an_unreachable_world_is_an_error_with_a_remedy(self, world: SourceWorld) -> None:
        """SourceUnavailable or SourceRefused, saying what to do."""
        async with _opened(world) as source:
            world.cut_off()
            with pytest.raises(SourceError) as caught:
                await _read(world, source, None, world.native_ids)
        assert isinstance(caught.value, SourceUnavailable | SourceRefused)
        assert caught.value.message
        assert caught.value.remedy

    async def test_each_of_its_abilities_is_tried(self, world: SourceWorld) -> None:
        """The world has something for each ability of the source, and for no other."""
        async with _opened(world) as source:
            tried = {"thread": world.thread, "recheck": world.gone, "own_posts": world.own, "backfill": world.span}
            assert set(abilities(source)) == {name for name, part in tried.items() if part}

    async def test_a_thread_is_the_post_and_its_answers(self, world: SourceWorld) -> None:
        """``thread`` gives the post of a ref and all answers, each of which says what it answers."""
        async with _opened(world) as source:
            if not isinstance(source, Threads):
                return
            assert world.thread is not None
            found = await source.thread(world.thread.ref)
            posts = {p.native_id: p for p in found.items if isinstance(p, Post)}
            assert posts.keys() == {world.thread.native_id} | world.thread.answers
            for post in posts.values():
                _check_post(post, source)
            assert all(posts[a].answers or posts[a].answers_ref for a in world.thread.answers)

    async def test_a_post_that_is_gone_is_found_gone(self, world: SourceWorld) -> None:
        """``recheck`` gives a deletion of a post that is not there any more, and nothing for no refs."""
        async with _opened(world) as source:
            if not isinstance(source, Rechecks):
                return
            assert world.gone is not None
            assert (await source.recheck(())).items == ()
            ref = world.gone()
            (gone,) = (await source.recheck([ref])).items
            assert isinstance(gone, Deletion)
            assert ref in (gone.ref, gone.native_id)

    async def test_what_the_institution_said_is_found(self, world: SourceWorld) -> None:
        """``own_posts`` gives every post of the registered accounts."""
        async with _opened(world) as source:
            if not isinstance(source, OwnPosts):
                return
            found = [i async for items in source.own_posts(EARLIEST) for i in items.items]
            assert {p.native_id for p in found if isinstance(p, Post)} == world.own
            for post in found:
                _check_post(post, source)

    async def test_a_span_is_filled_whole_and_no_more(self, world: SourceWorld) -> None:
        """``backfill`` gives everything of a span, and nothing from outside it."""
        async with _opened(world) as source:
            if not isinstance(source, Backfills):
                return
            assert world.span is not None
            span = world.span
            found = [i async for items in source.backfill(span.since, span.until) for i in items.items]
            posts = [p for p in found if isinstance(p, Post)]
            assert {p.native_id for p in posts} == span.native_ids
            assert all(span.since <= p.published < span.until for p in posts)

    async def test_parse_gives_the_same_for_the_same(self, world: SourceWorld) -> None:
        """``parse`` is pure: another source of the same configuration gives the same items."""
        async with _opened(world) as one, _opened(world) as other:
            items = one.parse(world.sample)
            assert items
            assert items == one.parse(world.sample) == other.parse(world.sample)

    @pytest.mark.parametrize("raw", ODD, ids=lambda raw: repr(raw[:12]))
    async def test_parse_answers_nonsense_with_parse_error(self, world: SourceWorld, raw: str) -> None:
        """Whatever is not an item is a ParseError, never another exception."""
        async with _opened(world) as source:
            with pytest.raises(ParseError) as caught:
                source.parse(raw)
        assert caught.value.message

    async def test_leaving_early_leaves_nothing_running(self, world: SourceWorld) -> None:
        """Closing the iterator after the first batch ends every task that it had begun."""
        async with _opened(world) as source:
            before = asyncio.all_tasks()
            async with aclosing(cast(Any, source.fetch(None))) as batches, asyncio.timeout(DEADLINE):
                await anext(batches)
            assert asyncio.all_tasks() <= before

    async def test_it_can_be_fetched_again_after_leaving_early(self, world: SourceWorld) -> None:
        """A source that was left in the middle gives everything to the next who asks."""
        async with _opened(world) as source:
            async with aclosing(cast(Any, source.fetch(None))) as batches, asyncio.timeout(DEADLINE):
                await anext(batches)
            assert _ids(await _read(world, source, None, world.native_ids)) >= world.native_ids


@asynccontextmanager
async def _opened(world: SourceWorld) -> AsyncIterator[Source]:
    source = world.open()
    try:
        yield source
    finally:
        await source.close()


async def _read(
    world: SourceWorld, source: Source, cursor: Cursor | None, wanted: frozenset[str], rejected: int = 0
) -> list[Batch]:
    """Everything that a source has; of one that streams, until it has given what is ``wanted``."""
    batches: list[Batch] = []
    async with aclosing(cast(Any, source.fetch(cursor))) as fetched, asyncio.timeout(DEADLINE):
        if world.streams and not wanted and not rejected:
            return batches
        async for batch in fetched:
            batches.append(batch)
            if world.streams and _ids(batches) >= wanted and len(_rejected(batches)) >= rejected:
                break
    return batches


def _posts(batches: Iterable[Batch]) -> list[Post]:
    return [i for b in batches for i in b.items if isinstance(i, Post)]


def _ids(batches: Iterable[Batch]) -> frozenset[str]:
    return frozenset(p.native_id for p in _posts(batches))


def _rejected(batches: Iterable[Batch]) -> Sequence[Rejected]:
    return [r for b in batches for r in b.rejected]


def _rewritten(cursor: Cursor) -> Cursor:
    return msgspec.json.decode(msgspec.json.encode(cursor), type=Cursor)


def _check_post(post: Post | Deletion, source: Source) -> None:
    assert isinstance(post, Post)
    assert post.network == source.network
    assert post.source == source.name
    assert post.native_id
    assert post.venue.name
    for moment in filter(None, (post.published, post.revised)):
        assert moment.utcoffset() == timedelta(0)
        assert moment.tzinfo is UTC
    assert clean(post.text) == post.text
    assert clean(post.title) == post.title
    assert post.url == "" or post.url.startswith(("http://", "https://"))
    assert msgspec.json.decode(msgspec.json.encode(post), type=Post) == post
