"""What was marked as not about us: left out of every figure, and never silently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from corrillo.ports import Query, Reader
from corrillo.work import Deed, DeedKind

MOST = 1_000
"""Mentions that are left out, the ones that were marked last: a question to the store names each."""
KINDS: tuple[DeedKind, ...] = ("not_about_us", "about_us")


@dataclass(frozen=True)
class Away:
    """Their ids, the newest mark first. ``more``: there are further ones, and those are counted still."""

    ids: tuple[str, ...] = ()
    more: bool = False


NOTHING = Away()


def away(reader: Reader, institution: str, since: datetime | None) -> Away:
    """What is marked now, of a period that begins then: nothing is marked before it was said."""
    deeds = reader.done(institution, since=since, what=KINDS, limit=4 * MOST)
    ids = tuple(deed.mention for deed in standing_marks(deeds))
    return Away(ids[:MOST], len(ids) > MOST or len(deeds) == 4 * MOST)


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
    return reader.count(Query(query.text, query.where, query.since, query.until, ids=query.without))
