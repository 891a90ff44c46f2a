"""What our saved objects are called: readable, the same each time, English ones without an ending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dashboards.lens.places import Data

Language = Literal["es", "en"]
View = Literal["where", "what", "crisis", "waits", "posts", "quality"]
ADDRESSES: dict[View, str] = {
    "where": "where-they-talk", "what": "what-they-say", "crisis": "is-it-a-crisis", "waits": "who-waits",
    "posts": "posts", "quality": "how-well-does-it-work",
}  # fmt: skip
List = Literal["posts", "asked", "corrections", "quarantine", "addresses"]
"""What there is a saved search of."""


@dataclass(frozen=True)
class Names:
    """Ids under one prefix in one language: ``corrillo-where-they-talk``, ``corrillo-where-they-talk-es``."""

    prefix: str
    language: Language

    def dashboard(self, view: View) -> str:
        """Of a dashboard."""
        return self._named(ADDRESSES[view])

    def data(self, data: Data) -> str:
        """Of a data view."""
        return self._named(f"data-{data}")

    def search(self, name: List) -> str:
        """Of a saved search."""
        return self._named(f"list-{name}")

    @property
    def tag(self) -> str:
        """Of the tag that all dashboards carry."""
        return self._named("tag")

    def _named(self, what: str) -> str:
        return f"{self.prefix}-{what}" + ("" if self.language == "en" else f"-{self.language}")
