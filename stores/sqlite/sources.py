"""Sources: where each resumes and how it is. A row holds its health; ``corrillo.health`` says how that grows."""

from __future__ import annotations

import sqlite3

import msgspec

from corrillo.ports import SourceHealth

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(SourceHealth).decode


def cursor_of(connection: sqlite3.Connection, source: str) -> str | None:
    """The state from which the source resumes."""
    row = connection.execute("SELECT cursor FROM source WHERE source = ?", (source,)).fetchone()
    return row[0] if row else None


def health_of(connection: sqlite3.Connection, source: str) -> SourceHealth | None:
    """What is known of a source."""
    row = connection.execute("SELECT health FROM source WHERE source = ?", (source,)).fetchone()
    return _decode(row[0]) if row else None


def healths(connection: sqlite3.Connection) -> list[SourceHealth]:
    """What is known of every source, by name."""
    return [_decode(health) for (health,) in connection.execute("SELECT health FROM source ORDER BY source")]


def hold(connection: sqlite3.Connection, health: SourceHealth, cursor: str | None = None) -> None:
    """Hold what is known of a source now; without a ``cursor`` it resumes where it did."""
    connection.execute(
        "INSERT INTO source (source, network, cursor, health) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " network = excluded.network, cursor = coalesce(excluded.cursor, cursor), health = excluded.health",
        (health.source, health.network, cursor, _encode(health).decode()),
    )
