"""The posts that an incident rests on: how many of them are still there, and where they were said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from corrillo.alerts import Incident
from corrillo.ports import Query, Reader
from dashboards.page.crisis.incidents import posts_of


@dataclass(frozen=True)
class Behind:
    """As many as the view of posts finds of it: ``places`` by where they were said, most first."""

    total: int = 0
    places: Mapping[str, int] = field(default_factory=dict)


def behind(reader: Reader, incident: Incident, without: tuple[str, ...] = ()) -> Behind:
    """What is there of an incident, but for the posts that are left out. StoreError passes through."""
    query = Query(where={"institution": (incident.institution,)}, ids=posts_of(incident), without=without)
    found = reader.terms(query, ["place"], limit=10, authors=False)
    return Behind(sum(b.count for b in found), {b.values[0]: b.count for b in found})
