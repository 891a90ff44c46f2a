"""Erasure: by mention, by url, by a person; down to the bytes of the files."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence

from corrillo.model import TaggedMention
from corrillo.ports import Erased
from stores.sqlite import deeds
from stores.sqlite.connection import Connections
from stores.sqlite.keep import scrub
from stores.sqlite.memory import forget_mentions, forget_people
from stores.sqlite.names import forget
from stores.sqlite.rows import READ, chunks, marks, read_all
from stores.sqlite.stones import bury
from stores.sqlite.write import load, remove, write


def erase(
    connections: Connections,
    zones: Mapping[str, str],
    now: int,
    ids: Sequence[str],
    url: str,
    pseudonyms: Sequence[str],
) -> Erased:
    """Delete mentions by id, by url or by author, and the person's name in everybody else's texts."""
    with connections.transaction() as connection:
        doomed = _doomed(connection, ids, url, pseudonyms)
        stored = load(connection, doomed)
        remove(connection, list(stored.values()))
        bury(connection, [(i, now, "erased") for i in {*doomed, *ids}])
        forget_mentions(connection, doomed)
        deeds.forget(connection, doomed)
        forget_people(connection, pseudonyms)
        connection.execute("DELETE FROM story_band WHERE story NOT IN (SELECT story FROM story)")
        named = _unname(connection, pseudonyms, zones, now)
        released = _release(connection, url, pseudonyms)
    scrub(connections)
    return Erased(mentions=len(stored), named_in=named, quarantined=released, ids=tuple(doomed))


def _doomed(connection: sqlite3.Connection, ids: Sequence[str], url: str, pseudonyms: Sequence[str]) -> list[str]:
    found = set(ids)
    if url:
        rows = connection.execute(
            "SELECT m.id FROM mention m JOIN link l ON l.mention = m.number WHERE l.url = ?", (url,)
        )
        found.update(i for (i,) in rows)
    for some in chunks(list(pseudonyms)):
        statement = f"SELECT id FROM mention WHERE author IN ({marks(some)}) AND author != ''"
        found.update(i for (i,) in connection.execute(statement, some))
    return sorted(found)


def _unname(connection: sqlite3.Connection, pseudonyms: Sequence[str], zones: Mapping[str, str], now: int) -> int:
    """Take the pseudonyms out of other people's texts; in how many they stood."""
    changed: list[TaggedMention] = []
    for pseudonym in pseudonyms:
        phrase = f'"{pseudonym.lstrip("~")}"'
        rows = connection.execute(
            f"{READ} WHERE m.number IN (SELECT rowid FROM mention_text WHERE mention_text MATCH ?)", (phrase,)
        )
        changed += read_all(rows)
    others = list({m.id: m for m in changed}.values())
    forget(connection, pseudonyms, now)
    write(connection, others, zones)
    return len(others)


def _release(connection: sqlite3.Connection, url: str, pseudonyms: Sequence[str]) -> int:
    rows = connection.execute("SELECT id, raw, handles FROM quarantine").fetchall()
    gone = [(i,) for i, raw, handles in rows if (url and url in raw) or set(json.loads(handles)) & set(pseudonyms)]
    connection.executemany("DELETE FROM quarantine WHERE id = ?", gone)
    return len(gone)
