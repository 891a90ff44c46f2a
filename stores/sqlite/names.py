"""Names that were erased, remembered among the tombstones by their digests."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from corrillo.model import TaggedEvent
from stores.names import digest, named, without
from stores.sqlite.stones import bury, tombstones


def forget(connection: sqlite3.Connection, pseudonyms: Iterable[str], at: int) -> None:
    """Remember, by digests only, that these names must not stand in any text."""
    bury(connection, [(digest(p), at, "name") for p in pseudonyms])


def nameless(connection: sqlite3.Connection, events: Sequence[TaggedEvent]) -> Sequence[TaggedEvent]:
    """``events`` with "@…" in the place of names that were erased."""
    names = named(events)
    return without(events, [names[d] for d in tombstones(connection, list(names))]) if names else events
