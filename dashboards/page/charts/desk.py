"""Charts by themselves: as a picture, as what the script draws, and the script that draws it."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboards.charts.listed import CHARTS
from dashboards.page import address
from dashboards.page.answers import LONGEST, Asking, answered
from dashboards.page.charts.shown import SIZES, THEMES, Shown, one
from dashboards.page.charts.vega import VEGA, vega
from dashboards.page.frame import listening
from dashboards.page.guard import OF_PICTURES
from dashboards.page.i18n import Texts
from dashboards.vega.compile import compile
from dashboards.vega.picture import svg

BESIDES: Sequence[str] = ("theme", "size")
"""Fields of an address that are no filters."""


class ChartDesk:
    """Answers for charts: with the same filters as the views, besides a theme and a size."""

    def __init__(self, ask: Asking) -> None:
        self._ask = ask

    def routes(self) -> list[Route]:
        """Where they are."""
        return [Route("/chart/{chart}.{form}", self.chart), Route(VEGA, vega)]

    def chart(self, request: Request) -> Response:
        """One chart: ``.svg`` is its picture, ``.json`` its Vega-Lite specification, with a link for each mark."""
        if request.path_params["chart"] not in CHARTS or request.path_params["form"] not in ("svg", "json"):
            raise HTTPException(404)
        return answered(request, lambda texts: self._drawn(request, texts), LONGEST)

    def _drawn(self, request: Request, texts: Texts) -> Response:
        found = self._shown(request, texts)
        if request.path_params["form"] == "json":
            return JSONResponse(compile(found.drawing))
        return Response(svg(compile(found.unlinked())), media_type="image/svg+xml", headers=OF_PICTURES)

    def _shown(self, request: Request, texts: Texts) -> Shown:
        pairs = request.query_params.multi_items()
        theme = address.one_of(pairs, "theme", THEMES) or THEMES[0]
        size = next(s for s in SIZES if s == (address.one_of(pairs, "size", SIZES) or SIZES[0]))
        ask = self._ask(request, texts, request.url.path.removeprefix("/"), BESIDES)
        return one(ask, listening(ask), CHARTS[request.path_params["chart"]], theme, size)
