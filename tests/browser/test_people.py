"""Who may do what, as it looks: a login, a viewer who looks, somebody of the team who works, an admin who decides."""

from __future__ import annotations

import pytest

from dashboards.page.render import NAVIGATION
from tests.browser.conftest import NAMES, TOKENS, Served, Visit, Visiting, follow

POSTS = "/posts?network=decidim"


def logged_in(served: Served, visit: Visiting, role: str, wanted: str = "/") -> Visit:
    """A window in which somebody of that role has logged in with their token, on the page that they wanted."""
    visited = visit().go(f"{served.guarded}{wanted}")
    visited.page.get_by_label("Su clave").fill(TOKENS[role])
    follow(visited.page.get_by_role("button", name="Entrar"))
    return visited


@pytest.mark.parametrize("view", [*NAVIGATION, "report", "work/audit.csv", "export.csv.zip"])
def test_nobody_sees_anything_without_a_token(served: Served, visit: Visiting, view: str) -> None:
    """Every address leads to the login, which says nothing about the town."""
    page = visit().go(f"{served.guarded}/{view}").page
    assert "/login" in page.url
    assert "Benialba" not in page.locator("body").inner_text()


def test_a_wrong_token_is_said(served: Served, visit: Visiting) -> None:
    page = visit().go(f"{served.guarded}/login").page
    page.get_by_label("Su clave").fill("not a token")
    page.get_by_role("button", name="Entrar").click()
    assert page.get_by_role("alert").inner_text().strip()
    assert "/login" in page.url


def test_who_logs_in_gets_what_they_wanted(served: Served, visit: Visiting) -> None:
    """The view of the address that they had opened, with their name and a way out that works."""
    page = logged_in(served, visit, "viewer", POSTS).page
    assert page.url == f"{served.guarded}{POSTS}"
    assert NAMES["viewer"] in page.locator(".person").inner_text()
    page.locator(".person button").click()
    page.wait_for_url("**/login*")
    page.goto(f"{served.guarded}{POSTS}")
    assert "/login" in page.url


def test_a_viewer_looks_and_cannot_act(served: Served, visit: Visiting) -> None:
    """Nothing to act with is drawn; and what is sent all the same is refused."""
    page = logged_in(served, visit, "viewer", POSTS).page
    assert page.locator("article.card").count() > 0
    assert page.locator("main form[method=post]").count() == 0
    identity = (page.locator("article.card").first.get_attribute("id") or "").removeprefix("m-")
    answer = page.request.post(
        f"{served.guarded}/mention/{identity}/deeds", form={"what": "take"}, headers={"Origin": served.guarded}
    )
    assert answer.status == 403
    page.goto(f"{served.guarded}/work")
    assert page.locator("#audit").count() == 0


def test_somebody_of_the_team_takes_a_case(served: Served, visit: Visiting) -> None:
    """It stands under their name in the post and on their page, for others as well; and can be given back."""
    page = logged_in(served, visit, "team", POSTS).page
    card = page.locator("article.card").nth(1)
    identity = card.get_attribute("id")
    card.locator("details.working summary").click()
    follow(card.locator("button[value=take]"))
    others = logged_in(served, visit, "viewer", POSTS).page
    assert NAMES["team"] in others.locator(f"#{identity} .stands-so").inner_text()
    page.goto(f"{served.guarded}/work")
    mine = page.locator(f"section[aria-labelledby=mine] #{identity}")
    assert mine.count() == 1
    assert page.locator("#audit").count() == 0
    mine.locator("details.working summary").click()
    follow(mine.locator("button[value=release]"))
    page.goto(f"{served.guarded}/work")
    assert page.locator(f"section[aria-labelledby=mine] #{identity}").count() == 0


def test_an_admin_sees_who_did_what(served: Served, visit: Visiting) -> None:
    page = logged_in(served, visit, "admin", "/work").page
    assert page.locator("#audit").count() == 1
    assert page.locator("table.record tbody tr").count() > 0
