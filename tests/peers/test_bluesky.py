"""Bluesky against a real server: its accounts, its records, its firehose, carried by a bridge to the fake Jetstream.

Real: the server (PDS), its directory, the client (``atproto``) and every event. Not real: the
stream's own server and the AppView, which cannot run here; ``tests.fakes`` has both, and says so.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from corrillo.institution import Institution
from corrillo.model import Deletion, Post, mention_id
from corrillo.ports import Query
from corrillo.registry import SourceContext
from corrillo.testing.source import SourceContract, SourceWorld, Span, Thread
from ingest.bluesky import Bluesky
from ingest.http import PoliteClient
from stores.sqlite import SqliteStore
from tests.fakes.bluesky import KEYS, FakeAppView, Network
from tests.fakes.web import Said
from tests.peers.conftest import Person, Square
from tests.processes import Commands, until

pytestmark = pytest.mark.peers

KILLS = 8
ZONE = "Europe/Madrid"
CONFIG = """
[[institution]]
id = "valdeprado"
name = "Ayuntamiento de Valdeprado"
aliases = ["Valdeprado"]

[[institution.account]]
network = "bluesky"
handle = "{own}"

[[source]]
kind = "bluesky"
name = "sky"
jetstream = "{jetstream}"
appview = "{server}"
interval = 0.5
silence = 3600
"""


@pytest.fixture
def network(square: Square, tmp_path: Path) -> Iterator[Network]:
    """Sources that listen to the square; the institution's account is its first person."""
    own = square.person()
    account = {"network": "bluesky", "handle": own.handle}
    town = Institution.model_validate({"id": "valdeprado", "name": "Valdeprado", "account": [account]})
    view = FakeAppView(square.jetstream, {own.handle: own.did})

    def context(**changed: Any) -> SourceContext:
        polite = PoliteClient(lambda: datetime.now(UTC))
        return SourceContext(clock=lambda: datetime.now(UTC), http=polite, folder=str(tmp_path), **changed)

    with view.served() as web:
        yield Network(square.jetstream, view, web, context, town)


class TestContract(SourceContract):
    """What real people say on a real server."""

    @pytest.fixture
    def world(self, network: Network, square: Square) -> SourceWorld:
        own, (ana, pep) = square.people[0], (square.person(), square.person())
        early = ana.say("Valdeprado sin agua, otra vez")
        root = own.say("Valdeprado: corte de agua en la calle Mayor")
        said = [pep.say(f"En Valdeprado sigue sin agua el número {n}") for n in range(3)]
        answers = [ana.answer(root, root, "¿Y mañana?")]
        answers.append(pep.answer(answers[0], root, "En Valdeprado, quién sabe"))
        late = own.say("Valdeprado: ya hay agua")
        ids = frozenset([early, root, *said, *answers, late])
        square.there(*ids)
        came = square.jetstream.archive.records
        inside = (u for u in ids - {early, late} if "Valdeprado" in came[u][0]["text"])
        return SourceWorld(
            open=lambda: network.source(KEYS, silence=3600.0),
            native_ids=ids,
            sample=next(
                e.frame for e in square.jetstream.archive.events if e.fields.get("rkey") == root.split("/")[-1]
            ),
            add_post=lambda: through(square, pep.say("Ya hay agua en Valdeprado")),
            add_broken=lambda: through(square, ana.write({"$type": "app.bsky.feed.post", "text": 42})),
            cut_off=lambda: (square.jetstream.stop(), setattr(network.web, "trouble", Said(status=503)))[0],
            streams=True,
            thread=Thread(root, root, frozenset(answers)),
            gone=lambda: gone(square, pep, said[0]),
            own=frozenset([root, late]),
            span=Span(datetime.fromisoformat(came[root][0]["createdAt"]), came[late][1], frozenset(inside)),
        )


async def test_everything_that_people_do_is_heard(square: Square, network: Network) -> None:
    """Posts, answers, quotes, links, changes, deletions, people who leave and accounts that are ended, in their order."""
    own, (ana, pep) = square.people[0], (square.person(), square.person())
    root = own.say("Corte de agua")
    reply = ana.answer(root, root, "¿Hasta cuándo?")
    quote = pep.write(
        {
            "$type": "app.bsky.feed.post", "text": "Mirad", "createdAt": "2199-01-01T00:00:00Z", "langs": ["es-ES"],
            "embed": {"$type": "app.bsky.embed.record", "record": {"uri": root, "cid": own.cids[root]}},
        }
    )  # fmt: skip
    pep.write(
        {"$type": "app.bsky.feed.post", "text": "Mirad esto", "createdAt": "2026-01-01T00:00:00Z"}, rkey=quote[-13:]
    )
    ana.client.like(root, ana.client.get_post(root[-13:], own.did).cid)
    ana.client.delete_post(reply)
    ana.leave()
    pep.end()
    square.carried(
        lambda: any(e.fields.get("account", {}).get("status") == "deleted" for e in square.jetstream.archive.events)
    )
    items = await heard(network.source(silence=3600.0, appview=square.server), {own.handle, own.did, ana.did, pep.did})
    posts = [i for i in items if isinstance(i, Post)]
    assert [(p.native_id, p.text) for p in posts] == [
        (root, "Corte de agua"), (reply, "¿Hasta cuándo?"), (quote, "Mirad"), (quote, "Mirad esto"),
    ]  # fmt: skip
    assert (posts[1].answers, posts[1].thread, posts[1].answers_author) == (root, root, own.handle)
    assert posts[0].author is not None
    assert posts[0].author.handle == own.handle, "the real server says whose DID the registered handle is"
    assert (posts[2].quotes, posts[2].language) == (root, "es")
    assert abs(posts[2].published - datetime.now(UTC)) < timedelta(minutes=10)
    assert posts[3].revised is not None
    assert [(d.ref, d.author) for d in items if isinstance(d, Deletion)] == [(reply, ""), ("", ana.did), ("", pep.did)]


def test_nothing_is_lost_doubled_or_brought_back_by_killing(square: Square, fresh: Commands) -> None:
    """Killed at random points while people post and delete, and once without a stream: the store is the world."""
    chance, own = random.Random(2026), square.person()
    people = [square.person() for _ in range(3)]
    fresh.folder.joinpath("corrillo.key").write_text("a key that is used in tests and nowhere else", "ascii")
    fresh.folder.joinpath("corrillo.toml").write_text(
        CONFIG.format(own=own.handle, jetstream=square.jetstream.base, server=square.server), "utf-8"
    )
    world: dict[str, str] = {}
    deleted: list[str] = []
    for turn in range(KILLS):
        process = fresh.start("listen", "--no-page", log=f"log-{turn}")
        log = fresh.folder / f"log-{turn}"
        while "sky: reading" not in log.read_text("utf-8"):  # it has stored something
            assert process.poll() is None, log.read_text("utf-8")
            speak(chance, people, own, world, deleted)
        busy_until = time.monotonic() + chance.uniform(0, 2)
        while time.monotonic() < busy_until:
            speak(chance, people, own, world, deleted)
        if turn == KILLS // 2:
            square.jetstream.stop()
            speak(chance, people, own, world, deleted)
        process.kill()
        process.wait()
        speak(chance, people, own, world, deleted)
        if turn == KILLS // 2:
            square.jetstream.start()
    people[0].leave()
    world = {u: text for u, text in world.items() if people[0].did not in u}
    last = fresh.start("listen", "--no-page")
    expected = {mention_id("bluesky", uri, "valdeprado"): text for uri, text in world.items()}
    with closing(SqliteStore(fresh.folder / "corrillo.db", {"valdeprado": ZONE}, lambda: datetime.now(UTC))) as store:
        until(
            lambda: stored(store) == expected, lambda: f"the store is the world: {differing(stored(store), expected)}"
        )
        last.terminate()
        assert last.wait(60) == 0
        assert store.count(Query()) == len(expected)
        assert len(deleted) > 5
        assert {m.place for m in store.find(Query(), limit=500).mentions} == {"own", "on_page", "off_page"}


def speak(chance: random.Random, people: list[Person], own: Person, world: dict[str, str], deleted: list[str]) -> None:
    """Somebody posts, answers the institution or deletes; the institution speaks now and then."""
    who, drawn = chance.choice(people), chance.random()
    mine = [u for u in world if who.did in u]
    roots = [u for u in world if own.did in u]
    if drawn < 0.2 and mine:
        uri = chance.choice(mine)
        who.client.delete_post(uri)
        deleted.append(uri)
        del world[uri]
    elif drawn < 0.4 and roots:
        text = f"¿Hasta cuándo? {len(world)} {len(deleted)}"
        world[who.answer(chance.choice(roots), roots[0], text)] = text
    elif drawn < 0.5 or not roots:
        text = f"Corte de agua, aviso {len(world)}"
        world[own.say(text)] = text
    elif drawn < 0.7:
        who.say("Buenos días a todo el mundo")
    else:
        text = f"Valdeprado sigue sin agua, van {len(world)} días y {len(deleted)} excusas"
        world[who.say(text)] = text


def through(square: Square, uri: str) -> str:
    square.there(uri)
    return uri


def gone(square: Square, who: Person, uri: str) -> str:
    who.client.delete_post(uri)
    square.carried(lambda: uri not in square.jetstream.archive.records)
    return uri


async def heard(source: Bluesky, authors: set[str]) -> list[Post | Deletion]:
    """All that comes of these people, until one of them is gone for good and nothing more comes."""
    items: list[Post | Deletion] = []
    fetched = source.fetch(None)
    async for batch in fetched:
        items += batch.items
        if not batch.items and items:
            break
    await fetched.aclose()  # type: ignore[attr-defined]
    await source.close()

    def theirs(item: Post | Deletion) -> bool:
        if isinstance(item, Post):
            return item.author is not None and item.author.handle in authors
        return any(a in (item.ref or item.author) for a in authors)

    return [i for i in items if theirs(i)]


def stored(store: SqliteStore) -> dict[str, str]:
    found, page = {}, ""
    while True:
        answer = store.find(Query(), limit=500, page=page)
        found |= {m.id: m.text for m in answer.mentions}
        if not (page := answer.next_page):
            return found


def differing(found: dict[str, str], expected: dict[str, str]) -> str:
    missing = {i: expected[i] for i in expected.keys() - found.keys()}
    return json.dumps({"missing": missing, "still there": {i: found[i] for i in found.keys() - expected.keys()}})
