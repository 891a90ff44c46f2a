"""The endpoints of the weekly page: HTML, the picture in it, and PDF."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from dashboards.page.address import BadFilter, single
from dashboards.page.answers import Asking, answered
from dashboards.page.filters import Filters
from dashboards.page.frame import Ask
from dashboards.page.i18n import Texts
from dashboards.page.render import draw
from dashboards.report.calendar import CalendarWeek, week_of, written_week
from dashboards.report.pdf import pdf
from dashboards.report.sheet import Sheet, sheet
from dashboards.report.week import read

OWN = ("week",)
TAKEN = ("institution", "lang", *OWN)


@dataclass(frozen=True)
class _Scene:
    """One week as somebody asked for it."""

    ask: Ask
    calendar: CalendarWeek

    def at(self, path: str, calendar: CalendarWeek | None = None) -> str:
        """Address of a week's page, picture or PDF."""
        pairs = [("institution", self.ask.institution.id), ("week", str(calendar or self.calendar))]
        language = self.ask.filters.language
        return f"{path}?{urlencode([*pairs, *([('lang', language)] if language else [])])}"


class ReportDesk:
    """Answers /report, /report.svg and /report.pdf; without a week, the last one that is over."""

    def __init__(self, ask: Asking) -> None:
        self._ask = ask

    def routes(self) -> list[Route]:
        """Where they are."""
        return [Route("/report", self.page), Route("/report.svg", self.picture), Route("/report.pdf", self.pdf)]

    def page(self, request: Request) -> Response:
        """The page as HTML."""
        return answered(request, lambda texts: HTMLResponse(_page(*self._read(request, texts))))

    def picture(self, request: Request) -> Response:
        """The days of the week."""
        return answered(request, lambda texts: _picture(self._read(request, texts)[1]))

    def pdf(self, request: Request) -> Response:
        """The page as a PDF."""
        return answered(request, lambda texts: _pdf(*self._read(request, texts)))

    def _read(self, request: Request, texts: Texts) -> tuple[_Scene, Sheet]:
        for name, value in request.query_params.multi_items():
            if name not in TAKEN:
                raise BadFilter(name[:40], value[:40], "unknown_field", TAKEN)
        ask = self._ask(request, texts, "", OWN)
        calendar = asked_week(single(request.query_params.multi_items(), "week"), ask)
        week = read(ask.store, ask.institution, calendar, ask.now, ask.coverage)
        return _Scene(ask, calendar), sheet(week, ask.institution, ask.now, texts)


def asked_week(given: str, ask: Ask) -> CalendarWeek:
    """The week that is asked for; the last one that is over where none is. Raises BadFilter."""
    current = week_of(ask.today)
    if not given:
        return current.before()
    try:
        calendar = written_week(given.strip())
    except ValueError:
        raise BadFilter("week", given[:40], "not_a_week", [str(current.before())]) from None
    if calendar.first > ask.today:
        raise BadFilter("week", given, "not_one_of", [f"… {current}"])
    return calendar


def _page(scene: _Scene, said: Sheet) -> str:
    ask, following = scene.ask, scene.calendar.before(-1)
    return draw(
        "report.html",
        t=ask.texts,
        s=said,
        public=ask.public,
        here=scene.at("/report"),
        picture=scene.at("/report.svg"),
        pdf=scene.at("/report.pdf"),
        earlier=scene.at("/report", scene.calendar.before()),
        later=scene.at("/report", following) if following.first <= ask.today else "",
        home=Filters(ask.institution.id, language=ask.filters.language).link(),
    )


def _picture(said: Sheet) -> Response:
    return Response(said.picture, media_type="image/svg+xml")


def _pdf(scene: _Scene, said: Sheet) -> Response:
    name = f"corrillo-{scene.ask.institution.id}-{scene.calendar}.pdf"
    return Response(
        pdf(said, scene.ask.now),
        media_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
