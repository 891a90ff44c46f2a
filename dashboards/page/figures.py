"""The answer in a few numbers: how much, by how many, how much of it away from our pages, about what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from corrillo.ports import Query, Reader
from dashboards.page.filters import CITIZENS, narrow, widen

MANY = 500
"""Buckets asked for where all of them are wanted."""


@dataclass(frozen=True)
class Figures:
    """Counts of one view. ``tags`` do not heed a filter by tag, so that each can be followed."""

    on_page: int = 0
    off_page: int = 0
    own: int = 0
    authors: int = 0
    tags: Mapping[str, int] = field(default_factory=dict)
    places: tuple[tuple[str, str], ...] = ()
    """Network and venue where most is said off page, most first."""
    topic: tuple[str, str] | None = None
    """The tag and service that most mentions share; never the service ``other``."""

    @property
    def citizens(self) -> int:
        """Mentions that the institution did not write itself."""
        return self.on_page + self.off_page

    @property
    def share(self) -> float | None:
        """Part (0–1) of the citizens' mentions that is off page; None when there is no mention."""
        return self.off_page / self.citizens if self.citizens else None


def figures(reader: Reader, query: Query) -> Figures:
    """The key figures of what ``query`` finds."""
    places = {b.values[0]: b.count for b in reader.terms(query, ["place"], authors=False)}
    citizens = narrow(query, "place", *CITIZENS)
    if citizens is None:
        return Figures(own=places.get("own", 0))
    any_tag = widen(citizens, "tag")
    tags = {b.values[0]: b.count for b in reader.terms(any_tag, ["tag"], authors=False)}
    return Figures(
        on_page=places.get("on_page", 0),
        off_page=places.get("off_page", 0),
        own=places.get("own", 0),
        authors=reader.distinct_authors(citizens),
        tags=tags,
        places=_loudest(reader, query),
        topic=_topic(reader, citizens, tags if any_tag == citizens else None),
    )


def _loudest(reader: Reader, query: Query) -> tuple[tuple[str, str], ...]:
    off_page = narrow(query, "place", "off_page")
    if off_page is None:
        return ()
    return tuple(
        (b.values[0], b.values[1]) for b in reader.terms(off_page, ["network", "venue"], limit=3, authors=False)
    )


def _topic(reader: Reader, query: Query, known: Mapping[str, int] | None) -> tuple[str, str] | None:
    """The tag that most mentions have, and the service that most of those are about; ``known``: the tags, most first."""
    tags = [b.values[0] for b in reader.terms(query, ["tag"], authors=False)] if known is None else list(known)
    shared = reader.terms(query, ["tag", "service"], limit=MANY, authors=False) if tags else ()
    for tag in tags:
        for bucket in shared:
            if bucket.values[0] == tag and bucket.values[1] != "other":
                return tag, bucket.values[1]
    return None
