"""How words that were compared without case and accents are mostly written by those who use them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from corrillo.model import TaggedMention
from corrillo.text import fold
from dashboards.page.what.telling import Phrase

_BETWEEN = r"[\s'’-]+"


def as_written(phrase: Phrase, mentions: Iterable[TaggedMention]) -> str:
    """The spelling that most of them use; where it is capitals only, in small letters."""
    pattern = re.compile(r"\b" + _BETWEEN.join(map(re.escape, phrase)) + r"\b")
    found = Counter(_calm(spelling) for m in mentions for spelling in _spellings(pattern, m))
    return max(found, key=lambda s: (found[s], s), default=" ".join(phrase))


def _spellings(pattern: re.Pattern[str], mention: TaggedMention) -> set[str]:
    text = f"{mention.title}\n{mention.text}"
    return {" ".join(text[m.start() : m.end()].split()) for m in pattern.finditer(fold(text))}


def _calm(spelling: str) -> str:
    return spelling.lower() if spelling.isupper() else spelling
