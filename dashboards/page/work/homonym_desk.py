"""The endpoint where an admin confirms what else the name stands for: first the exact lines, then they are written."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from corrillo.errors import ConfigError
from corrillo.institution import Institution
from dashboards.page.address import Pairs, one_of, usable
from dashboards.page.answers import answered
from dashboards.page.filters import Filters
from dashboards.page.i18n import LANGUAGES, Texts
from dashboards.page.people.visitor import visitor_of
from dashboards.page.posting import posted, sealed
from dashboards.page.render import draw
from dashboards.page.seal import Seal
from dashboards.page.work.homonyms import FIELDS, Proposal, can_write, learn, read

LOG = logging.getLogger("corrillo.page")


@dataclass(frozen=True)
class HomonymDesk:
    """/homonym. ``file`` is the configuration; None where the page does not know it."""

    institutions: tuple[Institution, ...]
    seal: Seal
    file: Path | None

    def routes(self) -> list[Route]:
        """Where it is."""
        return [
            Route("/homonym", self.propose),
            Route("/homonym", self.confirm, methods=["POST"]),
        ]

    def propose(self, request: Request) -> Response:
        """The lines as they would be written, and whether they can be."""

        def drawn(texts: Texts) -> Response:
            given = usable(request.query_params.multi_items(), FIELDS)
            institution = self._institution(given)
            return self._page(request, texts, given, institution, read(given, institution))

        return answered(request, drawn)

    async def confirm(self, request: Request) -> Response:
        """They are written; where that fails, they are shown to be written by hand."""
        seal = self.seal.of_person(visitor_of(request).name)
        return await posted(
            request,
            lambda body: answered(
                request,
                lambda texts: sealed(
                    body, FIELDS, seal, "homonym", texts, lambda given: self._confirmed(request, texts, given)
                ),
            ),
        )

    def _confirmed(self, request: Request, texts: Texts, given: Pairs) -> Response:
        institution = self._institution(given)
        proposal = read(given, institution)
        if self.file is None:
            return self._page(request, texts, given, institution, proposal, "by_hand")
        try:
            learn(self.file, institution, proposal)
        except ConfigError:
            return self._page(request, texts, given, institution, proposal, "by_hand")
        LOG.info("a homonym was confirmed", extra={"institution": institution.id})
        return self._page(request, texts, given, institution, proposal, "written")

    def _institution(self, given: Pairs) -> Institution:
        identity = one_of(given, "institution", [i.id for i in self.institutions]) or self.institutions[0].id
        return next(i for i in self.institutions if i.id == identity)

    def _page(
        self,
        request: Request,
        texts: Texts,
        given: Pairs,
        institution: Institution,
        proposal: Proposal,
        said: str = "",
    ) -> Response:
        language = one_of(given, "lang", LANGUAGES)
        back = Filters(institution.id, language=language, view="work")
        visitor = visitor_of(request)
        html = draw(
            "homonym.html", t=texts, f=back, institution=institution, institutions=self.institutions, said=said,
            proposal=proposal, seal=self.seal.of_person(visitor.name), visitor=visitor, file=self.file,
            can=not said and can_write(self.file, institution, proposal), home=back.at("").link(),
        )  # fmt: skip
        return HTMLResponse(html)
