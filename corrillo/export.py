"""Mentions as files for analysts: CSV, JSON Lines, Parquet. Links are left out unless asked for."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from corrillo.errors import MissingExtra
from corrillo.marked import corrected
from corrillo.model import TaggedMention, TagKind
from corrillo.ports import Query, Reader

Format = Literal["csv", "jsonl", "parquet"]
Record = dict[str, str | int | bool | None]
PAGE = 1000
COLUMNS = (
    "id", "institution", "published", "date_only", "first_seen", "revised", "network", "venue", "venue_kind", "place",
    "language", "author", "author_kind", "title", "text", "tags", "scores", "evidence", "target", "service", "district",
    "story", "thread", "answers", "repeats", "quotes", "likes", "shares", "reasons", "source", "revision", "enrichment",
    "backfilled", "looked", "corrected", "corrected_tags",
)  # fmt: skip


def records(reader: Reader, query: Query, *, urls: bool = False) -> Iterator[Record]:
    """Every mention of the query as a flat record, newest first."""
    page = ""
    while True:
        found = reader.find(query, limit=PAGE, page=page)
        right = corrected(reader, [m.id for m in found.mentions])
        yield from (record(m, urls=urls, right=right.get(m.id)) for m in found.mentions)
        page = found.next_page
        if not page:
            return


def record(mention: TaggedMention, *, urls: bool, right: Sequence[TagKind] | None = None) -> Record:
    """One mention with ``COLUMNS`` and, if asked, ``url``; lists are joined by ``|``.

    ``author`` is there for own accounts only: nobody is to be followed from post to post. ``tags`` are
    the machine's, which filters and counts go by; ``right``: those of the team beside them (None: nobody
    has corrected them, empty: no tag fits).
    """
    flat: dict[str, Any] = {c: getattr(mention, c, None) for c in COLUMNS}
    flat |= {c: value.isoformat() for c in ("published", "first_seen", "revised", "looked") if (value := flat[c])}
    flat |= {
        "tags": "|".join(t.kind for t in mention.tags),
        "scores": "|".join(f"{t.score:.4f}" for t in mention.tags),
        "evidence": "|".join("; ".join(t.evidence) for t in mention.tags),
        "reasons": "|".join(f"{'-' if r.against else ''}{r.kind}:{r.term}" for r in mention.reasons),
        "author": mention.author if mention.author_kind == "own_account" else "",
        "likes": mention.engagement.likes,
        "shares": mention.engagement.shares,
        "corrected": right is not None,
        "corrected_tags": None if right is None else "|".join(right),
    }
    return flat | ({"url": mention.url} if urls else {})


class Counted:
    """Rows that are counted as they pass; at most ``limit`` of them (None: all)."""

    def __init__(self, rows: Iterable[Record], limit: int | None = None) -> None:
        self.count = 0
        self._rows = islice(rows, limit)

    def __iter__(self) -> Iterator[Record]:
        for row in self._rows:
            self.count += 1
            yield row


def csv_lines(rows: Iterable[Record], columns: Sequence[str]) -> Iterator[str]:
    """CSV that no spreadsheet takes for formulas: its head, then one piece of text for each row."""
    line = io.StringIO()
    writer = csv.DictWriter(line, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        yield _taken(line)
        writer.writerow({k: harmless(v) if isinstance(v, str) else v for k, v in row.items()})
    yield _taken(line)


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def harmless(value: str) -> str:
    """A cell that begins like a formula gets an apostrophe before it (OWASP, CSV injection)."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def jsonl_lines(rows: Iterable[Record], columns: Sequence[str]) -> Iterator[str]:
    """JSON Lines: one piece of text for each row."""
    return (json.dumps({c: row[c] for c in columns}, ensure_ascii=False) + "\n" for row in rows)


def write_parquet(path: Path, rows: Iterable[Record], columns: Sequence[str]) -> int:
    """Parquet with typed columns; how many rows. Raises MissingExtra without pyarrow."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtra("Parquet needs the package pyarrow", "install it: pip install 'corrillo[parquet]'") from None
    numbers = ("likes", "shares", "revision", "enrichment", "count")
    flags = ("date_only", "backfilled", "corrected", "suppressed")
    kinds = {**{c: pa.bool_() for c in flags}, **{c: pa.int64() for c in numbers}}
    schema = pa.schema([(c, kinds.get(c, pa.string())) for c in columns])
    count = 0
    with pq.ParquetWriter(path, schema) as writer:
        for block in _blocks(rows):
            writer.write_table(pa.Table.from_pylist(block, schema=schema))
            count += len(block)
    return count


def _blocks(rows: Iterable[Record]) -> Iterator[list[Record]]:
    block: list[Record] = []
    for row in rows:
        block.append(row)
        if len(block) == PAGE:
            yield block
            block = []
    if block:
        yield block


LINES: Mapping[str, Callable[[Iterable[Record], Sequence[str]], Iterator[str]]] = {
    "csv": csv_lines,
    "jsonl": jsonl_lines,
}
"""The formats that are text, by their ending."""

__all__ = [
    "COLUMNS",
    "LINES",
    "Counted",
    "Format",
    "csv_lines",
    "harmless",
    "jsonl_lines",
    "record",
    "records",
    "write_parquet",
]
