"""The addresses of an incident's own pages: its room and its report."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from dashboards.page.crisis.asked import AskedIncident


class AskedRoom(AskedIncident):
    """The situation room of one incident."""

    def in_language(self, language: str) -> AskedRoom:
        """The same room in another language of the page."""
        return replace(self, language=language)

    def link(self, part: str = "") -> str:
        """Address of the room."""
        return self.at("room", part)

    def at(self, page: str, part: str = "") -> str:
        """Address of one of the incident's pages: room, report, report.pdf."""
        lang = f"?lang={self.language}" if self.language else ""
        return f"/incident/{quote(self.incident, safe='')}/{page}{lang}" + (f"#{part}" if part else "")
