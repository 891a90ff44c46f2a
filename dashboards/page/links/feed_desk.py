"""/feed/….atom: what concerns one subscriber, for whoever has the address."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from corrillo.alerts import Incident
from corrillo.institution import Institution
from corrillo.notices import Subscriber
from corrillo.people import hash_of
from corrillo.ports import Clock, Store
from dashboards.page.answers import answered, language_of
from dashboards.page.i18n import texts
from dashboards.page.links.feed import atom, entries
from dashboards.page.people.tries import Tries
from dashboards.page.render import draw

REACHES = timedelta(days=30)
"""How far back."""
MOST = 200
"""Incidents of an institution that are looked at."""


@dataclass(frozen=True)
class FeedDesk:
    """The endpoint; ``public``: where people reach the page, '' where nobody has said it."""

    store: Store
    institutions: tuple[Institution, ...]
    clock: Clock
    public: str = ""
    tries: Tries = field(default_factory=Tries)

    def routes(self) -> list[Route]:
        """Where it is."""
        return [Route("/feed/{token}.atom", self.feed)]

    def feed(self, request: Request) -> Response:
        """The feed, 304 where the reader has it already; 404 for an address that is nobody's (any more)."""
        return answered(request, lambda _: self._feed(request))

    def _feed(self, request: Request) -> Response:
        token = request.path_params["token"]
        subscriber = self._holder(token)
        if subscriber is None:
            return self._wrong(request)
        found = entries(self._incidents(subscriber), subscriber, self.institutions)
        own = f"{self.public}/feed/{token}.atom" if self.public else ""
        body = atom(found, subscriber, texts(subscriber.language), self.public, own)
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="application/atom+xml; charset=utf-8", headers=headers)

    def _wrong(self, request: Request) -> Response:
        """Who tries one address after another waits; a good one always works."""
        address, now = request.client.host if request.client else "", self.clock()
        if wait := self.tries.wait(address, now):
            return Response(status_code=429, headers={"Retry-After": str(max(1, round(wait.total_seconds())))})
        self.tries.failed(address, now)
        return HTMLResponse(draw("link_none.html", t=language_of(request), what="feed"), 404)

    def _incidents(self, subscriber: Subscriber) -> list[Incident]:
        since = self.clock() - REACHES
        wanted = [i.id for i in self.institutions if not subscriber.institutions or i.id in subscriber.institutions]
        return [one for name in wanted for one in self.store.incidents(name, since=since, limit=MOST)]

    def _holder(self, token: str) -> Subscriber | None:
        given, found = hash_of(token), None
        for subscriber in self.store.subscribers():
            if subscriber.feed and hmac.compare_digest(given, subscriber.feed):
                found = subscriber
        return found
