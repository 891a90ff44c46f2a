"""What waits, longest first, a page of it at a time, each with the post that asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from corrillo.attention import Attention
from corrillo.opening import Opening
from corrillo.ports import Reader
from dashboards.page.address import BadFilter
from dashboards.page.i18n import Texts
from dashboards.page.posts import Card, chosen

A_PAGE = 10
"""Of what waits on one page."""
UNTOLD = 50
"""Of what nobody knows, in a shorter list."""


@dataclass(frozen=True)
class Waiting:
    """One question or complaint that waits. ``working``: seconds of opening hours; ``late``: longer than was promised."""

    attention: Attention
    card: Card
    age: timedelta
    working: float
    late: bool
    looked: datetime | None
    """When answers were last looked for, in the institution's zone."""


@dataclass(frozen=True)
class List:
    """One page of what waits. ``number`` (0 …) of it; ``next_page`` continues it ('' at the end)."""

    rows: tuple[Waiting, ...] = ()
    number: int = 0
    next_page: str = ""


@dataclass(frozen=True)
class Desk:
    """What a row is made with."""

    reader: Reader
    institution: str
    opening: Opening
    promised: float | None
    """Seconds of opening hours, None where nothing is promised."""
    zone: ZoneInfo
    now: datetime
    texts: Texts


def listed(desk: Desk, waiting: Sequence[Attention], page: str) -> List:
    """One page of ``waiting``, longest first. Raises BadFilter when ``page`` continues nothing.

    Posts that are gone since are left out.
    """
    ordered = sorted(waiting, key=lambda a: (a.asked, a.mention))
    number = _number(page, len(ordered))
    here = ordered[number * A_PAGE : (number + 1) * A_PAGE]
    cards = {
        c.mention.id: c for c in chosen(desk.reader, desk.institution, [a.mention for a in here], desk.zone, desk.texts)
    }
    rows = tuple(_row(desk, one, cards[one.mention]) for one in here if one.mention in cards)
    more = (number + 1) * A_PAGE < len(ordered)
    return List(rows, number, str(number + 1) if more else "")


def untold(desk: Desk, unknown: Sequence[Attention]) -> tuple[Waiting, ...]:
    """The newest of those of which nobody knows whether they were answered, up to UNTOLD."""
    newest = sorted(unknown, key=lambda a: (a.asked, a.mention), reverse=True)[:UNTOLD]
    cards = {
        c.mention.id: c
        for c in chosen(desk.reader, desk.institution, [a.mention for a in newest], desk.zone, desk.texts)
    }
    return tuple(_row(desk, one, cards[one.mention]) for one in newest if one.mention in cards)


def _number(page: str, length: int) -> int:
    if not page:
        return 0
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 6 else 0
    if not 0 < number * A_PAGE < length:
        raise BadFilter("page", page, "page")
    return number


def _row(desk: Desk, one: Attention, card: Card) -> Waiting:
    working = desk.opening.seconds(one.asked, desk.now)
    return Waiting(
        attention=one,
        card=card,
        age=desk.now - one.asked,
        working=working,
        late=desk.promised is not None and working > desk.promised,
        looked=one.looked.astimezone(desk.zone) if one.looked else None,
    )
