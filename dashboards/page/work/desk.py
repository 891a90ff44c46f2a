"""The endpoints of the team's work: what somebody does about a mention, and the record of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from corrillo.export import Record, csv_lines
from corrillo.institution import Institution
from corrillo.ports import Clock, Query, Store
from corrillo.work import Deed, standing
from dashboards.page.address import Pairs, single
from dashboards.page.answers import Asking, answered
from dashboards.page.filters import Filters
from dashboards.page.i18n import LANGUAGES, Texts
from dashboards.page.people.visitor import Visitor, visitor_of
from dashboards.page.posting import came_from, posted, sealed
from dashboards.page.render import trouble
from dashboards.page.seal import Seal
from dashboards.page.work.deeds import FIELDS, About, moved, possible, read

AUDITED = 100_000
"""Deeds in the file, the newest ones."""
COLUMNS = ("at", "who", "what", "mention", "note", "whose", "tags", "was", "homonym", "id")


@dataclass(frozen=True)
class WorkDesk:
    """/mention/…/deeds and /audit.csv; the view itself is one of ``dashboards.page.views``."""

    store: Store
    institutions: tuple[Institution, ...]
    clock: Clock
    seal: Seal
    ask: Asking

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route("/mention/{mention}/deeds", self.do, methods=["POST"]),
            Route("/audit.csv", self.audit),
        ]

    async def do(self, request: Request) -> Response:
        """Somebody does something about a mention; then where they were again."""
        return await posted(request, lambda body: answered(request, lambda texts: self._about(request, body, texts)))

    def _about(self, request: Request, body: bytes, texts: Texts) -> Response:
        about = self._mention(request.path_params["mention"])
        if about is None:
            return HTMLResponse(trouble(texts, "mention"), 404)
        visitor = visitor_of(request)
        seal = self.seal.of_person(visitor.name)
        do = self._doing(request, visitor, texts, about)
        return sealed(body, FIELDS, seal, about.mention, texts, do)

    def _doing(self, request: Request, visitor: Visitor, texts: Texts, about: About) -> Callable[[Pairs], Response]:
        def do(given: Pairs) -> Response:
            deed = read(given, about, self.clock(), visitor.name)
            before = self.store.deeds([about.mention])
            if moved(given, deed.what, before, possible(standing(before), about.gone)):
                return HTMLResponse(trouble(texts, "moved_on"), 409)
            self.store.do(deed)
            return RedirectResponse(back(request, deed, single(given, "lang")), 303)

        return do

    def _mention(self, identity: str) -> About | None:
        """The mention with that id, where it is of an institution shown here; or was, and something was done about it."""
        shown = {"institution": tuple(i.id for i in self.institutions)}
        found = self.store.find(Query(where=shown, ids=(identity,)), limit=1).mentions  # type: ignore[arg-type]
        if found:
            return About(identity, found[0].institution, tuple(t.kind for t in found[0].tags))
        done = [d for d in self.store.deeds([identity]) if d.institution in shown["institution"]]
        return About(identity, done[-1].institution, gone=True) if done else None

    def audit(self, request: Request) -> Response:
        """Everything that was done for an institution, newest first, as CSV."""
        return answered(request, lambda texts: self._audit(request, texts))

    def _audit(self, request: Request, texts: Texts) -> Response:
        ask = self.ask(request, texts, "work")
        deeds = self.store.done(ask.institution.id, limit=AUDITED)
        name = f"corrillo-{ask.institution.id}-{ask.today.isoformat()}-deeds.csv"
        return StreamingResponse(
            csv_lines([record(d) for d in deeds], list(COLUMNS)),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def record(deed: Deed) -> Record:
    """A deed as a row of the file."""
    plain = {name: str(getattr(deed, name)) for name in ("who", "what", "mention", "note", "whose", "homonym", "id")}
    return {**plain, "at": deed.at.isoformat(), "tags": _joined(deed.tags), "was": _joined(deed.was)}


def _joined(values: Sequence[str]) -> str:
    return " ".join(values)


def back(request: Request, deed: Deed, lang: str) -> str:
    """Where one was, at the post; where that is not shown any more, at the word on what is left out."""
    language = lang if lang in LANGUAGES else ""
    page = came_from(request) or Filters(deed.institution, language=language, view="work").link()
    gone = deed.what == "not_about_us" and not page.startswith(("/work", "/crisis"))
    return f"{page}#{'left-out' if gone else f'm-{deed.mention}'}"
