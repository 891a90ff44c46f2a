"""Texts that spread: those of an incident that were copied in the last hour, by how much faster than in the one before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from corrillo.model import TaggedMention
from corrillo.ports import Query, Reader
from corrillo.text import clean
from dashboards.page.figures import MANY
from dashboards.page.posts import beginning

AN_HOUR = timedelta(hours=1)
LISTED = 5
LOOKED = 100
"""Texts of an incident that are looked at, those with most copies first."""


@dataclass(frozen=True)
class Growing:
    """One text: how it begins, its copies in all and in the last hour and the one before, and where they stand."""

    id: str
    text: str
    language: str
    copies: int
    lately: int
    before: int
    networks: tuple[str, ...]


def growing(reader: Reader, institution: str, mentions: Sequence[TaggedMention], now: datetime) -> tuple[Growing, ...]:
    """Those of ``mentions`` that spread, the fastest first; one that stands in one place only once does not."""
    first = {m.story: m for m in reversed(mentions) if m.story}
    if not first:
        return ()
    query = Query(where={"institution": (institution,), "story": tuple(first)})
    copies = _counted(reader, query)
    lately = _counted(reader, replace(query, since=now - AN_HOUR))
    before = _counted(reader, replace(query, since=now - 2 * AN_HOUR, until=now - AN_HOUR))
    spread = [story for story in lately if copies.get(story, 0) > 1]
    fastest = sorted(spread, key=lambda s: (before.get(s, 0) - lately[s], -copies[s], s))[:LISTED]
    networks = _networks(reader, query, fastest)
    return tuple(
        Growing(
            id=story,
            text=beginning(clean(first[story].title or first[story].text)),
            language=first[story].language,
            copies=copies[story],
            lately=lately[story],
            before=before.get(story, 0),
            networks=tuple(networks[story]),
        )
        for story in fastest
    )


def _counted(reader: Reader, query: Query) -> Mapping[str, int]:
    return {b.values[0]: b.count for b in reader.terms(query, ["story"], limit=LOOKED, authors=False)}


def _networks(reader: Reader, query: Query, stories: Sequence[str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    if stories:
        of = replace(query, where={**query.where, "story": tuple(stories)})
        for bucket in reader.terms(of, ["story", "network"], limit=MANY, authors=False):
            found[bucket.values[0]].append(bucket.values[1])
    return found
