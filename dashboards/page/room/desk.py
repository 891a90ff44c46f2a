"""/incident/…/room: the endpoint of the situation room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from corrillo.alerts import Incident
from corrillo.institution import Institution
from corrillo.ports import Clock, Store
from dashboards.page.answers import LONGEST, answered
from dashboards.page.crisis.asked import AskedIncident
from dashboards.page.crisis.pages import Scene, said_meanwhile
from dashboards.page.i18n import LANGUAGES, Texts
from dashboards.page.people.visitor import visitor_of
from dashboards.page.render import trouble
from dashboards.page.room.asked import AskedRoom
from dashboards.page.room.view import room
from dashboards.page.seal import Seal
from dashboards.page.sources import Listening

EVERY = 15_000
"""Milliseconds after which the room looks how things are."""


@dataclass(frozen=True)
class RoomDesk:
    """The endpoint and what it needs; what people do there goes to the incident's own address."""

    store: Store
    institutions: tuple[Institution, ...]
    clock: Clock
    coverage: Sequence[Listening]
    seal: Seal

    def routes(self) -> list[Route]:
        """Where it is."""
        return [Route("/incident/{incident}/room", self.room)]

    def room(self, request: Request) -> Response:
        """The room of an incident; 404 where there is none of that id."""
        return answered(request, lambda texts: self._room(request, texts), LONGEST)

    def _room(self, request: Request, texts: Texts) -> Response:
        incident = self.store.incident(request.path_params["incident"])
        of = next((i for i in self.institutions if incident and i.id == incident.institution), None)
        if incident is None or of is None:
            return HTMLResponse(trouble(texts, "incident"), 404)
        return HTMLResponse(self._page(request, texts, incident, of))

    def _page(self, request: Request, texts: Texts, incident: Incident, of: Institution) -> str:
        visitor, now = visitor_of(request), self.clock()
        asked = request.query_params.get("lang", "")
        language = asked if asked in LANGUAGES else ""
        scene = Scene(texts, of, self.institutions, self.coverage, self.seal.of_person(visitor.name), now, visitor)
        return scene.draw(
            "room.html",
            AskedRoom(incident.id, language),
            v=room(self.store, of, incident, now, texts, self.coverage),
            page=AskedIncident(incident.id, language),
            posts=said_meanwhile(incident, of, language),
            every=EVERY,
        )
