"""A feed over time: what is new, what has changed, what is given again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from corrillo.model import Batch, Cursor, Gap, Post
from corrillo.registry import SourceContext
from ingest import feed_memory
from ingest.feed import Feed, FeedConfig
from tests.fakes.feed import FakeFeed


class Reader:
    """A feed that is read again and again, as a listener does; its clock can be moved."""

    def __init__(self, server: FakeFeed, context: Callable[..., SourceContext], now: datetime) -> None:
        self.now = now
        self.cursor: Cursor | None = None
        self.missed: tuple[Gap, ...] = ()
        config = FeedConfig(kind="feed", name="diari", url=server.url("/feed.xml"), venue="Diari")
        self.source = Feed(config, context(clock=lambda: self.now))

    async def __call__(self) -> list[Post]:
        batches: list[Batch] = [b async for b in self.source.fetch(self.cursor)]
        assert len(batches) <= 1
        self.missed = batches[0].missed if batches else ()
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
    monkeypatch.setattr(feed_memory, "REMEMBERED", 3)
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
    assert len(feed_memory.Known.read(read.cursor).seen) == 7


async def test_an_entry_that_stays_is_never_forgotten(
    read: Reader, feed_server: FakeFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many others come and go beside it."""
    monkeypatch.setattr(feed_memory, "REMEMBERED", 2)
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


async def test_a_feed_that_knows_nothing_of_before_has_a_gap(read: Reader, feed_server: FakeFeed) -> None:
    """More came between two looks than it lists: from the newest that was known to the oldest that is there."""
    for hour in range(7, 9):
        feed_server.publish(f"a las {hour}", at=f"Sat, 21 Nov 2026 {hour:02}:30:00 GMT")
    await read()
    assert read.missed == ()
    read.now += timedelta(hours=6)
    for hour in range(12, 15):
        feed_server.publish(f"a las {hour}", at=f"Sat, 21 Nov 2026 {hour}:30:00 GMT")
    feed_server.entries._size = 2
    assert [p.title for p in await read()] == ["a las 13", "a las 14"]
    (gap,) = read.missed
    assert (gap.since, gap.until) == (datetime(2026, 11, 21, 9, tzinfo=UTC), datetime(2026, 11, 21, 13, 30, tzinfo=UTC))
    assert gap.why


async def test_a_gap_begins_with_the_newest_that_was_known(read: Reader, feed_server: FakeFeed) -> None:
    """Where that is less than an hour before we looked: entries appear later than the time that they carry."""
    feed_server.publish("a las 9:20", at="Sat, 21 Nov 2026 09:20:00 GMT")
    await read()
    read.now += timedelta(hours=1)
    feed_server.publish("a las 10:30", at="Sat, 21 Nov 2026 10:30:00 GMT")
    feed_server.entries._size = 1
    await read()
    assert [(g.since.minute, g.until and g.until.minute) for g in read.missed] == [(20, 30)]


async def test_a_quiet_feed_has_no_gap_for_its_quiet_time(read: Reader, feed_server: FakeFeed) -> None:
    """It was asked all the while, and nothing had changed: what may be missing came since then."""
    feed_server.publish("lunes", at="Mon, 16 Nov 2026 09:00:00 GMT")
    await read()
    read.now += timedelta(days=3)
    assert await read() == []  # 304
    read.now += timedelta(hours=2)
    feed_server.publish("martes", at="Tue, 24 Nov 2026 11:30:00 GMT")
    feed_server.entries._size = 1
    await read()
    assert [(g.since.day, g.since.hour) for g in read.missed] == [(24, 9)]


async def test_only_quiet_since_the_last_look_shortens_a_gap(read: Reader, feed_server: FakeFeed) -> None:
    """Not that of an earlier one: a gap begins no earlier than an hour before we last looked."""
    feed_server.entries._size = 2
    feed_server.publish("lunes", at="Mon, 16 Nov 2026 09:00:00 GMT")
    await read()
    assert await read() == []  # 304, on Saturday
    read.now += timedelta(days=3)
    feed_server.publish("domingo", at="Sun, 22 Nov 2026 09:00:00 GMT")
    await read()
    read.now += timedelta(hours=3)
    for hour in (11, 12):
        feed_server.publish(f"a las {hour}", at=f"Tue, 24 Nov 2026 {hour}:30:00 GMT")
    await read()
    assert [(g.since.day, g.since.hour) for g in read.missed] == [(24, 9)]


async def test_a_feed_that_still_lists_something_known_has_no_gap(read: Reader, feed_server: FakeFeed) -> None:
    """Nor has one that lists nothing, one with only older entries, nor the first look."""
    feed_server.publish("uno", at="Sat, 21 Nov 2026 09:00:00 GMT")
    await read()
    feed_server.publish("dos", at="Sat, 21 Nov 2026 09:30:00 GMT")
    await read()
    assert read.missed == ()
    feed_server.serve("/feed.xml", "<rss version='2.0'><channel><title>x</title></channel></rss>")
    await read()
    assert read.missed == ()
    feed_server.mend()
    feed_server.entries._size = 1
    feed_server.publish("viejo", at="Mon, 02 Nov 2026 09:00:00 GMT")
    await read()
    assert read.missed == ()


async def test_a_look_that_was_not_stored_does_not_hide_the_gap(read: Reader, feed_server: FakeFeed) -> None:
    """It is said again to whoever resumes from the same cursor."""
    feed_server.publish("uno", at="Sat, 21 Nov 2026 09:00:00 GMT")
    await read()
    cursor = read.cursor
    read.now += timedelta(hours=5)
    feed_server.publish("dos", at="Sat, 21 Nov 2026 14:30:00 GMT")
    feed_server.entries._size = 1
    await read()
    said = read.missed
    assert len(said) == 1
    read.cursor, read.now = cursor, read.now + timedelta(hours=1)
    await read()
    assert read.missed == said
