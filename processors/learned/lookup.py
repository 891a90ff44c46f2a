"""All terms that the tagger knows, looked up in one pass: those of the tags, of whom a text is aimed at, of services."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from corrillo.model import TAG_KINDS
from corrillo.text import fold
from processors.rules import MARK
from processors.terms import Hit, Term, TermFinder, lexicon_terms, with_loans

OF_TAGS = (*TAG_KINDS, "negation", "irony", "rhetorical", "news", "public", "government", "administration")
"""Sections of the lexicons that tell of tags; names behind ``@`` are not looked at."""
AIM, ABOUT = "aim.", "about."
"""What the labels of terms begin with that tell of the other two, in names behind ``@`` as well."""


class Looked(NamedTuple):
    """A folded text, with blanks for what protection has put there, and the terms that were found in it."""

    folded: str
    hits: list[Hit]


def looked_up(texts: Sequence[str], languages: Sequence[str]) -> list[Looked]:
    """Each text with its terms; ``languages`` as detected."""
    find = _finder().hits
    found = []
    for text, language in zip(texts, languages, strict=True):
        folded = _readable(text)
        found.append(Looked(folded, find(folded, with_loans(language))))
    return found


def _readable(text: str) -> str:
    if "[" in text or "~" in text:
        text = MARK.sub(lambda mark: " " * len(mark.group()), text)
    return fold(text)


@cache
def _finder() -> TermFinder:
    aims = lexicon_terms("government", "administration", "public")
    about = lexicon_terms("service", "service_hint")
    beside = [*(_named(AIM, term) for term in aims), *(_named(ABOUT, term) for term in about)]
    return TermFinder([*lexicon_terms(*OF_TAGS), *_senses()], in_handles=beside)


def _named(first: str, term: Term) -> Term:
    return term._replace(label=first + term.label)


def _senses() -> Iterator[Term]:
    """The terms of the classes, of no language: a class is small, and people mix."""
    text = (resources.files("processors.learned") / "senses.toml").read_text(encoding="utf-8")
    for name, listed in tomllib.loads(text).items():
        for term in listed.replace("\n", " ").split(","):
            if term.strip():
                yield Term(term.strip(), f"sense.{name}")
