"""Stores on the session's Elasticsearch, each module under a prefix of its own, emptied after each test."""

from __future__ import annotations

import secrets
from contextlib import suppress

import msgspec
import pytest

from corrillo.errors import StoreError
from corrillo.testing.mentions import NOW, ZONES
from stores.elasticsearch import ElasticStore, connect
from stores.elasticsearch.bulk import delete, every
from stores.elasticsearch.search import Searcher
from stores.elasticsearch.templates import Shape
from tests.fakes.elasticsearch import Proxy, serve

FORGETFUL = Shape(
    settings={"index.gc_deletes": "-1", "index.translog.durability": "async", "index.refresh_interval": "-1"}
)
"""Deleted versions are forgotten at once, so that the next test may write the same mentions again; the disk is not
waited for, and nothing is found that was not refreshed."""


@pytest.fixture(scope="session")
def client(elasticsearch_server):
    with connect([elasticsearch_server.url], elasticsearch_server.user, elasticsearch_server.password) as made:
        yield made


class Prefix:
    """What one module has on the server; ``store`` opens it as many times as asked."""

    def __init__(self, client, shape):
        self.name, self.client, self.shape = f"test-{secrets.token_hex(4)}", client, shape
        self._prepared = False

    def store(self, client=None, **given):
        made = ElasticStore(
            client or self.client,
            ZONES,
            lambda: NOW,
            **{"prefix": self.name, "shape": self.shape, "patience": 0, **given},
        )
        made._ready = self._prepared
        made.prepare()
        self._prepared = True
        made.close = lambda: None
        return made

    def hits(self):
        """Every document."""
        self.client.send("POST", f"/{self.name}-*/_refresh")
        return Searcher(self.client, lambda: None).moment(
            msgspec.Raw, f"{self.name}-*", {"size": 5000, "version": True}
        )

    def documents(self):
        """Index and id of every document, with its version and source."""
        return {(hit.index, hit.id): (hit.version, bytes(hit.source)) for hit in self.hits()}

    def empty(self):
        """Delete every document; the indices stay, for making them takes longer than a test."""
        every(self.client, [delete(hit.index, hit.id) for hit in self.hits()])
        self.client.send("POST", f"/{self.name}-*/_refresh")

    def remove(self):
        indices = msgspec.json.decode(
            self.client.send("GET", f"/{self.name}-*", params={"filter_path": "*.aliases"}) or b"{}"
        )
        if indices:
            self.client.send("DELETE", "/" + ",".join(indices))
        for what in ("index", "component"):
            with suppress(StoreError):
                self.client.send("DELETE", f"/_{what}_template/{self.name}-*")


@pytest.fixture(scope="module")
def prefixes(client):
    """Makes prefixes; what is under them goes after the module."""
    made = []

    def make(shape=FORGETFUL):
        made.append(Prefix(client, shape))
        return made[-1]

    yield make
    for prefix in made:
        prefix.remove()


@pytest.fixture(scope="module")
def own(prefixes):
    """The module's prefix."""
    return prefixes()


@pytest.fixture(scope="module")
def other(prefixes):
    """A second one, for what is put back."""
    return prefixes()


@pytest.fixture
def reopen(own):
    yield own.store
    own.empty()


@pytest.fixture
def store(reopen):
    return reopen()


@pytest.fixture(scope="module")
def proxy(elasticsearch_server):
    """A proxy in front of the session's server, and the client that goes through it."""
    made = Proxy()
    listening = serve(made, elasticsearch_server.url)
    server = elasticsearch_server
    with connect([made.url], server.user, server.password, timeout=5) as through:
        made.client = through
        yield made
    listening.shutdown()
    listening.server_close()
