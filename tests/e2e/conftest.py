"""A town that is listened for on two fake servers, each in a process of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.neighbours import Neighbours, served
from tests.processes import Commands, until

CONFIG = """
[[institution]]
id = "valdeprado"
name = "Ayuntamiento de Valdeprado"
aliases = ["Valdeprado"]
hashtags = ["#valdeprado"]

[[source]]
kind = "mastodon"
name = "fediverse"
instance = "{mastodon}"
interval = 0.5
backlog = 1000
{token}

[[source]]
kind = "feed"
name = "paper"
url = "{feed}/feed.xml"
venue = "The fake newspaper"
interval = 0.5
"""


@dataclass
class Town:
    """The addresses of the fakes, and ``corrillo`` configured for them."""

    corrillo: Commands
    mastodon: str
    feed: str

    @property
    def store(self) -> Path:
        return self.corrillo.folder / "corrillo.db"

    def configure(self, token: bool) -> None:
        """With a token, Mastodon is streamed; without, it is polled."""
        line = 'token_file = "mastodon.token"' if token else ""
        folder = self.corrillo.folder
        (folder / "corrillo.toml").write_text(
            CONFIG.format(mastodon=self.mastodon, feed=self.feed, token=line), "utf-8"
        )
        (folder / "mastodon.token").write_text("a-token\n", "ascii")
        (folder / "corrillo.key").write_text("a key that is used in tests and nowhere else", "ascii")

    def page(self, log: str = "log") -> str:
        """The page's address, as soon as the process whose log that is says it."""
        file = self.corrillo.folder / log

        def announced() -> re.Match[str] | None:
            return re.search(r"The page: (http://127\.0\.0\.1:\d+)/", file.read_text("utf-8") if file.exists() else "")

        return str(until(announced, lambda: f"the page's address in: {file.read_text('utf-8')}")[1])

    def neighbours(self, seed: int) -> Neighbours:
        return Neighbours(self.mastodon, self.feed, seed)


@pytest.fixture
def town(fresh: Commands) -> Iterator[Town]:
    with served("mastodon") as mastodon, served("feed", "--size", "1000") as feed:
        yield Town(fresh, mastodon, feed)
