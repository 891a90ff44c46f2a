"""/incident/…/report and report.pdf: the report of an incident, for the page and for paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from corrillo.institution import Institution
from corrillo.ports import Clock, Store
from dashboards.page.answers import LONGEST, answered
from dashboards.page.crisis.asked import AskedIncident
from dashboards.page.i18n import LANGUAGES, Texts
from dashboards.page.render import draw, trouble
from dashboards.page.room.asked import AskedRoom
from dashboards.page.sources import Listening
from dashboards.report.after.facts import read
from dashboards.report.after.sheet import AfterSheet, after_sheet
from dashboards.report.pdf import typeset


@dataclass(frozen=True)
class AfterDesk:
    """The endpoints and what they need."""

    store: Store
    institutions: tuple[Institution, ...]
    clock: Clock
    coverage: Sequence[Listening]

    def routes(self) -> list[Route]:
        """Where they are."""
        return [Route("/incident/{incident}/report", self.page), Route("/incident/{incident}/report.pdf", self.pdf)]

    def page(self, request: Request) -> Response:
        """The report as HTML."""
        return self._about(request, self._page)

    def pdf(self, request: Request) -> Response:
        """The report as a PDF."""
        return self._about(request, self._pdf)

    def _about(self, request: Request, answer: Callable[[AskedRoom, AfterSheet, Texts], Response]) -> Response:
        """What ``answer`` makes of the incident that the address names; 404 where there is none of that id."""

        def drawn(texts: Texts) -> Response:
            incident = self.store.incident(request.path_params["incident"])
            of = next((i for i in self.institutions if incident and i.id == incident.institution), None)
            if incident is None or of is None:
                return HTMLResponse(trouble(texts, "incident"), 404)
            now, asked = self.clock(), request.query_params.get("lang", "")
            said = after_sheet(read(self.store, of, incident, now, self.coverage), of, now, texts)
            return answer(AskedRoom(incident.id, asked if asked in LANGUAGES else ""), said, texts)

        return answered(request, drawn, LONGEST)

    def _page(self, at: AskedRoom, said: AfterSheet, texts: Texts) -> Response:
        back = AskedIncident(at.incident, at.language)
        return HTMLResponse(draw("after.html", t=texts, s=said, f=at, back=back))

    def _pdf(self, at: AskedRoom, said: AfterSheet, texts: Texts) -> Response:
        name = "".join(c if c.isalnum() and c.isascii() else "-" for c in at.incident)[:80]
        return Response(
            typeset("after.typ", said, self.clock()),
            media_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="corrillo-{name}.pdf"'},
        )
