"""An invented town, a standing clock and the polite client, for tests of the ingest room."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from corrillo.institution import Institution
from corrillo.model import Author, Mention, Post, Venue
from corrillo.registry import SourceContext
from corrillo.testing.recorded import Protected
from ingest.http import PoliteClient
from ingest.match import Matcher
from ingest.protect import Pseudonyms, protect
from tests.fakes.feed import FakeFeed
from tests.fakes.mastodon import FakeMastodon

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TOWN: dict[str, Any] = {
    "id": "benialba",
    "name": "Ajuntament de Benialba de la Mar",
    "names": {"es": ["Ayuntamiento de Benialba"]},
    "aliases": ["Benialba"],
    "nicknames": ["l'Aju"],
    "handles": ["@ajbenialba"],
    "hashtags": ["#Benialba", "#RambletaNeta"],
    "homonym": [{"name": "CF Benialba", "phrases": ["Marc Benialba"], "context": ["gol", "portero"]}],
    "account": [
        {"network": "mastodon", "handle": "ajuntament@social.benialba.example"},
        {"network": "x", "handle": "@ajbenialba"},
    ],
    "platform": [{"host": "participa.benialba.example"}, {"network": "facebook", "venue": "Ajuntament de Benialba"}],
}


@pytest.fixture
def town() -> Institution:
    """The invented town."""
    return Institution.model_validate(TOWN)


@pytest.fixture
def changed_town() -> Callable[..., Institution]:
    """The town with some keys replaced."""
    return lambda **keys: Institution.model_validate(TOWN | keys)


@pytest.fixture
def now() -> datetime:
    """The moment at which the clock stands."""
    return NOW


@pytest.fixture
def make_post() -> Callable[..., Post]:
    """A post of an unknown neighbour; any field can be given."""

    def make(text: str = "Hola", **fields: Any) -> Post:
        given = {
            "network": "x",
            "native_id": "1",
            "venue": Venue(name="x.com", kind="microblog"),
            "author": Author(handle="@mpvidal"),
            "published": NOW,
        }
        return Post(text=text, **(given | fields))

    return make


@pytest.fixture
def pseudonyms() -> Pseudonyms:
    """Pseudonyms under a key that only tests use."""
    return Pseudonyms(b"a key that only tests use")


@pytest.fixture
def matcher(town: Institution) -> Matcher:
    """The matcher for the invented town."""
    return Matcher([town])


@pytest.fixture
def protected(matcher: Matcher, pseudonyms: Pseudonyms) -> Protected:
    """A post → its mentions of the invented town, matched and protected."""

    def mentions(post: Post, at: datetime) -> list[Mention]:
        return [protect(post, presence, reasons, pseudonyms, at) for presence, reasons in matcher(post)]

    return mentions


@pytest.fixture(scope="session")
def certificates() -> ssl.SSLContext:
    """The usual ones, read once: reading them is the slowest thing that a client does."""
    return httpx.create_ssl_context()


@pytest_asyncio.fixture
async def client(certificates: ssl.SSLContext) -> AsyncIterator[PoliteClient]:
    """The polite client with a small mouth: 200,000 bytes."""
    polite = PoliteClient(
        lambda: NOW, contact="tests@example.org", max_bytes=200_000, chance=lambda: 0.0, certificates=certificates
    )
    yield polite
    await polite.close()


@pytest_asyncio.fixture
async def patient_client(certificates: ssl.SSLContext) -> AsyncIterator[PoliteClient]:
    """The polite client as it is in real life, for tests in which nothing is slow on purpose.

    But for two things: no pace is waited for, and a host that says 429 or 503 may be asked again at
    once, since every look at its watch is an hour later.
    """
    watch = count(0.0, 3600.0)
    polite = PoliteClient(lambda: NOW, chance=lambda: 0.0, certificates=certificates, timer=lambda: float(next(watch)))
    yield polite
    await polite.close()


@pytest.fixture
def context(town: Institution, patient_client: PoliteClient, tmp_path: Path) -> Callable[..., SourceContext]:
    """What a source gets from the house; anything can be replaced."""

    def make(**changed: Any) -> SourceContext:
        given = {
            "institutions": [town],
            "clock": lambda: NOW,
            "http": patient_client,
            "environment": {},
            "folder": str(tmp_path),
        }
        return SourceContext(**(given | changed))

    return make


@pytest.fixture
def feed_server() -> Iterator[FakeFeed]:
    """A fake web server with feeds."""
    with FakeFeed() as server:
        yield server


@pytest.fixture
def mastodon_server() -> Iterator[FakeMastodon]:
    """A fake Mastodon server."""
    with FakeMastodon(heartbeat=0.2) as server:
        yield server


@pytest.fixture
def fixtures() -> Path:
    """Folder of recorded documents and what they should become."""
    return Path(__file__).parent / "fixtures"
