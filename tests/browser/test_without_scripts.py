"""Without JavaScript nothing is missing: pictures stand where charts are, and everything can be asked and sent."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Served, Visiting

CHARTED = ("", "where", "what", "waits")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", CHARTED)
def test_pictures_stand_where_charts_are(served: Served, visit: Visiting, view: str, scheme: str) -> None:
    """Each is loaded, has a size and words, and its figures stand below it."""
    page = visit(java_script_enabled=False, color_scheme=scheme).go(f"{served.open}/{view}").page
    figures = page.locator("figure[data-chart]")
    assert figures.count() > 0
    for number in range(figures.count()):
        picture = figures.nth(number).locator("img")
        picture.scroll_into_view_if_needed()
        assert picture.get_attribute("alt")
        box = picture.bounding_box() or {}
        assert box["width"] > 250
        assert box["height"] > 40
        assert picture.evaluate("(one) => one.complete && one.naturalWidth > 0")
    assert page.locator(".chart-of table.numbers").count() == figures.count()


def test_search_and_filters_work(served: Served, visit: Visiting) -> None:
    page = visit(java_script_enabled=False).go(f"{served.open}/posts").page
    page.get_by_role("searchbox").fill("autobús")
    page.locator("details.more summary").click()
    page.get_by_role("checkbox", name="Pregunta", exact=True).check()
    page.get_by_role("button", name="Buscar").click()
    page.wait_for_url("**tag=question*")
    assert "q=autob" in page.url
    assert page.locator("article.card").count() > 0


def test_nothing_is_promised_that_needs_a_script(served: Served, visit: Visiting) -> None:
    """The line that tells what is new stays away; the link to the view is a link."""
    page = visit(java_script_enabled=False).go(f"{served.open}/posts").page
    assert not page.locator(".live a").is_visible()
    assert (page.locator(".use [data-copy]").get_attribute("href") or "").startswith("/posts?")
