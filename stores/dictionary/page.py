"""The dictionary as a page in Markdown, in Spanish or English."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from stores.dictionary.entries import Entry, Room, indices
from stores.dictionary.file import NOT_FOR_READING, exports, views
from stores.elasticsearch.names import KINDS
from stores.elasticsearch.roles import ROLES, Role

Language = Literal["es", "en"]


@cache
def frame() -> Mapping[Language, Mapping[str, str]]:
    """What stands around the entries, by language."""
    return cast(
        "Mapping[Language, Mapping[str, str]]",
        tomllib.loads((files("stores.dictionary") / "frame.toml").read_text(encoding="utf-8")),
    )


@cache
def spanish() -> Mapping[str, str]:
    """English sentence → Spanish sentence."""
    return tomllib.loads((files("stores.dictionary") / "words.es.toml").read_text(encoding="utf-8"))


def page(language: Language) -> str:
    """The whole page. Raises KeyError for a sentence that nobody has translated, a field that has no example."""
    say: Callable[[str], str] = spanish().__getitem__ if language == "es" else str
    texts = frame()[language]
    parts = [
        texts["begin"].rstrip(),
        "\n".join(_roles(texts, say)),
        texts["elasticsearch"].rstrip(),
        *("\n".join(_room(room, texts, say)) for room in indices()),
        texts["sqlite"].rstrip(),
        *("\n".join(_room(room, texts, say)) for room in views()),
        "\n".join(_tables(texts, say)),
        texts["export"].rstrip(),
        *("\n".join(_room(room, texts, say)) for room in exports()),
    ]
    return "\n\n".join(parts) + "\n"


def _roles(texts: Mapping[str, str], say: Callable[[str], str]) -> Iterator[str]:
    yield f"## {texts['roles']}\n\n{texts['role_columns']}\n|---|---|---|"
    for name, role in ROLES.items():
        yield f"| `corrillo_{name}` | {say(role.says)} | {_reach(role, texts)} |"


def _reach(role: Role, texts: Mapping[str, str]) -> str:
    return texts["all"] if role.kinds == KINDS else ", ".join(role.kinds)


def _room(room: Room, texts: Mapping[str, str], say: Callable[[str], str]) -> Iterator[str]:
    alias = f" {texts['alias']}: `{room.alias}`." if room.alias else ""
    yield f"### `{room.heading}`\n\n{say(room.says)}{alias}\n\n{texts['columns']}\n|---|---|---|---|---|---|"
    for entry in room.entries:
        yield _row(entry, texts, say)


def _row(entry: Entry, texts: Mapping[str, str], say: Callable[[str], str]) -> str:
    shown = entry.example if entry.example == "—" else f"`{entry.example}`"
    cells = (f"`{entry.name}`", entry.type, say(entry.says), shown, texts[f"personal_{entry.personal}"], entry.since)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _tables(texts: Mapping[str, str], say: Callable[[str], str]) -> Iterator[str]:
    yield f"### {texts['tables']}\n\n{texts['table_columns']}\n|---|---|"
    for name, says in NOT_FOR_READING.items():
        yield f"| `{name}` | {say(says)} |"
