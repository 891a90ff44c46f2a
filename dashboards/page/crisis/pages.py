"""The view and an incident's own page as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from corrillo.alerts import Incident
from corrillo.institution import Institution
from dashboards.page.crisis.asked import Asked, AskedIncident, about
from dashboards.page.crisis.incidents import IncidentRow
from dashboards.page.crisis.view import CrisisView, IncidentView
from dashboards.page.filters import Filters
from dashboards.page.i18n import Texts
from dashboards.page.people.visitor import Visitor
from dashboards.page.render import draw
from dashboards.page.seal import Seal
from dashboards.page.sources import Listening


@dataclass(frozen=True)
class Scene:
    """What every page of the view is drawn with."""

    texts: Texts
    institution: Institution
    institutions: Sequence[Institution]
    coverage: Sequence[Listening]
    seal: Seal
    now: datetime
    visitor: Visitor

    def draw(self, template: str, f: Asked | AskedIncident, **values: object) -> str:
        """A page in the reader's language; ``f`` is what was asked for."""
        return draw(
            template,
            t=self.texts,
            f=f,
            institution=self.institution,
            institutions=self.institutions,
            coverage=[c for c in self.coverage if c.institution in ("", self.institution.id)],
            seal=self.seal,
            visitor=self.visitor,
            now=self.now.astimezone(self.institution.zone),
            posts_at=posts_at,
            home=Filters(self.institution.id, language=f.language).link(),
            **values,
        )


def crisis_page(view: CrisisView, asked: Asked, scene: Scene) -> str:
    """The page of the view."""
    return scene.draw("crisis.html", asked, v=view)


def incident_page(view: IncidentView, asked: AskedIncident, scene: Scene) -> str:
    """The page of one incident."""
    incident = view.row.incident
    leading = Asked(scene.institution.id, about(incident.leading), language=asked.language)
    posts = said_meanwhile(incident, scene.institution, asked.language)
    return scene.draw("incident.html", asked, v=view, back=leading, posts=posts)


def posts_at(row: IncidentRow, asked: Asked | AskedIncident) -> Filters:
    """The posts that an incident rests on, whenever they were said."""
    incident = row.incident
    return Filters(incident.institution, period="all", language=asked.language, view="posts", incident=incident.id)


def said_meanwhile(incident: Incident, institution: Institution, language: str) -> Filters:
    """Everything that was said of what the incident is about, from the day before it opened to its end."""
    first = incident.opened.astimezone(institution.zone).date() - timedelta(days=1)
    last = incident.resolved.astimezone(institution.zone).date() if incident.resolved else None
    view = Filters(institution.id, language=language).between(first, last)
    if incident.leading.service:
        return view.only("service", incident.leading.service)
    return view.only("district", incident.leading.district) if incident.leading.district else view
