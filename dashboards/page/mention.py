"""The lasting address of one post: from wherever its id is known to its conversation on the page."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from corrillo.institution import Institution
from corrillo.ports import Query, Store
from dashboards.page.answers import answered
from dashboards.page.filters import Filters
from dashboards.page.i18n import LANGUAGES, Texts
from dashboards.page.render import trouble


@dataclass(frozen=True)
class MentionDesk:
    """/mention/…: dashboards and exports lead there, who do not know the conversation nor the institution."""

    store: Store
    institutions: tuple[Institution, ...]

    def routes(self) -> list[Route]:
        """Where it is."""
        return [Route("/mention/{mention}", self.lead)]

    def lead(self, request: Request) -> Response:
        """The way to the post, where it is of an institution shown here and is still there."""
        return answered(request, lambda texts: self._lead(request, texts))

    def _lead(self, request: Request, texts: Texts) -> Response:
        shown = tuple(i.id for i in self.institutions)
        query = Query(where={"institution": shown}, ids=(request.path_params["mention"],))
        found = self.store.find(query, limit=1).mentions
        if not found:
            return HTMLResponse(trouble(texts, "mention"), 404)
        asked = request.query_params.get("lang", "")
        language = asked if asked in LANGUAGES else ""
        where = {"thread": (found[0].thread,)}
        filters = Filters(found[0].institution, where, period="all", language=language, view="posts")  # type: ignore[arg-type]
        return RedirectResponse(filters.link(f"m-{found[0].id}"), 303)
