"""Incidents as the page shows them: where each stands, why it is one, and what was done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from corrillo.alerts import Act, Change, Evidence, Incident, Level, Life, Subject, life, rank
from corrillo.ports import Reader
from dashboards.page.crisis import gist
from dashboards.page.crisis.gist import UNKNOWN, Gist, gists

RECENT = timedelta(days=30)
"""How long an incident that is over is listed."""
SHOWN = 50
"""Incidents that are over and listed, at most."""
MOST_OPEN = 200
LIVES: tuple[Life, ...] = ("open", "acknowledged", "silenced", "resolved")
"""Those that nobody has taken come first."""


@dataclass(frozen=True)
class Step:
    """One step in an incident's history: what detection saw, or what somebody did.

    ``subjects`` and ``networks``: those that it did not have before.
    """

    at: datetime
    seen: Change | None = None
    done: Act | None = None
    subjects: tuple[Subject, ...] = ()
    networks: tuple[str, ...] = ()


@dataclass(frozen=True)
class IncidentRow:
    """An incident, where it stands at that moment, what people did about it, oldest first, and what its posts say."""

    incident: Incident
    life: Life
    acts: tuple[Act, ...] = ()
    gist: Gist = UNKNOWN

    @property
    def open(self) -> bool:
        """Whether it is not over."""
        return self.life != "resolved"

    @property
    def level(self) -> Level:
        """How high it is; how high it was, where it is over."""
        return self.incident.level if self.open else self.incident.peak

    @property
    def telling(self) -> Evidence:
        """What speaks for it now; of one that is over, what spoke for it when it was highest."""
        return gist.telling(self.incident)

    @property
    def standing(self) -> Act | None:
        """The act that makes it acknowledged or silenced."""
        done = [a for a in self.acts if a.what in ("acknowledge", "silence")]
        return done[-1] if done and self.life in ("acknowledged", "silenced") else None

    @property
    def history(self) -> tuple[Step, ...]:
        """Everything that happened, newest first."""
        seen = [_step(c, self.incident.changes[:n]) for n, c in enumerate(self.incident.changes)]
        return tuple(sorted([*seen, *(Step(a.at, done=a) for a in self.acts)], key=lambda s: s.at, reverse=True))


def _step(change: Change, before: Sequence[Change]) -> Step:
    if not before:
        return Step(change.at, seen=change)
    subjects = {s for c in before for s in c.subjects}
    networks = {name for c in before for name, _ in c.evidence.networks}
    return Step(
        change.at,
        seen=change,
        subjects=tuple(s for s in change.subjects if s not in subjects),
        networks=tuple(name for name, _ in change.evidence.networks if name not in networks),
    )


@dataclass(frozen=True)
class Incidents:
    """Those of an institution that touch a subject: open ones, most urgent first, and recent ones, newest first.

    ``elsewhere``: open ones that do not touch it.
    """

    open: tuple[IncidentRow, ...] = ()
    over: tuple[IncidentRow, ...] = ()
    elsewhere: tuple[IncidentRow, ...] = ()

    @property
    def level(self) -> Level:
        """The highest level of those that are open."""
        return max((row.level for row in self.open), key=rank, default="calm")


def incidents(reader: Reader, subject: Subject, now: datetime) -> Incidents:
    """What is or lately was the matter with ``subject``; the institution as a whole is touched by all."""
    current = reader.incidents(subject.institution, open_only=True, limit=MOST_OPEN)
    recent = reader.incidents(subject.institution, since=now - RECENT, limit=SHOWN)
    rows = _rows(reader, list({i.id: i for i in [*current, *recent]}.values()), now)
    open_ones = sorted((r for r in rows if r.open), key=_urgency)
    return Incidents(
        open=tuple(r for r in open_ones if touches(r.incident, subject)),
        over=tuple(r for r in rows if not r.open and not r.incident.into and touches(r.incident, subject)),
        elsewhere=tuple(r for r in open_ones if not touches(r.incident, subject)),
    )


def open_incidents(reader: Reader, institution: str, now: datetime) -> tuple[IncidentRow, ...]:
    """Those of an institution that are not over, most urgent first."""
    return tuple(sorted(_rows(reader, reader.incidents(institution, open_only=True), now), key=_urgency))


def row(reader: Reader, incident: Incident, now: datetime) -> IncidentRow:
    """One incident as it stands."""
    return _rows(reader, [incident], now)[0]


def posts_of(incident: Incident) -> tuple[str, ...]:
    """The ids of the posts that it rests on; never empty, so that an incident without posts asks for nothing."""
    return incident.mentions or (incident.id,)


def touches(incident: Incident, subject: Subject) -> bool:
    """Whether an incident has to do with a subject: now, or at any time of its life once that is over."""
    if not subject.service and not subject.district:
        return True
    return subject in incident.subjects or (
        incident.resolved is not None and any(subject in c.subjects for c in incident.changes)
    )


def _rows(reader: Reader, found: Sequence[Incident], now: datetime) -> list[IncidentRow]:
    acts = reader.acts([i.id for i in found]) if found else ()
    by_id = {i.id: tuple(a for a in acts if a.incident == i.id) for i in found}
    said = gists(reader, found)
    return [IncidentRow(i, life(i, by_id[i.id], now), by_id[i.id], said.get(i.id, UNKNOWN)) for i in found]


def _urgency(row: IncidentRow) -> tuple[int, int, float]:
    return -rank(row.level), LIVES.index(row.life), -row.incident.updated.timestamp()
