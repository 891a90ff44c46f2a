"""Keeping: sources and their health, what people do about incidents, quarantine, retention, backup."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from corrillo.alerts import Act
from corrillo.health import advanced, failed
from corrillo.model import Cursor, KnownRef, from_milliseconds, milliseconds
from corrillo.ports import Clock, Quarantined, SourceHealth, SourceNews
from corrillo.work import Deed
from stores.elasticsearch import bulk, deeds, purge, told
from stores.elasticsearch.backup import backup
from stores.elasticsearch.daily import write_down
from stores.elasticsearch.expunge import expunge
from stores.elasticsearch.known import newest
from stores.elasticsearch.names import Names
from stores.elasticsearch.search import Json, Searcher, refresh
from stores.elasticsearch.sources import Change, all_healths, changed, known_source, move
from stores.elasticsearch.telling import act_operation
from stores.elasticsearch.unit import QuarantineDocument


class ElasticKeeper:
    """What is not about single mentions."""

    def __init__(self, searcher: Searcher, names: Names, patience: float, clock: Clock) -> None:
        self._searcher, self._names, self._patience, self._clock = searcher, names, patience, clock

    def cursor(self, source: str) -> Cursor | None:
        """Where the source resumes."""
        known = known_source(self._searcher.client, self._names["sources"], source)
        return Cursor(source=source, state=known.cursor) if known and known.cursor is not None else None

    def health(self) -> Sequence[SourceHealth]:
        """Every source that was ever asked, by name."""
        return all_healths(self._searcher, self._names)

    def note_failure(self, source: str, network: str, at: datetime, error: str, refused: bool = False) -> None:
        """One more failure in a row; the cursor stays."""

        def grown(known: SourceHealth | None) -> SourceHealth:
            return failed(known or SourceHealth(source, network), at, error, refused=refused)

        self._move(source, changed(grown))

    def note_success(self, news: SourceNews) -> None:
        """The source was read, though it had nothing new."""
        self._move(news.source, changed(lambda known: advanced(known, news)))

    def _move(self, source: str, change: Change) -> None:
        self._searcher.prepare()
        move(self._searcher.client, self._names["sources"], source, change)
        refresh(self._searcher.client, self._names, ["sources"])

    def known(self, source: str, since: datetime, limit: int) -> Sequence[KnownRef]:
        """The newest mentions of a source that have a ref, for looking them up again."""
        return newest(self._searcher, self._names, source, milliseconds(since), limit)

    def act(self, act: Act) -> None:
        """Keep what somebody did about an incident; the same once."""
        self._searcher.prepare()
        bulk.every(self._searcher.client, [act_operation(self._names, act)])
        refresh(self._searcher.client, self._names, ["acts"])

    def do(self, deed: Deed) -> None:
        """Keep what somebody did about a mention; the same id once."""
        self._searcher.prepare()
        bulk.every(self._searcher.client, [deeds.operation(self._names, deed)])
        refresh(self._searcher.client, self._names, ["deeds"])

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
        """Delete what was first seen, or was over, before that moment, out of the files too; counts stay, written down."""
        begun = milliseconds(self._clock())
        gone = purge.purge(self._searcher, self._names, institution, milliseconds(before))
        told.drop(self._searcher, self._names, institution, before)
        deeds.drop(self._searcher, self._names, institution, before)
        write_down(self._searcher, self._names, institution, begun)
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
