"""Who asked or complained and what became of it: one document a mention, as it was told last; it goes with the mention."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from corrillo.alerts import Told
from corrillo.attention import Attention
from stores.elasticsearch import bulk
from stores.elasticsearch.connection import Client, encode
from stores.elasticsearch.names import Names
from stores.elasticsearch.realtime import present
from stores.elasticsearch.search import Json, Searcher


def operation(names: Names, one: Attention, version: int | None = None) -> bytes:
    """What keeps it in place of what was told before, or deletes it; with a ``version``, unless a newer one stands."""
    if one.gone:
        return bulk.delete(names["attention"], one.mention, version)
    return bulk.put(names["attention"], one.mention, encode(document(one)), version)


def document(one: Attention) -> Json:
    """The document: without its kind, which the index says, and without what is empty."""
    bare: Json = msgspec.to_builtins(one)
    return {name: value for name, value in bare.items() if name not in ("kind", "gone") and value not in ("", None)}


def buried(client: Client, names: Names, told: Sequence[Told]) -> set[str]:
    """The mentions of which something is told though they have a tombstone."""
    addresses = [(names["tombstones"], one.mention) for one in told if isinstance(one, Attention) and not one.gone]
    return {identity for _, identity in present(client, addresses)}


def attention(
    searcher: Searcher, names: Names, institution: str, since: datetime | None, until: datetime | None, limit: int
) -> list[Attention]:
    """What was asked of an institution in that time, newest first."""
    span = {way: str(msgspec.to_builtins(at)) for way, at in (("gte", since), ("lt", until)) if at}
    where: list[Json] = [{"term": {"institution": institution}}]
    where += [{"range": {"asked": span}}] if span else []
    order: list[Json] = [{"asked": "desc"}, {"mention": "desc"}]
    query: Json = {"bool": {"filter": where}}
    return [hit.source for hit in searcher.first(Attention, names["attention"], query, order, limit)]
