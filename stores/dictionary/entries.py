"""What there is to describe: the indices of Elasticsearch, the views of SQLite, the columns of an export."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from stores.elasticsearch.fields import FIELDS, HOLDS, Described, Type
from stores.elasticsearch.names import KINDS, Kind, Names

Personal = Literal["no", "pseudonym", "text", "link", "team"]
"""What of a person a field holds."""
PERSONAL: tuple[Personal, ...] = get_args(Personal)
FIRST = "0.1.0"
"""The version since which most of it is there."""
SINCE: Mapping[str, str] = {}
"""The version since which a field is there, by its place; of the others, ``FIRST``."""


TYPES: Mapping[Type, str] = {
    "keyword": "keyword",
    "date": "date",
    "day": "date (yyyy-MM-dd)",
    "number": "long",
    "decimal": "double",
    "score": "half_float",
    "flag": "boolean",
    "text": "text; full server: `.es`, `.ca`, `.gl`, `.eu`, `.pt`, `.en`",
    "folded": "text (whitespace)",
    "kept": "keyword, `index: false`",
    "bytes": "binary",
    "object": "object",
    "whole": "object, `enabled: false`",
    "alias": "alias",
}
"""What Elasticsearch calls them, which no language changes."""


@dataclass(frozen=True)
class Entry:
    """A field: where it stands, what it is to its store, and what it says, in English."""

    room: str
    name: str
    type: str
    says: str

    @property
    def example(self) -> str:
        """One value that it may have; ``—`` where it is not for reading. Raises KeyError where there is none."""
        return _of("example", self)

    @property
    def personal(self) -> str:
        """What of a person it holds: one of ``PERSONAL``."""
        return _of("personal", self, "no")

    @property
    def since(self) -> str:
        """The version since which it is there."""
        return SINCE.get(f"{self.room}.{self.name}", FIRST)


@dataclass(frozen=True)
class Room:
    """An index, a view or a kind of file: its heading, what it holds, in English, and its fields."""

    heading: str
    says: str
    entries: tuple[Entry, ...]
    alias: str = ""


def indices() -> Iterator[Room]:
    """Every index of Elasticsearch."""
    for kind in KINDS:
        heading = Names().pattern(kind).replace("-*", "-YYYY-MM")
        yield Room(heading, HOLDS[kind], tuple(_entries(kind, FIELDS[kind])), _alias(kind))


def _alias(kind: Kind) -> str:
    return Names()[kind] if kind == "mentions" else ""


def _entries(kind: str, fields: Mapping[str, Described], above: str = "") -> Iterator[Entry]:
    for name, described in fields.items():
        yield Entry(kind, f"{above}{name}", TYPES[described.type], described.says)
        yield from _entries(kind, described.fields, f"{above}{name}.")


@cache
def kept() -> Mapping[str, Mapping[str, str]]:
    """Examples and what of a person fields hold, as they are written down."""
    return tomllib.loads((files("stores.dictionary") / "kept.toml").read_text(encoding="utf-8"))


def _of(table: str, entry: Entry, otherwise: str | None = None) -> str:
    """By place and name, else by name alone, else by its last part."""
    written = kept()[table]
    for key in (f"{entry.room}.{entry.name}", entry.name, entry.name.rpartition(".")[2]):
        if key in written:
            return written[key]
    if otherwise is None:
        raise KeyError(f"{entry.room}.{entry.name} has no {table}")
    return otherwise
