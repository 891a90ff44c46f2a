"""Which place inside the territory a text speaks of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ahocorasick

from corrillo.institution import District
from corrillo.text import at_word_borders, fold

DistrictFinder = Callable[[str], str]
"""Folded text → the district's name, '' where none or several are named equally often."""


def district_finder(districts: Sequence[District]) -> DistrictFinder:
    """A finder of these districts by their names and aliases."""
    if not districts:
        return lambda folded: ""
    automaton = ahocorasick.Automaton()
    for district in districts:
        for written in (district.name, *district.aliases):
            automaton.add_word(fold(written), (len(written), district.name))
    automaton.make_automaton()

    def find(folded: str) -> str:
        counts: dict[str, int] = {}
        for last, (length, name) in automaton.iter_long(folded):
            if at_word_borders(folded, last - length + 1, last + 1):
                counts[name] = counts.get(name, 0) + 1
        ranked = sorted(counts.items(), key=lambda item: -item[1])
        if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
            return ""
        return ranked[0][0]

    return find
