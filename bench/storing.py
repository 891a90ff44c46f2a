"""Storing against a bare batched SQLite + FTS5 insert of the same rows (target: a half or more).

Bare: the same columns and the same text index, one executemany each a batch, nothing else. Ours:
tombstones, versions, links, tags, daily counts. Batches of 1,000, fresh files, in turn.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bench.corpus import NOW, many, median, pipeline_and_mentions
from corrillo.model import TaggedMention
from processors.group import group
from stores.sqlite import SqliteStore
from stores.sqlite.rows import COLUMNS, to_body, to_row

COUNT = 20_000
BATCH = 1_000
ROUNDS = 5
ZONES = {"benialba": "Europe/Madrid"}


def bare(path: Path, mentions: list[TaggedMention]) -> float:
    """Seconds of a bare insert, serialisation included."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    columns = ["number INTEGER PRIMARY KEY", *COLUMNS, "folded", "document"]
    connection.execute(f"CREATE TABLE mention ({', '.join(columns)})")
    connection.execute("CREATE UNIQUE INDEX mention_id ON mention (id)")
    connection.execute(
        "CREATE VIRTUAL TABLE mention_text USING fts5 (folded, content='mention', content_rowid='number')"
    )
    insert = f"INSERT INTO mention VALUES ({', '.join('?' * len(columns))})"
    begin = perf_counter()
    for start in range(0, len(mentions), BATCH):
        rows = [
            (n, *to_row(m, "2026-11-21"), *to_body(m)) for n, m in enumerate(mentions[start : start + BATCH], start + 1)
        ]
        connection.execute("BEGIN")
        connection.executemany(insert, rows)
        connection.executemany("INSERT INTO mention_text (rowid, folded) VALUES (?, ?)", [(r[0], r[-2]) for r in rows])
        connection.execute("COMMIT")
    spent = perf_counter() - begin
    connection.close()
    return spent


def ours(path: Path, mentions: list[TaggedMention], grouped: bool = False) -> float:
    """Seconds of the store's own writing; ``grouped``: with stories and threads before it."""
    store = SqliteStore(path, ZONES, lambda: NOW)
    begin = perf_counter()
    for start in range(0, len(mentions), BATCH):
        with store.unit() as unit:
            batch = mentions[start : start + BATCH]
            unit.write(group(batch, unit.groups) if grouped else batch)
    spent = perf_counter() - begin
    store.close()
    return spent


def with_groups(path: Path, mentions: list[TaggedMention]) -> float:
    """Seconds with stories and threads looked for in the same transaction."""
    return ours(path, mentions, grouped=True)


def main() -> None:
    pipeline, found = pipeline_and_mentions()
    mentions = many([pipeline.enrich(m) for m in found], COUNT)
    ways: dict[str, Callable[[Path, list[TaggedMention]], float]] = {
        "bare SQLite + FTS5": bare,
        "the store": ours,
        "the store, with grouping": with_groups,
    }
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            with TemporaryDirectory() as folder:
                spent[name].append(way(Path(folder) / "bench.db", mentions))
    base = median(spent["bare SQLite + FTS5"])
    print(f"{COUNT} mentions in batches of {BATCH}, median of {ROUNDS} rounds")
    for name, seconds in spent.items():
        print(f"{name:26} {COUNT / median(seconds):8.0f} rows a second   ratio {base / median(seconds):.2f}")
    print("target for the store: 0.50")


if __name__ == "__main__":
    main()
