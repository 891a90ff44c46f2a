"""Which words of a text may tell what people talk about: no grammar, no names of the institution, links or numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from corrillo.institution import Institution
from corrillo.model import TaggedMention
from corrillo.text import fold, words

MOST = 2000
"""Characters of a text that are looked at."""
BETWEEN = 2
"""Small words that may stand inside a phrase: "corte de agua"."""
BREAK = "\n"
"""Between two words that no phrase joins."""
_NOISE = re.compile(r"(?:https?://|www\.)\S+|\S*@\S+|~[0-9a-f]{16}|\[[\w-]+\]")
_TOKEN = re.compile(r"\w+|[^\w\s'’-]|\n")
_TELLS = re.compile(r"\b[^\W\d_]{3,}\b")

Phrase = tuple[str, ...]
"""Two words that may tell something, and the small ones between them, in their order."""


class Telling:
    """Finds them; ``institution`` is called by names of its own, which tell nothing more than that it is meant."""

    def __init__(self, institution: Institution) -> None:
        self._silent = small_words() | frozenset(words(fold(" ".join(names_of(institution)))))

    def words(self, mention: TaggedMention) -> frozenset[str]:
        """Folded, each once."""
        return frozenset(_TELLS.findall(_bare(mention))) - self._silent

    def phrases(self, mention: TaggedMention) -> frozenset[Phrase]:
        """Folded, each once: what stands side by side in one sentence."""
        return frozenset(self._pairs(_TOKEN.findall(_bare(mention))))

    def _pairs(self, tokens: list[str]) -> Iterator[Phrase]:
        first: int | None = None
        for here, word in enumerate(tokens):
            if self._tells(word):
                if first is not None and here - first - 1 <= BETWEEN:
                    yield tuple(tokens[first : here + 1])
                first = here
            elif word not in small_words():
                first = None

    def _tells(self, word: str) -> bool:
        return _TELLS.fullmatch(word) is not None and word not in self._silent


def names_of(institution: Institution) -> Iterator[str]:
    """How it, its districts and its accounts are called."""
    yield institution.name
    for some in institution.names.values():
        yield from some
    yield from (*institution.aliases, *institution.nicknames, *institution.handles, *institution.hashtags)
    yield from (account.handle for account in institution.accounts)
    for district in institution.districts:
        yield from (district.name, *district.aliases)


@cache
def small_words() -> frozenset[str]:
    """Words that are never told, folded."""
    lines = (files("dashboards") / "page" / "what" / "small_words.txt").read_text("utf-8").splitlines()
    return frozenset(fold(word) for line in lines if not line.startswith("#") for word in line.split())


def _bare(mention: TaggedMention) -> str:
    """Title and text, folded, without links, handles and our own marks."""
    text = f"{mention.title}\n{mention.text}" if mention.title else mention.text
    folded = fold(text[:MOST])
    if "@" in folded or "~" in folded or "[" in folded or "www." in folded or "://" in folded:
        return _NOISE.sub(BREAK, folded)
    return folded
