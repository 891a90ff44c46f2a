"""Everything with the keyboard alone: what has the focus is seen, and nothing holds it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import Page

from dashboards.page.render import NAVIGATION
from tests.browser.conftest import Served, Visiting

SEEN = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  const around = getComputedStyle(one.closest("label, summary") || one);
  const ring = (s) => (parseFloat(s.outlineWidth) > 0 && s.outlineStyle !== "none") || s.boxShadow !== "none";
  return { tag: one.tagName, text: (one.innerText || one.value || one.ariaLabel || "").trim().slice(0, 60),
    ring: ring(style) || ring(around), inside: box.width > 0 && box.top < innerHeight && box.bottom > 0,
    clear: box.width === 0 || [0.1, 0.5, 0.9].some((part) => {
      const there = document.elementFromPoint(box.left + box.width * part, Math.min(box.top + box.height / 2, innerHeight - 1));
      return one.contains(there) || (there && there.contains(one)); }) };
}"""
REACHED = (
    '() => [...document.querySelectorAll(\'a[href]:not([tabindex="-1"]), button, input:not([type=hidden]), summary, [tabindex="0"]\')]'
    ".filter((one) => one.checkVisibility()).length"
)


def tab(page: Page) -> dict[str, object]:
    """What has the focus after the next step."""
    page.keyboard.press("Tab")
    found: dict[str, object] = page.evaluate(SEEN)
    return found


def test_the_first_step_skips_to_the_answer(served: Served, visit: Visiting) -> None:
    page = visit().go(served.open).page
    assert tab(page)["text"] == "Ir a la respuesta"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.evaluate("document.activeElement.contains(document.querySelector('.headline'))")


@pytest.mark.parametrize("view", NAVIGATION)
def test_every_step_is_seen(served: Served, visit: Visiting, view: str) -> None:
    """Of the first hundred: each has a ring, is in the window and under nothing else; and the focus goes on."""
    page = visit().go(f"{served.open}/{view}").page
    steps = [tab(page) for _ in range(min(100, page.evaluate(REACHED)))]
    assert [step for step in steps if not (step["ring"] and step["inside"] and step["clear"])] == []
    assert not [one for one, two in pairwise(steps) if one == two and one["tag"] == "BODY"]


def test_the_order_is_that_of_the_page(served: Served, visit: Visiting) -> None:
    """Brand, languages, views, search, the days; then the answer."""
    page = visit().go(served.open).page
    texts = [str(tab(page)["text"]) for _ in range(22)]
    marks = ["Corrillo", "English", "Resumen", "Fuentes", "Buscar", "Filtros y fechas"]
    found = [next(n for n, text in enumerate(texts) if mark in text) for mark in marks]
    assert found == sorted(found)


def test_filters_are_set_with_the_keyboard(served: Served, visit: Visiting) -> None:
    """Unfolded, ticked and sent without a mouse."""
    page = visit().go(f"{served.open}/posts").page
    page.locator("details.more summary").focus()
    page.keyboard.press("Enter")
    page.locator(".search input[name=tag][value=question]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**tag=question*")
    assert page.locator("article.card").count() > 0


def test_a_table_that_is_wider_than_the_window_scrolls_with_the_keyboard(served: Served, visit: Visiting) -> None:
    page = visit(viewport={"width": 390, "height": 844}).go(f"{served.open}/what").page
    page.locator("section", has=page.locator("#chart-tags_by_service")).locator("details summary").click()
    region = page.locator("section", has=page.locator("#chart-tags_by_service")).locator(".scroll")
    region.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert region.evaluate("(one) => one.scrollLeft > 0 || one.scrollWidth <= one.clientWidth")
