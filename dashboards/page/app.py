"""The page as a Starlette application. Whoever serves it decides who may see it, and so who may act.

It reads; what is written is what people do: about incidents and posts, and about who is told what.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from corrillo.errors import ConfigError
from corrillo.health import LISTENING, judge
from corrillo.institution import Institution
from corrillo.links import Links
from corrillo.marked import away
from corrillo.ops.metrics import Metrics
from corrillo.ops.readiness import Look
from corrillo.ops.server import routes
from corrillo.ports import Clock, SourceHealth, Store
from dashboards.api.desk import ApiDesk
from dashboards.page import address
from dashboards.page.address import BadFilter
from dashboards.page.answers import LONGEST, answered, language_of
from dashboards.page.charts.desk import ChartDesk
from dashboards.page.crisis.desk import CrisisDesk
from dashboards.page.crisis.incidents import IncidentRow, row
from dashboards.page.download import DownloadDesk
from dashboards.page.filters import Filters
from dashboards.page.frame import Ask
from dashboards.page.guard import HEADERS, Guard
from dashboards.page.i18n import Texts
from dashboards.page.links.desk import LinkDesk
from dashboards.page.links.feed_desk import FeedDesk
from dashboards.page.mention import MentionDesk
from dashboards.page.news import NewsDesk
from dashboards.page.people.door import Door, Entrance
from dashboards.page.people.doorkeeper import Doorkeeper
from dashboards.page.people.login import LoginDesk
from dashboards.page.people.sessions import Sessions
from dashboards.page.people.tries import Tries
from dashboards.page.people.visitor import visitor_of
from dashboards.page.render import SCRIPTS, STYLE, page, trouble
from dashboards.page.room.desk import RoomDesk
from dashboards.page.seal import Seal
from dashboards.page.sources import Listening
from dashboards.page.statement import Responsible, StatementDesk
from dashboards.page.subscribers.desk import SubscriberDesk
from dashboards.page.views import VIEWS
from dashboards.page.work.desk import WorkDesk
from dashboards.page.work.homonym_desk import HomonymDesk
from dashboards.report.after.desk import AfterDesk
from dashboards.report.desk import ReportDesk


def create_app(
    store: Store,
    institutions: Sequence[Institution],
    clock: Clock,
    *,
    coverage: Sequence[Listening],
    hosts: Sequence[str] = ("*",),
    metrics: Metrics | None = None,
    key: bytes = b"",
    public: str = "",
    entrance: Entrance = Entrance(),
    file: Path | None = None,
    responsible: Responsible = Responsible(),
    links: Links | None = None,
    looks: Mapping[str, Look] = MappingProxyType({}),
) -> Starlette:
    """The application. ``store`` is read from several threads at once; it is not closed here.

    ``hosts`` are the names under which it may be asked for: a page without a login that listens on
    loopback must not answer to a foreign name that somebody has pointed there (DNS rebinding).
    ``metrics`` are told at /metrics, beside the sources' ages; /healthz and /readyz are probes.
    ``public`` is the address under which people reach it, for links that leave the page.
    ``entrance`` says who may come in; ``file`` is the configuration, where what people confirm is written.
    ``responsible``: what the institution says of its accessibility statement.
    ``links`` reads those in messages; without it they are told that it cannot. ``looks`` are asked at /readyz, too.
    ``key`` seals forms and logins; without one they are good for as long as this process runs.
    Raises ConfigError when there is no institution to show.
    """
    if not institutions:
        raise ConfigError("there is no institution to show", "describe one under [[institution]] in corrillo.toml")
    seal = Seal(key or secrets.token_bytes(32))
    crisis = CrisisDesk(store, tuple(institutions), clock, tuple(coverage), seal)
    desk = _Desk(store, tuple(institutions), clock, tuple(coverage), public, seal)
    sessions = Sessions(seal.of("session").encode())
    door = Door(entrance, sessions, clock)
    metrics = metrics or Metrics(clock)
    metrics.watch_sources(desk.health)
    return Starlette(
        routes=[
            *(Route(f"/{name}", desk.view, name=f"view:{name}") for name in VIEWS),
            *crisis.routes(),
            *WorkDesk(store, tuple(institutions), clock, seal, desk.ask).routes(),
            *MentionDesk(store, tuple(institutions)).routes(),
            *HomonymDesk(tuple(institutions), seal, file).routes(),
            *LoginDesk(entrance, sessions, seal, clock, Tries()).routes(),
            *RoomDesk(store, tuple(institutions), clock, tuple(coverage), seal).routes(),
            *AfterDesk(store, tuple(institutions), clock, tuple(coverage)).routes(),
            *SubscriberDesk(store, tuple(institutions), clock, seal, links).routes(),
            *LinkDesk(store, tuple(institutions), clock, links).routes(),
            *FeedDesk(store, tuple(institutions), clock, desk.public).routes(),
            *DownloadDesk(desk.ask).routes(),
            *NewsDesk(desk.ask).routes(),
            *ReportDesk(desk.ask).routes(),
            *StatementDesk(institutions, responsible).routes(),
            *ChartDesk(desk.ask).routes(),
            ApiDesk(desk.ask, institutions).mount(),
            Route("/static/page.css", _style),
            *(Route(f"/static/{name}", _script) for name in SCRIPTS),
            *routes({"store": desk.look, **looks}, metrics, desk.failing),
        ],
        middleware=[
            Middleware(Guard),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts)),
            Middleware(Doorkeeper, door=door),
        ],
        exception_handlers={HTTPException: _no_such_page, Exception: _broken},
    )


class _Desk:
    """The endpoints that read the store: plain functions, so each request runs in a thread."""

    def __init__(
        self,
        store: Store,
        institutions: tuple[Institution, ...],
        clock: Clock,
        coverage: tuple[Listening, ...],
        public: str,
        seal: Seal,
    ) -> None:
        self.store = store
        self.institutions = institutions
        self.clock = clock
        self.coverage = coverage
        self.public = public.rstrip("/")
        self.seal = seal

    def view(self, request: Request) -> Response:
        return answered(request, lambda language: HTMLResponse(self._view(request, language)), LONGEST)

    def _view(self, request: Request, language: Texts) -> str:
        name = request.url.path.removeprefix("/")
        ask = self.ask(request, language, name)
        return page(VIEWS[name](ask), ask, self.institutions)

    def ask(self, request: Request, texts: Texts, view: str, besides: Sequence[str] = ()) -> Ask:
        """What a request asks of a view; ``besides`` are fields of its address that are no filters. Raises BadFilter."""
        pairs = [(name, value) for name, value in request.query_params.multi_items() if name not in besides]
        filters = address.read(pairs, self.institutions, view)
        institution = next(i for i in self.institutions if i.id == filters.institution)
        visitor, now = visitor_of(request), self.clock()
        since = filters.query(institution.zone, now.astimezone(institution.zone).date()).since
        return Ask(
            self.store,
            institution,
            filters,
            now,
            texts,
            self.coverage,
            self.public,
            visitor,
            self.seal.of_person(visitor.name),
            away(self.store, institution.id, since),
            self._incident(filters, now),
        )

    def _incident(self, filters: Filters, now: datetime) -> IncidentRow | None:
        found = self.store.incident(filters.incident) if filters.incident else None
        if filters.incident and (found is None or found.institution != filters.institution):
            raise BadFilter("incident", filters.incident, "no_incident")
        return row(self.store, found, now) if found else None

    def health(self) -> Sequence[SourceHealth]:
        """Of the sources that are listened to; where none is configured, of all that ever were."""
        known = {h.source: h for h in self.store.health()}
        configured = {c.source: known.get(c.source, SourceHealth(c.source, c.network)) for c in self.coverage}
        return list((configured or known).values())

    def look(self) -> str:
        """Raises StoreError when the store cannot be read."""
        self.store.health()
        return ""

    def failing(self) -> Mapping[str, object]:
        health = self.health()
        blind = {h.source: judge(h, self.clock()).state for h in health}
        return {
            "sources": len(self.coverage) or len(health),
            "failing": sorted(h.source for h in health if h.failures),
            "not_listening": {name: state for name, state in sorted(blind.items()) if state not in LISTENING},
        }


def _style(request: Request) -> Response:
    return Response(STYLE, media_type="text/css")


def _script(request: Request) -> Response:
    return Response(SCRIPTS[request.url.path.rpartition("/")[2]], media_type="text/javascript")


def _no_such_page(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return HTMLResponse(trouble(language_of(request), "address"), status)


def _broken(request: Request, error: Exception) -> Response:
    return HTMLResponse(trouble(language_of(request), "broken"), 500, headers=HEADERS)
