"""/accessibility: the statement that RD 1112/2018 asks for, after the model of Implementing Decision (EU) 2018/1523.

It says what has been checked and how, and no more. It becomes the institution's own when the institution has
reviewed it; until then it says that nobody has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from corrillo import __version__
from corrillo.institution import Institution
from dashboards.page.address import one_of, usable
from dashboards.page.answers import answered
from dashboards.page.i18n import Texts
from dashboards.page.render import draw

PREPARED = date(2026, 11, 21)
"""When the statement was written from what is checked; to be moved when what is checked changes."""
LACKING = ("posts", "languages", "marks", "pdf", "people")
"""What is not accessible, or not known to be; each has its text."""
CHECKED = ("axe", "keyboard", "scripts", "sizes")
"""What is checked whenever the program changes; each has its text."""


@dataclass(frozen=True)
class Responsible:
    """What the institution says of its statement. ``contact``: an address of mail or of a page, or words; '' where it
    has said nothing. ``reviewed``: when somebody of it has last read the statement and taken it for its own."""

    contact: str = ""
    reviewed: date | None = None

    @property
    def link(self) -> str:
        """Where the contact leads, '' where it is words."""
        if self.contact.startswith(("https://", "http://")):
            return self.contact
        is_mail = "@" in self.contact and not set(self.contact) & set(" ,;:?&<>\"'")
        return f"mailto:{self.contact}" if is_mail else ""


@dataclass(frozen=True)
class StatementDesk:
    """Answers /accessibility; whoever cannot get in may read it, too."""

    institutions: Sequence[Institution]
    responsible: Responsible

    def routes(self) -> list[Route]:
        """Where it is."""
        return [Route("/accessibility", self.statement)]

    def statement(self, request: Request) -> Response:
        """The statement of one institution, in the reader's language."""
        return answered(request, lambda texts: HTMLResponse(self._statement(request, texts)))

    def _statement(self, request: Request, texts: Texts) -> str:
        given = usable(request.query_params.multi_items(), ("institution", "lang"))
        wanted = one_of(given, "institution", [i.id for i in self.institutions])
        institution = next((i for i in self.institutions if i.id == wanted), self.institutions[0])
        return draw(
            "accessibility.html", t=texts, institution=institution, responsible=self.responsible,
            prepared=PREPARED, lacking=LACKING, checked=CHECKED, version=__version__,
        )  # fmt: skip
