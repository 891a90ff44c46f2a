"""Who asked or complained and what became of it: one row a mention, as it was told last; it goes with the mention."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

import msgspec

from corrillo.attention import Attention
from corrillo.model import milliseconds
from stores.sqlite.stones import tombstones

_encode = msgspec.json.Encoder().encode
_attention = msgspec.json.Decoder(Attention).decode


def keep(connection: sqlite3.Connection, told: Sequence[Attention]) -> None:
    """Keep what was told last of each mention, unless it asks nothing any more or has a tombstone."""
    last = {one.mention: one for one in told}
    buried = tombstones(connection, list(last))
    gone = [(i,) for i, one in last.items() if one.gone or i in buried]
    connection.executemany("DELETE FROM attention WHERE mention = ?", gone)
    connection.executemany(
        "INSERT OR REPLACE INTO attention (mention, institution, asked, document) VALUES (?, ?, ?, ?)",
        [
            (i, one.institution, milliseconds(one.asked), _encode(one).decode())
            for i, one in last.items()
            if not one.gone and i not in buried
        ],
    )


def attention(
    connection: sqlite3.Connection, institution: str, since: datetime | None, until: datetime | None, limit: int
) -> list[Attention]:
    """What was asked of an institution in that time, newest first."""
    times = [milliseconds(moment) if moment else None for moment in (since, since, until, until)]
    rows = connection.execute(
        "SELECT document FROM attention WHERE institution = ? AND (? IS NULL OR asked >= ?) AND (? IS NULL OR asked < ?)"
        " ORDER BY asked DESC, mention DESC LIMIT ?",
        (institution, *times, max(1, limit)),
    )
    return [_attention(document) for (document,) in rows]
