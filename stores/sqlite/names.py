"""Names that were erased stay erased, whoever writes them again."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from corrillo.model import PSEUDONYM, TaggedEvent, TaggedMention
from stores.sqlite.stones import bury, tombstones


def forget(connection: sqlite3.Connection, pseudonyms: Iterable[str], at: int) -> None:
    """Remember, by digests only, that these names must not stand in any text."""
    bury(connection, [(_digest(p), at, "name") for p in pseudonyms])


def nameless(connection: sqlite3.Connection, events: Sequence[TaggedEvent]) -> Sequence[TaggedEvent]:
    """``events`` with "@…" in the place of names that were erased."""
    named = {p for e in events if isinstance(e, TaggedMention) for p in PSEUDONYM.findall(f"{e.title}\n{e.text}")}
    if not named:
        return events
    digests = {_digest(p): p for p in named}
    erased = [digests[d] for d in tombstones(connection, list(digests))]
    if not erased:
        return events
    pattern = re.compile("|".join(f"@?{re.escape(p)}" for p in erased))
    return [_without(e, pattern) if isinstance(e, TaggedMention) else e for e in events]


def _without(mention: TaggedMention, pattern: re.Pattern[str]) -> TaggedMention:
    def bare(text: str) -> str:
        return pattern.sub("@…", text)

    return msgspec.structs.replace(
        mention,
        text=bare(mention.text),
        title=bare(mention.title),
        tags=tuple(msgspec.structs.replace(t, evidence=tuple(map(bare, t.evidence))) for t in mention.tags),
    )


def _digest(pseudonym: str) -> str:
    return hashlib.blake2b(pseudonym.encode(), digest_size=16).hexdigest()
