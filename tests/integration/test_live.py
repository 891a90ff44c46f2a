"""What is new comes without reloading, in a real Chromium: nothing moves by itself, and nothing of it runs."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect

from corrillo.errors import StoreError
from dashboards.page.app import create_app
from dashboards.page.taking import EVERY
from tests.chromium import chromium_here
from tests.unit.dashboards.conftest import NOW, TOWN, FakeStore, a_mention

LIST = "[data-live-list] > li"
NASTY = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'> Benialba"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with chromium_here() as browser:
        yield browser


@pytest.fixture
def store() -> FakeStore:
    """A fake store: forty posts, one an hour."""
    return FakeStore([a_mention(str(n), f"Aviso {n}", published=NOW - timedelta(hours=n + 1)) for n in range(40)])


@pytest.fixture
def address(store: FakeStore) -> Iterator[str]:
    """The page, served."""
    server = uvicorn.Server(uvicorn.Config(create_app(store, [TOWN], lambda: NOW, coverage=[]), log_level="error"))  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(locale="en-GB", permissions=["clipboard-read", "clipboard-write"])
    yield made
    made.close()


def opened(context: BrowserContext, address: str) -> Page:
    """A page whose clock is in our hands; whatever it complains of fails the test that looks at ``said``."""
    page = context.new_page()
    page.clock.install()
    page.goto(address, wait_until="networkidle")
    return page


def say(store: FakeStore, *texts: str) -> None:
    """Something new is said."""
    store.mentions = [*(a_mention(f"new-{t[:9]}", t, published=NOW) for t in texts), *store.mentions]


def top(page: Page, number: int) -> float:
    """Where a post of the list stands in the window."""
    return float(page.locator(LIST).nth(number).evaluate("(item) => item.getBoundingClientRect().top"))


@pytest.mark.parametrize(("view", "shown"), [("posts", 30), ("", 10)])
def test_new_posts_are_announced_and_shown_when_the_reader_wants_it(
    context: BrowserContext, address: str, store: FakeStore, view: str, shown: int
) -> None:
    """Until then nothing moves; then they stand first, the reader's place and focus stay, and the figures are new."""
    page = opened(context, f"{address}/{view}?period=all&lang=en")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.locator(LIST).nth(5).scroll_into_view_if_needed()
    page.locator(LIST).nth(5).evaluate("(item) => item.scrollIntoView()")
    before = top(page, 5)
    say(store, NASTY, "Segundo")
    page.clock.fast_forward(EVERY)
    expect(page.locator(".live [role=status]")).to_have_text("2 new mentions")
    assert (page.locator(LIST).count(), top(page, 5)) == (shown, before)
    page.locator(".live a").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".live a")).to_have_text("Go to the first")
    assert page.locator(LIST).count() == shown + 2
    assert abs(top(page, 7) - before) < 2
    assert page.evaluate("document.activeElement.matches('.live a')")
    assert NASTY in page.locator(LIST).nth(0).inner_text() + page.locator(LIST).nth(1).inner_text()
    assert page.evaluate("window.hacked ?? null") is None
    assert page.locator(f"{LIST} img, {LIST} script").count() == 0
    figure = page.locator("h2#posts") if view else page.locator(".fig-mentions .value")
    assert "42" in figure.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator(".live a")).to_be_hidden()
    assert page.evaluate("scrollY < 2000 && document.activeElement.id === 'posts'")
    assert said == []


def test_what_is_shown_is_not_announced_again(context: BrowserContext, address: str, store: FakeStore) -> None:
    page = opened(context, f"{address}/posts?lang=en")
    say(store, "Primero")
    page.clock.fast_forward(EVERY)
    page.locator(".live a").click()
    expect(page.locator(".live a")).to_have_text("Go to the first")
    with page.expect_response("**/news?**") as answer:
        page.clock.fast_forward(EVERY)
    assert answer.value.json()["new"] == 0
    say(store, "Segundo")
    page.clock.fast_forward(EVERY)
    expect(page.locator(".live [role=status]")).to_have_text("One new mention")


def test_nobody_asks_behind_a_hidden_tab_and_trouble_makes_it_ask_less(
    context: BrowserContext, address: str, store: FakeStore
) -> None:
    """Twice as long after each failure; as often as before when it is over; a tab that comes back asks at once."""
    page = opened(context, f"{address}/posts?lang=en")
    asked: list[int] = []
    page.on("request", lambda request: asked.append(1) if "/news?" in request.url else None)
    store.broken = StoreError("down")
    with page.expect_response("**/news?**"):
        page.clock.fast_forward(EVERY)
    page.wait_for_timeout(200)
    page.clock.fast_forward(EVERY)
    page.wait_for_timeout(200)
    assert len(asked) == 1
    store.broken = None
    with page.expect_response("**/news?**"):
        page.clock.fast_forward(EVERY)
    hide(page, hidden=True)
    page.wait_for_timeout(200)
    page.clock.fast_forward(EVERY * 10)
    page.wait_for_timeout(200)
    assert len(asked) == 2
    with page.expect_response("**/news?**"):
        hide(page, hidden=False)


def hide(page: Page, *, hidden: bool) -> None:
    """As if the reader had gone to another tab, or come back."""
    page.evaluate(
        "(hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        hidden,
    )


def test_the_link_to_a_view_is_copied(context: BrowserContext, address: str) -> None:
    page = opened(context, f"{address}/posts?lang=en&period=7d&q=Aviso")
    page.locator("[data-copy]").click()
    expect(page.locator(".use [role=status]")).to_have_text("Link copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{address}/posts?institution=benialba&q=Aviso&from=2026-11-15&to=2026-11-21&lang=en"


def test_without_scripts_nothing_is_lost(chromium: Browser, address: str) -> None:
    """No announcement that does nothing; the link to the view is a link."""
    context: Any = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/posts?lang=en&period=7d")
    assert not page.locator(".live a").is_visible()
    assert page.locator(LIST).count() == 30
    page.locator("[data-copy]").click()
    assert page.locator(LIST).count() == 30
    assert "from=2026-11-15" in page.url
    context.close()
