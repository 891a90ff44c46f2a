"""Where it is said: every venue of every network, with what was said there on, off and by our own pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from corrillo.ports import Bucket, Query, Reader
from dashboards.page.figures import MANY
from dashboards.page.filters import CITIZENS, narrow

PLACES: tuple[str, ...] = ("off_page", "on_page", "own")
"""In the order in which they are drawn: what the page is about comes first."""
SHOWN = 12
"""Venues that are seen at once; the others are behind a fold."""


@dataclass(frozen=True)
class VenueRow:
    """One venue; ``authors`` are the distinct ones who are not the institution."""

    network: str
    venue: str
    off_page: int
    on_page: int
    own: int
    authors: int

    @property
    def total(self) -> int:
        """All mentions there."""
        return self.off_page + self.on_page + self.own

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """The counts with their places, as they are drawn."""
        return tuple(zip(PLACES, (self.off_page, self.on_page, self.own), strict=True))


@dataclass(frozen=True)
class Venues:
    """The rows, most mentions first, and the length that the longest bar stands for."""

    rows: tuple[VenueRow, ...] = ()

    @property
    def longest(self) -> int:
        """Mentions of the venue that has most; 1 when there is none."""
        return max((row.total for row in self.rows), default=1)

    @property
    def loudest(self) -> tuple[tuple[str, str], ...]:
        """Network and venue of those where something is said off page, most first."""
        off_page = sorted((r for r in self.rows if r.off_page), key=lambda r: (-r.off_page, r.network, r.venue))
        return tuple((row.network, row.venue) for row in off_page)

    @property
    def seen(self) -> tuple[VenueRow, ...]:
        """The rows that are seen at once."""
        return self.rows[:SHOWN]

    @property
    def folded(self) -> tuple[VenueRow, ...]:
        """The rows behind the fold."""
        return self.rows[SHOWN:]


def venues(reader: Reader, query: Query) -> Venues:
    """Every venue that ``query`` finds. What is on page is what citizens say and is not off page."""
    said = list(_by_venue(reader, query, *CITIZENS, authors=True))
    citizens, authors = _cells(said), {(b.values[0], b.values[1]): b.authors for b in said}
    off_page = Counter(_cells(_by_venue(reader, query, "off_page")))
    own = Counter(_cells(_by_venue(reader, query, "own")))
    rows = []
    for key in dict.fromkeys([*citizens, *own]):
        all_there = citizens.get(key, 0)
        rows.append(VenueRow(*key, off_page[key], all_there - off_page[key], own[key], authors.get(key, 0)))
    return Venues(tuple(sorted(rows, key=lambda r: (-r.total, r.network, r.venue))))


def _by_venue(reader: Reader, query: Query, *places: str, authors: bool = False) -> Iterable[Bucket]:
    narrowed = narrow(query, "place", *places)
    return reader.terms(narrowed, ["network", "venue"], limit=MANY, authors=authors) if narrowed else ()


def _cells(buckets: Iterable[Bucket]) -> dict[tuple[str, str], int]:
    return {(b.values[0], b.values[1]): b.count for b in buckets}
