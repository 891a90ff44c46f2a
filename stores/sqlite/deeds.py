"""What the team did about mentions: only ever added, and gone with the mention."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

import msgspec

from corrillo.model import milliseconds
from corrillo.work import Deed, DeedKind
from stores.sqlite.rows import chunks, marks

_encode = msgspec.json.Encoder().encode
_deed = msgspec.json.Decoder(Deed).decode


def keep(connection: sqlite3.Connection, deed: Deed) -> None:
    """Keep it; the same id once."""
    connection.execute(
        "INSERT OR IGNORE INTO deed (id, mention, institution, at, what, document) VALUES (?, ?, ?, ?, ?, ?)",
        (deed.id, deed.mention, deed.institution, milliseconds(deed.at), deed.what, _encode(deed).decode()),
    )


def deeds(connection: sqlite3.Connection, mentions: Sequence[str]) -> list[Deed]:
    """What was done about these mentions, in its order."""
    found = [
        _deed(document)
        for some in chunks(list(dict.fromkeys(mentions)))
        for (document,) in connection.execute(f"SELECT document FROM deed WHERE mention IN ({marks(some)})", some)
    ]
    return sorted(found, key=lambda deed: (deed.at, deed.id))


def done(
    connection: sqlite3.Connection, institution: str, since: datetime | None, what: Sequence[DeedKind], limit: int
) -> list[Deed]:
    """What was done for an institution since then, of these kinds (none: of all), newest first."""
    kinds = f" AND what IN ({marks(what)})" if what else ""
    rows = connection.execute(
        f"SELECT document FROM deed WHERE institution = ? AND at >= ?{kinds} ORDER BY at DESC, id DESC LIMIT ?",
        (institution, milliseconds(since) if since else 0, *what, max(1, limit)),
    )
    return [_deed(document) for (document,) in rows]


def forget(connection: sqlite3.Connection, mentions: Sequence[str]) -> None:
    """Delete what was done about these mentions."""
    for some in chunks(list(mentions)):
        connection.execute(f"DELETE FROM deed WHERE mention IN ({marks(some)})", some)


def drop(connection: sqlite3.Connection, institution: str, before: int) -> None:
    """Delete what was done before that moment (milliseconds): its mention was first seen before it, and goes too."""
    connection.execute("DELETE FROM deed WHERE institution = ? AND at < ?", (institution, before))
