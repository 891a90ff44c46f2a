"""The view "Cases": what is mine, what is open, what was done lately, what the team corrected; who did what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from corrillo.marked import KINDS as MARKS
from corrillo.marked import standing_marks
from corrillo.text import clean
from corrillo.work import Deed, DeedKind
from dashboards.page.frame import Ask, Frame, frame
from dashboards.page.posts import Card, chosen
from dashboards.page.work.deeds import seen

CASES: tuple[DeedKind, ...] = ("take", "answered_elsewhere", "not_ours", "done", "release")
MOST_CASES = 2_000
"""Deeds about cases that are looked through, newest first."""
SHOWN = 30
"""Of each list."""
AUDITED = 200
"""Deeds that the page shows of the whole record; the file has all."""


@dataclass(frozen=True)
class Line:
    """One deed and the mention that it is about; ``card`` is None where that is gone."""

    deed: Deed
    at: datetime
    card: Card | None
    seen: str = ""
    """What a form about it remembers, where there is no card to remember it."""


@dataclass(frozen=True)
class Said:
    """What a name was said to stand for, by how many marks."""

    name: str
    times: int


@dataclass(frozen=True)
class Listed:
    """The beginning of a list, and how long it is in all; ``more``: or longer, nobody has looked further."""

    rows: tuple[Line, ...] = ()
    total: int = 0
    more: bool = False


@dataclass(frozen=True)
class Work(Frame):
    """Everything that the team has in hand. ``mine`` is of whoever has logged in."""

    mine: Listed
    taken: Listed
    lately: Listed
    corrected: Listed
    away: Listed
    names: tuple[Said, ...]
    audit: tuple[Line, ...]


def work(ask: Ask) -> Work:
    """Ask the store for it, whatever the period. StoreError passes through."""
    store, institution, who = ask.store, ask.institution.id, ask.visitor
    cases = store.done(institution, what=CASES, limit=MOST_CASES)
    last = list(_last(cases).values())
    marks = store.done(institution, what=MARKS, limit=MOST_CASES)
    corrections = store.done(institution, what=("correct",), limit=MOST_CASES)
    gone = standing_marks(marks)
    apart = {d.mention for d in gone}
    taken = [d for d in last if d.what == "take" and d.mention not in apart]
    mine = [d for d in taken if who.name and d.who == who.name]
    others = [d for d in taken if not who.name or d.who != who.name]
    over = [d for d in last if d.what in ("done", "answered_elsewhere", "not_ours")]
    corrected = list(_last(corrections).values())
    audit = store.done(institution, limit=AUDITED) if who.may("decide") else ()
    of = _cards(ask, [*(d for heap in (mine, others, over, corrected, gone) for d in heap[:SHOWN]), *audit])
    return Work(
        **vars(frame(ask)),
        mine=_listed(ask, mine, of, _cut(cases)),
        taken=_listed(ask, others, of, _cut(cases)),
        lately=_listed(ask, over, of, _cut(cases)),
        corrected=_listed(ask, corrected, of, _cut(corrections)),
        away=_listed(ask, gone, of, _cut(marks)),
        names=said(gone),
        audit=_lines(ask, audit, of),
    )


def _cut(deeds: Sequence[Deed]) -> bool:
    """Whether there are earlier ones that nobody has looked at."""
    return len(deeds) == MOST_CASES


def _last(deeds: Iterable[Deed]) -> Mapping[str, Deed]:
    """Of deeds, newest first, the last one of each mention."""
    found: dict[str, Deed] = {}
    for deed in deeds:
        found.setdefault(deed.mention, deed)
    return found


def _cards(ask: Ask, deeds: Sequence[Deed]) -> Mapping[str, Card]:
    ids = list(dict.fromkeys(d.mention for d in deeds))
    found = chosen(ask.store, ask.institution.id, ids, ask.zone, ask.texts)
    return {card.mention.id: card for card in found}


def _listed(ask: Ask, deeds: Sequence[Deed], of: Mapping[str, Card], more: bool) -> Listed:
    return Listed(_lines(ask, deeds[:SHOWN], of), len(deeds), more)


def _lines(ask: Ask, deeds: Sequence[Deed], of: Mapping[str, Card]) -> tuple[Line, ...]:
    gone: dict[str, list[Deed]] = {}
    for deed in ask.store.deeds([d.mention for d in deeds if d.mention not in of]):
        gone.setdefault(deed.mention, []).append(deed)
    return tuple(Line(d, d.at.astimezone(ask.zone), of.get(d.mention), seen(gone.get(d.mention, []))) for d in deeds)


def said(marks: Iterable[Deed]) -> tuple[Said, ...]:
    """What the name stood for, most said first; however it is written."""
    times: dict[str, int] = {}
    first: dict[str, str] = {}
    for deed in marks:
        name = clean(deed.homonym)
        if name:
            key = first.setdefault(name.casefold(), name)
            times[key] = times.get(key, 0) + 1
    return tuple(Said(name, n) for name, n in sorted(times.items(), key=lambda one: (-one[1], one[0])))
