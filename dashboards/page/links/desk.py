"""/do/…: a small page that says what a link will do, and does it when its one button is pressed.

Programs that check mail follow every link, so following one does nothing. One click by a mail program (RFC 8058)
is a POST to the same address that says so in its body. The token is all the right that is needed: whoever does
not have it cannot send its form either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from corrillo.institution import Institution
from corrillo.links import BadLink, Grant, Links, OldLink
from corrillo.ports import Clock, Store
from dashboards.page.address import BadFilter
from dashboards.page.answers import answered, language_of
from dashboards.page.forms import decode
from dashboards.page.i18n import LANGUAGES, Texts, texts
from dashboards.page.links.about import About, about
from dashboards.page.links.deeds import FIELDS, do, too_many
from dashboards.page.people.tries import Tries
from dashboards.page.posting import body_of
from dashboards.page.render import draw, trouble
from dashboards.page.seal import from_here

ONE_CLICK = b"List-Unsubscribe=One-Click"
STATUS = {"gone": 410, "old": 410, "broken": 404, "wait": 429, "no_links": 503, "no_incident": 410, "no_way": 410}
"""Of what cannot be done; everything else is an answer."""


@dataclass(frozen=True)
class LinkDesk:
    """Its endpoints. ``links`` is None where this installation has no key to read them with."""

    store: Store
    institutions: tuple[Institution, ...]
    clock: Clock
    links: Links | None
    tries: Tries = field(default_factory=Tries)

    def routes(self) -> list[Route]:
        """Where they are."""
        return [Route("/do/{token}", self.ask), Route("/do/{token}", self.act, methods=["POST"])]

    def ask(self, request: Request) -> Response:
        """What the link will do, with the button that does it."""
        return self._read(request, lambda one: self._page(request, one))

    async def act(self, request: Request) -> Response:
        """The button was pressed, or a mail program unsubscribes somebody."""
        body = await body_of(request)
        if body.strip() == ONE_CLICK:
            return await run_in_threadpool(self._one_click, request)
        if not from_here(request.headers):
            return HTMLResponse(trouble(language_of(request), "foreign"), 403)
        return await run_in_threadpool(self._read, request, lambda one: self._done(request, one, body))

    def _read(self, request: Request, draw_it: Callable[[About], Response]) -> Response:
        """What ``draw_it`` makes of the link in the address; a page that says why where it is none of ours."""
        if self.links is None:
            return self._said(request, "no_links")
        try:
            grant = self.links.read(request.path_params["token"], self.clock())
        except OldLink:
            return self._said(request, "old")
        except BadLink:
            return self._wrong(request)
        return answered(request, lambda _: self._granted(request, grant, draw_it))

    def _wrong(self, request: Request) -> Response:
        """Who tries one wrong link after another waits; a good one always works, whoever else tries from that address."""
        address, now = request.client.host if request.client else "", self.clock()
        if wait := self.tries.wait(address, now):
            return self._said(request, "wait", {"Retry-After": str(max(1, round(wait.total_seconds())))})
        self.tries.failed(address, now)
        return self._said(request, "broken")

    def _granted(self, request: Request, grant: Grant, draw_it: Callable[[About], Response]) -> Response:
        known = next((s for s in self.store.subscribers() if s.id == grant.subscriber), None)
        if known is None:
            return self._said(request, "gone")
        return draw_it(about(grant, known, self.store, self.institutions, self.clock()))

    def _done(self, request: Request, one: About, body: bytes) -> Response:
        language = self._language(request, one)
        try:
            given = decode(body, FIELDS)
            if one.state != "ready":
                return self._page(request, one)
            if one.incident and too_many(one, self.store, self.clock()):
                return self._said(request, "wait", {"Retry-After": "600"})
            do(one, given, self.store, self.institutions, self.clock())
        except BadFilter as error:
            return HTMLResponse(trouble(language, "form", error), 400)
        return self._page(request, one, done=True)

    def _one_click(self, request: Request) -> Response:
        """For programs: plain words. Who is gone already stays so."""
        try:
            grant = self.links.read(request.path_params["token"], self.clock()) if self.links else None
        except BadLink:
            grant = None
        if grant is None or grant.purpose != "unsubscribe":
            return PlainTextResponse("this is no link to unsubscribe\n", 400)
        known = next((s for s in self.store.subscribers() if s.id == grant.subscriber), None)
        if known is not None and known.origin == "file":
            return PlainTextResponse(
                "this subscriber stands in a file of the institution; write to whoever sends this\n", 409
            )
        self.store.unsubscribe(grant.subscriber)
        return PlainTextResponse("unsubscribed\n")

    def _page(self, request: Request, one: About, *, done: bool = False) -> Response:
        html = draw(
            "link.html", t=self._language(request, one), one=one, done=done, now=self.clock(),
            zone=one.zone(self.institutions), institution=one.institution or self.institutions[0],
            here=request.url.path,
        )  # fmt: skip
        return HTMLResponse(html, 200 if done else STATUS.get(one.state, 200))

    def _language(self, request: Request, one: About) -> Texts:
        asked = request.query_params.get("lang", "")
        return texts(asked if asked in LANGUAGES else one.subscriber.language)

    def _said(self, request: Request, what: str, headers: dict[str, str] | None = None) -> Response:
        html = draw("link_none.html", t=language_of(request), what=what)
        return HTMLResponse(html, STATUS[what], headers)
