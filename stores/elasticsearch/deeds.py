"""What the team did about mentions: one document a deed, only ever added, and gone with the mention."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from corrillo.work import Deed, DeedKind
from stores.elasticsearch import bulk
from stores.elasticsearch.connection import encode
from stores.elasticsearch.names import Names
from stores.elasticsearch.search import Json, Searcher, refresh

CHUNK = 1_000
"""Mentions whose deeds are asked for, or deleted, at once."""


def operation(names: Names, deed: Deed) -> bytes:
    """What keeps a deed, once."""
    return bulk.create(names["deeds"], deed.id, encode(document(deed)))


def document(deed: Deed) -> Json:
    """A deed without its kind, which the index says, and without what is empty."""
    bare: Json = msgspec.to_builtins(deed)
    return {name: value for name, value in bare.items() if name != "kind" and value not in ("", [], ())}


def deeds(searcher: Searcher, names: Names, mentions: Sequence[str]) -> list[Deed]:
    """What was done about these mentions, in its order."""
    wanted = list(dict.fromkeys(mentions))
    found = [
        hit.source
        for begin in range(0, len(wanted), CHUNK)
        for hit in searcher.all(Deed, names["deeds"], {"terms": {"mention": wanted[begin : begin + CHUNK]}})
    ]
    return sorted(found, key=lambda deed: (deed.at, deed.id))


def done(
    searcher: Searcher, names: Names, institution: str, since: datetime | None, what: Sequence[DeedKind], limit: int
) -> list[Deed]:
    """What was done for an institution since then, of these kinds (none: of all), newest first."""
    where: list[Json] = [{"term": {"institution": institution}}]
    where += [{"range": {"at": {"gte": str(msgspec.to_builtins(since))}}}] if since else []
    where += [{"terms": {"what": list(what)}}] if what else []
    order: list[Json] = [{"at": "desc"}, {"id": "desc"}]
    query: Json = {"bool": {"filter": where}}
    return [hit.source for hit in searcher.first(Deed, names["deeds"], query, order, limit)]


def forget(searcher: Searcher, names: Names, mentions: Sequence[str]) -> None:
    """Delete what was done about these mentions."""
    refresh(searcher.client, names, ["deeds"])
    for begin in range(0, len(mentions), CHUNK):
        _delete(searcher, names, {"terms": {"mention": list(mentions[begin : begin + CHUNK])}})
    refresh(searcher.client, names, ["deeds"])


def drop(searcher: Searcher, names: Names, institution: str, before: datetime) -> None:
    """Delete what was done before that moment: its mention was first seen before it, and goes too."""
    refresh(searcher.client, names, ["deeds"])
    span: Json = {"range": {"at": {"lt": str(msgspec.to_builtins(before))}}}
    _delete(searcher, names, {"bool": {"filter": [{"term": {"institution": institution}}, span]}})
    refresh(searcher.client, names, ["deeds"])


def _delete(searcher: Searcher, names: Names, query: Json) -> None:
    gone = [hit.id for hit in searcher.all(msgspec.Raw, names["deeds"], query, False)]
    bulk.every(searcher.client, [bulk.delete(names["deeds"], identity) for identity in gone])
