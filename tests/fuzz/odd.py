"""What networks should never send, and documents in which something of it stands: all from a seed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

Path = tuple[str | int, ...]
"""The keys and numbers that lead to a place in a JSON document."""
GONE, TWICE = object(), object()
"""Instead of a value: its key is left out; its key stands there a second time, with something else."""
DEEP, DIGITS = "(very deep)", "(very many digits)"
"""Stand for what no encoder writes."""
SENT = {f'"{DEEP}"': "[" * 50_000 + "]" * 50_000, f'"{DIGITS}"': "9" * 5_000}
LONG = "palabra " * 250_000


def _nested(depth: int) -> Any:
    found: Any = "fondo"
    for level in range(depth):
        found = {"a": found} if level % 2 else [found]
    return found


TIMES = (
    "1970-01-01T00:00:00Z", "2099-12-31T23:59:59Z", "2023-02-29T10:00:00Z", "2026-11-21T10:00:00", "2026-11-21",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-11-21T24:00:00Z", "2026-11-21T10:00:60Z",
    "2026-10-25T02:30:00 Europe/Madrid", "Sat, 29 Feb 2023 10:00:00 CET", "Sun, 21 Nov 2026 10:00:00 +9999", "ayer",
    "20261121T100000Z", "1795170600", 1795170600, 1795170600123, -62135596801, 253402300800, 1e20, -1e20,
)  # fmt: skip
TEXTS = (
    "", " ", "\x00", "a\x00b\x1b", "\ud800", "medio \udfff par", "\u202egirado\u202c", "\u200f\u200d", "alcaldi\u0301a",
    "👩\u200d👩\u200d👧", "<script>alert(1)</script>", "<b onclick=x", "=cmd|' /C calc'!A0", "javascript:alert(1)",
    "data:,x", "file:///etc/passwd", "http://[::1", "https://[mal]/", "//x", "http://a:99999999/", "https://é.example/\udc80",
    "x" * 300, "@a " * 5_000, "#Benialba " * 3_000, LONG, "12345678Z 612345678", "²", "٣٤", "１２３", "1_000", "1e5", "inf",
    "nan", "-0", "None", "{}", "[1]", '"', "\\", "\r\n\t", "a/b/c/d", "did:plc:\x00/app", "at://", "…" * 20,
)  # fmt: skip
NUMBERS = (0, -1, 1, 1.5, -0.0, 2**31, 2**53 + 1, 2**63, -(2**64), 10**400, 1e308, float("inf"), float("nan"), DIGITS)
SHAPES: tuple[Any, ...] = (
    None, True, False, [], {}, [None], [[]], [{}], [1, "a"], {"": None}, {"id": {}}, {"\x00": "\ud800"}, _nested(60), DEEP,
)  # fmt: skip
ODD: tuple[Any, ...] = (GONE, TWICE, *SHAPES, *NUMBERS, *TIMES, *TEXTS)


# ── JSON documents ────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Change:
    """One place of a document and what stands there instead."""

    path: Path
    value: Any

    def __str__(self) -> str:
        shown = "(gone)" if self.value is GONE else "(twice)" if self.value is TWICE else ascii(self.value)
        return f"{'.'.join(map(str, self.path))} = {shown if len(shown) < 100 else shown[:80] + ' …'}"


def places(document: Any, path: Path = ()) -> Iterator[Path]:
    """Every place of a document, its outermost first."""
    yield path
    if isinstance(document, dict | list):
        for key, value in document.items() if isinstance(document, dict) else enumerate(document):
            yield from places(value, (*path, key))


def at(document: Any, path: Path) -> Any:
    """What stands at a place."""
    for key in path:
        document = document[key]
    return document


def changed(document: Any, changes: Sequence[Change]) -> Any:
    """``document`` with the changes made in their order; one whose place is gone by then changes nothing."""
    for change in changes:
        document = _set(document, change.path, change.value)
    return document


def _set(node: Any, path: Path, value: Any) -> Any:
    if not path:
        return None if value is GONE or value is TWICE else value
    if isinstance(node, dict) and path[0] in node:
        return _in_object(node, path[0], path[1:], value)
    if isinstance(node, list) and isinstance(path[0], int) and path[0] < len(node):
        number = path[0]
        return [*node[:number], *_in_list(node[number], path[1:], value), *node[number + 1 :]]
    return node


def _in_object(node: dict[Any, Any], key: Any, rest: Path, value: Any) -> dict[Any, Any]:
    if rest:
        return {k: _set(v, rest, value) if k == key else v for k, v in node.items()}
    if value is GONE:
        return {k: v for k, v in node.items() if k != key}
    return {**node, f"{key}\x00": ["otra vez"]} if value is TWICE else {**node, key: value}


def _in_list(one: Any, rest: Path, value: Any) -> list[Any]:
    """What stands in the place of one of a list."""
    if rest:
        return [_set(one, rest, value)]
    return [] if value is GONE else [one, one] if value is TWICE else [value]


def written(document: Any) -> str:
    """Its JSON; what no encoder writes is put in afterwards."""
    text = json.dumps(document).replace('\\u0000":', '":')
    for mark, sent in SENT.items():
        text = text.replace(mark, sent)
    return text


# ── texts and bytes ───────────────────────────────────────────────────────────────────────
T = TypeVar("T", str, bytes)


def torn(original: T, pieces: Sequence[T], random: Random) -> T:
    """``original`` with pieces put in, left out, moved, repeated or cut off, up to six times."""
    text = original
    for _ in range(random.randint(1, 6)):
        start, end = sorted(random.randrange(len(text) + 1) for _ in "ab")
        end = min(end, start + random.choice((1, 3, 20, 400)))
        piece = random.choice(pieces)
        text = random.choice((
            text[:start] + piece + text[start:],
            text[:start] + piece + text[end:],
            text[:start] + text[end:],
            text[:start] + text[start:end] * random.choice((2, 2, 50)) + text[end:],
            text[end:] + text[:start],
            text[:start] if random.random() < 0.2 else text,
        ))  # fmt: skip
    return text


# ── the smallest that still fails ─────────────────────────────────────────────────────────
def fewest(changes: Sequence[Change], fails: Callable[[Sequence[Change]], bool]) -> list[Change]:
    """Those of the changes without which it would not fail."""
    kept = list(changes)
    for change in list(kept):
        fewer = [c for c in kept if c is not change]
        kept = fewer if fails(fewer) else kept
    return kept


def shortest(text: T, fails: Callable[[T], bool]) -> T:
    """A shorter text that fails too: halves, quarters … are left out while it does."""
    size = len(text) // 2
    while size:
        start = 0
        while start < len(text):
            shorter = text[:start] + text[start + size :]
            text, start = (shorter, start) if fails(shorter) else (text, start + size)
        size //= 2
    return text
