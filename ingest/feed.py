"""RSS, Atom and JSON Feed: press, blogs, forums, agencies. One source is one feed (``feed_documents``).

A feed is asked with ETag and Last-Modified; what it has served before, unchanged, is not given
again, and what may have been lost between two looks is said (``feed_memory``). Where an entry has no usable date, the time at which it was first fetched stands for it.
"""

from __future__ import annotations

import asyncio
import calendar
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

from feedparser.datetimes import _parse_date
from pydantic import Field

from corrillo.errors import ParseError
from corrillo.model import Author, Batch, Cursor, Items, Post, Venue, VenueKind
from corrillo.registry import Access, SourceConfig, SourceContext
from corrillo.text import clean
from ingest.api import MISTAKES, moment, taken
from ingest.feed_documents import entries
from ingest.feed_memory import Entry, Known
from ingest.html import to_text

ACCEPT = "application/feed+json, application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"
AT_ONCE = 500
"""Entries given together."""
EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_URI = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_DATE_ONLY = re.compile(r"\s*\d{4}-\d{2}-\d{2}\s*")
_ZONES = {"CET": "+0100", "CEST": "+0200", "WET": "+0000", "WEST": "+0100"}
"""Names of zones that feeds here write and feedparser takes for UTC."""


class FeedConfig(SourceConfig):
    """A feed: its address, what it is called, and how often it is asked (seconds)."""

    url: Annotated[str, Field(pattern=r"^https?://")]
    venue: str = ""
    venue_kind: VenueKind = "newspaper"
    network: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")] = "press"
    language: str = "und"
    interval: Annotated[float, Field(gt=0)] = 300.0


class Feed:
    """One feed as a source."""

    Config: ClassVar[type[SourceConfig]] = FeedConfig
    example: ClassVar[Mapping[str, str]] = {
        "en": """\
# A newspaper, a blog, a forum: whatever offers RSS, Atom or JSON Feed.
# [[source]]
# kind = "feed"
# name = "local-paper"
# url = "https://example.org/feed.xml"
# venue = "The local paper"
# venue_kind = "newspaper"     # newspaper, agency, blog, forum, subreddit, participation, other …
# network = "press"            # press, forum, blog, reddit …
# interval = 300               # seconds
""",
        "es": """\
# Un periódico, un blog, un foro: lo que ofrezca RSS, Atom o JSON Feed.
# [[source]]
# kind = "feed"
# name = "diario-local"
# url = "https://example.org/feed.xml"
# venue = "El diario local"
# venue_kind = "newspaper"     # newspaper, agency, blog, forum, subreddit, participation, other …
# network = "press"            # press, forum, blog, reddit …
# interval = 300               # segundos
""",
    }

    access: ClassVar[Mapping[str, Access]] = {
        "en": Access(
            needs="",
            costs="Nothing.",
            hears="What a newspaper, blog, forum or agency puts into its feed, usually its newest 20 to 50 entries.",
            misses="Readers' comments, what is not in the feed, what left it between two looks (said as a gap).",
        ),
        "es": Access(
            needs="",
            costs="Nada.",
            hears="Lo que un periódico, blog, foro o agencia pone en su canal, normalmente las 20 a 50 últimas entradas.",
            misses="Los comentarios de los lectores, lo que no está en el canal y lo que sale de él entre dos lecturas (se dice como hueco).",
        ),
    }

    def __init__(self, config: FeedConfig, context: SourceContext) -> None:
        self.name = config.name
        self.network = config.network
        self.interval = config.interval
        self._config = config
        self._context = context
        self._unchanged: tuple[Cursor, datetime] | None = None
        """Up to when nothing had changed since that cursor."""

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """What is new or changed since ``cursor``, oldest first; one batch, unless that is very much."""
        known = Known.read(cursor)
        answer = await self._context.http.get(self._config.url, headers={"Accept": ACCEPT}, validators=known.validators)
        now = self._context.clock()
        if answer.status == 304:
            self._unchanged = (cursor, now) if cursor else None
            return
        asked = self._unchanged[1] if self._unchanged and self._unchanged[0] == cursor else None
        look = known.look((await asyncio.to_thread(entries, answer))[::-1])
        published: list[datetime] = []
        for begin in range(0, max(len(look.fresh), 1), AT_ONCE):
            some = look.fresh[begin : begin + AT_ONCE]
            found = self._taken(some, known, now)
            published += [min(item.published, now) for item in found.items if isinstance(item, Post)]
            first, last = begin == 0, begin + AT_ONCE >= len(look.fresh)
            yield Batch(
                items=found.items,
                rejected=found.rejected,
                missed=known.missed(look, min(published, default=now), asked) if first else (),
                cursor=Cursor(
                    source=self.name,
                    state=known.after(look, published, now, answer.validators)
                    if last
                    else known.halfway(look, begin + AT_ONCE, published, now),
                ),
            )

    def _taken(self, fresh: Sequence[tuple[str, Entry]], known: Known, now: datetime) -> Items:
        raws = [{**entry, "fetched": now.isoformat(), "changed": key in known.seen} for key, entry in fresh]
        return taken(self.parse, raws, self._config.url)

    def parse(self, raw: str) -> Sequence[Post]:
        """One entry, as JSON of what ``entries`` gives, with ``fetched`` and ``changed``."""
        try:
            return [self._post(json.loads(raw))]
        except MISTAKES as error:
            raise ParseError(f"not an entry: {type(error).__name__} {error}") from None

    def _post(self, entry: Mapping[str, Any]) -> Post:
        title, text = to_text(entry["title"]), to_text(entry["html"])
        if not (title or text):
            raise ParseError(f"entry {entry['id'][:80]!r} has neither title nor text")
        fetched = moment(entry["fetched"])
        published = self._moment(entry["published"], fetched)
        first = published or fetched
        updated = self._moment(entry["updated"], fetched)
        revised = updated if updated and updated > first else fetched if entry["changed"] else None
        date_only = bool(_DATE_ONLY.fullmatch(entry["published"]))
        name = clean(entry["author"]) or self._config.venue or clean(entry["feed"])
        medium = self._config.venue_kind in ("newspaper", "agency")
        return Post(
            network=self.network,
            native_id=self._native(entry["id"]),
            source=self.name,
            venue=Venue(name=self._config.venue or clean(entry["feed"]) or self.name, kind=self._config.venue_kind),
            author=Author(handle=name, name=name, kind="medium" if medium else "unknown") if name else None,
            published=first,
            date_only=date_only and published is not None,
            revised=revised if revised and revised > first else None,
            title=title,
            text=text or title,
            url=entry["link"] if entry["link"].startswith(("http://", "https://")) else "",
            language=str(entry["language"])[:2] or self._config.language,
        )

    def _moment(self, value: str, fetched: datetime) -> datetime | None:
        """The aware moment that ``value`` says, unless it says none or one that cannot be."""
        try:
            moment = self._day(value) if _DATE_ONLY.fullmatch(value) else _time(value)
        except (ValueError, OverflowError):
            return None
        if moment is None:
            return None
        return moment if EARLIEST <= moment <= fetched + timedelta(days=1) else None

    def _day(self, value: str) -> datetime:
        """Midnight of that day where the institution is."""
        zone = self._context.institutions[0].zone if self._context.institutions else UTC
        return datetime.fromisoformat(value.strip()).replace(tzinfo=zone).astimezone(UTC)

    def _native(self, written: str) -> str:
        """Ids that are no URI are unique in their feed only."""
        return written if _URI.match(written) else f"{urlsplit(self._config.url).netloc} {written}"

    async def close(self) -> None:
        """Nothing to close: the client is the house's."""


def _time(value: str) -> datetime | None:
    head, _, zone = value.rpartition(" ")
    parsed = _parse_date(f"{head} {_ZONES[zone]}" if zone in _ZONES else value)
    return None if parsed is None else datetime.fromtimestamp(calendar.timegm(parsed), UTC)
