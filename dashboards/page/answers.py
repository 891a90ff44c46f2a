"""What goes wrong while a page is drawn is said on a page, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from corrillo.errors import ConfigError, CorrilloError
from dashboards.page.address import BadFilter
from dashboards.page.frame import Ask
from dashboards.page.i18n import Texts, choose, texts
from dashboards.page.render import trouble


class Asking(Protocol):
    """What a request asks of a view; ``besides`` are fields of its address that are no filters. Raises BadFilter."""

    def __call__(self, request: Request, texts: Texts, view: str, besides: Sequence[str] = ()) -> Ask: ...


def language_of(request: Request) -> Texts:
    """The language that the address asks for, else the browser."""
    return texts(choose(request.query_params.get("lang", ""), request.headers.get("accept-language", "")))


def answered(request: Request, draw: Callable[[Texts], Response]) -> Response:
    """What ``draw`` gives; 400 where the address cannot be understood, 503 where the store cannot be read."""
    language = language_of(request)
    try:
        return draw(language)
    except BadFilter as error:
        return HTMLResponse(trouble(language, "filter", error), 400)
    except ConfigError as error:
        return HTMLResponse(trouble(language, "question", error), 400)
    except CorrilloError as error:
        return HTMLResponse(trouble(language, "store", error), 503)
