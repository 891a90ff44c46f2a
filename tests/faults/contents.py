"""What a store holds, in a form in which two ways of running the pipeline can be compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from corrillo.model import TaggedMention
from corrillo.ports import DayCount, Query, Reader

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
