"""Listening to Bluesky's stream: what a connection may do, and that nothing is lost by it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from corrillo.errors import SourceError, SourceRefused, SourceUnavailable
from corrillo.institution import Institution
from corrillo.model import Batch, Cursor, Deletion, Gap, Post
from corrillo.registry import SourceContext
from ingest import jetstream
from ingest.bluesky import Bluesky
from tests.fakes.bluesky import BEGIN, Network, network_of
from tests.fakes.jetstream_frames import POSTS, did, message


@pytest.fixture
def network(context: Callable[..., SourceContext], town: Institution) -> Iterator[Network]:
    """An empty network; nobody has an account there."""
    with network_of(context, town) as network:
        yield network


@pytest.mark.parametrize(("code", "reason"), [(1001, "going away"), (1012, ""), (None, "")])
async def test_a_closed_stream_comes_back_where_it_was(network: Network, code: int | None, reason: str) -> None:
    """With a reason, without one, without a word: it is unavailable, and the last cursor goes on."""
    said = [network.jetstream.publish(f"Aigua {n}") for n in range(5)]
    source = network.source()
    async with _listening(source) as batches:
        first = await _until(batches, 5)
        network.jetstream.drop(code, reason)
        with pytest.raises(SourceUnavailable) as caught:
            await _until(batches, 1)
    assert reason in caught.value.message
    assert caught.value.remedy
    late = network.jetstream.publish("Ja hi ha aigua")
    async with _listening(source, first[-1].cursor) as batches:
        assert _ids(await _until(batches, 1)) == [late]
    assert _ids(first) == said


async def test_what_came_before_it_closed_is_given(network: Network) -> None:
    """A server that always closes after some events would otherwise never be got past; why it closes is said."""
    network.jetstream.after = json.dumps({"$type": "error", "error": "ConsumerTooSlow", "message": "reconnect"})
    for text in ("Aigua", "Més aigua"):
        said = network.jetstream.publish(text)
        async with _listening(network.source()) as batches:
            assert said in _ids(await _until(batches, 1))
            with pytest.raises(SourceUnavailable, match="ConsumerTooSlow reconnect"):
                await anext(batches)


async def test_it_says_that_it_listens_while_nobody_speaks(network: Network) -> None:
    """Empty batches with the same cursor, as long as somebody is there to answer."""
    network.jetstream.publish("Aigua")
    async with _listening(network.source(interval=0.05)) as batches:
        last = (await _until(batches, 1))[-1]
        for _ in range(3):
            batch = await anext(batches)
            assert (batch.items, batch.cursor, batch.read_to) == ((), last.cursor, last.read_to)


async def test_a_silent_network_is_a_broken_stream(network: Network) -> None:
    """Everybody in the world does not fall silent for so long."""
    network.jetstream.publish("Aigua")
    async with _listening(network.source(interval=0.05, silence=0.3)) as batches:
        await _until(batches, 1)
        with pytest.raises(SourceUnavailable, match="silent"):
            await _until(batches, 1)


async def test_a_connection_that_nobody_holds_is_found_out(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ping without an answer: no empty batch pretends to listen."""
    monkeypatch.setattr(jetstream, "PONG", 0.2)
    network.jetstream.publish("Aigua")
    async with _listening(network.source(interval=0.3)) as batches:
        await _until(batches, 1)
        network.jetstream.frozen = True
        with pytest.raises(SourceUnavailable, match="nobody answers"):
            await _until(batches, 1)


async def test_frames_in_pieces_and_of_kinds_to_come_hurt_nobody(network: Network) -> None:
    """Unknown frames are counted and left; what is no frame at all is rejected, and names who is in it."""
    network.jetstream.split = True
    network.jetstream.before = [
        message("weather", seq=1, rain=True), json.dumps({"$type": "tea"}), message("info", name="Hello"), "{", "[]",
    ]  # fmt: skip
    said = network.jetstream.publish("Aigua " * 100)
    network.jetstream.rename(did("ana"), "altra.example")
    network.jetstream.commit(
        "create", did("ana"), "3like", {"$type": "app.bsky.feed.like"}, collection="app.bsky.feed.like"
    )
    source = network.source()
    async with _listening(source) as batches:
        found = await _until(batches, 1)
    assert _ids(found) == [said]
    rejected = [r for b in found for r in b.rejected]
    assert [r.raw for r in rejected] == ["{", "[]"]
    assert all("did" in r.private and network.jetstream.base in r.origin for r in rejected)
    assert source._stream.unknown == 2


async def test_only_posts_and_accounts_are_asked_for(network: Network) -> None:
    """The rest of the network stays where it is; the first time, an hour back."""
    network.jetstream.publish("Aigua")
    async with _listening(network.source()) as batches:
        await _until(batches, 1)
    (asked,) = network.jetstream.asked
    assert (asked["collections"], asked["kinds"]) == ([POSTS], ["commit", "account"])
    assert int(asked["cursor"][0]) == round((BEGIN - timedelta(minutes=30)).timestamp() * 1e6)


async def test_the_batch_is_read_to_its_last_event(network: Network) -> None:
    """So that one knows how far behind we are; with no gap where nothing was promised."""
    network.jetstream.publish("Aigua")
    network.jetstream.publish("Més aigua")
    async with _listening(network.source()) as batches:
        found = await _until(batches, 2)
    assert found[-1].read_to == network.jetstream.archive.events[-1].witnessed
    assert _missed(found) == []


async def test_batches_are_bounded(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much waits, a batch has at most so many events, and each cursor covers exactly what came."""
    monkeypatch.setattr(jetstream, "MOST", 4)
    said = [network.jetstream.publish(f"Aigua {n}") for n in range(10)]
    async with _listening(network.source()) as batches:
        found = [b for b in await _until(batches, 10) if b.items]
    assert [len(b.items) for b in found] == [4, 4, 2]
    async with _listening(network.source(), found[0].cursor) as batches:
        assert _ids(await _until(batches, 6)) == said[4:]


async def test_a_number_that_is_no_longer_kept_is_missed_and_said(network: Network) -> None:
    """Too old: listening goes on with the oldest that is kept, and the gap has both its ends."""
    events = network.jetstream.archive.events
    cursor = await _heard(network, 1)
    said = [network.jetstream.publish(f"Aigua {n}", at=BEGIN + timedelta(hours=n)) for n in range(1, 5)]
    network.jetstream.forget(2)
    async with _listening(network.source(), cursor) as batches:
        found = await _until(batches, 2)
    assert _ids(found) == said[2:]
    (gap,) = _missed(found)
    assert (gap.since, gap.until, gap.filled) == (events[0].witnessed, events[-2].witnessed, "")
    assert gap.why


@pytest.mark.parametrize("by", [-900, 900, -8, -2, -1, 1])
async def test_another_archive_is_read_by_time(network: Network, by: int) -> None:
    """Its numbers mean something else, be they lower, higher or already past ours: what is new comes, whole."""
    cursor = await _heard(network, 3)
    network.jetstream.move(by)
    late = [network.jetstream.publish(f"Ja hi ha aigua {n}") for n in range(6)]
    async with _listening(network.source(), cursor) as batches:
        found = await _until(batches, 1, named=late[-1])
    assert [i for i in _ids(found) if i in late] == late
    assert _missed(found) == []


async def test_another_server_is_read_by_time(network: Network) -> None:
    """A cursor remembers whose number it is; a minute is read again, for each server sees at its own time."""
    cursor = await _heard(network, 2)
    other = Cursor(source="sky", state=cursor.state.replace(network.jetstream.base, "wss://other.example"))
    late = network.jetstream.publish("Ja hi ha aigua")
    async with _listening(network.source(), other) as batches:
        assert len(_ids(await _until(batches, 3, named=late))) == 3
    begin = network.jetstream.archive.events[1].witnessed - jetstream.REWIND
    assert int(network.jetstream.asked[-1]["cursor"][0]) == round(begin.timestamp() * 1e6)


async def test_a_server_that_does_not_resume_is_found_out(network: Network) -> None:
    """One without replay begins at the newest and says nothing: the gap is seen by the time."""
    cursor = await _heard(network, 1)
    network.jetstream.publish("Ningú no ho sent")
    network.jetstream.deaf = True
    async with _listening(network.source(), cursor) as batches:
        await anext(batches)
        network.jetstream.publish("La primera que arriba", at=BEGIN + timedelta(seconds=20))
        assert (await anext(batches)).items == ()
        network.jetstream.publish("Aigua", at=BEGIN + timedelta(seconds=25))
        found = await _until(batches, 1)
    (gap,) = _missed(found)
    assert (gap.since, gap.until) == (BEGIN, BEGIN + timedelta(seconds=25))


@pytest.mark.parametrize("state", ["{}", "", "[]", '{"seq": "x"}', '{"seq": 5}'])
async def test_a_cursor_that_says_nothing_is_a_first_time(network: Network, state: str) -> None:
    """Whoever wrote it: the backlog is read again."""
    said = network.jetstream.publish("Aigua")
    async with _listening(network.source(), Cursor(source="sky", state=state)) as batches:
        assert _ids(await _until(batches, 1)) == [said]


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (503, "service not ready", SourceUnavailable), (429, "", SourceUnavailable),
        (400, '{"error": "InvalidRequest", "message": "kinds"}', SourceRefused), (403, "<html>", SourceRefused),
        (400, "[]", SourceRefused), (404, "", SourceRefused),
    ],
)  # fmt: skip
async def test_a_refused_handshake_says_what_to_do(
    network: Network, status: int, body: str, error: type[SourceError]
) -> None:
    """What passes is tried again; what does not, somebody must see to."""
    network.jetstream.refuses = (status, body)
    async with _listening(network.source()) as batches:
        with pytest.raises(error, match=str(status)) as caught:
            await anext(batches)
    assert caught.value.remedy


async def test_a_server_that_refuses_every_cursor_is_not_asked_in_a_circle(network: Network) -> None:
    """Not by number, not by time: unavailable, after two questions."""
    cursor = await _heard(network, 1)
    network.jetstream.refuses = (400, '{"error": "CursorTooOld"}')
    async with _listening(network.source(), cursor) as batches:
        with pytest.raises(SourceUnavailable):
            await anext(batches)
    assert len(network.jetstream.asked) == 3


async def test_order_of_what_happens_is_kept(network: Network) -> None:
    """Post, change, deletion, the end of an account, and the same again after resuming: as the network tells it."""
    stream = network.jetstream
    first = stream.publish("Sense aigua")
    stream.edit(first, "Sense aigua encara")
    stream.delete(first)
    stream.end_account(did("ana"), "takendown")
    stream.end_account(did("ana"), "desynchronized")
    stream.end_account(did("ana"), None, active=True)
    async with _listening(network.source()) as batches:
        items = [i for b in await _until(batches, 4) for i in b.items]
    assert [(type(i), getattr(i, "text", "")) for i in items] == [
        (Post, "Sense aigua"), (Post, "Sense aigua encara"), (Deletion, ""), (Deletion, ""),
    ]  # fmt: skip
    assert (items[1].revised, items[2].ref, items[3].author) == (stream.archive.events[1].witnessed, first, did("ana"))
    assert items[0].native_id == items[1].native_id == first


async def test_however_slow_we_are_little_waits(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is held up by the connection itself: what waits on our side is bounded."""
    monkeypatch.setattr(jetstream, "MOST", 10)
    for n in range(20_000):
        network.jetstream.publish(f"{n} " + "aigua " * 100)
    waiting: list[int] = []
    connect = jetstream.connect

    async def watched(*args: Any, **options: Any) -> Any:
        socket = await connect(*args, **options)
        waiting.append(socket.recv_messages.frames)
        return socket

    monkeypatch.setattr(jetstream, "connect", watched)
    async with _listening(network.source()) as batches:
        await anext(batches)
        await asyncio.sleep(1)
    (frames,) = waiting
    assert len(frames) <= 4 * jetstream.WAITING


@asynccontextmanager
async def _listening(source: Bluesky, cursor: Cursor | None = None) -> AsyncIterator[AsyncIterator[Batch]]:
    async with aclosing(source.fetch(cursor)) as batches, asyncio.timeout(30):  # type: ignore[type-var]
        yield batches


async def _heard(network: Network, posts: int) -> Cursor:
    """The cursor after so many posts that have been heard."""
    for n in range(posts):
        last = network.jetstream.publish(f"Aigua {n}")
    async with _listening(network.source()) as batches:
        return (await _until(batches, posts, named=last))[-1].cursor


async def _until(batches: AsyncIterator[Batch], items: int, named: str = "") -> list[Batch]:
    """Batches until there are so many items, or a post of that name."""
    found: list[Batch] = []
    async for batch in batches:
        found.append(batch)
        ids = _ids(found)
        if (named in ids) if named else sum(len(b.items) for b in found) >= items:
            break
    return found


def _ids(batches: list[Batch]) -> list[str]:
    return [i.native_id for b in batches for i in b.items if isinstance(i, Post)]


def _missed(batches: list[Batch]) -> list[Gap]:
    return [gap for b in batches for gap in b.missed]
