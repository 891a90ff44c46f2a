"""Daily counts: they move with each write, and outlive the mentions."""

from __future__ import annotations

import sqlite3
from collections import Counter


def count(connection: sqlite3.Connection, plus: Counter[tuple[str, ...]], minus: Counter[tuple[str, ...]]) -> None:
    """Move the daily counts by the difference; a cell that comes to nothing goes."""
    plus.subtract(minus)
    moved = [(*cell, by) for cell, by in plus.items() if by]
    connection.executemany(
        "INSERT INTO day_count VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
        moved,
    )
    if any(row[-1] < 0 for row in moved):  # type: ignore[operator]
        connection.execute("DELETE FROM day_count WHERE count <= 0")
