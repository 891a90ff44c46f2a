"""Retention: what was first seen before a moment goes; the daily counts stay."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

import msgspec

from stores.elasticsearch import bulk
from stores.elasticsearch.cells import COUNTED_BY, CellFields, counted
from stores.elasticsearch.connection import Client, encode
from stores.elasticsearch.documents import GONE, Tombstone
from stores.elasticsearch.journal import claim, finish, name_mentions
from stores.elasticsearch.memory import Memory
from stores.elasticsearch.names import Names
from stores.elasticsearch.search import Json, Searcher, refresh

AT_ONCE = 5_000


def purge(searcher: Searcher, names: Names, institution: str, before: int) -> int:
    """Delete the mentions of an institution that were first seen before (milliseconds); how many.

    Whatever ends it half way, daily counts are right, and the next one goes on where it stopped.
    """
    gone = 0
    while True:
        finish(searcher, names, institution)
        found = _chunk(searcher, names, institution, before)
        if found == 0:
            break
        if found is None:
            time.sleep(random.uniform(0.05, 0.5))  # noqa: S311 - so that two do not undo each other's work in step
        gone += found or 0
    _sweep(searcher, names, institution, before)
    return gone


def _chunk(searcher: Searcher, names: Names, institution: str, before: int) -> int | None:
    """Delete some; how many, or None where another process was at it."""
    client = searcher.client
    refresh(client, names, ["mentions"])
    old = _old("first_seen", institution, before)
    if not searcher.hits(msgspec.Raw, names["mentions"], {"query": old, "size": 1, "_source": False}):
        return 0
    claimed = claim(client, names, institution, before)
    if claimed is None:
        return None
    ids = [
        h.id for h in searcher.hits(msgspec.Raw, names["mentions"], {"query": old, "size": AT_ONCE, "_source": False})
    ]
    bury(client, names, ids, Tombstone(before, "purged"))
    Memory(searcher, names).forget([institution], ids)
    refresh(client, names, ["mentions"])
    body: Json = {"query": {"terms": {"id": ids}}, "size": len(ids) or 1, "_source": list(COUNTED_BY)}
    mentions = searcher.hits(CellFields, names["mentions"], body)
    counts = counted(h.source for h in mentions)
    named = name_mentions(client, names, claimed, before, [h.id for h in mentions], counts)
    finish(searcher, names, institution)
    return len(mentions) if named else None


def _sweep(searcher: Searcher, names: Names, institution: str, before: int) -> None:
    """Story marks as old as that, and links whose mention is gone already."""
    client = searcher.client
    refresh(client, names, ["links", "stories"])
    marks = [h.id for h in searcher.all(msgspec.Raw, names["stories"], _old("seen", institution, before), False)]
    bulk.every(client, [bulk.delete(names["stories"], i) for i in marks])
    orphans = [h.id for h in searcher.all(msgspec.Raw, names["links"], _old("first_seen", institution, before), False)]
    bulk.every(client, [bulk.delete(names["links"], i, GONE) for i in orphans])
    refresh(client, names, ["links", "stories"])


def _old(field: str, institution: str, before: int) -> Json:
    span = {"range": {field: {"lt": before, "format": "epoch_millis"}}}
    return {"bool": {"filter": [{"term": {"institution": institution}}, span]}}


def bury(client: Client, names: Names, ids: Sequence[str], stone: Tombstone) -> None:
    """Leave tombstones, where there are none yet."""
    document = encode(stone)
    bulk.every(client, [bulk.create(names["tombstones"], i, document) for i in ids])
