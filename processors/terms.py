"""Finding many terms in a folded text in one pass (Aho-Corasick), and the packaged lexicons.

A term is compared with folded text (``corrillo.text.fold``) at word borders. ``*`` at its end
stands for any ending of the word; `` … `` inside it for at most ``GAP`` characters of the same
line. A name behind ``@`` is found only by a term that is looked for in handles, or that has the ``@``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from importlib import resources
from typing import NamedTuple, Protocol, cast

import ahocorasick  # type: ignore[import-not-found, import-untyped, unused-ignore]  # a C extension without stubs

from corrillo.model import LANGUAGES
from corrillo.text import fold

GAP = 60
"""Characters that may stand between the two parts of a term."""

Words = dict[str, dict[str, list[str]]]
"""A lexicon of one language: section → class → terms."""


class Term(NamedTuple):
    """What to look for, the class that a hit reports, and the language ('' for every one)."""

    text: str
    label: str
    language: str = ""


class Hit(NamedTuple):
    """A term found at ``[start, end)`` of the folded text, which is the same place in the text."""

    term: str
    label: str
    language: str
    start: int
    end: int


class _Piece(NamedTuple):
    """What a word of the automaton stands for: a term, or one of the two parts of one.

    ``number`` is what the two parts recognise each other by.
    """

    text: str
    label: str
    language: str
    number: int
    opens: bool
    closes: bool
    prefix: bool
    handles: bool


_Entry = tuple[int, bool, tuple[_Piece, ...]]
"""Length of a word, whether a longer word may begin with it, and what it stands for."""


class _Automaton(Protocol):
    def iter(self, text: str) -> Iterator[tuple[int, _Entry]]: ...


class TermFinder:
    """Finds all of its terms in a text in one pass, some of them ``in_handles`` too; build it once and keep it."""

    def __init__(self, terms: Iterable[Term], in_handles: Iterable[Term] = ()) -> None:
        self._automaton = _automaton([*((term, False) for term in terms), *((term, True) for term in in_handles)])

    def hits(self, folded: str, languages: Collection[str] | None = None) -> list[Hit]:
        """What is found of ``languages`` (None: of all), by where it ends; hits may overlap."""
        if self._automaton is None:
            return []
        found: list[Hit] = []
        opened: dict[int, tuple[int, int]] = {}
        size = len(folded)
        for last, (length, extends, pieces) in self._automaton.iter(folded):
            end = last + 1
            begin = end - length
            inside = end < size and folded[end].isalnum() and folded[last].isalnum()
            before = folded[begin - 1] if begin else " "
            if (inside and not extends) or (before.isalnum() and folded[begin].isalnum()):
                continue
            stop = _word_end(folded, end) if inside else end
            glued = before == "@"
            for text, label, language, number, opens, closes, prefix, handles in pieces:
                other = languages is not None and language and language not in languages
                if other or (inside and not prefix) or (glued and not handles):
                    continue
                start = begin
                if not opens:
                    if number not in opened:
                        continue
                    start, middle = opened[number]
                    if not 0 <= begin - middle <= GAP or "\n" in folded[middle:begin]:
                        continue
                elif not closes:
                    opened[number] = (begin, stop)
                    continue
                found.append(Hit(text, label, language, start, stop))
        return found


def _word_end(folded: str, end: int) -> int:
    while end < len(folded) and folded[end].isalnum():
        end += 1
    return end


def _automaton(terms: Iterable[tuple[Term, bool]]) -> _Automaton | None:
    words: dict[str, list[_Piece]] = {}
    for number, (term, handles) in enumerate(terms):
        parts = [fold(part.strip()) for part in term.text.split("…", 1)]
        for position, part in enumerate(parts):
            if word := part.rstrip("*"):
                closes = position == len(parts) - 1
                piece = _Piece(*term, number, position == 0, closes, part.endswith("*"), handles)
                words.setdefault(word, []).append(piece)
    if not words:
        return None
    automaton = ahocorasick.Automaton()
    for word, pieces in words.items():
        automaton.add_word(word, (len(word), any(piece.prefix for piece in pieces), tuple(pieces)))
    automaton.make_automaton()
    return cast(_Automaton, automaton)


LOANS: dict[str, tuple[str, ...]] = {
    "es": ("es",),
    "ca": ("ca", "es"),
    "gl": ("gl", "es", "pt"),
    "eu": ("eu", "es"),
    "pt": ("pt", "gl"),
    "en": ("en",),
}
"""Whose terms are looked for in a text of each language: people mix, and detectors err."""


def with_loans(language: str) -> tuple[str, ...] | None:
    """The languages to look for in a text of ``language``; None, every one, where it is unknown."""
    return LOANS.get(language)


@cache
def lexicon(language: str) -> Words:
    """The packaged lexicon of one language of ``corrillo.model.LANGUAGES``; never to be changed."""
    text = (resources.files("processors") / "lexicon" / f"{language}.toml").read_text(encoding="utf-8")
    return cast(Words, tomllib.loads(text))


def lexicon_terms(*sections: str) -> list[Term]:
    """The terms of these sections in all languages, labelled ``section.class``."""
    return [
        Term(text, f"{section}.{kind}", language)
        for language in LANGUAGES
        for section in sections
        for kind, texts in lexicon(language).get(section, {}).items()
        for text in texts
    ]
