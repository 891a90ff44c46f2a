"""Sources: where each resumes and how it is. One document each, changed by comparing and setting.

A document holds a source's health; ``corrillo.health`` says how that grows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from urllib.parse import quote

import msgspec

from corrillo.errors import StoreError
from corrillo.health import overdue
from corrillo.model import from_milliseconds
from corrillo.ports import SourceHealth
from stores.elasticsearch.connection import Client
from stores.elasticsearch.errors import ServerError
from stores.elasticsearch.names import Names
from stores.elasticsearch.search import Json, Searcher

TRIES = 20
FIELDS = (*(f.name for f in fields(SourceHealth)), "cursor", "due")
"""What stands in a document."""
COUNTED = ("failures", "seen", "kept", "rejected")
"""Of which nothing is written too: it is zero, and not unknown."""
_IN_MILLISECONDS = ("newest_post", "last_success", "last_attempt")
"""Times that documents of version 1 hold as numbers."""


@dataclass(frozen=True)
class Known:
    """What is known of a source: how it is, and where it resumes (None: nowhere yet, or that is kept elsewhere)."""

    health: SourceHealth
    cursor: str | None = None


Change = Callable[[Known | None], Known]


class _Got(msgspec.Struct):
    source: Json = msgspec.field(name="_source")
    seq_no: int = msgspec.field(name="_seq_no")
    primary_term: int = msgspec.field(name="_primary_term")


def document_of(known: Known) -> Json:
    """The document of a source; what is empty is not in it, but for what is counted."""
    health = known.health
    held: Json = {f.name: v for f in fields(health) if (v := getattr(health, f.name)) != f.default or f.name in COUNTED}
    if known_until := health.last_success or health.begun:
        held["due"] = known_until + overdue(health.every)
    return held if known.cursor is None else {**held, "cursor": known.cursor}


def known_in(name: str, document: Json) -> Known:
    """What a document says of the source of that name."""
    held = {"source": name, **document}
    for time in _IN_MILLISECONDS:
        if isinstance(moment := held.get(time), int):
            held[time] = from_milliseconds(moment)
    cursor, _ = held.pop("cursor", None), held.pop("due", None)
    return Known(msgspec.convert(held, SourceHealth), cursor if isinstance(cursor, str) else None)


def known_source(client: Client, index: str, name: str) -> Known | None:
    """What is known of the source of that name."""
    got = _got(client, index, name)
    return known_in(name, got.source) if got else None


def _got(client: Client, index: str, name: str) -> _Got | None:
    try:
        return client.ask(_Got, "GET", _path(index, name))
    except ServerError as error:
        if error.status == 404:
            return None
        raise


def move(client: Client, index: str, name: str, change: Change) -> None:
    """Change what is known of a source, whoever else does so at the same time."""
    for _ in range(TRIES):
        got = _got(client, index, name)
        known = known_in(name, got.source) if got else None
        guard = {"if_seq_no": got.seq_no, "if_primary_term": got.primary_term} if got else {"op_type": "create"}
        try:
            client.send("PUT", _path(index, name), document_of(change(known)), guard)
        except ServerError as error:
            if error.status != 409:
                raise
        else:
            return
    raise StoreError(f"source {name!r}: others change it all the time", "let only one process listen to a source")


def _path(index: str, name: str) -> str:
    return f"/{index}/_doc/{quote(name, safe='')}"


def changed(grown: Callable[[SourceHealth | None], SourceHealth], cursor: str | None = None) -> Change:
    """The change to what its health has ``grown`` to; without a ``cursor`` it resumes where it did."""

    def change(known: Known | None) -> Known:
        stands = known.cursor if known and cursor is None else cursor
        return Known(grown(known.health if known else None), stands)

    return change


def all_healths(searcher: Searcher, names: Names) -> list[SourceHealth]:
    """Every source that was ever asked, by name."""
    hits = searcher.all(Json, names["sources"], {"match_all": {}})
    return [known_in(hit.id, hit.source).health for hit in sorted(hits, key=lambda hit: hit.id)]
