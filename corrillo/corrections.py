"""What people corrected on the page: as examples to learn from, and as a measure of how often the tagger is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from corrillo.model import TAG_KINDS, TaggedMention, TagKind
from corrillo.ports import Query, Reader
from corrillo.work import Deed, standing

MOST = 100_000
"""Corrections that are read at most, the newest."""
_AT_ONCE = 500


@dataclass(frozen=True)
class Corrected:
    """A mention that still stands in the store, and the tags that people say are right."""

    mention: TaggedMention
    tags: tuple[TagKind, ...]


@dataclass(frozen=True)
class Agreement:
    """Of the mentions that people looked at in a month, how many tags the tagger gave as they do.

    ``month``: as 2026-11 in the institution's zone. For each kind: ``both`` gave it, only the ``tagger`` did, only
    ``people`` did. ``same``: mentions of which all six were right.
    """

    month: str
    mentions: int
    same: int
    both: Mapping[TagKind, int]
    tagger: Mapping[TagKind, int]
    people: Mapping[TagKind, int]

    @property
    def share(self) -> float:
        """Of all six decisions about each mention, how many were the same."""
        apart = sum(self.tagger.values()) + sum(self.people.values())
        return 1.0 - apart / (self.mentions * len(TAG_KINDS))


def corrected(reader: Reader, institution: str) -> Iterator[Corrected]:
    """The mentions whose tags people put right, oldest first; not those that are not about the institution."""
    last = _last(reader.done(institution, what=("correct",), limit=MOST))
    ids = list(last)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        stands = {m.id: m for m in _found(reader, institution, some)}
        marks: dict[str, list[Deed]] = {}
        for deed in reader.deeds(list(stands)):
            marks.setdefault(deed.mention, []).append(deed)
        for identity in some:
            now = standing(marks.get(identity, ()))
            if identity in stands and not now.not_about_us and now.tags is not None:
                yield Corrected(stands[identity], now.tags)


def _found(reader: Reader, institution: str, ids: Sequence[str]) -> Sequence[TaggedMention]:
    query = Query(ids=tuple(ids), where={"institution": (institution,)})
    return reader.find(query, limit=len(ids)).mentions


def _last(deeds: Sequence[Deed]) -> dict[str, Deed]:
    """Of deeds, newest first, the last one of each mention; oldest first."""
    found: dict[str, Deed] = {}
    for deed in deeds:
        found.setdefault(deed.mention, deed)
    return dict(reversed(found.items()))


def line(case: Corrected) -> dict[str, Any]:
    """As a line of the corpus's format; the text is the protected one."""
    mention = case.mention
    return {
        "id": mention.id,
        "text": f"{mention.title}\n{mention.text}" if mention.title else mention.text,
        "lang": mention.language,
        "tags": list(case.tags),
        "network": mention.network,
        "group": mention.story or mention.id,
    }


def agreement(deeds: Sequence[Deed], zone: tzinfo) -> list[Agreement]:
    """Month by month, the earliest first, from deeds that correct (newest first); of each mention the last one counts."""
    months: dict[str, list[Deed]] = {}
    for deed in _last(deeds).values():
        months.setdefault(f"{deed.at.astimezone(zone):%Y-%m}", []).append(deed)
    return [_month(month, of) for month, of in sorted(months.items())]


def _month(month: str, deeds: Sequence[Deed]) -> Agreement:
    both, tagger, people = (dict.fromkeys(TAG_KINDS, 0) for _ in range(3))
    for deed in deeds:
        for kind in TAG_KINDS:
            given, right = kind in deed.was, kind in deed.tags
            for counts, so in ((both, given and right), (tagger, given and not right), (people, right and not given)):
                counts[kind] += so
    return Agreement(month, len(deeds), sum(set(d.was) == set(d.tags) for d in deeds), both, tagger, people)
