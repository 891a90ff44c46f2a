"""Bluesky keeps the contract for sources, and asks its public servers as they are documented."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import aclosing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from atproto import JetstreamClient

from corrillo.errors import SourceRefused, SourceUnavailable
from corrillo.institution import Institution
from corrillo.model import Deletion, Items, Mention, Post
from corrillo.registry import SourceContext
from corrillo.testing.recorded import check
from corrillo.testing.source import SourceContract, SourceWorld, Span, Thread
from ingest import bluesky
from ingest.bluesky import Bluesky
from ingest.match import Matcher
from ingest.protect import Pseudonyms, protect
from tests.fakes.bluesky import ACCOUNT, BEGIN, KEYS, OWN, PAGE, Network, network_of
from tests.fakes.jetstream_frames import did, message
from tests.fakes.web import Said


@pytest.fixture
def network(context: Callable[..., SourceContext], changed_town: Callable[..., Institution]) -> Iterator[Network]:
    """An empty network, and a town with an account there."""
    with network_of(context, changed_town(account=[ACCOUNT])) as network:
        yield network


class TestContract(SourceContract):
    """The whole network, streamed."""

    @pytest.fixture
    def world(self, network: Network, monkeypatch: pytest.MonkeyPatch) -> SourceWorld:
        monkeypatch.setattr(bluesky, "DEPTH", 2)
        stream = network.jetstream
        early = stream.publish("Sense aigua a Benialba, abans", did("lluc"))
        root = stream.publish("Tall d'aigua a Benialba", OWN)
        said = [stream.publish(f"Otra vez sin agua en Benialba ({n})", did(f"vecina {n}")) for n in range(4)]
        answers = [network.answer(root, root)]
        for _ in range(3):
            answers.append(network.answer(answers[-1], root, "Gràcies #Benialba"))
        late = stream.publish("Ayuntamiento de Benialba: ya hay agua", OWN)
        inside = frozenset([root, *said, *answers[1:]])
        came = stream.archive.records
        return SourceWorld(
            open=lambda: network.source(KEYS),
            native_ids=frozenset([early, root, *said, *answers, late]),
            sample=stream.archive.events[0].frame,
            add_post=lambda: stream.publish("Ya hay agua en Benialba"),
            add_broken=lambda: stream.commit("create", did("bot"), "3broken", {"text": 42}),
            cut_off=lambda: (stream.stop(), setattr(network.web, "trouble", Said(status=503)))[0],
            streams=True,
            thread=Thread(root, root, frozenset(answers)),
            gone=lambda: (stream.delete(said[0]), said[0])[1],
            own=frozenset([root, late]),
            span=Span(came[root][1], came[late][1], inside),
        )


def test_recorded(network: Network, fixtures: Path, pseudonyms: Pseudonyms, now: datetime) -> None:
    """Frames and posts as the network gives them, beside what they become."""
    source, matcher = network.source(), Matcher([network.town])
    source._names[OWN] = ACCOUNT["handle"]

    def protected(post: Post, at: datetime) -> list[Mention]:
        return [protect(post, presence, reasons, pseudonyms, at) for presence, reasons in matcher(post)]

    check(fixtures / "bluesky.json", source, protected, now)


def test_the_official_client_reads_the_fake(network: Network) -> None:
    """atproto's JetstreamClient hears posts, deletions, accounts and notices, and resumes where it stood."""
    stream = network.jetstream
    first = stream.publish("Hola")
    stream.delete(first)
    stream.end_account(did("ana"), "deactivated")
    stream.rename(did("ana"), "altra.example")
    stream.before = [message("info", name="OutdatedCursor", message="x")]

    def heard(cursor: int, expected: int) -> list[Any]:
        found: list[Any] = []
        client = JetstreamClient({"cursor": cursor, "collections": ["app.bsky.feed.post"]}, f"{stream.base}/xrpc", 5.0)

        def take(event: Any) -> None:
            found.append(event)
            if len(found) == expected:
                client.stop()

        thread = threading.Thread(target=client.start, args=(take,))
        thread.start()
        thread.join(20)
        return found

    kinds = [e.py_type.rpartition("#")[2] for e in heard(1, 5)]
    assert kinds == ["info", "commit", "commit", "account", "identity"]
    assert [e.seq for e in heard(stream.archive.events[1].seq, 3)[1:]] == [e.seq for e in stream.archive.events[1:3]]


async def test_own_accounts_are_called_as_the_register_calls_them(network: Network) -> None:
    """Their DIDs are looked up when listening begins; everybody else is called by the DID."""
    root = network.jetstream.publish("Tall d'aigua", OWN)
    network.answer(root, root)
    own, answer = await _posts(network.source(), 2)
    assert own.author is not None
    assert answer.author is not None
    assert (own.author.handle, answer.author.handle) == (ACCOUNT["handle"], did("pep"))
    assert answer.answers_author == ACCOUNT["handle"]
    network.jetstream.end_account(OWN)
    (gone,) = await _items(network.source(), 3, Deletion)
    assert gone.author == ACCOUNT["handle"]


async def test_an_account_that_cannot_be_looked_up_stops_nobody(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked again while listening goes on; a handle that moved takes its name along."""
    monkeypatch.setattr(bluesky, "AGAIN", 0.01)
    handles = network.view.handles
    handles.clear()
    network.jetstream.publish("Tall d'aigua", OWN)
    source = network.source()
    async with aclosing(source.fetch(None)) as batches:  # type: ignore[type-var]
        first = await anext(batches)
        assert [i.author.handle for i in first.items if isinstance(i, Post) and i.author] == [OWN]
        for owner in (OWN, did("sucessora")):
            handles["ajuntament.benialba.example"] = owner
            async for _ in batches:
                if source._names == {owner: ACCOUNT["handle"]}:
                    break
        assert source._names == {did("sucessora"): ACCOUNT["handle"]}


async def test_own_posts_go_back_as_far_as_asked(network: Network) -> None:
    """Page by page, oldest first within an account; what others said is not among them."""
    said = [network.jetstream.publish(f"Avís {n}", OWN) for n in range(8)]
    network.jetstream.publish("Una altra cosa")
    since = network.jetstream.archive.records[said[2]][1]
    found = [p for items in await _all(network.source().own_posts(since)) for p in items.items]
    assert [p.native_id for p in found if isinstance(p, Post)] == said[2:]
    assert len([a for a in network.web.asked if a.path.endswith("getAuthorFeed")]) == 3


@pytest.mark.parametrize(
    ("handle", "names"),
    [
        ("@ana.example", ["ana.example", did("ana")]),
        (did("ana"), [did("ana")]),
        ("nobody.example", ["nobody.example"]),
        ("@pepa@mastodon.example", ["pepa@mastodon.example"]),
        ("mpvidal", ["mpvidal"]),
    ],
)
async def test_a_person_is_found_under_every_name(network: Network, handle: str, names: list[str]) -> None:
    """Posts stand under the DID, others' texts name the handle: an erasure needs both."""
    network.view.handles["ana.example"] = did("ana")
    assert list(await network.source().names_of(handle)) == names


async def test_an_account_that_is_gone_hides_no_other(network: Network) -> None:
    """The others' posts come first, then somebody must act."""
    network.town = network.town.model_validate(
        {"id": "benialba", "name": "Benialba", "account": [{"network": "bluesky", "handle": "a.gone.example"}, ACCOUNT]}
    )
    said = network.jetstream.publish("Avís", OWN)
    found = network.source().own_posts(BEGIN)
    assert [p.native_id for p in (await anext(found)).items if isinstance(p, Post)] == [said]
    with pytest.raises(SourceRefused):
        await anext(found)


async def test_many_posts_are_looked_up_in_few_requests(network: Network) -> None:
    """Twenty-five at a time, with how they were received; refs of other networks are nobody's."""
    uris = [network.jetstream.publish(f"Aigua {n}") for n in range(30)]
    network.jetstream.delete(uris[7])
    found = await network.source().recheck([*uris, "mastodont.example/1"])
    assert [len(u) for u in network.view.uris if u] == [25, 5]
    (gone,) = [i for i in found.items if isinstance(i, Deletion)]
    assert gone.ref == uris[7]
    counts = {
        (p.engagement.likes, p.engagement.shares, p.engagement.answers) for p in found.items if isinstance(p, Post)
    }
    assert (len(found.items), counts) == (30, {(4, 2, 0)})


async def test_an_answer_that_names_no_post_deletes_none(network: Network) -> None:
    """An error document, a login page, a post without a name: none of them says that a post is gone."""
    uri = network.jetstream.publish("Aigua")
    for body in ({"error": "InternalServerError"}, "<html>Log in</html>", {"posts": [{}]}, {"posts": None}, []):
        network.web.trouble = Said(body)
        with pytest.raises(SourceUnavailable):
            await network.source().recheck([uri])


async def test_a_thread_that_is_gone_is_a_deletion(network: Network) -> None:
    """The server's NotFound is looked up once more before it is believed."""
    uri = network.jetstream.publish("Aigua")
    network.jetstream.delete(uri)
    (gone,) = (await network.source().thread(uri)).items
    assert isinstance(gone, Deletion)
    network.web.trouble = Said(status=403)
    with pytest.raises(SourceRefused):
        await network.source().thread(uri)


async def test_without_a_password_each_query_has_one_page(network: Network) -> None:
    """The newest, and no more, which is said: the gap stays open. Nothing is asked for that would be forbidden."""
    said = [network.jetstream.publish(f"Benialba {n}") for n in range(5)]
    found: list[str] = []

    async def fill() -> None:
        async for items in network.source().backfill(BEGIN, BEGIN + timedelta(days=1)):
            found.extend(p.native_id for p in items.items if isinstance(p, Post))

    with pytest.raises(SourceRefused, match="first page") as caught:
        await fill()
    assert "app_password" in caught.value.remedy
    assert found == said[:1:-1]
    assert network.view.sessions == 0


async def test_a_session_that_has_expired_is_renewed(network: Network) -> None:
    """Two hours are not enough for a long search."""
    said = [network.jetstream.publish(f"Benialba {n}") for n in range(5)]
    source, found = network.source(KEYS), []
    async for items in source.backfill(BEGIN, BEGIN + timedelta(days=1)):
        found += [p.native_id for p in items.items if isinstance(p, Post)]
        network.view.sessions += len(found) == PAGE  # every other token is no longer good
    assert sorted(found) == sorted(said)


@pytest.mark.parametrize(
    ("keys", "said"),
    [({"CORRILLO_IDENTIFIER_SKY": "team.example"}, "app_password"), (KEYS | {"CORRILLO_APP_PASSWORD_SKY": "x"}, "401")],
)
async def test_keys_that_are_no_good_are_said(network: Network, keys: dict[str, str], said: str) -> None:
    """One of two, or a wrong one: what is wrong, and what to do."""
    with pytest.raises(SourceRefused) as caught:
        await _all(network.source(keys).backfill(BEGIN, BEGIN + timedelta(days=1)))
    assert said in caught.value.message
    assert "app_password" in caught.value.message + caught.value.remedy


async def test_a_search_closed_to_the_public_says_what_opens_it(network: Network) -> None:
    """403 without a log-in: the keys to give."""
    network.web.trouble = Said(status=403)
    with pytest.raises(SourceRefused, match="403") as caught:
        await _all(network.source().backfill(BEGIN, BEGIN + timedelta(days=1)))
    assert "identifier" in caught.value.remedy


async def test_a_search_whose_next_page_is_itself_ends(network: Network) -> None:
    """It would be read for ever."""
    view = network.view.view(network.jetstream.publish("Benialba"))
    network.web.answers["GET /xrpc/app.bsky.feed.searchPosts"] = lambda _: {"posts": [view], "cursor": "1"}
    with pytest.raises(SourceUnavailable, match="own next"):
        await _all(network.source(KEYS).backfill(BEGIN, BEGIN + timedelta(days=1)))


async def test_what_is_searched_for_are_names(network: Network) -> None:
    """Whole names and aliases, hashtags, handles; no nicknames, which mean anything."""
    await _all(network.source().backfill(BEGIN, BEGIN + timedelta(days=1)))
    asked = [a.params["q"] for a in network.web.asked]
    assert asked == [
        '"Ajuntament de Benialba de la Mar"', '"Ayuntamiento de Benialba"', '"Benialba"', "#Benialba", "#RambletaNeta",
        "@ajbenialba", "@ajuntament.benialba.example",
    ]  # fmt: skip


def test_a_post_that_cannot_be_read_is_protected_as_a_whole(network: Network) -> None:
    """The keys under which it names people are said."""
    items = network.source()._items([json.dumps({"uri": "x"}).encode()], "getPosts")  # type: ignore[list-item]
    assert {"did", "uri"} <= set(items.rejected[0].private)


async def _all(found: Any) -> list[Items]:
    return [items async for items in found]


async def _ids(found: Any) -> list[str]:
    return [p.native_id for items in await _all(found) for p in items.items if isinstance(p, Post)]


async def _items(source: Bluesky, wanted: int, kind: type[Any]) -> list[Any]:
    found: list[Any] = []
    async with aclosing(source.fetch(None)) as batches:  # type: ignore[type-var]
        async for batch in batches:
            found += batch.items
            if len(found) >= wanted:
                break
    return [i for i in found if isinstance(i, kind)]


async def _posts(source: Bluesky, wanted: int) -> list[Post]:
    return await _items(source, wanted, Post)
