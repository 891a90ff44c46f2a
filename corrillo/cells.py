"""Daily counts without personal data: in which cells a mention is counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from corrillo.calendar import local_day
from corrillo.model import TaggedMention, milliseconds

Cell = tuple[str, str, str, str, str, str, str]
"""Institution, day, network, venue, place, service, district: what daily counts count."""


def day_of(mention: TaggedMention, zones: Mapping[str, str]) -> str:
    """The day on which ``mention`` is counted: its institution's own."""
    return local_day(milliseconds(mention.published), zones.get(mention.institution, "UTC"))


def cell_of(mention: TaggedMention, zones: Mapping[str, str]) -> Cell:
    """The cell in which ``mention`` is counted."""
    day = day_of(mention, zones)
    return (mention.institution, day, mention.network, mention.venue, mention.place, mention.service, mention.district)


def cells(cell: Cell, tags: Iterable[str]) -> list[tuple[str, ...]]:
    """The cells in which one mention is counted: once for all, once for each tag."""
    return [(*cell, ""), *((*cell, t) for t in sorted(set(tags)))]
