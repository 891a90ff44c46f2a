"""The demonstration's town, served by real processes, and a real Chromium that looks at it: both made once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page

from corrillo.people import hash_of
from tests.chromium import chromium_here
from tests.processes import Commands, until
from tests.services import lent

TOKENS = {
    "viewer": "a token of Vera's, for tests",
    "team": "a token of Marta's, for tests",
    "admin": "Nuria's, for tests",
}
NAMES = {"viewer": "Vera", "team": "Marta", "admin": "Nuria"}
HOSTILE = {
    "id": "hostile",
    "network": "x",
    "venue": "<img src=x onerror=document.title='taken'>",
    "author": "<script>document.title='taken'</script>",
    "title": "<script>document.title='taken'</script>",
    "text": "@ajbenialba <script>document.title='taken'</script><img src=x onerror=document.title='taken'> "
    "¿cuándo abre la biblioteca de Benialba? =cmd|'/C calc'!A0",
    "url": "javascript:document.title='taken'",
    "language": "es",
}
"""A question about the town by somebody who tries."""


DRAWN = """() => !document.querySelector('script[src="/static/charts.js"]')
  || [...document.querySelectorAll("figure[data-chart]")].every((figure) => {
    const svg = figure.querySelector(".drawn svg");
    return svg && svg.getBoundingClientRect().width <= figure.clientWidth + 1; })"""
"""Every chart is drawn by the script, as wide as there is room."""


@dataclass(frozen=True)
class Served:
    """``open``: the address of the page for whoever sits there; ``guarded``: the same for whoever logs in."""

    corrillo: Commands
    config: Path
    open: str
    guarded: str

    def hear(self, **post: str) -> None:
        """One more post of X that has just been published, through the pipeline into the store."""
        file = self.corrillo.folder / f"{post['id']}.jsonl"
        said = {"network": "x", "venue": "X", "published": datetime.now(UTC).isoformat(), "author": "someone", **post}
        file.write_text(json.dumps(said), "utf-8")
        counted = self.corrillo.json("replay", file, "--name", "x", "--config", self.config)
        assert counted["new"] == 1, counted

    def found(self, *asked: object) -> int:
        """How many mentions the store has for ``corrillo find``."""
        return int(self.corrillo.json("find", "--config", self.config, *asked)["total"])


@dataclass
class Visit:
    """A page in the browser, and what the browser complained of: ``said``; ``asked``: every address it has asked."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    scripted: bool = True

    def __post_init__(self) -> None:
        self.page.on("console", self._complain)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.set_default_timeout(60_000)

    def _complain(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(message.text)

    def go(self, address: str) -> Visit:
        """That address, with everything on it drawn."""
        self.page.goto(address)
        if self.scripted:
            self.page.wait_for_function(DRAWN)
        return self


Visiting = Callable[..., Visit]


def follow(control: Locator) -> None:
    """Click on what leads to another page, and wait until it is there."""
    with control.page.expect_navigation():
        control.click()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("browser")
    corrillo = Commands(folder)
    try:
        config = lent(pytestconfig, "demo").copy(folder / "town")
        town = Served(corrillo, config, *(_page(corrillo, one) for one in (config, _with_people(config))))
        town.hear(**HOSTILE)
        yield town
    finally:
        corrillo.end()


def _with_people(config: Path) -> Path:
    """The same town where a viewer, somebody of the team and an admin log in."""
    people = [
        f'[[page.person]]\nname = "{NAMES[role]}"\nrole = "{role}"\ntoken_hash = "{hash_of(token)}"\n'
        for role, token in TOKENS.items()
    ]
    guarded = config.with_name("guarded.toml")
    guarded.write_text("\n".join([config.read_text("utf-8"), *people]), "utf-8")
    return guarded


def _page(corrillo: Commands, config: Path) -> str:
    """The address of a page that a process serves."""
    log = corrillo.folder / f"page-{config.stem}"
    corrillo.start("page", "--config", config, "--port", 0, log=log.name)

    def announced() -> re.Match[str] | None:
        return re.search(r"The page: (http://127\.0\.0\.1:\d+)/", log.read_text("utf-8"))

    return str(until(announced, lambda: log.read_text("utf-8"))[1])


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with chromium_here() as browser:
        yield browser


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visiting]:
    """Opens a window of its own, 1280 wide and Spanish unless told otherwise; closed after the test."""
    opened = []

    def visiting(**given: Any) -> Visit:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "es-ES", **given})
        opened.append(context)
        return Visit(context.new_page(), scripted=given.get("java_script_enabled", True))

    yield visiting
    for context in opened:
        context.close()
