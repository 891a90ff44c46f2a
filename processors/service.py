"""Which public service a text is about."""

from __future__ import annotations

from functools import cache
from typing import cast

from corrillo.model import Service
from processors.terms import TermFinder, lexicon_terms, with_loans

SURE = 1.0
HINT = 0.4
LONG = 0.1
"""What each further word of a term adds: longer terms are more exact."""


def service_of(folded: str, language: str) -> Service:
    """The service with the most distinct terms in the text, the first named of several; ``other`` if none."""
    points: dict[Service, float] = {}
    seen: set[str] = set()
    for term, label, _, _, _ in _finder().hits(folded, with_loans(language)):
        if term not in seen:
            seen.add(term)
            section, _, name = label.partition(".")
            service = cast(Service, name)
            sure = SURE if section == "service" else HINT
            points[service] = points.get(service, 0.0) + sure + LONG * term.count(" ")
    return max(points, key=points.__getitem__) if points else "other"


@cache
def _finder() -> TermFinder:
    return TermFinder((), in_handles=lexicon_terms("service", "service_hint"))
