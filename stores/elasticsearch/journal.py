"""Purges under way: what makes a deletion of many mentions safe to interrupt.

One document for each institution that is being purged. From the moment that it names mentions, those
are counted by it and no longer where they stand; it ends when they are deleted and their counts are
in the cells. Who finds one, at whatever step it was left, or while another process is at it, can
finish it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

import msgspec

from stores.elasticsearch import bulk, deeds
from stores.elasticsearch.cells import CountDocument, Counted, document, identity
from stores.elasticsearch.connection import Client, encode
from stores.elasticsearch.documents import GONE
from stores.elasticsearch.names import Names
from stores.elasticsearch.realtime import Versioned, versioned
from stores.elasticsearch.search import AT_ONCE, Searcher, refresh

REMEMBERED = 8
"""Purges that a cell remembers to hold: as many as may pass while somebody slow still adds to it."""


class PurgeDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """A purge: its name, the mentions it deletes, and their counts as JSON."""

    institution: str
    at: int
    name: str
    ids: tuple[str, ...] = ()
    cells: str = "[]"


@dataclass(frozen=True)
class Purge:
    """A purge under way."""

    institution: str
    name: str
    ids: tuple[str, ...]
    counts: Mapping[Counted, int]
    guard: Mapping[str, int]
    """What makes a change fail when somebody else was faster."""


def purges(searcher: Searcher, names: Names, institution: str) -> dict[str, Purge]:
    """The purges of an institution that are under way, by name: one or none."""
    return {p.name: p for p in _read(searcher.client, names, [institution])}


def _read(client: Client, names: Names, institutions: Sequence[str]) -> list[Purge]:
    addresses = [(names["purges"], i) for i in institutions]
    return [_purge(found) for found in versioned(client, PurgeDocument, addresses).values()]


def _purge(found: Versioned[PurgeDocument]) -> Purge:
    pairs = msgspec.json.decode(found.document.cells, type=list[tuple[tuple[str, ...], int]])
    return Purge(found.document.institution, found.document.name, found.document.ids, dict(pairs), found.guard)


def claim(client: Client, names: Names, institution: str, at: int) -> Purge | None:
    """Begin a purge that names nothing yet; None where another process has begun one."""
    document = PurgeDocument(institution, at, uuid4().hex)
    (result,) = bulk.every(client, [bulk.create(names["purges"], institution, encode(document))])
    return next(iter(_read(client, names, [institution])), None) if result.status < 300 else None


def name_mentions(
    client: Client, names: Names, purge: Purge, at: int, ids: Sequence[str], counts: Counter[Counted]
) -> Purge | None:
    """Name the mentions that go: from here on the purge counts them. None where another process ended it."""
    cells = encode(sorted(counts.items())).decode()
    document = PurgeDocument(purge.institution, at, purge.name, tuple(ids), cells)
    operation = bulk.guarded(names["purges"], purge.institution, encode(document), purge.guard)
    (result,) = bulk.every(client, [operation])
    return next(iter(_read(client, names, [purge.institution])), None) if result.status < 300 else None


def finish(searcher: Searcher, names: Names, institution: str) -> None:
    """Finish the purge of an institution that is under way, if there is one."""
    for purge in _read(searcher.client, names, [institution]):
        if purge.ids:
            delete_mentions(searcher, names, purge.ids)
            _add(searcher.client, names, purge)
        bulk.every(searcher.client, [bulk.guarded_delete(names["purges"], institution, purge.guard)])


def finish_all(searcher: Searcher, names: Names) -> None:
    """Finish every purge that is under way."""
    refresh(searcher.client, names, ["purges"])
    for hit in list(searcher.all(PurgeDocument, names["purges"], {"match_all": {}})):
        finish(searcher, names, hit.id)


def delete_mentions(searcher: Searcher, names: Names, ids: Sequence[str]) -> int:
    """Delete mentions with their stories, then their links and what was done about them; how many mentions were there."""
    refresh(searcher.client, names, ["mentions"])
    parts = [ids[n : n + AT_ONCE] for n in range(0, len(ids), AT_ONCE)]
    deleted = sum(_delete(searcher, names, part) for part in parts)
    deeds.forget(searcher, names, ids)
    refresh(searcher.client, names, ["mentions", "links", "stories", "attention"])
    return deleted


def _delete(searcher: Searcher, names: Names, ids: Sequence[str]) -> int:
    hits = searcher.all(msgspec.Raw, names["mentions"], {"terms": {"id": list(ids)}}, False)
    there = [bulk.delete(hit.index, hit.id, GONE) for hit in hits]
    bulk.every(searcher.client, [*there, *(bulk.delete(names["stories"], i) for i in ids)])
    bulk.every(searcher.client, [bulk.delete(names["attention"], i) for i in ids])
    bulk.every(searcher.client, [bulk.delete(names["links"], i, GONE) for i in ids])
    return len(there)


def _add(client: Client, names: Names, purge: Purge) -> None:
    """Add its counts to the cells, each once whoever adds it."""
    waiting = {identity(cell): (cell, count) for cell, count in purge.counts.items()}
    while waiting:
        found = versioned(client, CountDocument, [(names["counts"], i) for i in waiting])
        cells = {i: cell for (_, i), cell in found.items()}
        waiting = {i: c for i, c in waiting.items() if i not in cells or purge.name not in cells[i].document.purges}
        operations = [_added(names["counts"], i, *c, purge.name, cells.get(i)) for i, c in waiting.items()]
        results = bulk.every(client, operations)
        waiting = {i: c for (i, c), result in zip(waiting.items(), results, strict=True) if result.status == 409}
    refresh(client, names, ["counts"])


def _added(
    index: str, name: str, cell: Counted, count: int, purge: str, known: Versioned[CountDocument] | None
) -> bytes:
    if known is None:
        return bulk.create(index, name, encode(document(cell, count, [purge])))
    held = (*known.document.purges, purge)[-REMEMBERED:]
    return bulk.guarded(index, name, encode(document(cell, known.document.count + count, held)), known.guard)
