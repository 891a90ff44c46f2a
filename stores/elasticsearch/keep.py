"""Keeping: sources and their health, quarantine, retention, backup."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from corrillo.model import Cursor, from_milliseconds, milliseconds
from corrillo.ports import Quarantined, SourceHealth
from stores.elasticsearch import bulk, purge
from stores.elasticsearch.backup import backup
from stores.elasticsearch.documents import Link
from stores.elasticsearch.expunge import expunge
from stores.elasticsearch.names import Names
from stores.elasticsearch.search import Json, Searcher
from stores.elasticsearch.sources import Change, SourceDocument, failed, healths, known_source, move, succeeded
from stores.elasticsearch.unit import QuarantineDocument, refresh


class ElasticKeeper:
    """What is not about single mentions."""

    def __init__(self, searcher: Searcher, names: Names, patience: float) -> None:
        self._searcher, self._names, self._patience = searcher, names, patience

    def cursor(self, source: str) -> Cursor | None:
        """Where the source resumes."""
        known = known_source(self._searcher.client, self._names["sources"], source)
        return Cursor(source=source, state=known.cursor) if known and known.cursor is not None else None

    def health(self) -> Sequence[SourceHealth]:
        """Every source that was ever asked, by name."""
        hits = self._searcher.all(SourceDocument, self._names["sources"], {"match_all": {}})
        return healths([(h.id, h.source) for h in hits])

    def note_failure(self, source: str, network: str, at: datetime, error: str) -> None:
        """One more failure in a row; the cursor stays."""
        self._move(source, failed(network, at, error))

    def note_success(self, source: str, network: str, at: datetime) -> None:
        """The source answered, though it had nothing new."""
        self._move(source, succeeded(network, at))

    def _move(self, source: str, change: Change) -> None:
        self._searcher.prepare()
        move(self._searcher.client, self._names["sources"], source, change)
        refresh(self._searcher.client, self._names, ["sources"])

    def refs(self, source: str, since: datetime, limit: int) -> Sequence[str]:
        """Refs of the newest mentions of a source, for looking them up again."""
        span = {"range": {"published": {"gte": milliseconds(since), "format": "epoch_millis"}}}
        body: Json = {
            "query": {"bool": {"filter": [{"term": {"source": source}}, {"exists": {"field": "ref"}}, span]}},
            "collapse": {"field": "ref"},
            "sort": [{"published": "desc"}],
            "size": limit,
        }
        return [h.source.ref for h in self._searcher.hits(Link, self._names["links"], body)]

    def quarantined(self) -> Sequence[Quarantined]:
        """What is in quarantine, oldest first."""
        hits = self._searcher.all(QuarantineDocument, self._names["quarantine"], {"match_all": {}})
        return [_item(h.id, h.source) for h in sorted(hits, key=lambda h: (h.source.at, h.id))]

    def release(self, ids: Sequence[str]) -> int:
        """Forget these items."""
        index = self._names["quarantine"]
        results = bulk.every(self._searcher.client, [bulk.delete(index, i) for i in dict.fromkeys(ids)])
        refresh(self._searcher.client, self._names, ["quarantine"])
        return sum(r.status == 200 for r in results)

    def purge(self, institution: str, before: datetime) -> int:
        """Delete what was first seen before that moment, out of the files too; daily counts stay."""
        gone = purge.purge(self._searcher, self._names, institution, milliseconds(before))
        expunge(self._searcher.client, self._names, self._patience)  # also where nothing was purged
        return gone

    def purge_quarantine(self, before: datetime) -> int:
        """Forget what has been in quarantine since before that moment."""
        span: Json = {"range": {"at": {"lt": milliseconds(before), "format": "epoch_millis"}}}
        old = [h.id for h in self._searcher.all(msgspec.Raw, self._names["quarantine"], span, False)]
        gone = self.release(old)
        if gone:
            expunge(self._searcher.client, self._names, self._patience, ["quarantine"])
        return gone

    def backup(self, target: Path) -> None:
        """A copy of everything at ``target``; an existing one is replaced only by a good one."""
        backup(self._searcher, self._names, target)


def _item(identity: str, found: QuarantineDocument) -> Quarantined:
    at = from_milliseconds(found.at)
    return Quarantined(identity, found.source, at, found.reason, found.origin, found.raw, found.handles)
