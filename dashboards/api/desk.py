"""The API as an application of its own, to be mounted under /api/v1: its errors are JSON, too."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from corrillo.errors import ConfigError, CorrilloError
from corrillo.institution import Institution
from corrillo.patience import patience
from dashboards.api.answers import Refusal
from dashboards.api.endpoints import ENDPOINTS, Endpoint, Question
from dashboards.api.openapi import ROOT, document, parameters
from dashboards.page.address import BadFilter, usable
from dashboards.page.answers import Asking
from dashboards.page.i18n import texts

JSON = "application/json"
PATIENCE = 2.0
"""Seconds that the store has for one answer."""


class ApiDesk:
    """The endpoints: plain functions, so each request runs in a thread."""

    def __init__(self, ask: Asking, institutions: Sequence[Institution]) -> None:
        self._ask = ask
        self._institutions = institutions
        self._description = json.dumps(document(institutions), ensure_ascii=False).encode()

    def mount(self) -> Mount:
        """Where it is."""
        described = Route("/openapi.json", lambda request: Response(self._description, media_type=JSON))
        routes = [described, *(Route(f"/{e.name}", self._endpoint(e)) for e in ENDPOINTS)]
        handlers = {HTTPException: _no_such_address, Exception: _broken}
        return Mount(ROOT, app=Starlette(routes=routes, exception_handlers=handlers))

    def _endpoint(self, endpoint: Endpoint) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            try:
                with patience(PATIENCE):
                    answered = endpoint.answer(self._question(endpoint, request))
                return Response(msgspec.json.encode(answered), media_type=JSON)
            except BadFilter as error:
                return _refused(400, error.problem, _reason(error), error.field, error.value, error.allowed)
            except ConfigError as error:
                return _refused(400, "question", str(error))
            except CorrilloError as error:
                return _refused(503, "store", str(error))

        return answer

    def _question(self, endpoint: Endpoint, request: Request) -> Question:
        taken = parameters(endpoint, self._institutions)
        given = usable(request.query_params.multi_items(), [p.name for p in taken])
        own = {p.name: p.read(given) for p in endpoint.own}
        return Question(self._ask(request, texts("en"), "posts", tuple(own)), own)


def _reason(error: BadFilter) -> str:
    return f"{error.message}; {error.detail}" if error.detail else error.message


def _refused(
    status: int, error: str, message: str, field: str = "", value: str = "", allowed: tuple[str, ...] = ()
) -> Response:
    refusal = Refusal(error=error, message=message, field=field, value=value, allowed=allowed)
    return Response(msgspec.json.encode(refusal), status, media_type=JSON)


def _no_such_address(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    known = tuple(f"{ROOT}/{e.name}" for e in ENDPOINTS)
    return _refused(status, "address", "there is no such address, or it is not asked with GET", allowed=known)


def _broken(request: Request, error: Exception) -> Response:
    return _refused(500, "broken", "something is broken here; the log says what")
