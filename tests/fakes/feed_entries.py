"""The entries of the fake living feed, and how they read as RSS 2.0."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape


class Entries:
    """Entries by id, in the order of their first appearance; the newest ``size`` are listed."""

    def __init__(self, size: int) -> None:
        self.version = 0
        self._size = size
        self._lock = threading.Lock()
        self._entries: dict[str, dict] = {}

    def publish(self, title: str, text: str = "", *, base: str, id: str = "", link: str = "", at: str = "") -> dict:
        """A new entry; ``at`` is RFC 5322 (now, where it is missing)."""
        with self._lock:
            self.version += 1
            key = id or f"entry-{self.version}"
            entry = {
                "id": key,
                "title": title,
                "text": text,
                "link": link or f"{base}/{key}",
                "at": at or format_datetime(datetime.now(UTC)),
            }
            self._entries[key] = entry
            return dict(entry)

    def edit(self, entry_id: str, **changed: str) -> dict:
        """Change title, text, link or time of an entry. Raises KeyError."""
        with self._lock:
            self._entries[entry_id] = self._entries[entry_id] | changed
            self.version += 1
            return dict(self._entries[entry_id])

    def remove(self, entry_id: str) -> None:
        """Take an entry out. Raises KeyError."""
        with self._lock:
            del self._entries[entry_id]
            self.version += 1

    def all(self) -> list[dict]:
        """Every entry, oldest first."""
        with self._lock:
            return [dict(e) for e in self._entries.values()]

    def rss(self, base: str) -> str:
        """The newest entries as RSS 2.0, newest first."""
        items = "".join(
            f"<item><guid isPermaLink='false'>{escape(e['id'])}</guid><title>{escape(e['title'])}</title>"
            f"<link>{escape(e['link'])}</link><pubDate>{e['at']}</pubDate>"
            f"<description>{escape(e['text'])}</description></item>\n"
            for e in self.all()[::-1][: self._size]
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
            f"<title>A fake newspaper</title><link>{base}</link><description>For tests</description>\n"
            f"{items}</channel></rss>\n"
        )
