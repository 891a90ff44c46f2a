"""One unit of work: what is done in it is gathered, and sent when it ends; nothing is when it fails.

Elasticsearch has no transactions, so the order is what keeps the promise of ``corrillo.ports``: the
cursor moves last, and just before it what detection makes of the mentions. Whatever ends the sending half
way, the batch is read again and written over itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from corrillo.alerts import Told
from corrillo.attention import Attention
from corrillo.health import advanced
from corrillo.model import Cursor, TaggedEvent, milliseconds
from corrillo.ports import Quarantined, Recollection, SourceNews, Written
from stores.elasticsearch import attention, bulk, telling
from stores.elasticsearch.connection import encode
from stores.elasticsearch.groups import ElasticGroups
from stores.elasticsearch.memory import Memory
from stores.elasticsearch.names import Kind, Names
from stores.elasticsearch.remembering import Remembering
from stores.elasticsearch.search import Searcher, refresh
from stores.elasticsearch.sources import Change, changed, move
from stores.elasticsearch.view import View
from stores.elasticsearch.write import Writing


class QuarantineDocument(msgspec.Struct, frozen=True):
    """An item of quarantine; ``at`` in milliseconds."""

    source: str
    at: int
    reason: str
    origin: str
    raw: str
    handles: tuple[str, ...]


def set_aside(index: str, item: Quarantined) -> bytes:
    """The operation that keeps an item; one that is kept already gets the new reason and origin."""
    document = QuarantineDocument(item.source, milliseconds(item.at), item.reason, item.origin, item.raw, item.handles)
    change = encode({"reason": item.reason, "origin": item.origin})
    return bulk.create_or_change(index, item.id, encode(document), change)


class ElasticUnit:
    """What can be done in a unit; ``store`` sends it."""

    def __init__(self, searcher: Searcher, names: Names, zones: Mapping[str, str], memory: Memory) -> None:
        self._client, self._names = searcher.client, names
        self._view = View(searcher.client, names)
        self._writing = Writing(self._view, names, zones)
        self._quarantined: list[bytes] = []
        self._sources: list[tuple[str, Change]] = []
        self._told: list[Told] = []
        self._remembering = Remembering(memory)
        self.groups = ElasticGroups(searcher, names, self._view)

    def write(self, events: Sequence[TaggedEvent]) -> Written:
        """Apply the events in their order."""
        written, stored = self._writing.write(events)
        self.groups.keep(stored)
        return written

    def quarantine(self, items: Sequence[Quarantined]) -> None:
        """Keep what could not become a mention; the same item is kept once."""
        self._quarantined += [set_aside(self._names["quarantine"], item) for item in items]

    def advance(self, cursor: Cursor, news: SourceNews) -> None:
        """Move the source on, and take over what the batch says of it."""
        self._sources.append((cursor.source, changed(lambda known: advanced(known, news), cursor.state)))

    def recollect(self, institution: str, since: int) -> Recollection | None:
        """What detection remembers, unless it is that edition still."""
        return self._remembering.recollect(institution, since)

    def remember(self, institution: str, changes: Mapping[str, bytes | None]) -> int:
        """Keep what detection remembers now; the edition that this will make."""
        return self._remembering.remember(institution, changes)

    def tell(self, told: Sequence[Told]) -> None:
        """Keep incidents, hourly counts and attention."""
        self._told += told

    def store(self) -> None:
        """Send everything, and make it searchable. Raises StoreError; what was sent before stays."""
        first, second, last = self._writing.operations()
        for operations in (first, second + self.groups.operations() + self._quarantined, last):
            bulk.every(self._client, operations)
        rest = self._remembering.store(self._alive())
        bulk.every(self._client, telling.operations(self._names, rest))
        for name, change in self._sources:
            move(self._client, self._names["sources"], name, change)
        refresh(self._client, self._names, self._changed(bool(first or second)))

    def _alive(self) -> list[Told]:
        """What was told, without attention to mentions that must not come back."""
        dead = attention.buried(self._client, self._names, self._told)
        return [one for one in self._told if not isinstance(one, Attention) or one.gone or one.mention not in dead]

    def _changed(self, mentions: bool) -> list[Kind]:
        kinds: list[Kind] = ["mentions", "links", "stories", "attention"] if mentions else []
        kinds += ["quarantine"] if self._quarantined else []
        kinds += ["sources"] if self._sources else []
        kinds += ["alerts", "hours", "attention"] if self._told else []
        return kinds
