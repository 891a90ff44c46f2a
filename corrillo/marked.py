"""What the team has marked: what is not about us, left out of every figure and never silently; and tags put right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from corrillo.model import TagKind
from corrillo.ports import Query, Reader
from corrillo.work import Deed, DeedKind, standing

MOST = 1_000
"""Mentions that a view leaves out, the ones that were marked last: a question to the store names each."""
MOST_IN_A_FILE = 20_000
"""The same of an export, which may take its time; below what either store takes in one question."""
KINDS: tuple[DeedKind, ...] = ("not_about_us", "about_us")


@dataclass(frozen=True)
class Away:
    """Their ids, the newest mark first. ``more``: there are further ones, and those are counted still."""

    ids: tuple[str, ...] = ()
    more: bool = False


NOTHING = Away()


def away(reader: Reader, institution: str, since: datetime | None, most: int = MOST) -> Away:
    """What is marked now, of a period that begins then: nothing is marked before it was said."""
    deeds = reader.done(institution, since=since, what=KINDS, limit=4 * most)
    ids = tuple(deed.mention for deed in standing_marks(deeds))
    return Away(ids[:most], len(ids) > most or len(deeds) == 4 * most)


def away_of(reader: Reader, institutions: Sequence[str], since: datetime | None, most: int = MOST_IN_A_FILE) -> Away:
    """The same of several institutions."""
    found = [away(reader, institution, since, most) for institution in institutions]
    ids = tuple(identity for one in found for identity in one.ids)
    return Away(ids[:most], len(ids) > most or any(one.more for one in found))


def standing_marks(deeds: Sequence[Deed]) -> list[Deed]:
    """Of marks, newest first, those that hold: the last one of each mention, where it says that it is not about us."""
    last: dict[str, Deed] = {}
    for deed in deeds:
        last.setdefault(deed.mention, deed)
    return [deed for deed in last.values() if deed.what == "not_about_us"]


def in_view(reader: Reader, query: Query) -> int:
    """How many of those that ``query`` leaves out it would find otherwise."""
    if not query.without:
        return 0
    out = tuple(one for one in query.without if not query.ids or one in query.ids)
    return reader.count(replace(query, ids=out, without=())) if out else 0


def corrected(reader: Reader, mentions: Sequence[str]) -> Mapping[str, tuple[TagKind, ...]]:
    """The right tags of those of these mentions that the team has corrected; empty: no tag fits."""
    by_mention: dict[str, list[Deed]] = defaultdict(list)
    for deed in reader.deeds(mentions) if mentions else ():
        by_mention[deed.mention].append(deed)
    found = ((identity, standing(deeds).tags) for identity, deeds in by_mention.items())
    return {identity: tags for identity, tags in found if tags is not None}
