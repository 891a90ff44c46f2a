"""Every view, as it is drawn: in both languages, light and dark, on a telephone, on a desk and on a wall."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from dashboards.page.i18n import LANGUAGES
from dashboards.page.render import NAVIGATION
from tests.browser.conftest import DRAWN, Served, Visit, Visiting, follow

VIEWS = (*NAVIGATION, "report", "accessibility")
LOOKS = {
    "es": ((1280, "light"), (390, "dark"), (1920, "dark")),
    "en": ((1280, "dark"), (390, "light"), (1920, "light")),
}
"""Width and scheme: in one language the other half of what is in the other."""
SEEN_BY_AXE = (1280, 390)
OPENED = """() => {
  const forms = [...document.querySelectorAll("details.working")];
  for (const fold of document.querySelectorAll("details")) fold.open = !forms.includes(fold) || forms.indexOf(fold) < 2;
}"""
"""Everything is unfolded; of the forms below posts, which are all alike, the first two."""
STICKS_OUT = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const box = one.getBoundingClientRect();
  const scrolled = (node) => node && (/auto|scroll/.test(getComputedStyle(node).overflowX) || scrolled(node.parentElement));
  return box.width && box.height && (box.right > innerWidth + 1 || box.left < -1)
    && !one.matches(".skip, .hidden") && !scrolled(one.parentElement);
}).map((one) => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 40)}`).slice(0, 5)"""
CUT = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const style = getComputedStyle(one);
  return one.offsetWidth > 2 && /hidden|clip/.test(style.overflowX) && one.scrollWidth > one.clientWidth + 1
    && !one.closest("svg, .hidden") && style.textOverflow !== "ellipsis";
}).map((one) => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 40)}`).slice(0, 5)"""


def found_by_axe(page: Page) -> list[str]:
    """What axe has against the page as it stands: the rule, how often, and the first place."""
    violations: list[Any] = Axe().run(page).response["violations"]
    return [f"{v['id']} × {len(v['nodes'])}: {v['nodes'][0]['html'][:200]}" for v in violations]


def looked_at(visit: Visit, language: str = "es") -> list[str]:
    """What is wrong with a page in its looks, with everything unfolded."""
    page, wrong = visit.page, []
    page.evaluate(OPENED)
    for width, scheme in LOOKS[language]:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_function(DRAWN)
        wrong += [f"{width} {scheme}: {said}" for said in (found_by_axe(page) if width in SEEN_BY_AXE else ())]
        wrong += [f"{width}: sticks out: {said}" for said in page.evaluate(STICKS_OUT)]
        wrong += [f"{width}: is cut: {said}" for said in page.evaluate(CUT)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{width}: scrolls sideways")
    return wrong


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_whole_and_accessible(served: Served, visit: Visiting, view: str, language: str) -> None:
    """axe finds nothing, nothing is wider than the window, the browser complains of nothing, nobody else is asked."""
    visited = visit().go(f"{served.open}/{view}?lang={language}")
    assert visited.page.locator("html").get_attribute("lang") == language
    assert visited.page.locator("h1").count() == 1
    assert looked_at(visited, language) == []
    assert visited.said == []
    assert [a for a in visited.asked if not a.startswith((served.open, "data:"))] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ["/login", "/login?next=%2Fwaits"])
def test_the_login_is_accessible(served: Served, visit: Visiting, address: str, language: str) -> None:
    visited = visit().go(f"{served.guarded}{address}{'&' if '?' in address else '?'}lang={language}")
    assert looked_at(visited, language) == []
    assert visited.said == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_incident_is_accessible(served: Served, visit: Visiting, language: str) -> None:
    visited = visit().go(f"{served.open}/crisis?lang={language}")
    follow(visited.page.locator(".over-list a").first)
    assert "/crisis/" in visited.page.url
    assert looked_at(visited, language) == []
    assert visited.said == []


@pytest.mark.parametrize("address", ["/?period=never", "/nowhere", "/posts?q=zzzzzz"])
def test_what_finds_nothing_is_accessible(served: Served, visit: Visiting, address: str) -> None:
    """An address that cannot be understood, one that is not there, and a search without an answer."""
    visited = visit().go(f"{served.open}{address}")
    assert visited.page.locator("main").inner_text().strip()
    assert looked_at(visited) == []
