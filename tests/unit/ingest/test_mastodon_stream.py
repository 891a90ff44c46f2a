"""Hashtags, streamed with a token: posts, edits and deletions as they happen, and streams that break."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from corrillo.errors import SourceRefused, SourceUnavailable
from corrillo.model import Batch, Cursor, Deletion, Post, Rejected
from corrillo.registry import SourceContext
from ingest import mastodon, mastodon_statuses, mastodon_stream
from ingest.mastodon import Mastodon, MastodonConfig
from tests.fakes.mastodon import FakeMastodon

PATIENCE = 60.0
Items = list[Post | Deletion | Rejected]


@pytest.fixture
def source(mastodon_server: FakeMastodon, context: Callable[..., SourceContext]) -> Mastodon:
    """A source that streams one hashtag of the fake server."""
    config = MastodonConfig(kind="mastodon", name="fedi", instance=mastodon_server.base, hashtags=("Benialba",))
    return Mastodon(config, context(environment={"CORRILLO_TOKEN_FEDI": mastodon_server.token}))


class Stream:
    """What a fetch gives, as long as it is waited for."""

    def __init__(self, batches: Any) -> None:
        self._batches = batches
        self.cursor: Cursor | None = None

    async def next(self) -> Batch:
        async with asyncio.timeout(PATIENCE):
            batch: Batch = await anext(self._batches)
        self.cursor = batch.cursor
        return batch

    async def until(self, wanted: int) -> Items:
        """The next items, as soon as there are so many."""
        found: Items = []
        while len(found) < wanted:
            batch = await self.next()
            found += [*batch.items, *batch.rejected]
        return found


@asynccontextmanager
async def streaming(source: Mastodon, cursor: Cursor | None = None) -> AsyncIterator[Stream]:
    """A fetch with its first page read: the streams are open by then."""
    async with aclosing(source.fetch(cursor)) as batches:
        stream = Stream(batches)
        await stream.next()
        yield stream


async def test_posts_edits_and_deletions_arrive_in_their_order(
    source: Mastodon, mastodon_server: FakeMastodon, now: datetime
) -> None:
    """A deletion names the post by the id that the server uses."""
    async with streaming(source) as stream:
        said = mastodon_server.world.publish("Sin agua #benialba")
        mastodon_server.world.edit(said["id"], "Ya hay agua #benialba")
        mastodon_server.world.delete(said["id"])
        post, edit, deletion = await stream.until(3)
    assert isinstance(post, Post)
    assert isinstance(edit, Post)
    assert (post.text, edit.text) == ("Sin agua #benialba", "Ya hay agua #benialba")
    assert post.native_id == edit.native_id
    assert (post.revised, edit.revised is not None) == (None, True)
    assert deletion == Deletion(network="mastodon", at=now, ref=post.ref)


async def test_what_is_said_while_the_stream_opens_is_not_missed(
    source: Mastodon, mastodon_server: FakeMastodon
) -> None:
    """The timeline is read only when the stream is open."""
    mastodon_server.world.publish("antes #benialba")
    async with aclosing(source.fetch(None)) as batches:
        await anext(batches)
        paths = [r["path"] for r in mastodon_server.requests]
        assert paths.index("/api/v1/streaming/hashtag") < paths.index("/api/v1/timelines/tag/benialba")


async def test_the_token_goes_along(source: Mastodon, mastodon_server: FakeMastodon) -> None:
    """To the stream and to the timeline, as a header, never in the address."""
    async with streaming(source):
        pass
    assert {r["headers"].get("authorization") for r in mastodon_server.requests} == {f"Bearer {mastodon_server.token}"}
    assert not any("access_token" in r["query"] for r in mastodon_server.requests)


async def test_the_cursor_follows_the_stream(source: Mastodon, mastodon_server: FakeMastodon) -> None:
    """Resuming finds what was said after the stream was left."""
    async with streaming(source) as stream:
        mastodon_server.world.publish("uno #benialba")
        await stream.until(1)
        cursor = stream.cursor
    mastodon_server.world.publish("dos #benialba")
    async with aclosing(source.fetch(cursor)) as batches:
        assert "dos #benialba" in [p.text for p in (await anext(batches)).items if isinstance(p, Post)]


async def test_an_edit_of_an_old_post_does_not_move_the_cursor_back(
    source: Mastodon, mastodon_server: FakeMastodon
) -> None:
    """Nor does a late post."""
    old = mastodon_server.world.publish("viejo #benialba", at=datetime.now(UTC) - timedelta(days=3))
    new = mastodon_server.world.publish("nuevo #benialba")
    async with streaming(source) as stream:
        mastodon_server.world.edit(old["id"], "viejo, corregido #benialba")
        await stream.until(1)
        assert stream.cursor is not None
        assert new["id"] in stream.cursor.state


@pytest.mark.parametrize(
    "raw",
    [
        b'event: update\ndata: {"id": "1"}\n\n',
        b"event: update\ndata: nonsense\n\n",
        b"event: status.update\ndata: [1]\n\n",
    ],
)
async def test_an_event_that_cannot_be_parsed_hurts_no_other(
    source: Mastodon, mastodon_server: FakeMastodon, raw: bytes
) -> None:
    """It is rejected as it came."""
    async with streaming(source) as stream:
        mastodon_server.send("benialba", raw)
        mastodon_server.world.publish("bien #benialba")
        found = await stream.until(2)
    assert [i.text for i in found if isinstance(i, Post)] == ["bien #benialba"]
    (rejected,) = [i for i in found if isinstance(i, Rejected)]
    assert rejected.raw in raw.decode()
    assert rejected.reason.startswith("not a status")


async def test_events_that_we_do_not_know_are_passed_over(source: Mastodon, mastodon_server: FakeMastodon) -> None:
    """Other kinds, heartbeats, blank lines, a frame in two pieces."""
    async with streaming(source) as stream:
        for raw in (b":thump\n\n", b"event: notification\ndata: {}\n\n", b"event: delete\nda", b"ta: 77\n\n", b"\n\n"):
            mastodon_server.send("benialba", raw)
        (deletion,) = await stream.until(1)
    assert isinstance(deletion, Deletion)
    assert deletion.ref == f"{mastodon_server.host}/77"


async def test_a_stream_that_ends_may_be_opened_again(source: Mastodon, mastodon_server: FakeMastodon) -> None:
    """What came before its end is given first."""
    async with streaming(source) as stream:
        mastodon_server.world.publish("último #benialba")
        mastodon_server.drop_streams()
        (post,) = await stream.until(1)
        assert isinstance(post, Post)
        with pytest.raises(SourceUnavailable, match="stream"):
            await stream.until(1)


async def test_a_silent_stream_counts_as_broken(
    context: Callable[..., SourceContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where not even the heartbeat comes, nobody is there."""
    monkeypatch.setattr(mastodon_stream, "SILENCE", 0.3)
    with FakeMastodon(heartbeat=3600) as server:
        config = MastodonConfig(kind="mastodon", name="fedi", instance=server.base, hashtags=("Benialba",))
        source = Mastodon(config, context(environment={"CORRILLO_TOKEN_FEDI": server.token}))
        async with streaming(source) as stream:
            with pytest.raises(SourceUnavailable, match="broke off"):
                await stream.until(1)


async def test_a_stream_is_left_once_in_a_while(
    source: Mastodon, mastodon_server: FakeMastodon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that polling finds what it dropped: it goes back further than a stream lasts."""
    assert timedelta(seconds=mastodon.STREAM_FOR) < mastodon_statuses.REWIND
    monkeypatch.setattr(mastodon, "STREAM_FOR", 0.2)
    async with asyncio.timeout(PATIENCE):
        batches = [b async for b in source.fetch(None)]
    assert batches
    await _closed(mastodon_server)


async def test_a_wrong_token_is_refused(mastodon_server: FakeMastodon, context: Callable[..., SourceContext]) -> None:
    """Somebody has to look at it; what can be read without it is read all the same."""
    mastodon_server.world.publish("Hola #Benialba")
    config = MastodonConfig(kind="mastodon", name="fedi", instance=mastodon_server.base, hashtags=("Benialba",))
    source = Mastodon(config, context(environment={"CORRILLO_TOKEN_FEDI": "expired"}))
    batches = source.fetch(None)
    heard = [item.text for item in (await anext(batches)).items]
    with pytest.raises(SourceRefused, match="401") as caught:
        await anext(batches)
    assert "token" in caught.value.remedy
    assert heard == ["Hola #Benialba"]


@pytest.mark.parametrize("how", [{"status": 503}, {"status": 200, "body": "<html>"}])
async def test_a_stream_that_does_not_open_is_an_error(
    source: Mastodon, mastodon_server: FakeMastodon, how: dict[str, object]
) -> None:
    """Not a wait for ever: broken, or no stream at all."""
    mastodon_server.break_(path="/streaming/", **how)
    with pytest.raises(SourceUnavailable):
        async with streaming(source) as stream:
            await stream.until(1)


async def test_leaving_a_stream_closes_it(source: Mastodon, mastodon_server: FakeMastodon) -> None:
    """The server sees it go."""
    async with streaming(source):
        assert mastodon_server.open_streams()["benialba"] == 1
    await _closed(mastodon_server)


async def _closed(server: FakeMastodon) -> None:
    deadline = time.monotonic() + PATIENCE
    while server.open_streams() and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    assert not server.open_streams()
