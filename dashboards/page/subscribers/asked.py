"""The addresses of the pages of subscribers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode


@dataclass(frozen=True)
class AskedSubscribers:
    """The list, or the page of one of them; ``institution``: whose page one comes from."""

    institution: str
    subscriber: str = ""
    language: str = ""

    def in_language(self, language: str) -> AskedSubscribers:
        """The same in another language of the page."""
        return replace(self, language=language)

    def of(self, subscriber: str) -> AskedSubscribers:
        """The page of one of them; '' the list."""
        return replace(self, subscriber=subscriber)

    def link(self, part: str = "") -> str:
        """Its address."""
        pairs = [(k, v) for k, v in (("institution", self.institution), ("lang", self.language)) if v]
        path = f"/subscribers/{quote(self.subscriber, safe='')}" if self.subscriber else "/subscribers"
        return f"{path}?{urlencode(pairs)}" + (f"#{part}" if part else "")
