"""Stories: nearly the same text in several places, such as an agency's note, a repost, a chain message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from corrillo.model import TaggedMention
from corrillo.ports import Bucket, Query, Reader
from corrillo.text import clean
from dashboards.page.figures import MANY
from dashboards.page.posts import beginning
from dashboards.page.what.sample import A_READING

LISTED = 6
"""Stories that are told, those with most copies first."""
NAMED = 3
"""Venues of a story that are named, those with most copies first."""
PRESS = ("agency", "newspaper")
PAPERS = 3
"""A note is what so many newspapers and agencies have printed, at least."""

Kind = Literal["own", "note", "chain", "shared"]
"""Our own text that others copy, what the press has from an agency or from us, what goes round on several networks,
what is shared on one."""


@dataclass(frozen=True)
class Story:
    """One text and its copies in the period. ``first``: when it was said first (None: not known), ``last``: the newest copy.

    ``text``: how it begins, of the first one, or of the oldest that is kept. ``authors``: 0 where none is known.
    """

    id: str
    kind: Kind
    title: str
    text: str
    language: str
    copies: int
    authors: int
    networks: tuple[str, ...]
    venues: int
    named: tuple[tuple[str, str], ...]
    first: datetime | None
    last: datetime


def stories(reader: Reader, query: Query, zone: ZoneInfo) -> tuple[Story, ...]:
    """The largest stories of what ``query`` finds; a text that stands in one place only once is none."""
    largest = [b for b in reader.terms(query, ["story"], limit=LISTED, authors=False) if b.count > 1]
    if not largest:
        return ()
    ids = tuple(b.values[0] for b in largest)
    authors = {b.values[0]: b.authors for b in reader.terms(_of(query, *ids), ["story"], limit=LISTED)}
    ours = Query(where={"institution": query.where["institution"]}, ids=ids)
    firsts = {m.id: m for m in reader.find(ours, limit=len(ids)).mentions}
    found = (_story(reader, query, b, authors.get(b.values[0], 0), firsts, zone) for b in largest)
    return tuple(story for story in found if story)


def _story(
    reader: Reader, query: Query, bucket: Bucket, authors: int, firsts: Mapping[str, TaggedMention], zone: ZoneInfo
) -> Story | None:
    """A story has the id of the mention that it began with. None where it has been deleted since it was counted."""
    (identity,) = bucket.values
    copies = _of(query, identity)
    page = reader.find(copies, limit=1 if identity in firsts else A_READING)
    if not page.mentions:
        return None
    first = firsts.get(identity, page.mentions[-1])
    known = identity in firsts or not page.next_page
    places = reader.terms(copies, ["network", "venue"], limit=MANY, authors=False)
    kinds = Counter({b.values[0]: b.count for b in reader.terms(copies, ["venue_kind"], authors=False)})
    networks = Counter[str]()
    for place in places:
        networks[place.values[0]] += place.count
    return Story(
        id=identity,
        kind=_kind(first, places, kinds, networks),
        title=clean(first.title),
        text=beginning(clean(first.text)),
        language=first.language,
        copies=bucket.count,
        authors=authors,
        networks=tuple(name for name, _ in networks.most_common()),
        venues=len(places),
        named=tuple((b.values[0], b.values[1]) for b in places[:NAMED]),
        first=first.published.astimezone(zone) if known else None,
        last=page.mentions[0].published.astimezone(zone),
    )


def _kind(
    first: TaggedMention, places: Sequence[Bucket], kinds: Mapping[str, int], networks: Mapping[str, int]
) -> Kind:
    printed = sum(kinds.get(kind, 0) for kind in PRESS)
    if first.place == "own":
        return "own"
    if printed * 2 >= sum(kinds.values()) and len(places) >= PAPERS:
        return "note"
    return "chain" if len(networks) > 1 else "shared"


def _of(query: Query, *ids: str) -> Query:
    return replace(query, where={**query.where, "story": ids})
