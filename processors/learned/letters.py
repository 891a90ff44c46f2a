"""Many texts as one array of letters, each of which knows its text and its place there.

Lower case, digits as ``0``, blanks as one space, a letter at most twice in a row; a handle, a
link and a mark of redaction are one letter each. A space precedes every text and ends the last.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from corrillo.text import fold

Letters = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

HANDLE, LINK, REDACTED = 0xE000, 0xE001, 0xE002
"""What stands for a handle, a link and redacted personal data: letters of nobody's alphabet."""
SPACE = 0x20

_ENTITY = re.compile(
    r"(?P<link>https?:/\S*|www\.\S+|pic\.twitter\.\S+)|(?P<handle>@\w[\w.]*|@?~[0-9a-f]{16})|\[[\w-]{3,9}\]"
)
_KNOWN = 0x3000
"""Letters from here on are neither lowered nor folded."""


@dataclass(frozen=True)
class Page:
    """The letters of a batch: as lowered, without accents, and whether they were capitals.

    ``row`` is the number of each letter's text, ``begin`` and ``end`` its place there; the
    space before a text belongs to it, with an empty place.
    """

    rows: int
    lowered: Letters
    folded: Letters
    capital: Marks
    row: Places
    begin: Places
    end: Places


def page(texts: Sequence[str]) -> Page:
    """``texts`` as one array; lone surrogates are letters as any other."""
    joined = "\n" + "".join([text + "\n" for text in texts])
    raw = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).copy()
    heads = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(text) + 1 for text in texts], out=heads[1:])
    kept = np.ones(len(raw), dtype=np.bool_)
    end = np.arange(1, len(raw) + 1)
    _shorten(joined, raw, kept, end)
    lowered = _through(_lower_table(), raw)
    kept &= ~_repeated(lowered)
    kept[heads] = True
    return _page(raw, lowered, kept, end, heads)


def _shorten(joined: str, raw: Letters, kept: Marks, end: Places) -> None:
    """One letter in the place of each handle, link and mark of redaction."""
    for found in _ENTITY.finditer(joined):
        start, stop = found.span()
        raw[start] = {"link": LINK, "handle": HANDLE}.get(found.lastgroup or "", REDACTED)
        kept[start + 1 : stop] = False
        end[start] = stop


def _repeated(lowered: Letters) -> Marks:
    """Spaces after a space, and letters after two of the same."""
    again = np.zeros(len(lowered), dtype=np.bool_)
    again[1:] = lowered[1:] == lowered[:-1]
    thrice = again.copy()
    thrice[1:] &= again[:-1]
    digit = lowered == ord("0")
    return np.asarray((again & (lowered == SPACE)) | (thrice & ~digit))


def _page(raw: Letters, lowered: Letters, kept: Marks, end: Places, heads: Places) -> Page:
    places = np.flatnonzero(kept)
    row = np.searchsorted(heads, places, side="right") - 1
    offset = heads[row] + 1
    begin = places - offset
    finish = np.where(begin < 0, 0, end[places] - offset)
    letters = lowered[places]
    return Page(
        rows=len(heads) - 1,
        lowered=letters,
        folded=_through(_fold_table(), letters),
        capital=letters != _through(_digit_table(), raw[places]),
        row=row,
        begin=np.maximum(begin, 0),
        end=finish,
    )


def _through(table: Letters, letters: Letters) -> Letters:
    return np.where(letters < _KNOWN, table[np.minimum(letters, _KNOWN - 1)], letters)


@cache
def _digit_table() -> Letters:
    chars = [chr(code) for code in range(_KNOWN)]
    return np.array([SPACE if c.isspace() else ord("0") if c.isdecimal() else ord(c) for c in chars], dtype=np.uint32)


@cache
def _lower_table() -> Letters:
    lowered = [chr(code).lower() for code in _digit_table()]
    return np.array([ord(c) if len(c) == 1 else code for code, c in enumerate(lowered)], dtype=np.uint32)


@cache
def _fold_table() -> Letters:
    return np.array([ord(fold(chr(code))) for code in range(_KNOWN)], dtype=np.uint32)


@cache
def word_table() -> Marks:
    """Whether each letter up to U+3000 is of a word: a letter or a digit."""
    return np.array([chr(code).isalnum() for code in range(_KNOWN)])


def in_word(letters: Letters) -> Marks:
    """Whether each letter is of a word."""
    return np.asarray((letters < _KNOWN) & word_table()[np.minimum(letters, _KNOWN - 1)])
