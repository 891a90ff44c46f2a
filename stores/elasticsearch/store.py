"""The store as one object."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from corrillo.errors import StoreError
from corrillo.model import milliseconds
from corrillo.ports import Clock, Erased, Unfinished
from stores.elasticsearch import backup
from stores.elasticsearch.connection import Client
from stores.elasticsearch.erase import Eraser
from stores.elasticsearch.expunge import expunge
from stores.elasticsearch.keep import ElasticKeeper
from stores.elasticsearch.memory import Memory
from stores.elasticsearch.names import Names
from stores.elasticsearch.notices import ElasticSubscriptions
from stores.elasticsearch.read import ElasticReader
from stores.elasticsearch.search import Searcher
from stores.elasticsearch.setup import ensure
from stores.elasticsearch.templates import Shape
from stores.elasticsearch.unit import ElasticUnit

PATIENCE = 90.0
"""Seconds that erasing and purging wait until what is deleted has left the files."""


class ElasticStore(ElasticReader, ElasticKeeper, ElasticSubscriptions):
    """``Store`` on a cluster, under one prefix. Nothing is sent before it is used.

    ``zones`` gives each institution's time zone, in which its days are counted. What it needs on the
    server it sets up itself, with the first use, where its user may. Raises StoreError when the
    server is away, refuses, or is not set up.
    """

    def __init__(
        self,
        client: Client,
        zones: Mapping[str, str],
        clock: Clock,
        prefix: str = "corrillo",
        shape: Shape | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._client, self._zones, self._clock, self._shape = client, zones, clock, shape or Shape()
        self._ready, self._preparing = False, threading.Lock()
        names, searcher = Names(prefix), Searcher(client, self.prepare)
        self._memory = Memory(searcher, names)
        ElasticReader.__init__(self, searcher, names)
        ElasticKeeper.__init__(self, searcher, names, patience, clock)

    def prepare(self) -> None:
        """Set up what is missing on the server; looked at once. Raises StoreError."""
        with self._preparing:
            if not self._ready:
                ensure(self._client, self._names, self._shape)
                self._ready = True

    @contextmanager
    def unit(self) -> Iterator[ElasticUnit]:
        """A unit of work: sent when the block ends, not at all when it raises."""
        self.prepare()
        unit = ElasticUnit(self._searcher, self._names, self._zones, self._memory)
        yield unit
        unit.store()

    def erase(self, *, ids: Sequence[str] = (), url: str = "", pseudonyms: Sequence[str] = ()) -> Erased:
        """Delete for good, down to the bytes of the files, and leave tombstones."""
        self.prepare()
        eraser = Eraser(self._searcher, self._names, self._zones, self._memory)
        erased = eraser.erase(milliseconds(self._clock()), ids, url, pseudonyms)
        try:
            expunge(self._client, self._names, self._patience)
        except StoreError as error:
            raise Unfinished(error, erased) from error
        return erased

    def restore(self, source: Path) -> int:
        """Put a backup into this store, which holds nothing yet; how many mentions."""
        self.prepare()
        return backup.restore(self._searcher, self._names, source)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()
