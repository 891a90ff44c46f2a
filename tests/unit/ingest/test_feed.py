"""A feed over time: what is new, what has changed, what is given again."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from corrillo.errors import SourceRefused, SourceUnavailable
from corrillo.model import Batch, Cursor, Post
from corrillo.registry import SourceContext
from ingest import feed
from ingest.feed import Feed, FeedConfig
from tests.fakes.feed import FakeFeed

Read = Callable[..., "object"]


class Reader:
    """A feed that is read again and again, as a listener does; its clock can be moved."""

    def __init__(self, server: FakeFeed, context: Callable[..., SourceContext], now: datetime) -> None:
        self.now = now
        self.cursor: Cursor | None = None
        config = FeedConfig(kind="feed", name="diari", url=server.url("/feed.xml"), venue="Diari")
        self.source = Feed(config, context(clock=lambda: self.now))

    async def __call__(self) -> list[Post]:
        batches: list[Batch] = [b async for b in self.source.fetch(self.cursor)]
        assert len(batches) <= 1
        self.cursor = batches[-1].cursor if batches else self.cursor
        assert not any(b.rejected for b in batches)
        return [p for b in batches for p in b.items if isinstance(p, Post)]


@pytest.fixture
def read(feed_server: FakeFeed, context: Callable[..., SourceContext], now: datetime) -> Reader:
    """Reads what is new."""
    return Reader(feed_server, context, now)


async def test_only_what_is_new_is_given_oldest_first(read: Reader, feed_server: FakeFeed) -> None:
    """A feed lists newest first, and everything each time."""
    for title in ("uno", "dos"):
        feed_server.publish(title)
    assert [p.title for p in await read()] == ["uno", "dos"]
    feed_server.publish("tres")
    assert [p.title for p in await read()] == ["tres"]


async def test_what_has_not_changed_is_not_sent(read: Reader, feed_server: FakeFeed) -> None:
    """The second question carries the version of the first answer; 304 gives no batch, and keeps the cursor."""
    feed_server.publish("uno")
    await read()
    before = read.cursor
    assert await read() == []
    assert feed_server.requests[-1]["headers"]["if-none-match"] == '"1"'
    assert read.cursor == before


async def test_times_of_change_serve_where_there_are_no_etags(read: Reader, feed_server: FakeFeed) -> None:
    """Last-Modified comes back as it was sent."""
    when = "Fri, 20 Nov 2026 09:00:00 GMT"
    feed_server.publish("uno")
    feed_server.serve("/feed.xml", feed_server.entries.rss(feed_server.base), modified=when)
    assert len(await read()) == 1
    assert await read() == []
    assert feed_server.requests[-1]["headers"]["if-modified-since"] == when
    assert "if-none-match" not in feed_server.requests[-1]["headers"]


async def test_a_changed_entry_is_a_revision(read: Reader, feed_server: FakeFeed) -> None:
    """The same post, revised when it was seen changed: RSS has no time for it."""
    entry = feed_server.publish("uno", "antes", at="Fri, 20 Nov 2026 09:00:00 +0100")
    (first,) = await read()
    assert first.revised is None
    read.now += timedelta(hours=1)
    feed_server.edit(entry["id"], text="después")
    (second,) = await read()
    assert (second.native_id, second.published) == (first.native_id, first.published)
    assert (second.text, second.revised) == ("después", read.now)


async def test_entries_that_left_the_feed_are_still_known(
    read: Reader, feed_server: FakeFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old posts served as new are given once; of those that are gone only so many are remembered."""
    monkeypatch.setattr(feed, "REMEMBERED", 3)
    entries = [feed_server.publish(str(n)) for n in range(6)]
    await read()
    for entry in entries:
        feed_server.remove(entry["id"])
    feed_server.publish("nuevo")
    assert [p.title for p in await read()] == ["nuevo"]
    for entry in reversed(entries):
        feed_server.publish(entry["title"], id=entry["id"], link=entry["link"], at=entry["at"])
    again = {p.title for p in await read()}
    assert len(again) == 3
    assert read.cursor is not None
    assert len(json.loads(read.cursor.state)["seen"]) == 7


async def test_an_entry_that_stays_is_never_forgotten(
    read: Reader, feed_server: FakeFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many others come and go beside it."""
    monkeypatch.setattr(feed, "REMEMBERED", 2)
    feed_server.publish("portada")
    await read()
    for number in range(6):
        entry = feed_server.publish(str(number))
        assert [p.title for p in await read()] == [str(number)]
        feed_server.remove(entry["id"])


async def test_reading_the_same_again_gives_the_same(read: Reader, feed_server: FakeFeed) -> None:
    """After a crash before the cursor was stored, at another time: the same posts, with the same versions."""
    feed_server.publish("uno", at="Fri, 20 Nov 2026 09:00:00 +0100")
    first = await read()
    read.cursor, read.now = None, read.now + timedelta(hours=5)
    assert await read() == first


async def test_an_error_leaves_the_cursor(read: Reader, feed_server: FakeFeed) -> None:
    """What was published meanwhile is not lost."""
    feed_server.publish("uno")
    await read()
    feed_server.publish("dos")
    feed_server.answer("/feed.xml", 503, headers={"Retry-After": "7"}, times=1)
    with pytest.raises(SourceUnavailable) as caught:
        await read()
    assert caught.value.retry_after == 7
    feed_server.answer("/feed.xml", 200, "<html><body>Inicie sesión</body></html>", times=1)
    with pytest.raises(SourceRefused, match="not a feed"):
        await read()
    assert [p.title for p in await read()] == ["dos"]


async def test_a_feed_of_many_entries_is_read_whole(read: Reader, feed_server: FakeFeed) -> None:
    """No page, no limit but that of bytes."""
    items = "".join(f"<item><guid>urn:{n}</guid><title>t{n}</title></item>" for n in range(2000))
    feed_server.serve("/feed.xml", f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>")
    posts = await read()
    assert [p.native_id for p in posts] == [f"urn:{n}" for n in reversed(range(2000))]
    assert all(p.published.tzinfo is UTC for p in posts)
