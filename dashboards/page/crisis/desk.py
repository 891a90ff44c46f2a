"""The endpoints of *Is it a crisis?*. All of them read; one writes: what somebody does about an incident."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from corrillo.alerts import Incident
from corrillo.institution import Institution
from corrillo.ports import Clock, Store
from dashboards.page.address import Pairs, single
from dashboards.page.answers import LONGEST, answered
from dashboards.page.crisis.acts import FIELDS, POSSIBLE
from dashboards.page.crisis.acts import read as read_act
from dashboards.page.crisis.asked import AskedIncident
from dashboards.page.crisis.asked import read as read_address
from dashboards.page.crisis.incidents import row
from dashboards.page.crisis.pages import Scene, crisis_page, incident_page
from dashboards.page.crisis.reasons import picture_of
from dashboards.page.crisis.view import build, build_incident
from dashboards.page.guard import OF_PICTURES
from dashboards.page.i18n import LANGUAGES, Texts
from dashboards.page.people.visitor import Visitor, visitor_of
from dashboards.page.posting import came_from, posted, sealed
from dashboards.page.render import trouble
from dashboards.page.seal import Seal
from dashboards.page.sources import Listening


@dataclass(frozen=True)
class CrisisDesk:
    """What the endpoints need; all but the one that writes are plain functions, so each request runs in a thread."""

    store: Store
    institutions: tuple[Institution, ...]
    clock: Clock
    coverage: Sequence[Listening]
    seal: Seal

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route("/crisis", self.view),
            Route("/crisis/{incident}.svg", self.picture),
            Route("/crisis/{incident}", self.incident),
            Route("/crisis/{incident}", self.act, methods=["POST"]),
        ]

    def view(self, request: Request) -> Response:
        """Is it a crisis?"""
        return answered(request, lambda texts: self._view(request, texts), LONGEST)

    def incident(self, request: Request) -> Response:
        """One incident."""
        return self._about(request, lambda *found: self._incident(request, *found))

    def picture(self, request: Request) -> Response:
        """One incident as a picture."""
        return self._about(request, self._picture)

    async def act(self, request: Request) -> Response:
        """Somebody does something about an incident; then its page again, or its room where they were there."""
        visitor, room = visitor_of(request), came_from(request)
        back = room if room.startswith("/incident/") else ""
        return await posted(
            request, lambda body: self._about(request, lambda *found: self._act(body, visitor, back, *found))
        )

    def _about(self, request: Request, draw: Callable[[Texts, Incident, Institution], Response]) -> Response:
        """What ``draw`` makes of the incident that the address names, where it is of an institution shown here."""

        def drawn(texts: Texts) -> Response:
            incident = self.store.incident(request.path_params["incident"])
            of = next((i for i in self.institutions if incident and i.id == incident.institution), None)
            return draw(texts, incident, of) if incident and of else HTMLResponse(trouble(texts, "incident"), 404)

        return answered(request, drawn)

    def _view(self, request: Request, texts: Texts) -> Response:
        asked = read_address(request.query_params.multi_items(), self.institutions)
        institution = next(i for i in self.institutions if i.id == asked.institution)
        now = self.clock()
        view = build(self.store, institution, asked, now, texts, self.coverage)
        return HTMLResponse(crisis_page(view, asked, self._scene(request, texts, institution, now)))

    def _incident(self, request: Request, texts: Texts, incident: Incident, institution: Institution) -> Response:
        now = self.clock()
        view = build_incident(self.store, institution, incident, now, texts, self.coverage)
        asked = AskedIncident(incident.id, _known(request.query_params.get("lang", "")))
        return HTMLResponse(incident_page(view, asked, self._scene(request, texts, institution, now)))

    def _picture(self, texts: Texts, incident: Incident, institution: Institution) -> Response:
        drawn = picture_of(texts, row(self.store, incident, self.clock()), institution)
        return Response(drawn, media_type="image/svg+xml", headers=OF_PICTURES)

    def _act(
        self, body: bytes, visitor: Visitor, back: str, texts: Texts, incident: Incident, institution: Institution
    ) -> Response:
        seal = self.seal.of_person(visitor.name)
        return sealed(
            body,
            FIELDS,
            seal,
            incident.id,
            texts,
            lambda given: self._done(given, visitor, back, texts, incident, institution),
        )

    def _done(
        self, given: Pairs, visitor: Visitor, back: str, texts: Texts, incident: Incident, institution: Institution
    ) -> Response:
        now = self.clock()
        act = read_act(given, incident.id, now, institution.zone, visitor.name)
        if act.what not in POSSIBLE[row(self.store, incident, now).life]:
            return HTMLResponse(trouble(texts, "moved"), 409)
        self.store.act(act)
        page = AskedIncident(incident.id, _known(single(given, "lang"))).link("acts")
        return RedirectResponse(f"{back}#notes" if back else page, 303)

    def _scene(self, request: Request, texts: Texts, institution: Institution, now: datetime) -> Scene:
        visitor = visitor_of(request)
        seal = self.seal.of_person(visitor.name)
        return Scene(texts, institution, self.institutions, self.coverage, seal, now, visitor)


def _known(language: str) -> str:
    """``language`` where the page speaks it."""
    return language if language in LANGUAGES else ""
