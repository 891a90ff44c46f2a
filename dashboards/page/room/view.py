"""Everything that the situation room shows, read before anything is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from corrillo.alerts import Act, Incident
from corrillo.attention import Attention
from corrillo.institution import Institution
from corrillo.marked import away
from corrillo.opening import Opening
from corrillo.ports import Store
from dashboards.page.crisis.behind import Behind, behind
from dashboards.page.crisis.incidents import IncidentRow, posts_of, row
from dashboards.page.i18n import Texts
from dashboards.page.posts import Card, chosen
from dashboards.page.room.growing import Growing, growing
from dashboards.page.room.told import Told, told
from dashboards.page.room.voices import independent, lately_said
from dashboards.page.sources import Listening, SourceRow, Sources, sources
from dashboards.page.waits.closed import closed
from dashboards.page.waits.listed import Desk, Waiting, listed, untold

BEFORE = timedelta(days=7)
"""How long before it opened something may have been asked that is part of it."""
MOST_ASKED = 5_000
"""Questions and complaints of that time that are looked at, newest first."""
MOST_TOLD = 1_000
QUESTIONS = 5
"""Of each kind: those that wait, and those of which nobody knows."""


@dataclass(frozen=True)
class Room:
    """One incident and all around it. ``waiting``: questions that wait, longest first, ``open`` of them in all.

    ``untold``: those of which nobody knows whether they were answered, newest first, ``unknown`` of them in all.
    ``answered``: how many were.
    """

    row: IncidentRow
    merged: IncidentRow | None
    sources: Sources
    behind: Behind
    voices: tuple[Card, ...]
    waiting: tuple[Waiting, ...]
    open: int
    untold: tuple[Waiting, ...]
    unknown: int
    answered: int
    growing: tuple[Growing, ...]
    told: Told
    subscribers: int

    @property
    def notes(self) -> tuple[Act, ...]:
        """What the team wrote down, newest first."""
        return tuple(a for a in reversed(self.row.acts) if a.note)

    @property
    def questions(self) -> tuple[Waiting, ...]:
        """Those that are shown: what waits before what nobody knows."""
        return (*self.waiting, *self.untold)

    @property
    def deaf(self) -> tuple[SourceRow, ...]:
        """The sources from which nothing is heard now."""
        return self.sources.not_listening


def room(
    store: Store,
    institution: Institution,
    incident: Incident,
    now: datetime,
    texts: Texts,
    coverage: Sequence[Listening],
) -> Room:
    """Ask the store for it. StoreError passes through."""
    out = away(store, institution.id, None).ids
    said = lately_said(store, incident, out)
    found, subscribers = row(store, incident, now), store.subscribers()
    into = store.incident(incident.into) if incident.into else None
    asked = [a for a in asked_in(store, incident) if a.mention not in out]
    waiting = _open(store, institution, asked)
    unknown = [a for a in asked if a.state == "unknown"]
    desk = Desk(store, institution.id, Opening(institution), _promised(institution), institution.zone, now, texts)
    listened = [c for c in coverage if c.institution in ("", institution.id)]
    return Room(
        row=found,
        merged=row(store, into, now) if into else None,
        sources=sources(store, listened, now, incident.opened, incident.resolved),
        behind=behind(store, incident, out),
        voices=chosen(store, institution.id, [m.id for m in independent(said)], institution.zone, texts),
        waiting=listed(desk, waiting, "").rows[:QUESTIONS],
        open=len(waiting),
        untold=untold(desk, unknown)[:QUESTIONS],
        unknown=len(unknown),
        answered=sum(a.state == "answered" for a in asked),
        growing=growing(store, institution.id, said, now),
        told=told(
            incident.id,
            store.deliveries(incident=incident.id, since=incident.opened, limit=MOST_TOLD),
            found.acts,
            subscribers,
        ),
        subscribers=len(subscribers),
    )


def asked_in(store: Store, incident: Incident) -> list[Attention]:
    """The questions and complaints among the posts of an incident, as they stand."""
    posts = frozenset(posts_of(incident))
    since, until = incident.opened - BEFORE, incident.resolved
    found = store.attention(incident.institution, since=since, until=until, limit=MOST_ASKED)
    return [a for a in found if a.mention in posts and not a.gone]


def _open(store: Store, institution: Institution, asked: Sequence[Attention]) -> list[Attention]:
    """Those that wait, and that nobody of the team has closed."""
    waits = [a for a in asked if a.state == "waiting"]
    shut = closed(store, institution.id, waits)
    return [a for a in waits if a.mention not in shut]


def _promised(institution: Institution) -> float | None:
    hours = institution.commitment.answer_within_hours
    return None if hours is None else hours * 3600
