"""The fake Mastodon server is honest: a client that others wrote for the real one gets along with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from mastodon import Mastodon, MastodonError, MastodonNotFoundError, StreamListener

from tests.fakes.mastodon import FakeMastodon

PATIENCE = 60.0


@pytest.fixture
def connected(mastodon_server: FakeMastodon) -> Callable[..., Mastodon]:
    """``Mastodon.py``, with a valid token unless another is given."""

    def connect(token: str | None = mastodon_server.token) -> Mastodon:
        return Mastodon(api_base_url=mastodon_server.base, access_token=token, ratelimit_method="throw")

    return connect


class Heard(StreamListener):
    """Everything that a stream says, in its order."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Any]] = []
        self.changed = threading.Condition()

    def on_any_event(self, name: str, data: Any = None, for_stream: Any = None) -> None:
        with self.changed:
            self.events.append((name, data))
            self.changed.notify_all()

    def until(self, wanted: int) -> list[tuple[str, Any]]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.events) >= wanted, PATIENCE)
            return self.events[:wanted]


@pytest.fixture
def stream(connected: Callable[..., Mastodon], mastodon_server: FakeMastodon) -> Iterator[Heard]:
    """An open stream of a hashtag."""
    heard = Heard()
    handle = connected().stream_hashtag("benialba", heard, run_async=True)
    deadline = time.monotonic() + PATIENCE
    while not mastodon_server.open_streams() and time.monotonic() < deadline:
        time.sleep(0.02)
    yield heard
    handle.close()


def test_it_says_that_it_is_a_fake(connected: Callable[..., Mastodon]) -> None:
    """In its instance's title, in both versions of the API."""
    assert "fake" in connected().instance_v1().title
    assert "fake" in connected().instance_v2().title


def test_a_timeline_is_paged_as_documented(connected: Callable[..., Mastodon], mastodon_server: FakeMastodon) -> None:
    """Newest first; ``max_id`` before, ``since_id`` the newest after, ``min_id`` the oldest after; links to go on."""
    said = [mastodon_server.world.publish(f"{n} #Benialba")["id"] for n in range(7)]
    mastodon_server.world.publish("nada #otra")
    client = connected(None)

    def page(**where: Any) -> list[str]:
        return [s.id for s in client.timeline_hashtag("benialba", limit=3, **where)]

    assert page() == said[:3:-1]
    assert page(max_id=said[4]) == said[3:0:-1]
    assert page(since_id=said[0]) == said[:3:-1]
    assert page(min_id=said[0]) == said[3:0:-1]
    assert page(min_id=said[6]) == []
    first = client.timeline_hashtag("benialba", limit=3)
    assert [s.id for s in client.fetch_next(first)] == said[3:0:-1]
    assert len(client.timeline_hashtag("benialba", limit=100)) == 7


def test_a_status_can_be_asked_for_until_it_is_deleted(
    connected: Callable[..., Mastodon], mastodon_server: FakeMastodon
) -> None:
    """With its edits; then it is not found."""
    said = mastodon_server.world.publish("antes #Benialba & más")
    mastodon_server.world.edit(said["id"], "después #Benialba")
    status = connected().status(said["id"])
    assert "después" in status.content
    assert status.edited_at >= status.created_at
    assert [t.name for t in status.tags] == ["benialba"]
    mastodon_server.world.delete(said["id"])
    with pytest.raises(MastodonNotFoundError):
        connected().status(said["id"])


def test_a_context_is_what_is_above_and_below(
    connected: Callable[..., Mastodon], mastodon_server: FakeMastodon
) -> None:
    """At any depth; without a token cut to 60 answers, twenty deep."""
    chain = [mastodon_server.world.publish("0")]
    for number in range(1, 30):
        chain.append(mastodon_server.world.publish(str(number), answers=chain[-1]["id"]))
    context = connected().status_context(chain[3]["id"])
    assert [s.id for s in context.ancestors] == [s["id"] for s in chain[:3]]
    assert [s.id for s in context.descendants] == [s["id"] for s in chain[4:]]
    assert [s.in_reply_to_id for s in context.descendants] == [s["id"] for s in chain[3:-1]]
    assert len(connected(None).status_context(chain[0]["id"]).descendants) == 20
    for _ in range(70):
        mastodon_server.world.publish("!", answers=chain[0]["id"])
    assert len(connected(None).status_context(chain[0]["id"]).descendants) == 60
    assert len(connected().status_context(chain[0]["id"]).descendants) == 99
    with pytest.raises(MastodonNotFoundError):
        connected().status_context("77")


def test_an_account_is_looked_up_by_its_name(connected: Callable[..., Mastodon], mastodon_server: FakeMastodon) -> None:
    """One of here with or without the instance, one of elsewhere with it; whoever is not known is not found."""
    mastodon_server.world.publish("a", account="ana")
    mastodon_server.world.publish("b", account="ana@altra.example")
    client = connected(None)
    here, there = client.account_lookup("ana"), client.account_lookup("ana@altra.example")
    assert (here.acct, there.acct) == ("ana", "ana@altra.example")
    assert here.id != there.id
    assert client.account_lookup(f"ana@{mastodon_server.host}").id == here.id
    for nobody in ("pep", "pep@altra.example"):
        with pytest.raises(MastodonNotFoundError):
            client.account_lookup(nobody)


def test_what_an_account_has_said_is_paged(connected: Callable[..., Mastodon], mastodon_server: FakeMastodon) -> None:
    """Newest first, as timelines are; boosts only where they are wanted."""
    said = [mastodon_server.world.publish(str(n))["id"] for n in range(5)]
    other = mastodon_server.world.publish("x", account="pep")
    boost = mastodon_server.world.publish("", reblog=other)["id"]
    client = connected(None)
    ana = client.account_lookup("ana").id
    assert [s.id for s in client.account_statuses(ana, limit=3)] == [boost, *said[:2:-1]]
    assert [s.id for s in client.account_statuses(ana, limit=3, exclude_reblogs=True)] == said[:1:-1]
    assert [s.id for s in client.account_statuses(ana, exclude_reblogs=True, max_id=said[2])] == said[1::-1]
    with pytest.raises(MastodonNotFoundError):
        client.account_statuses("1")


def test_a_late_status_has_an_early_id(mastodon_server: FakeMastodon) -> None:
    """As on a server that hears of it later."""
    now = mastodon_server.world.publish("ahora #Benialba")
    late = mastodon_server.world.publish("tarde #Benialba", at=datetime.now(UTC) - timedelta(minutes=5))
    assert int(late["id"]) < int(now["id"])


def test_the_stream_says_what_happens(stream: Heard, mastodon_server: FakeMastodon) -> None:
    """Posts, edits and deletions of that hashtag, in their order."""
    mastodon_server.world.publish("otra cosa #otra")
    said = mastodon_server.world.publish("uno #Benialba")
    mastodon_server.world.edit(said["id"], "dos #Benialba")
    mastodon_server.world.delete(said["id"])
    (_, post), (_, edit), (_, gone) = events = stream.until(3)
    assert [name for name, _ in events] == ["update", "status.update", "delete"]
    assert (post.id, edit.id, str(gone)) == (said["id"], said["id"], said["id"])
    assert "dos" in edit.content


@pytest.mark.parametrize("token", [None, "expired"])
def test_a_stream_needs_a_token(connected: Callable[..., Mastodon], token: str | None) -> None:
    """Since 4.2; the timeline does not."""
    with pytest.raises(MastodonError):
        connected(token).stream_hashtag("benialba", Heard())
    assert connected(None).timeline_hashtag("benialba") == []


def test_it_breaks_as_it_is_told(connected: Callable[..., Mastodon], mastodon_server: FakeMastodon) -> None:
    """So often, on those paths; then it is well again."""
    mastodon_server.break_(status=503, times=2, path="/timelines/")
    for _ in range(2):
        with pytest.raises(MastodonError):
            connected().timeline_hashtag("benialba")
    assert connected().timeline_hashtag("benialba") == []
