"""Cleaning and folding of text, the same for matching, tagging, storing and searching.

``clean`` is applied once, when a network's text becomes a Post. ``fold`` gives what is
compared: it keeps the length, so a position in the folded text is the same position in the
text, and the words behind a hit can be cut out of the original.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MAX_TEXT = 20_000
"""Characters of a text that are kept; what is longer is cut and marked with an ellipsis."""

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_JOINER_IN_WORD = re.compile("(?<=\\w)\u200d(?=\\w)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+")
_LINES = re.compile(r"\s*\n\s*\n\s*")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"\w+")

# Letters of other alphabets that are drawn like Latin ones and are used to dodge a match.
_APOSTROPHES = "’‘ʼ´"
_LOOKALIKE = dict(zip("авекмнорстухіѕјαεικνορτυχ", "abekmhopctyxisjaeikvoptux", strict=True))


def clean(text: str, limit: int = MAX_TEXT) -> str:
    """``text`` composed (NFC), without control, direction and zero-width characters, blanks folded.

    Lone surrogates become U+FFFD. At most ``limit`` characters are kept.
    """
    if len(text) > 4 * limit:
        text = text[: 4 * limit]
    text = _SURROGATE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    text = unicodedata.normalize("NFC", _JOINER_IN_WORD.sub("", text))
    text = _LINES.sub("\n\n", _BLANKS.sub(" ", text)).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


@lru_cache(maxsize=8192)
def _fold_char(char: str) -> str:
    if char in _APOSTROPHES:
        return "'"
    base = (unicodedata.normalize("NFKD", char.lower())[:1] or char).lower()
    folded = _LOOKALIKE.get(base, base)
    return folded if len(folded) == 1 else char


def fold(text: str) -> str:
    """``text`` without case and accents, of the same length: ``fold('ÀREA Ñ')`` is ``'area n'``."""
    if text.isascii():
        return text.lower()
    return _NOT_ASCII.sub(lambda m: _fold_char(m.group()), text).lower()


def words(folded: str) -> list[str]:
    """The words of a folded text, in order: runs of letters, digits and underscores."""
    return _WORD.findall(folded)


def at_word_borders(folded: str, start: int, end: int) -> bool:
    """Whether ``folded[start:end]`` is not a piece of a longer word."""
    before_ok = start == 0 or not (folded[start - 1].isalnum() and folded[start].isalnum())
    after_ok = end >= len(folded) or not (folded[end].isalnum() and folded[end - 1].isalnum())
    return before_ok and after_ok
