"""What a listener may ask an instance besides its timelines: threads, own posts, times that were missed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest

from corrillo.errors import SourceRefused, SourceUnavailable
from corrillo.institution import Institution
from corrillo.model import Deletion, Items, Post
from corrillo.registry import SourceContext
from ingest import mastodon_api, mastodon_threads
from ingest.mastodon import Mastodon, MastodonConfig
from tests.fakes.mastodon import FakeMastodon

BEGIN = datetime(2026, 11, 20, 9, tzinfo=UTC)
OURS = "ajuntament@social.benialba.example"
Opened = Callable[..., Mastodon]


@pytest.fixture
def opened(mastodon_server: FakeMastodon, context: Callable[..., SourceContext]) -> Opened:
    """A source on the fake server; with ``token=True`` it has one."""

    def make(token: bool = False, **changed: object) -> Mastodon:
        config = MastodonConfig(kind="mastodon", name="fedi", instance=mastodon_server.base, hashtags=("benialba",))
        environment = {"CORRILLO_TOKEN_FEDI": mastodon_server.token} if token else {}
        return Mastodon(config, context(environment=environment, **changed))

    return make


def posts(items: Items) -> list[Post]:
    """The posts among what was found."""
    return [p for p in items.items if isinstance(p, Post)]


async def texts(found: AsyncIterator[Items]) -> list[str]:
    """The texts of all posts, in order."""
    return [p.text.removesuffix(" #benialba") for items in [i async for i in found] for p in posts(items)]


def chain(server: FakeMastodon, length: int) -> list[dict]:
    """A status, an answer to it, an answer to that one …"""
    said = [server.world.publish("0")]
    for number in range(1, length):
        said.append(server.world.publish(str(number), answers=said[-1]["id"]))
    return said


async def test_a_thread_says_what_answers_what_and_where_it_began(
    opened: Opened, mastodon_server: FakeMastodon
) -> None:
    """By the names that a post has everywhere."""
    first, second, third = chain(mastodon_server, 3)
    found = {p.text: p for p in posts(await opened().thread(f"{mastodon_server.host}/{first['id']}"))}
    assert [found[t].answers for t in "012"] == ["", first["uri"], second["uri"]]
    assert {p.thread for p in found.values()} == {first["uri"]}
    within = posts(await opened().thread(f"{mastodon_server.host}/{second['id']}"))
    assert [(p.native_id, p.thread) for p in within] == [(second["uri"], first["uri"]), (third["uri"], first["uri"])]


async def test_the_beginning_of_a_thread_that_is_gone_is_unknown(opened: Opened, mastodon_server: FakeMastodon) -> None:
    """What answers a deleted status is found without it."""
    first, second, _ = chain(mastodon_server, 3)
    mastodon_server.world.delete(first["id"])
    found = posts(await opened().thread(f"{mastodon_server.host}/{second['id']}"))
    assert [(p.text, p.thread) for p in found] == [("1", ""), ("2", "")]


@pytest.mark.parametrize("token", [False, True])
async def test_a_long_thread_is_found_whole(opened: Opened, mastodon_server: FakeMastodon, token: bool) -> None:
    """Without a token the server cuts answers to 60, twenty deep: those with more below them are asked again."""
    said = chain(mastodon_server, 45)
    wide = [mastodon_server.world.publish(f"w{n}", answers=said[-1]["id"]) for n in range(50)]
    mastodon_server.requests.clear()
    found = posts(await opened(token).thread(f"{mastodon_server.host}/{said[0]['id']}"))
    assert {p.native_id for p in found} == {s["uri"] for s in (*said, *wide)}
    asked = [r["path"] for r in mastodon_server.requests if r["path"].endswith("/context")]
    assert len(asked) == (1 if token else 3)


async def test_a_wide_thread_is_asked_for_where_it_was_cut(opened: Opened, mastodon_server: FakeMastodon) -> None:
    """Answers to an answer that is there; not those to the post itself, of which the API gives no more."""
    said = [mastodon_server.world.publish("0")]
    for _ in range(2):
        said.append(mastodon_server.world.publish("?", answers=said[0]["id"]))
        said += [mastodon_server.world.publish(str(n), answers=said[-1]["id"]) for n in range(45)]
    found = posts(await opened().thread(f"{mastodon_server.host}/{said[0]['id']}"))
    assert {p.native_id for p in found} == {s["uri"] for s in said}


async def test_a_thread_without_end_is_left(
    opened: Opened, mastodon_server: FakeMastodon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After so many questions, with what was found: an instance is not asked for ever about one post."""
    monkeypatch.setattr(mastodon_threads, "ASKS", 2)
    said = chain(mastodon_server, 100)
    found = posts(await opened().thread(f"{mastodon_server.host}/{said[0]['id']}"))
    assert [p.text for p in found] == [str(n) for n in range(61)]


async def test_a_thread_of_what_is_gone_is_its_deletion(
    opened: Opened, mastodon_server: FakeMastodon, now: datetime
) -> None:
    """And a post of another instance is none of this one's."""
    (said,) = chain(mastodon_server, 1)
    mastodon_server.world.delete(said["id"])
    ref = f"{mastodon_server.host}/{said['id']}"
    assert await opened().thread(ref) == Items(items=(Deletion(network="mastodon", at=now, ref=ref),))
    assert await opened().thread("another.example/1") == Items()


@pytest.mark.parametrize("status", [401, 403])
async def test_a_thread_that_may_not_be_seen_is_not_gone(
    opened: Opened, mastodon_server: FakeMastodon, status: int
) -> None:
    """Somebody has to give a token."""
    (said,) = chain(mastodon_server, 1)
    mastodon_server.break_(status=status)
    with pytest.raises(SourceRefused):
        await opened().thread(f"{mastodon_server.host}/{said['id']}")


@pytest.mark.parametrize("body", ["[]", '{"ancestors": []}', "null", "<html>"])
async def test_an_answer_that_is_no_thread_may_change(opened: Opened, mastodon_server: FakeMastodon, body: str) -> None:
    """It deletes nothing."""
    (said,) = chain(mastodon_server, 1)
    mastodon_server.break_(status=200, body=body, path="/context")
    with pytest.raises(SourceUnavailable) as caught:
        await opened().thread(f"{mastodon_server.host}/{said['id']}")
    assert caught.value.remedy


async def test_own_posts_are_those_since_then_oldest_first(
    opened: Opened, mastodon_server: FakeMastodon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over as many pages as that takes, answers included, boosts not; and no page more."""
    monkeypatch.setattr(mastodon_api, "PAGE", 3)
    for hours in range(12):
        mastodon_server.world.publish(str(hours), at=BEGIN + timedelta(hours=hours), account=OURS)
    asked = mastodon_server.world.publish("¿?", at=BEGIN + timedelta(hours=12))
    mastodon_server.world.publish("Sí", at=BEGIN + timedelta(hours=13), account=OURS, answers=asked["id"])
    mastodon_server.world.publish("", at=BEGIN + timedelta(hours=14), account=OURS, reblog=asked)
    mastodon_server.requests.clear()
    assert await texts(opened().own_posts(BEGIN + timedelta(hours=8))) == ["8", "9", "10", "11", "Sí"]
    assert len([r for r in mastodon_server.requests if r["path"].endswith("/statuses")]) == 3


async def test_own_accounts_are_looked_up_by_their_full_names(
    mastodon_server: FakeMastodon,
    opened: Opened,
    changed_town: Callable[..., Institution],
) -> None:
    """Here, elsewhere, however they are written; a name without its instance could be anybody's."""
    here = {"network": "mastodon", "handle": f"@Prensa@{mastodon_server.host}"}
    bare, other = {"network": "mastodon", "handle": "alcaldia"}, {"network": "x", "handle": f"x@{mastodon_server.host}"}
    there = {"network": "mastodon", "handle": OURS}
    for account in ("prensa", "alcaldia", "x", OURS):
        mastodon_server.world.publish(account, account=account)
    town = changed_town(account=[here, bare, other, there, here])
    assert await texts(opened(institutions=[town]).own_posts(BEGIN)) == ["prensa", OURS]


async def test_an_own_account_that_is_not_there_is_said_at_the_end(
    mastodon_server: FakeMastodon,
    opened: Opened,
    changed_town: Callable[..., Institution],
) -> None:
    """Of this instance: the register is wrong. Of another one: it is heard there."""
    wrong = {"network": "mastodon", "handle": f"prensa@{mastodon_server.host}"}
    far = {"network": "mastodon", "handle": "premsa@social.benialba.example"}
    town = changed_town(account=[wrong, far, {"network": "mastodon", "handle": OURS}])
    mastodon_server.world.publish("Aviso", account=OURS)
    found = opened(institutions=[town]).own_posts(BEGIN)
    assert [p.text for p in posts(await anext(found))] == ["Aviso"]
    with pytest.raises(SourceRefused, match=wrong["handle"]) as caught:
        await anext(found)
    assert "premsa@" not in caught.value.message
    assert "account" in caught.value.remedy


def hourly(server: FakeMastodon, number: int) -> None:
    """One post an hour, the first at ``BEGIN``."""
    for hours in range(number):
        server.world.publish(f"{hours} #benialba", at=BEGIN + timedelta(hours=hours))


async def test_a_time_that_was_missed_is_read_from_its_end(
    opened: Opened, mastodon_server: FakeMastodon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids carry the time, so nothing later is paged through; the first moment belongs to it, the last does not."""
    monkeypatch.setattr(mastodon_api, "PAGE", 2)
    hourly(mastodon_server, 30)
    mastodon_server.requests.clear()
    found = await texts(opened().backfill(BEGIN + timedelta(hours=2), BEGIN + timedelta(hours=5)))
    assert sorted(found) == ["2", "3", "4"]
    assert len(mastodon_server.requests) == 4  # the newest, [5 4] to see where ids stand, [3 2], [1 0]


async def test_where_ids_carry_no_time_paging_begins_at_the_newest(
    opened: Opened, mastodon_server: FakeMastodon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other servers number as they like."""
    monkeypatch.setattr(mastodon_api, "PAGE", 4)
    monkeypatch.setattr(type(mastodon_server.world), "_number", lambda world, *_, **__: 1000 + len(world.statuses()))
    hourly(mastodon_server, 12)
    found = await texts(opened().backfill(BEGIN + timedelta(hours=2), BEGIN + timedelta(hours=5)))
    assert sorted(found) == ["2", "3", "4"]


async def test_a_status_that_cannot_be_parsed_is_kept_aside_everywhere(
    opened: Opened, mastodon_server: FakeMastodon
) -> None:
    """In threads, own posts and times that were missed, as when it is read: rejected, beside the others."""
    first = mastodon_server.world.publish("uno #benialba", at=BEGIN, account=OURS)
    mastodon_server.world.publish(
        "roto #benialba", at=BEGIN + timedelta(hours=1), account=OURS, answers=first["id"], created_at="ayer"
    )
    source = opened()
    thread = await source.thread(f"{mastodon_server.host}/{first['id']}")
    own = [i async for i in source.own_posts(BEGIN)]
    filled = [i async for i in source.backfill(BEGIN, BEGIN + timedelta(days=1))]
    for items in ([thread], own, filled):
        assert next(p.text for i in items for p in posts(i)).startswith("uno")
        assert [r.reason[:12] for i in items for r in i.rejected] == ["not a status"]


async def test_a_stream_that_is_refused_for_now_is_left_alone_and_polled(
    opened: Opened, mastodon_server: FakeMastodon
) -> None:
    """Whoever began with the stream each time would be told to wait each time, and never read anything."""
    mastodon_server.world.publish("Hola #benialba")
    mastodon_server.break_(status=503, path="/streaming/")
    source = opened(token=True)
    with pytest.raises(SourceUnavailable):
        [batch async for batch in source.fetch(None)]
    mastodon_server.requests.clear()
    assert [p.text for b in [b async for b in source.fetch(None)] for p in posts(b)] == ["Hola #benialba"]
    assert "/api/v1/streaming/hashtag" not in [r["path"] for r in mastodon_server.requests]


async def test_a_token_that_is_refused_is_said_each_time(opened: Opened, mastodon_server: FakeMastodon) -> None:
    """Until somebody gives another; what can be read without it is read."""
    mastodon_server.world.publish("Hola #benialba")
    mastodon_server.break_(status=401, path="/streaming/")
    source = opened(token=True)
    for _ in range(2):
        found = source.fetch(None)
        assert [p.text for p in posts(await anext(found))] == ["Hola #benialba"]
        with pytest.raises(SourceRefused, match="401"):
            await anext(found)
