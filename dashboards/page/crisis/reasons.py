"""An incident's reason in a sentence and its picture, as everywhere else where incidents are shown."""

from __future__ import annotations

import msgspec

from corrillo.alerts import Evidence
from corrillo.institution import Institution
from corrillo.text import clean
from dashboards.incidents.picture import picture
from dashboards.incidents.sentence import told
from dashboards.page.crisis.incidents import IncidentRow
from dashboards.page.crisis.words import incident_name
from dashboards.page.i18n import Texts
from dashboards.page.sources import Sources


def reason_of(texts: Texts, row: IncidentRow, institution: Institution, sources: Sources | None = None) -> str:
    """Why it is one, and what was not heard: ``sources`` by the names that people give them.

    Of one that is over it is told as it was at its height.
    """
    labels = {r.health.source: r.label for r in sources.rows if r.label} if sources else {}
    incident = row.incident
    changes = tuple(msgspec.structs.replace(c, evidence=_named(c.evidence, labels)) for c in incident.changes)
    named = msgspec.structs.replace(incident, evidence=_named(incident.evidence, labels), changes=changes)
    phrase = clean(row.gist.phrase)
    return told(named, texts.language, name=institution.name, zone=institution.zone, phrase=phrase)


def _named(evidence: Evidence, labels: dict[str, str]) -> Evidence:
    return msgspec.structs.replace(evidence, blind=tuple(labels.get(name, name) for name in evidence.blind))


def picture_of(texts: Texts, row: IncidentRow, institution: Institution) -> str:
    """Its leading subject's last day as a standalone SVG."""
    incident = row.incident
    return picture(
        incident.points,
        lang=texts.language,
        zone=institution.zone,
        title=incident_name(texts, incident, institution, row.gist),
        level=incident.level if incident.resolved is None else incident.peak,
        since=incident.opened,
    )
