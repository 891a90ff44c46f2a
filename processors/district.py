"""Which place inside the territory a text speaks of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from corrillo.institution import District
from corrillo.text import fold
from processors.terms import Term, TermFinder

DistrictFinder = Callable[[str], str]
"""Folded text → the district's name, '' where none or several are named equally often."""


def district_finder(districts: Sequence[District]) -> DistrictFinder:
    """A finder of these districts by their names and aliases."""
    terms = [Term(fold(written), d.name) for d in districts for written in (d.name, *d.aliases)]
    finder = TermFinder(terms)

    def find(folded: str) -> str:
        counts = Counter(hit.label for hit in finder.hits(folded)).most_common(2)
        if not counts or (len(counts) == 2 and counts[0][1] == counts[1][1]):
            return ""
        return counts[0][0]

    return find
