"""Whom a judgement or a request is aimed at."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache

from corrillo.model import Target
from corrillo.text import at_word_borders
from processors.terms import TermFinder, lexicon_terms, with_loans

AIMED = frozenset({"complaint", "question", "criticism", "praise", "suggestion"})
"""The kinds that are aimed at somebody; an emergency alone is not."""
POINTS: Mapping[str, float] = {"strong": 2.0, "weak": 0.7}
NAMED = 3.0
"""Points of a name that the institution itself calls its government."""
CONCRETE = 2.0
"""Points that politics needs against it where something concrete is at stake."""
BARE = -1.0
"""The same for criticism alone: aimed at who governs, unless a service is named."""


def target_of(folded: str, language: str, kinds: Collection[str], government: Sequence[str] = ()) -> Target:
    """Whom a text with these tags is aimed at; ``government`` are folded names of persons and parties.

    ``none`` where there is no judgement or request; ``other`` where only the public is asked.
    """
    if AIMED.isdisjoint(kinds):
        return "none"
    points = _points(folded, language)
    aimed = AIMED.intersection(kinds)
    if aimed == {"question"} and "public" in points:
        return "other"
    politics = points.get("government", 0.0) + NAMED * sum(_names(folded, name) for name in government)
    services = points.get("administration", 0.0) / 2 + (BARE if aimed == {"criticism"} else CONCRETE)
    return "government" if politics > services else "administration"


def names_government(folded: str, government: Sequence[str]) -> bool:
    """Whether one of the folded names that an institution gives its government stands in the text."""
    return any(_names(folded, name) for name in government)


def _names(folded: str, name: str) -> bool:
    start = folded.find(name) if name else -1
    while start >= 0:
        if at_word_borders(folded, start, start + len(name)):
            return True
        start = folded.find(name, start + 1)
    return False


def _points(folded: str, language: str) -> dict[str, float]:
    points: dict[str, float] = {}
    for hit in _finder().hits(folded, with_loans(language)):
        section, _, grade = hit.label.partition(".")
        points[section] = points.get(section, 0.0) + POINTS.get(grade, 1.0)
    return points


@cache
def _finder() -> TermFinder:
    return TermFinder((), in_handles=lexicon_terms("government", "administration", "public"))
