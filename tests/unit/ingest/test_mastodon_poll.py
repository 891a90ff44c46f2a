"""Hashtag timelines, polled: backlog, pages, late posts, and what a second look finds."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from corrillo.errors import SourceRefused, SourceUnavailable
from corrillo.model import Batch, Cursor, Deletion, Items, Post
from corrillo.registry import SourceContext
from ingest import mastodon_api, mastodon_statuses
from ingest.mastodon import Mastodon, MastodonConfig
from tests.fakes.mastodon import FakeMastodon

Opened = Callable[..., Mastodon]
TIMELINE = "/api/v1/timelines/tag/benialba"


@pytest.fixture
def opened(mastodon_server: FakeMastodon, context: Callable[..., SourceContext]) -> Opened:
    """A source that polls one hashtag of the fake server."""

    def make(**config: object) -> Mastodon:
        given = {"kind": "mastodon", "name": "fedi", "instance": mastodon_server.base, "hashtags": ["#Benialba"]}
        return Mastodon(MastodonConfig.model_validate(given | config), context())

    return make


async def read(source: Mastodon, cursor: Cursor | None = None) -> tuple[list[str], Cursor]:
    """The texts of all posts, in order, and the last cursor."""
    batches: list[Batch] = [b async for b in source.fetch(cursor)]
    texts = [p.text.removesuffix(" #benialba") for b in batches for p in b.items if isinstance(p, Post)]
    return texts, batches[-1].cursor


def publish(server: FakeMastodon, *texts: str) -> list[dict]:
    """These texts, each with the hashtag."""
    return [server.world.publish(f"{t} #benialba") for t in texts]


async def test_the_first_time_the_newest_are_given_oldest_first(
    opened: Opened, mastodon_server: FakeMastodon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as the backlog says, over as many pages as that takes; then what comes after them."""
    monkeypatch.setattr(mastodon_api, "PAGE", 3)
    publish(mastodon_server, *(str(n) for n in range(10)))
    texts, cursor = await read(opened(backlog=7))
    assert texts == ["3", "4", "5", "6", "7", "8", "9"]
    publish(mastodon_server, "10", "11")
    monkeypatch.setattr(mastodon_statuses, "REWIND", timedelta(0))
    assert (await read(opened(), cursor))[0] == ["10", "11"]


async def test_without_backlog_only_the_newest_is_given(opened: Opened, mastodon_server: FakeMastodon) -> None:
    """The next fetch goes on from there and does not dig up the years before."""
    for days in range(5, 0, -1):
        mastodon_server.world.publish(f"{days} #benialba", at=datetime.now(UTC) - timedelta(days=days))
    texts, cursor = await read(opened(backlog=0))
    assert texts == ["1"]
    publish(mastodon_server, "nuevo")
    assert (await read(opened(backlog=0), cursor))[0] == ["1", "nuevo"]


async def test_many_new_posts_come_page_by_page(
    opened: Opened, mastodon_server: FakeMastodon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a night without us, each page with the cursor that covers it."""
    monkeypatch.setattr(mastodon_api, "PAGE", 2)
    monkeypatch.setattr(mastodon_statuses, "REWIND", timedelta(0))
    publish(mastodon_server, "antes")
    _, cursor = await read(opened())
    new = publish(mastodon_server, "1", "2", "3", "4", "5")
    batches = [b async for b in opened().fetch(cursor)]
    assert [[p.text[0] for p in b.items if isinstance(p, Post)] for b in batches] == [["1", "2"], ["3", "4"], ["5"]]
    assert [json.loads(b.cursor.state)["benialba"] for b in batches] == [new[1]["id"], new[3]["id"], new[4]["id"]]


async def test_a_post_that_arrives_late_is_found(opened: Opened, mastodon_server: FakeMastodon) -> None:
    """From another server, under an id from before the cursor: a quarter of an hour is read again."""
    publish(mastodon_server, "ahora")
    _, cursor = await read(opened())
    late = datetime.now(UTC) - timedelta(minutes=10)
    mastodon_server.world.publish("tarde #benialba", account="pep@altra.example", at=late)
    assert "tarde" in (await read(opened(), cursor))[0]


async def test_ids_that_carry_no_time_are_left_as_they_are() -> None:
    """Small numbers and letters of other servers are no clocks."""
    assert mastodon_statuses.rewound("12345") == "12345"
    assert mastodon_statuses.rewound("AhX9bT") == "AhX9bT"
    assert mastodon_statuses.rewound("²" * 18) == "²" * 18
    assert 115580000000000001 - int(mastodon_statuses.rewound("115580000000000001")) == (15 * 60 * 1000) << 16


async def test_each_hashtag_has_its_own_place(opened: Opened, mastodon_server: FakeMastodon) -> None:
    """One that is added later begins with its own backlog."""
    publish(mastodon_server, "a")
    _, cursor = await read(opened())
    mastodon_server.world.publish("b #rambleta")
    texts, cursor = await read(opened(hashtags=["Benialba", "rambleta"]), cursor)
    assert "b #rambleta" in texts
    assert set(json.loads(cursor.state)) == {"benialba", "rambleta"}


async def test_a_server_that_repeats_itself_does_not_hold_us(
    opened: Opened, mastodon_server: FakeMastodon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that ignores where we want to go on is left after its page has come back."""
    page = json.dumps(publish(mastodon_server, "a", "b")[::-1])
    mastodon_server.break_(status=200, body=page, path=TIMELINE)
    texts, cursor = await read(opened())
    assert texts == ["a", "b"]
    assert (await read(opened(), cursor))[0] == ["a", "b", "a", "b"]
    await opened().recheck([f"{mastodon_server.host}/1"])


@pytest.mark.parametrize("body", ["<html>", '{"error": "x"}', "[1]", '[{"a": 1}]', "null", ""])
async def test_an_answer_that_is_no_timeline_may_change(
    opened: Opened, mastodon_server: FakeMastodon, body: str
) -> None:
    """A proxy's page, an error with status 200, another format."""
    mastodon_server.break_(status=200, body=body)
    with pytest.raises(SourceUnavailable) as caught:
        await read(opened())
    assert "Mastodon" in caught.value.remedy


async def test_a_wait_is_passed_on_and_a_refusal_is_one(opened: Opened, mastodon_server: FakeMastodon) -> None:
    """401 where an instance shows nothing without a token; 429 with its wait."""
    mastodon_server.break_(status=401, times=1)
    with pytest.raises(SourceRefused, match="401"):
        await read(opened())
    mastodon_server.break_(status=429, retry_after="120", times=1)
    with pytest.raises(SourceUnavailable) as caught:
        await read(opened())
    assert caught.value.retry_after == 120


async def test_a_second_look_finds_edits_and_deletions(
    opened: Opened, mastodon_server: FakeMastodon, now: datetime
) -> None:
    """Of what we know; whatever else is there stays out."""
    kept, edited, gone, untagged, _ = publish(mastodon_server, "a", "b", "c", "d", "other")
    world = mastodon_server.world
    world.edit(edited["id"], "b, corregido #benialba")
    world.delete(gone["id"])
    mastodon_server.world._statuses[int(untagged["id"])] |= {"tags": []}
    known = [f"{mastodon_server.host}/{s['id']}" for s in (kept, edited, gone, untagged)]
    items = (await opened().recheck([*known, "another.example/1"])).items
    posts = {p.ref: p for p in items if isinstance(p, Post)}
    assert set(posts) == {known[0], known[1], known[3]}
    assert posts[known[1]].text.startswith("b, corregido")
    assert posts[known[1]].revised is not None
    assert [i for i in items if isinstance(i, Deletion)] == [Deletion(network="mastodon", at=now, ref=known[2])]


@pytest.mark.parametrize(("status", "deleted"), [(404, True), (410, True), (401, False), (403, False)])
async def test_only_what_is_said_to_be_gone_is_gone(
    opened: Opened, mastodon_server: FakeMastodon, status: int, deleted: bool
) -> None:
    """An instance that does not let us look has deleted nothing."""
    mastodon_server.break_(status=status, path="/statuses/")
    items = (await opened().recheck([f"{mastodon_server.host}/5"])).items
    assert [type(i) for i in items] == [Deletion] * deleted


async def test_a_second_look_that_fails_deletes_nothing(opened: Opened, mastodon_server: FakeMastodon) -> None:
    """It raises, so that it is done again."""
    mastodon_server.break_(status=503)
    with pytest.raises(SourceUnavailable):
        await opened().recheck([f"{mastodon_server.host}/5"])
    assert await opened().recheck([]) == Items()
