"""What goes wrong while a page is drawn is said on a page, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Protocol

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from corrillo.errors import ConfigError, CorrilloError
from corrillo.patience import left, patience
from dashboards.page.address import BadFilter
from dashboards.page.frame import Ask
from dashboards.page.i18n import Texts, choose, texts
from dashboards.page.render import trouble

LONGEST = 20.0
"""Seconds that the store has for one view: years of a big institution take some, and nobody looks at a blank page for longer."""


class Asking(Protocol):
    """What a request asks of a view; ``besides`` are fields of its address that are no filters. Raises BadFilter."""

    def __call__(self, request: Request, texts: Texts, view: str, besides: Sequence[str] = ()) -> Ask: ...


def language_of(request: Request) -> Texts:
    """The language that the address asks for, else the browser."""
    return texts(choose(request.query_params.get("lang", ""), request.headers.get("accept-language", "")))


def answered(request: Request, draw: Callable[[Texts], Response], longest: float | None = None) -> Response:
    """What ``draw`` gives; 400 where the address cannot be understood, 503 where the store cannot be read.

    503 as well where the store has not answered all that it is asked for within ``longest`` seconds.
    """
    language = language_of(request)
    with patience(longest) if longest else nullcontext():
        try:
            return draw(language)
        except BadFilter as error:
            return HTMLResponse(trouble(language, "filter", error), 400)
        except ConfigError as error:
            return HTMLResponse(trouble(language, "question", error), 400)
        except CorrilloError as error:
            kind = "slow" if longest and left() == 0 else "store"
            return HTMLResponse(trouble(language, kind, error), 503)
