"""The view "Who waits": read from the store before anything is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from corrillo.opening import Opening
from dashboards.page.charts.shown import Shown, shown
from dashboards.page.frame import Ask, Frame, frame
from dashboards.page.waits.accounts import Accounts, accounts
from dashboards.page.waits.asked import asked
from dashboards.page.waits.closed import closed
from dashboards.page.waits.figures import Figures, Group, Promise, figures, groups, known, promise
from dashboards.page.waits.listed import Desk, List, Waiting, listed, untold

CHARTS = ("waiting_by_age", "answers_by_network")
GROUPED = ("network", "service", "department")
"""What the figures are broken down by."""


@dataclass(frozen=True)
class Waits(Frame):
    """Who waits, since when, and how long it takes.

    ``open``: how many of the period wait, ``on_page`` those of them on our own pages; ``closed``: how many more do in public, though the team has closed
    them; ``earlier``: how many wait that were asked before the period, ``earliest`` for how long the first of them.
    """

    figures: Figures
    promise: Promise | None
    list: List
    longest: Waiting | None
    open: int
    on_page: int
    closed: int
    earlier: int
    earliest: timedelta | None
    groups: tuple[tuple[str, tuple[Group, ...]], ...]
    accounts: Accounts
    bounded: bool
    untold: tuple[Waiting, ...]
    """Those of which it is not known whether they were answered, the newest first, up to UNTOLD."""
    charts: Mapping[str, Shown]
    """Empty where posts had to be read: charts count what is known without them."""

    @property
    def empty(self) -> bool:
        """Whether nothing was asked, as far as is known."""
        return not self.figures.asked

    @property
    def unasked(self) -> tuple[Group, ...]:
        """The networks where answers were looked for to none of the questions."""
        networks = dict(self.groups)["network"]
        return tuple(g for g in networks if not g.figures.looked)


def waits(ask: Ask) -> Waits:
    """Ask the store everything that the view shows. StoreError passes through; BadFilter for a page that is not there."""
    institution, query = ask.institution, ask.query
    around = frame(ask)
    found = asked(ask.store, query, institution.id)
    opening = Opening(institution)
    waits_on = [a for a in found.found if a.state == "waiting"]
    shut = closed(ask.store, institution.id, [*waits_on, *found.earlier])
    waiting = [a for a in waits_on if a.mention not in shut]
    before = [a for a in found.earlier if a.mention not in shut]
    waited = known(found.found, opening)
    desk = Desk(ask.store, institution.id, opening, _promised(ask), ask.zone, ask.now, ask.texts)
    here = listed(desk, waiting, ask.filters.page)
    first = here if not here.number else listed(desk, waiting, "")
    return Waits(
        **vars(around),
        figures=figures(waited),
        promise=promise(waited, institution.commitment.answer_within_hours, opening, ask.now),
        list=here,
        longest=first.rows[0] if first.rows else None,
        open=len(waiting),
        on_page=sum(a.place == "on_page" for a in waiting),
        closed=len(waits_on) - len(waiting),
        earlier=len(before),
        earliest=max((ask.now - a.asked for a in before), default=None),
        groups=tuple((by, groups(waited, by)) for by in GROUPED),
        accounts=accounts(ask.store, institution, query, found.found, around.sources),
        bounded=found.bounded,
        untold=untold(desk, [a for a in found.found if a.state == "unknown"]),
        charts={} if found.read else shown(ask, around.sources, CHARTS),
    )


def _promised(ask: Ask) -> float | None:
    hours = ask.institution.commitment.answer_within_hours
    return None if hours is None else hours * 3600
