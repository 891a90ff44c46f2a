"""Everything that the view and an incident's own page show, read before anything is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from corrillo.alerts import Incident
from corrillo.institution import Institution
from corrillo.marked import away
from corrillo.ports import Store
from dashboards.page.crisis.asked import Asked
from dashboards.page.crisis.behind import Behind, behind
from dashboards.page.crisis.drawn import Chart, chart
from dashboards.page.crisis.fiestas import Festive, fiestas
from dashboards.page.crisis.hours import Hours, hours
from dashboards.page.crisis.imported import Imported, imported
from dashboards.page.crisis.incidents import IncidentRow, Incidents, incidents, row
from dashboards.page.crisis.standing import Standing, standing
from dashboards.page.i18n import Texts
from dashboards.page.posts import Card, chosen
from dashboards.page.sources import Listening, Sources, sources

AT_A_GLANCE = 2
"""Sample posts beside an incident in the list; its own page has all."""


@dataclass(frozen=True)
class CrisisView:
    """Whether it is a crisis, of one subject. ``samples`` and ``behind``: of each open incident, by its id."""

    standing: Standing
    hours: Hours
    chart: Chart
    incidents: Incidents
    samples: Mapping[str, tuple[Card, ...]]
    behind: Mapping[str, Behind]
    sources: Sources
    imported: Imported | None
    """Where no hour was ever counted: what is kept all the same."""
    fiestas: tuple[Festive, ...] = ()


@dataclass(frozen=True)
class IncidentView:
    """One incident with its sample posts; ``merged``: the one that it has become part of, where it has."""

    row: IncidentRow
    samples: tuple[Card, ...]
    behind: Behind
    merged: IncidentRow | None
    sources: Sources


def build(
    store: Store, institution: Institution, asked: Asked, now: datetime, texts: Texts, coverage: Sequence[Listening]
) -> CrisisView:
    """Ask the store everything that the view shows. StoreError passes through."""
    zone = institution.zone
    line = hours(store, asked.subject, asked.hours, now, zone)
    found = incidents(store, asked.subject, now)
    listening = _sources(store, institution, coverage, now, now - timedelta(hours=asked.hours))
    out = away(store, institution.id, None).ids if found.open else ()
    return CrisisView(
        standing=standing(found, line, listening),
        hours=line,
        chart=chart(line),
        incidents=found,
        samples={
            r.incident.id: chosen(store, institution.id, r.incident.evidence.samples[:AT_A_GLANCE], zone, texts)
            for r in found.open
        },
        behind={r.incident.id: behind(store, r.incident, out) for r in found.open},
        sources=listening,
        imported=None if line.hours else imported(store, institution),
        fiestas=fiestas(store, institution, found, now),
    )


def build_incident(
    store: Store,
    institution: Institution,
    incident: Incident,
    now: datetime,
    texts: Texts,
    coverage: Sequence[Listening],
) -> IncidentView:
    """The same for the page of one incident; what was heard is asked of its own time."""
    samples = chosen(store, institution.id, incident.evidence.samples, institution.zone, texts)
    into = store.incident(incident.into) if incident.into else None
    return IncidentView(
        row=row(store, incident, now),
        samples=samples,
        behind=behind(store, incident, away(store, institution.id, None).ids),
        merged=row(store, into, now) if into else None,
        sources=_sources(store, institution, coverage, now, incident.opened, incident.resolved),
    )


def _sources(
    store: Store,
    institution: Institution,
    coverage: Sequence[Listening],
    now: datetime,
    since: datetime,
    until: datetime | None = None,
) -> Sources:
    listened = [c for c in coverage if c.institution in ("", institution.id)]
    return sources(store, listened, now, since, until)
