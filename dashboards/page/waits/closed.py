"""What the team has closed: it may have no answer where it was asked, and yet it waits for nobody any more."""

from __future__ import annotations

from collections.abc import Sequence

from corrillo.attention import Attention
from corrillo.ports import Reader
from corrillo.work import CaseState, Deed, DeedKind, standing

CLOSED: frozenset[CaseState] = frozenset(("answered_elsewhere", "not_ours", "done"))
CASES: tuple[DeedKind, ...] = ("take", "answered_elsewhere", "not_ours", "done", "release")
MOST = 5_000
"""Deeds that are looked at, newest first."""


def closed(reader: Reader, institution: str, waiting: Sequence[Attention]) -> frozenset[str]:
    """Those of the waiting mentions whose case is closed. StoreError passes through."""
    if not waiting:
        return frozenset()
    deeds: dict[str, list[Deed]] = {}
    for deed in reader.done(institution, since=min(a.asked for a in waiting), what=CASES, limit=MOST):
        deeds.setdefault(deed.mention, []).append(deed)
    return frozenset(a.mention for a in waiting if standing(deeds.get(a.mention, ())).case in CLOSED)
