"""Tagged mention ↔ row."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

import msgspec

from corrillo.model import TaggedMention, milliseconds
from corrillo.versions import Kept
from stores.plan import searched

COLUMNS = (
    "id", "institution", "published", "day", "first_seen", "revision", "enrichment", "network", "venue", "venue_kind",
    "source", "place", "language", "target", "service", "district", "story", "thread", "author", "author_kind",
)  # fmt: skip
INSERT = f"INSERT INTO mention ({', '.join(COLUMNS)}, number) VALUES ({', '.join('?' * len(COLUMNS))}, ?)"
UPDATE = f"UPDATE mention SET {', '.join(f'{c} = ?' for c in COLUMNS)} WHERE number = ?"
READ = "SELECT b.document, l.url, l.ref FROM mention m JOIN body b ON b.number = m.number JOIN link l ON l.mention = m.number"

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(TaggedMention)

Row = tuple[object, ...]


def to_row(mention: TaggedMention, day: str) -> Row:
    """The values of ``COLUMNS``; ``day`` is the one on which it is counted."""
    return (
        mention.id, mention.institution, milliseconds(mention.published), day, milliseconds(mention.first_seen),
        mention.revision, mention.enrichment, mention.network, mention.venue, mention.venue_kind, mention.source,
        mention.place, mention.language, mention.target, mention.service, mention.district, mention.story,
        mention.thread, mention.author, mention.author_kind,
    )  # fmt: skip


def to_body(mention: TaggedMention) -> tuple[str, str]:
    """What is searched, and the mention as JSON; url and ref are left to their own table."""
    bare = msgspec.structs.replace(mention, url="", ref="") if mention.url or mention.ref else mention
    return searched(mention), _encoder.encode(bare).decode()


class _Heard(msgspec.Struct):
    """How a mention was heard."""

    backfilled: bool = False
    looked: datetime | None = None


_heard = msgspec.json.Decoder(_Heard).decode


def kept_in(document: str, published: int, first_seen: int) -> Kept:
    """What the mention of a body takes over when it is written again."""
    heard = _heard(document)
    return Kept(published, first_seen, heard.backfilled, heard.looked)


def from_row(row: tuple[str, str, str]) -> TaggedMention:
    """The mention of a row of ``READ``."""
    document, url, ref = row
    mention = _decoder.decode(document)
    return msgspec.structs.replace(mention, url=url, ref=ref) if url or ref else mention


def read_all(cursor: Iterable[tuple[str, str, str]]) -> tuple[TaggedMention, ...]:
    """The mentions of the rows of ``READ``."""
    return tuple(map(from_row, cursor))


def marks(values: Iterable[object]) -> str:
    """As many question marks as there are values."""
    return ", ".join("?" for _ in values)


def chunks(values: list[str], size: int = 900) -> Iterable[list[str]]:
    """Lists short enough for one statement."""
    return (values[i : i + size] for i in range(0, len(values), size))


def one(connection: sqlite3.Connection, statement: str, values: Iterable[object] = ()) -> int:
    """The single number that a statement gives."""
    (found,) = connection.execute(statement, tuple(values)).fetchone()
    return int(found)
