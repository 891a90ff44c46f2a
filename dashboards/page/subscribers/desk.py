"""/subscribers: the list and each one's page, for the team; what is changed there, for admins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from corrillo.institution import Institution
from corrillo.links import Links
from corrillo.notices import Subscriber
from corrillo.people import hash_of, new_token
from corrillo.ports import Clock, Store
from dashboards.page.address import BadFilter, Pairs, one_of, single, usable
from dashboards.page.answers import LONGEST, answered
from dashboards.page.filters import Filters
from dashboards.page.forms import needed
from dashboards.page.i18n import LANGUAGES, Texts
from dashboards.page.people.visitor import visitor_of
from dashboards.page.posting import posted, sealed
from dashboards.page.render import draw, trouble
from dashboards.page.seal import Seal
from dashboards.page.subscribers.asked import AskedSubscribers
from dashboards.page.subscribers.asking import question, questions
from dashboards.page.subscribers.form import FIELDS, MOST_FIELDS, WHATS, fresh, read
from dashboards.page.subscribers.reach import clocks_of
from dashboards.page.subscribers.view import listed, one

NEW = "new"
"""Where the form for somebody new is, and what its seal is about."""


@dataclass(frozen=True)
class SubscriberDesk:
    """The endpoints and what they need. ``links``: without them, or without an address of the page, nobody can confirm."""

    store: Store
    institutions: tuple[Institution, ...]
    clock: Clock
    seal: Seal
    links: Links | None

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route("/subscribers", self.all),
            Route("/subscribers", self.add, methods=["POST"]),
            Route("/subscribers/{subscriber}", self.one),
            Route("/subscribers/{subscriber}", self.change, methods=["POST"]),
        ]

    def all(self, request: Request) -> Response:
        """Everybody, and what was told lately."""
        return answered(request, lambda texts: self._all(request, texts), LONGEST)

    def one(self, request: Request) -> Response:
        """One of them; the form for somebody new at NEW."""
        return answered(request, lambda texts: self._one(request, texts), LONGEST)

    async def add(self, request: Request) -> Response:
        """Somebody new; each of their addresses is asked whether it is wanted there."""
        return await posted(
            request, lambda body: answered(request, lambda texts: self._sealed(request, body, texts, NEW, self._added))
        )

    async def change(self, request: Request) -> Response:
        """Change, remove, ask again, or another address of the feed."""
        name = request.path_params["subscriber"]
        return await posted(
            request,
            lambda body: answered(request, lambda texts: self._sealed(request, body, texts, name, self._changed)),
        )

    def _sealed(
        self,
        request: Request,
        body: bytes,
        texts: Texts,
        subject: str,
        do: Callable[[Request, Texts, Pairs], Response],
    ) -> Response:
        seal = self.seal.of_person(visitor_of(request).name)
        about = f"subscriber\x1f{subject}"
        return sealed(body, FIELDS, seal, about, texts, lambda given: do(request, texts, given), MOST_FIELDS)

    def _added(self, request: Request, texts: Texts, given: Pairs) -> Response:
        now = self.clock()
        found = read(given, fresh(given, now), self.institutions, self.store.subscribers())
        self._kept(found, None)
        return RedirectResponse(self._asked(request, single(given, "lang")).of(found.id).link(), 303)

    def _changed(self, request: Request, texts: Texts, given: Pairs) -> Response:
        before = self._known(request.path_params["subscriber"])
        if before is None:
            return HTMLResponse(trouble(texts, "subscriber"), 404)
        at, what = self._asked(request, single(given, "lang")), needed(given, "what", WHATS)
        if before.origin == "file" and what not in ("feed", "no_feed"):
            return HTMLResponse(trouble(texts, "by_file"), 409)
        if what == "remove":
            self.store.unsubscribe(before.id)
            return RedirectResponse(at.link(), 303)
        if what == "feed":
            token = new_token()
            self.store.subscribe(msgspec.structs.replace(before, feed=hash_of(token)))
            return self._one(request, texts, feed=f"/feed/{token}.atom")
        self._done(before, what, given)
        return RedirectResponse(at.of(before.id).link("ways" if what == "ask" else ""), 303)

    def _done(self, before: Subscriber, what: str, given: Pairs) -> None:
        if what == "no_feed":
            self.store.subscribe(msgspec.structs.replace(before, feed=""))
        elif what == "ask":
            numbers = [str(n) for n, way in enumerate(before.ways) if not way.confirmed]
            number = int(needed(given, "way", numbers))
            self.store.deliver([question(before, number, self.clock(), self._of(before).id)])
        else:
            self._kept(read(given, before, self.institutions, self.store.subscribers()), before)

    def _kept(self, found: Subscriber, before: Subscriber | None) -> None:
        self.store.subscribe(found)
        asked = questions(found, before.ways if before else (), self.clock(), self._of(found).id)
        if asked:
            self.store.deliver(asked)

    def _of(self, subscriber: Subscriber) -> Institution:
        return clocks_of(subscriber, self.institutions)

    def _all(self, request: Request, texts: Texts) -> Response:
        view = listed(self.store, self.institutions, self.clock())
        return HTMLResponse(self._draw(request, "subscribers.html", texts, self._read(request), v=view))

    def _one(self, request: Request, texts: Texts, feed: str = "") -> Response:
        wanted, at = request.path_params["subscriber"], self._read(request)
        found = self._blank(texts) if wanted == NEW else self._known(wanted)
        if found is None:
            return HTMLResponse(trouble(texts, "subscriber"), 404)
        view = one(self.store, found, self.institutions, self.clock())
        values = {
            "v": view,
            "s": found,
            "new": wanted == NEW,
            "feed": self._whole(feed),
            "secret": self._secret(request, found),
        }
        return HTMLResponse(self._draw(request, "subscriber.html", texts, at.of(wanted), **values))

    def _known(self, identity: str) -> Subscriber | None:
        return next((s for s in self.store.subscribers() if s.id == identity), None)

    def _blank(self, texts: Texts) -> Subscriber:
        return Subscriber(id=NEW, name="?", created=self.clock(), language="en" if texts.language == "en" else "es")

    def _whole(self, path: str) -> str:
        public = self.links.public_url.rstrip("/") if self.links else ""
        return f"{public}{path}" if path else ""

    def _secret(self, request: Request, of: Subscriber) -> str:
        """What signs what is sent to their webhooks, for admins; '' where they have none."""
        hooked = any(way.kind == "webhook" for way in of.ways)
        return self.links.secret_of(of.id) if self.links and hooked and visitor_of(request).may("decide") else ""

    def _draw(self, request: Request, template: str, texts: Texts, f: AskedSubscribers, **values: object) -> str:
        institution = next(i for i in self.institutions if i.id == f.institution)
        visitor = visitor_of(request)
        return draw(
            template, t=texts, f=f, institution=institution, institutions=self.institutions, visitor=visitor,
            seal=self.seal.of_person(visitor.name), now=self.clock().astimezone(institution.zone),
            home=Filters(institution.id, language=f.language).link(),
            can_ask=bool(self.links and self.links.public_url), **values,
        )  # fmt: skip

    def _read(self, request: Request) -> AskedSubscribers:
        given = usable(request.query_params.multi_items(), ("institution", "lang"))
        wanted = one_of(given, "institution", [i.id for i in self.institutions])
        return AskedSubscribers(wanted or self.institutions[0].id, "", one_of(given, "lang", LANGUAGES))

    def _asked(self, request: Request, language: str) -> AskedSubscribers:
        """Where they are shown again after a form."""
        try:
            at = self._read(request)
        except BadFilter:
            at = AskedSubscribers(self.institutions[0].id)
        return at.in_language(language if language in LANGUAGES else at.language)
