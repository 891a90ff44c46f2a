"""What exported files hold and where they came from: kept beside them, so that a figure can be traced back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from corrillo import __version__
from corrillo.ports import Query


@dataclass(frozen=True)
class File:
    """One file: its rows below the head, its bytes and their SHA-256."""

    name: str
    rows: int
    bytes: int
    sha256: str
    columns: tuple[str, ...]


def file_of(name: str, content: bytes, rows: int, columns: Sequence[str]) -> File:
    """What is said of a file whose bytes are at hand."""
    return File(name, rows, len(content), hashlib.sha256(content).hexdigest(), tuple(columns))


@dataclass(frozen=True)
class Asked:
    """What an export was asked for, and when.

    ``words`` say the query to a person. ``institutions``: those that it is about, by id. ``matching``:
    how many mentions the query found when the export began; None where that was not counted. ``left_out``:
    how many it would have found besides, had the team not marked them as not about the institution.
    """

    query: Query
    words: str
    institutions: Mapping[str, str]
    zone: ZoneInfo
    made: datetime
    matching: int | None = None
    links: bool = False
    left_out: int = 0

    def manifest(self, *files: File, complete: bool = True) -> str:
        """The paper that goes with ``files``, as JSON; not ``complete``: a limit has cut them."""
        return json.dumps(self.record(files, complete=complete), indent=2, ensure_ascii=False) + "\n"

    def record(self, files: Sequence[File], *, complete: bool) -> dict[str, object]:
        """The same as values. ``since`` is included, ``until`` is not; both are '' where it is open."""
        return {
            "made": _local(self.made, self.zone),
            "made_by": f"corrillo {__version__}",
            "institutions": dict(self.institutions),
            "words": self.words,
            "query": {"text": self.query.text, "where": {k: list(v) for k, v in self.query.where.items()}},
            "since": _local(self.query.since, self.zone),
            "until": _local(self.query.until, self.zone),
            "zone": self.zone.key,
            "matching": self.matching,
            "complete": complete,
            "links": self.links,
            "left_out": self.left_out,
            "files": [asdict(file) for file in files],
        }


def in_words(query: Query, zone: ZoneInfo) -> str:
    """What a query asks, in a line of English."""
    parts = [f"text: {query.text}"] if query.text else []
    parts += [f"{name}: {' or '.join(values)}" for name, values in query.where.items()]
    parts += [f"from {_local(query.since, zone)}"] if query.since else []
    parts += [f"before {_local(query.until, zone)}"] if query.until else []
    return "; ".join(parts) or "everything that is kept"


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else ""
