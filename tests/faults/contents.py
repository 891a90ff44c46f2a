"""What a store holds, in a form in which two ways of running the pipeline can be compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from corrillo.alerts import HourCount, Level, Subject
from corrillo.attention import Attention
from corrillo.model import TaggedMention
from corrillo.ports import Bucket, DayCount, Query, Reader

INSTITUTIONS = ("valdeprado", "benialba")
NEVER = datetime(1971, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Contents:
    """Mentions by id without what names a moment or a story; stories as groupings; counts by cell.

    ``documents`` is how many mentions the store counts: more than there are ids where one is there twice.
    """

    documents: int
    mentions: dict[str, TaggedMention]
    stories: frozenset[frozenset[str]]
    counts: dict[tuple[Any, ...], int]


@dataclass(frozen=True)
class Life:
    """Of an incident what two ways of running have in common: about what it is, since when, how high, what happened to it."""

    leading: Subject
    opened: datetime
    level: Level
    peak: Level
    changes: tuple[str, ...]
    into: str


@dataclass(frozen=True)
class Told:
    """What detection has told: incidents by id, hourly counts, and attention by mention."""

    incidents: dict[str, Life]
    hours: dict[tuple[Any, ...], HourCount]
    attention: dict[str, Attention]


def told(store: Reader) -> Told:
    """Every incident, every hour of every subject of which anything was said, and all that was asked."""
    incidents = [i for town in INSTITUTIONS for i in store.incidents(town, limit=10_000)]
    hours = [h for subject in subjects(store) for h in store.hour_counts(subject, 0, 1_000_000)]
    return Told(
        {i.id: Life(i.leading, i.opened, i.level, i.peak, tuple(c.what for c in i.changes), i.into) for i in incidents},
        {(h.institution, h.service, h.district, h.hour): h for h in hours},
        {a.mention: a for town in INSTITUTIONS for a in store.attention(town)},
    )


def subjects(store: Reader) -> list[Subject]:
    """The institutions, and their services and districts that were spoken of."""
    found = [Subject(institution=town) for town in INSTITUTIONS]
    found += [_subject(b, "service") for b in store.terms(Query(), ["institution", "service"], limit=1000)]
    found += [_subject(b, "district") for b in store.terms(Query(), ["institution", "district"], limit=1000)]
    return sorted({s for s in found if s.institution})


def _subject(bucket: Bucket, part: str) -> Subject:
    institution, name = bucket.values
    return Subject(institution=institution, **{part: name})


def contents(store: Reader) -> Contents:
    """Everything that a store gives out."""
    found, page = [], ""
    while True:
        answer = store.find(Query(), limit=500, page=page)
        found += answer.mentions
        if not (page := answer.next_page):
            break
    days = [c for institution in INSTITUTIONS for c in store.day_counts(institution)]
    return Contents(store.count(Query()), {m.id: _bare(m) for m in found}, stories(found), cells(days))


def stories(mentions: Iterable[TaggedMention]) -> frozenset[frozenset[str]]:
    """Which mentions are one story, whatever it is called."""
    groups: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for mention in mentions:
        groups[mention.institution, mention.story].add(mention.id)
    return frozenset(map(frozenset, groups.values()))


def cells(days: Iterable[DayCount]) -> dict[tuple[Any, ...], int]:
    """Counts by cell; a cell that came down to nothing is none."""
    return {tuple(v for k, v in vars(c).items() if k != "count"): c.count for c in days if c.count}


def _bare(mention: TaggedMention) -> TaggedMention:
    return msgspec.structs.replace(mention, first_seen=NEVER, story="")
