"""The charts in a real Chromium, under the page's own policy: what it forbids, nothing needs."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page

from corrillo.ports import SourceHealth
from dashboards.page.app import create_app
from dashboards.page.sources import Listening
from tests.unit.dashboards.conftest import NOW, TOWN, FakeStore, a_mention

SHIFTS = """() => new Promise((told) => new PerformanceObserver((all) => {
  told(all.getEntries().reduce((sum, one) => sum + one.value, 0));
}).observe({ type: "layout-shift", buffered: true }) ?? setTimeout(() => told(0), 300))"""


def a_store() -> FakeStore:
    """A fake store: a fortnight on four networks."""
    networks = [("x", "x.com"), ("facebook", "Veïns <b>"), ("mastodon", "town.example"), ("press", "Levante")]
    store = FakeStore()
    store.mentions = [
        a_mention(
            str(n), network=networks[n % 4][0], venue=networks[n % 4][1], published=NOW - timedelta(hours=5 * n),
            place=("off_page", "off_page", "on_page", "own")[n % 7 % 4], district=("El <b>Raval</b>", "", "Centre")[n % 3],
        )
        for n in range(80)
    ]  # fmt: skip
    store.sources = [SourceHealth("x-search", "x", newest_post=NOW, last_success=NOW, begun=NOW - timedelta(days=99))]
    return store


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The page, served."""
    app = create_app(a_store(), [TOWN], lambda: NOW, coverage=[Listening("x-search", "x", "X")])  # type: ignore[arg-type]
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def opened(browser: Browser, url: str, said: list[str], **given: Any) -> Page:
    """The page after everything has been drawn; whatever the browser complains of is ``said``."""
    page = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "es-ES", **given}).new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(request.url))
    page.goto(url, wait_until="networkidle")
    return page


@pytest.mark.parametrize("given", [{}, {"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 844}}])
def test_every_chart_is_drawn_and_nothing_is_refused(chromium: Browser, address: str, given: Any) -> None:
    """No eval, no inline script or style, nothing from elsewhere; and nothing is wider than the window."""
    said: list[str] = []
    page = opened(chromium, f"{address}/where", said, **given)
    expect = page.locator("figure[data-chart]").count()
    page.locator("figure .drawn svg").nth(expect - 1).wait_for()
    assert (expect, page.locator("figure .drawn svg").count()) == (3, 3)
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_the_policy_forbids_eval_and_inline_scripts(chromium: Browser, address: str) -> None:
    """So that what the test above sees means something."""
    said: list[str] = []
    page = opened(chromium, f"{address}/where", said)
    page.evaluate("""() => {
      const one = document.createElement("script");
      one.textContent = "window.ran = 1";
      document.head.append(one);
    }""")
    assert page.evaluate("window.ran ?? null") is None
    assert [text for text in said if "Content Security Policy" in text]


def test_what_is_drawn_takes_the_place_of_the_picture(chromium: Browser, address: str) -> None:
    """Nothing below it moves."""
    page = opened(chromium, f"{address}/where", [])
    page.locator("figure .drawn svg").nth(2).wait_for()
    assert page.evaluate(SHIFTS) < 0.001


def test_a_mark_says_what_it_is_and_leads_to_its_posts(chromium: Browser, address: str) -> None:
    page = opened(chromium, f"{address}/where", [])
    mark = page.locator('figure[data-chart*="networks"] .drawn [aria-label^="X · Fuera"]')
    mark.hover()
    page.locator("#vg-tooltip-element.visible").wait_for()
    assert page.locator("#vg-tooltip-element").inner_text().startswith("X · Fuera: ")
    mark.click()
    page.wait_for_url("**/posts?*")
    assert "network=x" in page.url
    assert "place=off_page" in page.url


def test_a_name_beside_the_bars_leads_to_all_of_its_posts(chromium: Browser, address: str) -> None:
    page = opened(chromium, f"{address}/where", [])
    page.locator('figure[data-chart*="networks"] .drawn text.leads', has_text="Facebook").click()
    page.wait_for_url("**/posts?*")
    assert "network=facebook" in page.url
    assert "place=" not in page.url


def test_a_column_of_when_leads_to_the_posts_of_its_day(chromium: Browser, address: str) -> None:
    """For who points; it is no stop of the keyboard, which has the table."""
    page = opened(chromium, f"{address}/", [])
    column = page.locator("svg.columns.over a").last
    day = (column.locator("title").text_content() or "").split(":")[0]
    assert column.get_attribute("tabindex") == "-1"
    column.click()
    page.wait_for_url("**/posts?*from=*")
    assert page.locator(".days").inner_text() == f"El {day.partition(' ')[2]}"


def test_until_a_chart_is_there_it_is_said_that_one_comes(chromium: Browser, address: str) -> None:
    """Whatever is slow; and nothing is said any more once it is drawn."""
    page = chromium.new_page()
    page.route("**/chart/**", lambda route: None)
    page.goto(f"{address}/where?lang=es")
    page.locator("figure.chart.waits").first.wait_for()
    assert page.locator("figure.chart").first.get_attribute("data-waiting") == "Cargando el gráfico…"
    page.unroute_all()
    page.reload()
    page.locator("figure .drawn svg").nth(2).wait_for()
    assert page.locator("figure.chart.waits").count() == 0


def test_what_people_wrote_is_text_in_charts_too(chromium: Browser, address: str) -> None:
    page = opened(chromium, f"{address}/where", [])
    page.locator('figure[data-chart*="districts"] .drawn [aria-label^="El <b>Raval</b>"]').hover()
    page.locator("#vg-tooltip-element.visible").wait_for()
    assert page.locator("#vg-tooltip-element").inner_text().startswith("El <b>Raval</b>: ")
    assert page.locator("#vg-tooltip-element b, .drawn b").count() == 0


def test_without_scripts_the_pictures_stay(chromium: Browser, address: str) -> None:
    said: list[str] = []
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.on("response", lambda answer: said.append(f"{answer.status} {answer.headers['content-type']}"))
    page.goto(f"{address}/where", wait_until="networkidle")
    pictures = page.locator("figure img")
    sizes = [pictures.nth(n).bounding_box() or {} for n in range(pictures.count())]
    assert said.count("200 image/svg+xml") == len(sizes) == 3
    assert all(box["height"] > 60 and box["width"] > 300 for box in sizes)


def test_another_look_is_drawn_when_the_reader_changes_it(chromium: Browser, address: str) -> None:
    page = opened(chromium, f"{address}/where", [])
    page.locator('figure .drawn [fill="#1b6a73"]').first.wait_for(state="attached")
    page.emulate_media(color_scheme="dark")
    page.locator('figure .drawn [fill="#4fb0ba"]').first.wait_for(state="attached")
