"""Asks everybody who they are before anything is read for them."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboards.page.answers import language_of
from dashboards.page.forms import inside
from dashboards.page.people.door import Door
from dashboards.page.people.visitor import READING, needed
from dashboards.page.render import draw, trouble


class Doorkeeper:
    """Middleware: lets in who may, with their name and role; shows others the way to the login, or out."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app = app
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        answer = self._stopped(request)
        await (answer or self.app)(scope, receive, send)

    def _stopped(self, request: Request) -> Response | None:
        """By the path that is routed: what a Host header makes of the address counts for nothing."""
        right = needed(request.method, request.scope["path"])
        if right is None:
            return None
        peer = request.client.host if request.client else ""
        visitor = self.door.who(peer, request.headers, request.cookies)
        if visitor is None:
            return _unknown(request)
        if not visitor.may(right):
            return HTMLResponse(trouble(language_of(request), "forbidden"), 403)
        request.scope.setdefault("state", {})["visitor"] = visitor
        return None


def _unknown(request: Request) -> Response:
    """The way to the login, for people; 401 for programs and for forms."""
    reads = request.method in READING
    if not reads or "text/html" not in request.headers.get("accept", ""):
        said = {"error": "nobody is logged in", "remedy": "show a token: Authorization: Bearer …"}
        if reads:
            return JSONResponse(said, 401, {"WWW-Authenticate": 'Bearer realm="Corrillo"'})
        return HTMLResponse(trouble(language_of(request), "login"), 401)
    query = request.scope["query_string"].decode("latin-1")
    wanted = inside(request.scope["path"] + (f"?{query}" if query else ""))
    if request.headers.get("sec-fetch-site") == "cross-site" and wanted:
        # The cookie stays away from what another site leads to; the page itself may ask again with it.
        return HTMLResponse(draw("again.html", t=language_of(request), next=wanted))
    pairs = [(k, v) for k, v in (("next", wanted), ("lang", request.query_params.get("lang", ""))) if v and v != "/"]
    return RedirectResponse("/login" + (f"?{urlencode(pairs)}" if pairs else ""), 303)
