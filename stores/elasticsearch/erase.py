"""Erasure: by mention, by url, by a person; down to the bytes of the files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from corrillo.model import TaggedMention
from corrillo.ports import Erased
from corrillo.text import fold, words
from stores.elasticsearch import bulk
from stores.elasticsearch.cells import COUNTED_BY, CellFields, Counted, counted
from stores.elasticsearch.daily import write_down
from stores.elasticsearch.documents import Tombstone
from stores.elasticsearch.journal import delete_mentions, finish_all
from stores.elasticsearch.memory import Memory
from stores.elasticsearch.names import Kind, Names
from stores.elasticsearch.purge import bury
from stores.elasticsearch.search import AT_ONCE, Json, Searcher, refresh
from stores.elasticsearch.unit import ElasticUnit, QuarantineDocument
from stores.elasticsearch.view import LEFT_OUT, links_of, with_link
from stores.names import digest


class Eraser:
    """Deletes mentions by id, by url or by author, and the person's name in everybody else's texts."""

    def __init__(self, searcher: Searcher, names: Names, zones: Mapping[str, str], memory: Memory) -> None:
        self._searcher, self._names, self._zones, self._memory = searcher, names, zones, memory

    def erase(self, now: int, ids: Sequence[str], url: str, pseudonyms: Sequence[str]) -> Erased:
        """Delete and leave tombstones; what is deleted is still in the files (``expunge``).

        Names are forgotten before they are looked for: whoever writes meanwhile writes without them.
        """
        client, names = self._searcher.client, self._names
        finish_all(self._searcher, names)
        bury(client, names, [digest(p) for p in pseudonyms], Tombstone(now, "name"))
        refresh(client, names, ["mentions", "links", "quarantine"])
        doomed = sorted({*ids, *self._linked(url), *self._written_by(pseudonyms)})
        bury(client, names, doomed, Tombstone(now, "erased"))
        self._memory.forget(self._memory.institutions(), doomed, pseudonyms)
        cells = self._counted_in(doomed)
        there = delete_mentions(self._searcher, names, doomed)
        named = self._unname(pseudonyms)
        released = self._release(url, set(pseudonyms))
        for institution, touched in cells.items():
            write_down(self._searcher, names, institution, now, touched)
        return Erased(mentions=there, named_in=named, quarantined=released, ids=tuple(doomed))

    def _counted_in(self, ids: Sequence[str]) -> Mapping[str, list[Counted]]:
        """The cells of the daily counts in which these mentions are counted, by institution."""
        cells: dict[str, list[Counted]] = defaultdict(list)
        for begin in range(0, len(ids), AT_ONCE):
            of_them: Json = {"terms": {"id": list(ids[begin : begin + AT_ONCE])}}
            hits = self._searcher.all(CellFields, self._names["mentions"], of_them, list(COUNTED_BY))
            for cell in counted(hit.source for hit in hits):
                cells[cell[0]].append(cell)
        return cells

    def _linked(self, url: str) -> list[str]:
        return self._ids("links", {"term": {"url": url}}) if url else []

    def _written_by(self, pseudonyms: Sequence[str]) -> list[str]:
        return self._ids("mentions", {"terms": {"author": list(pseudonyms)}}) if pseudonyms else []

    def _ids(self, kind: Kind, query: Json) -> list[str]:
        return [h.id for h in self._searcher.all(msgspec.Raw, self._names[kind], query, False)]

    def _unname(self, pseudonyms: Sequence[str]) -> int:
        """Take the pseudonyms out of other people's texts; in how many they stood."""
        if not pseudonyms:
            return 0
        said: Json = {"terms": {"search": sorted({w for p in pseudonyms for w in words(fold(p))})}}
        hits = self._searcher.all(TaggedMention, self._names["mentions"], said, {"excludes": LEFT_OUT})
        others = {h.id: h.source for h in hits}
        links = links_of(self._searcher.client, self._names, others)
        unit = ElasticUnit(self._searcher, self._names, self._zones, self._memory)
        unit.write([with_link(m, links.get(i)) for i, m in others.items()])
        unit.store()
        return len(others)

    def _release(self, url: str, pseudonyms: set[str]) -> int:
        index = self._names["quarantine"]
        hits = self._searcher.all(QuarantineDocument, index, {"match_all": {}})
        gone = [h.id for h in hits if (url and url in h.source.raw) or not pseudonyms.isdisjoint(h.source.handles)]
        bulk.every(self._searcher.client, [bulk.delete(index, i) for i in gone])
        refresh(self._searcher.client, self._names, ["quarantine"])
        return len(gone)
