"""Every route times every role: who may what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient

from corrillo.people import RIGHTS, Person, Role, hash_of
from dashboards.page.app import create_app
from dashboards.page.people.door import Entrance
from dashboards.page.people.visitor import FOR_ADMINS, OPEN, OPEN_BELOW

ROLES: tuple[Role, ...] = ("viewer", "team", "admin")
PEOPLE = tuple(Person(name=role, role=role, token_hash=hash_of(role)) for role in ROLES)
FORBIDDEN = "Esto no le corresponde"
WORK = {"/crisis/{incident}", "/mention/{mention}/deeds"}
"""What the team posts to."""
READ_BY_THE_TEAM = ("/subscribers", "/incident/")
LINKS = ("/do/{token}", "/feed/{token}.atom")
"""Where the token in the address is the right itself."""


def listed(routes: Iterable[BaseRoute], above: str = "") -> Iterator[tuple[str, str]]:
    """Method and path of everything that is answered."""
    for route in routes:
        if isinstance(route, Mount):
            yield from listed(route.routes, above + route.path)
        elif isinstance(route, Route):
            yield from ((method, above + route.path) for method in sorted(route.methods or {"GET"}) if method != "HEAD")


def lowest(method: str, path: str) -> Role | None:
    """The lowest role that may ask for it; None: nobody needs to be anybody."""
    if path in (*OPEN, *LINKS) or path.startswith("/static/"):
        return None
    if path in FOR_ADMINS or (method == "POST" and path.startswith("/subscribers")):
        return "admin"
    if method == "GET" and path.startswith(READ_BY_THE_TEAM):
        return "team"
    if method == "GET" or path == "/logout":
        return "viewer"
    assert (method, path in WORK) == ("POST", True), f"{method} {path}: who may that?"
    return "team"


@pytest.fixture
def page(store: Any, town: Any, now: Any) -> Any:
    """The application with one person of each role."""
    return create_app(store, [town], lambda: now, coverage=[], entrance=Entrance(PEOPLE))


def test_every_route_is_open_to_its_roles_and_to_nobody_else(page: Any) -> None:
    """Who is nobody is shown the way or told so; who may not is told so, before anything is read."""
    client = TestClient(page, headers={"accept-language": "es"}, follow_redirects=False, raise_server_exceptions=False)
    seen = 0
    for method, path in listed(page.routes):
        role = lowest(method, path)
        address = re.sub(r"\{[^}]*\}", "x", path) or "/"
        nobody = client.request(method, address)
        assert (nobody.status_code == 401) is (role is not None), f"{method} {path}"
        for one in ROLES:
            answer = client.request(method, address, headers={"authorization": f"Bearer {one}"})
            may = role is None or set(RIGHTS[role]) <= set(RIGHTS[one])
            assert (FORBIDDEN in answer.text) is not may, f"{method} {path} for {one}"
            assert answer.status_code != 401, f"{method} {path} for {one}"
            seen += 1
    assert seen >= 3 * 25


def test_what_has_no_route_needs_somebody_too(page: Any) -> None:
    """So nobody learns what there is; a method that is unknown needs the team."""
    client = TestClient(page, headers={"accept-language": "es"}, follow_redirects=False)
    for path in ("/nowhere", "/healthz/x", "/loginx", "/Login", "/statics/x", "/audit.csv/", "//healthz/x"):
        assert client.get(path).status_code == 401
    assert FORBIDDEN in client.put("/", headers={"authorization": "Bearer viewer"}).text
    assert client.get("/static/../work").status_code in (401, 404)


def test_open_paths_tell_nothing_of_mentions(page: Any, store: Any, mention: Any) -> None:
    """Probes and metrics are counts and ages; the login is a form."""
    store.mentions = [mention("1", "a text that nobody may read")]
    client = TestClient(page)
    for path in (*OPEN, *(f"{above}x" for above in OPEN_BELOW), "/feed/x.atom"):
        assert "nobody may read" not in client.get(path).text


def test_what_begins_like_an_open_path_is_not_one(page: Any) -> None:
    """Nor does a path that begins like one of the team's need less than it."""
    client = TestClient(page, follow_redirects=False)
    for path in ("/do", "/dox/x", "/feed", "/feeds/x.atom", "/incidents/x"):
        assert client.get(path).status_code == 401
    viewer = {"authorization": "Bearer viewer", "accept-language": "es"}
    for path in ("/subscribers", "/subscribers/ana", "/incident/x/room", "/incident/x/anything"):
        assert FORBIDDEN in client.get(path, headers=viewer).text
