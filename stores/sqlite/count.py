"""Daily counts without personal data: they move with each write, and outlive the mentions."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping

from corrillo.model import TaggedMention, milliseconds
from stores.sqlite.time import local_day

Cell = tuple[str, str, str, str, str, str, str]
"""Institution, day, network, venue, place, service, district: what daily counts count."""


def cell_of(mention: TaggedMention, zones: Mapping[str, str]) -> Cell:
    """The cell in which ``mention`` is counted, its day in its institution's zone."""
    day = local_day(milliseconds(mention.published), zones.get(mention.institution, "UTC"))
    return (mention.institution, day, mention.network, mention.venue, mention.place, mention.service, mention.district)


def cells(cell: Cell, tags: Iterable[str]) -> list[tuple[str, ...]]:
    """The cells in which one mention is counted: once for all, once for each tag."""
    return [(*cell, ""), *((*cell, t) for t in sorted(set(tags)))]


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
