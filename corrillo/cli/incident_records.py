"""Incidents as JSON for other programs: as they are kept, with where they stand and the reason in words."""

from __future__ import annotations

from typing import Any

import msgspec

from corrillo.institution import Institution
from dashboards.page.crisis.incidents import IncidentRow
from dashboards.page.crisis.reasons import reason_of
from dashboards.page.crisis.view import CrisisView, IncidentView
from dashboards.page.crisis.words import incident_name
from dashboards.page.i18n import Texts
from dashboards.page.sources import Sources

Record = dict[str, Any]
LEFT_OUT = ("kind", "points", "mentions")
"""What only the record of one incident has."""


def of_overview(view: CrisisView, over: tuple[IncidentRow, ...], institution: Institution, t: Texts) -> Record:
    """An institution: the answer, what is blind, and its incidents, open ones first."""
    rows = [*view.incidents.open, *over]
    return {
        "institution": institution.id,
        "answer": view.standing.answer,
        "level": view.standing.level,
        "sources": view.standing.sources,
        "blind": _blind(view.sources),
        "hours_learnt": view.hours.learnt,
        "counting_is_behind": view.hours.behind,
        "incidents": [_without(of_row(row, institution, view.sources, t), LEFT_OUT) for row in rows],
    }


def of_incident(view: IncidentView, institution: Institution, t: Texts) -> Record:
    """One incident with all that is kept of it and its sample posts, without the links to them."""
    samples = [_without(msgspec.to_builtins(card.mention), ("url", "ref", "author")) for card in view.samples]
    return of_row(view.row, institution, view.sources, t) | {"blind_now": _blind(view.sources), "samples": samples}


def of_row(row: IncidentRow, institution: Institution, sources: Sources, t: Texts) -> Record:
    """An incident, where it stands, what people did, and why it is one."""
    kept: Record = msgspec.to_builtins(row.incident)
    acts = [_without(msgspec.to_builtins(act), ("kind", "incident")) for act in row.acts]
    name = incident_name(t, row.incident, institution, row.gist)
    return kept | {"life": row.life, "acts": acts, "reason": reason_of(t, row, institution, sources), "name": name}


def _blind(sources: Sources) -> list[Record]:
    return [
        {
            "source": row.health.source,
            "network": row.health.network,
            "state": row.state,
            "proof": row.judgement.proof,
            "since": row.judgement.since,
        }
        for row in sources.not_listening
    ]


def _without(record: Record, keys: tuple[str, ...]) -> Record:
    return {key: value for key, value in record.items() if key not in keys}
