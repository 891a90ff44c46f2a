"""The answer in a few numbers: how much, by how many, how much of it away from our pages, about what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from corrillo.ports import Bucket, Query, Reader
from dashboards.page.filters import CITIZENS, narrow, widen

NAMED = 3
"""Places that the answer names."""
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


def figures(reader: Reader, query: Query, loudest: tuple[tuple[str, str], ...] | None = None) -> Figures:
    """The key figures of what ``query`` finds; ``loudest``: where most is said off page, for whoever knows it already."""
    places = {b.values[0]: b.count for b in reader.terms(query, ["place"], authors=False)}
    citizens = narrow(query, "place", *CITIZENS)
    if citizens is None:
        return Figures(own=places.get("own", 0))
    any_tag = widen(citizens, "tag")
    shared = reader.terms(any_tag, ["tag", "service"], limit=MANY, authors=False)
    return Figures(
        on_page=places.get("on_page", 0),
        off_page=places.get("off_page", 0),
        own=places.get("own", 0),
        authors=reader.distinct_authors(citizens),
        tags=_tags(shared),
        places=_loudest(reader, query) if loudest is None else loudest[:NAMED],
        topic=_topic(
            shared if any_tag == citizens else reader.terms(citizens, ["tag", "service"], limit=MANY, authors=False)
        ),
    )


def _loudest(reader: Reader, query: Query) -> tuple[tuple[str, str], ...]:
    off_page = narrow(query, "place", "off_page")
    if off_page is None:
        return ()
    return tuple(
        (b.values[0], b.values[1]) for b in reader.terms(off_page, ["network", "venue"], limit=NAMED, authors=False)
    )


def _tags(shared: Iterable[Bucket]) -> Counter[str]:
    """How many mentions have each tag: every mention has one service."""
    counted: Counter[str] = Counter()
    for bucket in shared:
        counted[bucket.values[0]] += bucket.count
    return counted


def _topic(shared: Sequence[Bucket]) -> tuple[str, str] | None:
    """The tag that most mentions have, and the service that most of those are about; counts by tag and service, most first."""
    for tag, _ in sorted(_tags(shared).items(), key=lambda t: (-t[1], t[0])):
        for bucket in shared:
            if bucket.values[0] == tag and bucket.values[1] != "other":
                return tag, bucket.values[1]
    return None
