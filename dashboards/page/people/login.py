"""Logging in and out."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from corrillo.people import Person, holder
from corrillo.ports import Clock
from dashboards.page.address import Pairs, single
from dashboards.page.answers import language_of
from dashboards.page.forms import inside
from dashboards.page.people.door import Entrance
from dashboards.page.people.sessions import COOKIE, LASTS, Sessions
from dashboards.page.people.tries import Tries
from dashboards.page.people.visitor import visitor_of
from dashboards.page.posting import posted, sealed
from dashboards.page.render import draw
from dashboards.page.seal import Seal

LOG = logging.getLogger("corrillo.page")
FIELDS = ("seal", "token", "next", "lang")


@dataclass(frozen=True)
class LoginDesk:
    """/login and /logout."""

    entrance: Entrance
    sessions: Sessions
    seal: Seal
    clock: Clock
    tries: Tries

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route("/login", self.ask),
            Route("/login", self.login, methods=["POST"]),
            Route("/logout", self.logout, methods=["POST"]),
        ]

    def ask(self, request: Request) -> Response:
        """The form; and who comes with the token of the start in the address, as it was printed, is let in."""
        asked = request.query_params
        token = asked.get("token", "")
        if token and self.entrance.start:
            started = [p for p in self.entrance.holders if p.token_hash == self.entrance.start]
            return self._tried(request, token, started, asked.get("next", ""))
        return self._form(request, asked.get("next", ""))

    async def login(self, request: Request) -> Response:
        """Somebody shows a token: the page that they wanted, with the cookie; or the form again."""

        def read(given: Pairs) -> Response:
            return self._tried(request, single(given, "token"), list(self.entrance.holders), single(given, "next"))

        return await posted(request, lambda body: sealed(body, FIELDS, self.seal, "login", language_of(request), read))

    async def logout(self, request: Request) -> Response:
        """The cookie is taken away."""
        seal = self.seal.of_person(visitor_of(request).name)

        def left(given: Pairs) -> Response:
            answer = RedirectResponse("/login", 303)
            answer.delete_cookie(COOKIE, path="/", secure=self._secure(request), httponly=True, samesite="strict")
            return answer

        return await posted(request, lambda body: sealed(body, FIELDS, seal, "logout", language_of(request), left))

    def _tried(self, request: Request, token: str, people: list[Person], onward: str) -> Response:
        address, now = request.client.host if request.client else "", self.clock()
        wait = self.tries.wait(address, now)
        if wait:
            seconds = max(1, round(wait.total_seconds()))
            return self._form(request, onward, "wait", 429, {"Retry-After": str(seconds)}, seconds)
        person = holder(people, token)
        if person is None:
            count = self.tries.failed(address, now)
            LOG.warning("a token that nobody has was shown", extra={"address": address, "count": count})
            return self._form(request, onward, "wrong", 403)
        self.tries.forget(address)
        return self._let_in(request, person, onward)

    def _let_in(self, request: Request, person: Person, onward: str) -> Response:
        answer = RedirectResponse(inside(onward) or "/", 303)
        answer.set_cookie(
            COOKIE,
            self.sessions.begin(person.name, person.token_hash, self.clock()),
            max_age=int(LASTS.total_seconds()),
            path="/",
            secure=self._secure(request),
            httponly=True,
            samesite="strict",
        )
        LOG.info("somebody logged in", extra={"kind": person.role})
        return answer

    def _secure(self, request: Request) -> bool:
        return self.entrance.secure or request.url.scheme == "https"

    def _form(
        self,
        request: Request,
        onward: str,
        said: str = "",
        status: int = 200,
        headers: dict[str, str] | None = None,
        seconds: int = 0,
    ) -> Response:
        texts = language_of(request)
        html = draw(
            "login.html", t=texts, seal=self.seal.of("login"), next=inside(onward), said=said, seconds=seconds,
            entrance=self.entrance,
        )  # fmt: skip
        return HTMLResponse(html, status, headers)


def token_address(page: str, token: str) -> str:
    """The address, printed once, with which the first person comes in."""
    return f"{page.rstrip('/')}/login?token={token}"
