"""Logging in and out, as a browser does it; and what others try."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from corrillo.people import Person, hash_of
from dashboards.page.app import create_app
from dashboards.page.people.door import Entrance
from dashboards.page.people.login import token_address

TOKENS = {"Vera": "v" * 40, "Marta": "m" * 40, "Nuria": "n" * 40}
PEOPLE = tuple(
    Person(name=name, role=role, token_hash=hash_of(TOKENS[name]))
    for name, role in (("Vera", "viewer"), ("Marta", "team"), ("Nuria", "admin"))
)
Browser = Callable[..., TestClient]


@pytest.fixture
def clock(now: Any) -> list[Any]:
    """The moment that it is, to be moved."""
    return [now]


@pytest.fixture
def browser(store: Any, town: Any, clock: list[Any]) -> Browser:
    """A browser before the page of three people, or of another entrance."""

    def opened(entrance: Entrance = Entrance(PEOPLE), base: str = "http://testserver") -> TestClient:
        app = create_app(store, [town], lambda: clock[0], coverage=[], key=b"k" * 32, entrance=entrance)
        return TestClient(app, base, headers={"accept-language": "es", "accept": "text/html"}, follow_redirects=False)

    return opened


def seal_in(page: str) -> str:
    """The seal of a form."""
    return re.search(r'name="seal" value="([0-9a-f]+)"', page).group(1)  # type: ignore[union-attr]


def login(client: TestClient, token: str, **more: str) -> Any:
    """What comes of showing that token in the form."""
    fields = {"seal": seal_in(client.get("/login").text), "token": token, **more}
    return client.post("/login", data=fields)


def test_who_is_not_logged_in_is_shown_the_way_and_back_where_they_wanted(browser: Browser, store: Any) -> None:
    """The view that somebody was sent stands in the address; nothing of the store is in the answer."""
    client = browser()
    answer = client.get("/posts?institution=benialba&q=agua")
    assert (answer.status_code, answer.text) == (303, "")
    form = client.get(answer.headers["location"])
    inside = re.search(r'name="next" value="([^"]+)"', form.text).group(1).replace("&amp;", "&")  # type: ignore[union-attr]
    entered = login(client, TOKENS["Marta"], next=inside)
    assert (entered.status_code, entered.headers["location"]) == (303, "/posts?institution=benialba&q=agua")
    page = client.get(entered.headers["location"])
    assert page.status_code == 200
    assert "Marta" in page.text


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: Browser) -> None:
    """And over https it stays there, also where a proxy ends it."""
    kept = login(browser(), TOKENS["Marta"]).headers["set-cookie"].lower()
    assert {"httponly", "samesite=strict", "path=/", "max-age=43200"} <= set(kept.split("; "))
    assert "secure" not in kept
    for shown in (browser(base="https://testserver"), browser(Entrance(PEOPLE, secure=True), "https://testserver")):
        assert "secure" in login(shown, TOKENS["Marta"]).headers["set-cookie"].lower()
    assert TOKENS["Marta"] not in kept
    assert hash_of(TOKENS["Marta"]) not in kept


def test_a_cookie_from_before_logging_in_counts_for_nothing(browser: Browser) -> None:
    """Fixation: what somebody has planted is neither taken nor kept."""
    client = browser()
    client.cookies.set("corrillo", "planted")
    assert client.get("/").status_code == 303
    ours = login(client, TOKENS["Marta"]).cookies["corrillo"]
    assert ours != "planted"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "evil", "/%0d%0aLocation:x\n", "/\tevil"],
)  # fmt: skip
def test_nobody_is_sent_elsewhere_after_logging_in(browser: Browser, elsewhere: str) -> None:
    answer = login(browser(), TOKENS["Marta"], next=elsewhere)
    assert answer.headers.get("location", "/").startswith("/")
    assert "evil.example" not in answer.headers.get("location", "/") or answer.status_code == 400
    assert "next" not in browser().get("/login", params={"next": elsewhere}).text.replace("siguiente", "")


def test_a_wrong_token_is_said_slowed_down_and_written_down_without_it(
    browser: Browser, clock: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    client = browser()
    with caplog.at_level(logging.INFO, "corrillo.page"):
        for _ in range(5):
            assert login(client, "wrong-secret").status_code == 403
        slowed = login(client, TOKENS["Marta"])
        assert (slowed.status_code, slowed.headers["retry-after"]) == (429, "1")
        assert "set-cookie" not in slowed.headers
        clock[0] += timedelta(seconds=1)
        assert login(client, TOKENS["Marta"]).status_code == 303
    assert [r.count for r in caplog.records if r.levelno == logging.WARNING] == [1, 2, 3, 4, 5]  # type: ignore[attr-defined]
    written = " ".join(str(vars(r)) for r in caplog.records)
    assert "wrong-secret" not in written
    assert TOKENS["Marta"] not in written


@pytest.mark.parametrize(
    ("headers", "data"),
    [
        ({"sec-fetch-site": "cross-site"}, {}),
        ({"origin": "https://evil.example"}, {}),
        ({}, {"seal": "0" * 64}),
        ({}, {"seal": ""}),
    ],
)
def test_another_sites_form_logs_nobody_in_or_out(
    browser: Browser, headers: dict[str, str], data: dict[str, str]
) -> None:
    client = browser()
    fields = {"seal": seal_in(client.get("/login").text), "token": TOKENS["Vera"], **data}
    answer = client.post("/login", data=fields, headers=headers)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    login(client, TOKENS["Marta"])
    leaving = {"seal": seal_in(client.get("/work").text), **data}
    assert client.post("/logout", data=leaving, headers=headers).status_code == 403
    assert client.get("/").status_code == 200


def test_who_logs_out_is_out(browser: Browser) -> None:
    client = browser()
    login(client, TOKENS["Vera"])
    form = re.search(r'action="/logout[^>]*>.*?value="([0-9a-f]+)"', client.get("/").text).group(1)  # type: ignore[union-attr]
    left = client.post("/logout", data={"seal": form})
    assert (left.status_code, left.headers["location"]) == (303, "/login")
    assert client.get("/").status_code == 303


def test_the_token_of_the_start_lets_in_by_its_address(browser: Browser) -> None:
    """As it was printed; everything is allowed then, under the name that one types. No other token comes by an address."""
    client = browser(Entrance(start=hash_of("s" * 40)))
    assert client.get("/").status_code == 303
    assert client.get("/login", params={"token": "x"}).status_code == 403
    printed = token_address("http://testserver/", "s" * 40)
    assert client.get(printed).headers["location"] == "/"
    assert client.get("/work").status_code == 200
    assert client.get("/audit.csv").status_code == 200
    named = browser()
    assert named.get("/login", params={"token": TOKENS["Nuria"]}).status_code == 200
    assert named.get("/").status_code == 303


def test_a_link_from_another_site_is_opened_by_the_page_itself(browser: Browser) -> None:
    """The cookie is not sent along with it: a page of ours asks once more, and then it is."""
    client = browser()
    first = client.get("/posts?q=agua", headers={"sec-fetch-site": "cross-site"})
    assert (first.status_code, 'content="0; url=/posts?q=agua"' in first.text) == (200, True)
    assert client.get("/posts?q=agua", headers={"sec-fetch-site": "same-origin"}).status_code == 303


def test_programs_are_told_what_to_show(browser: Browser) -> None:
    client = browser()
    answer = client.get("/posts", headers={"accept": "application/json"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="Corrillo"')
    assert client.get("/posts", headers={"authorization": f"Bearer {TOKENS['Vera']}"}).status_code == 200


def test_a_host_that_looks_like_the_login_opens_nothing(browser: Browser) -> None:
    """What is routed decides, not what a header makes of the address."""
    client = browser()
    for host in ("testserver/login?", "testserver/static/x#", "testserver/healthz#"):
        assert client.get("/work", headers={"host": host}).status_code == 303
    assert client.get("//login/../work").status_code in (303, 404)
    assert client.get("/login/").status_code in (303, 307, 404)


def test_behind_a_proxy_without_people_the_login_says_where_to_go(browser: Browser) -> None:
    page = browser(Entrance(proxy_header="X-User", trusted_proxies=("10.0.0.1",))).get("/login").text
    assert "acceso de la institución" in page
    assert "<form" not in page
