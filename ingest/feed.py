"""RSS, Atom and JSON Feed: press, blogs, forums, agencies. One source is one feed.

A feed is asked with ETag and Last-Modified; what it has served before, unchanged, is not given
again. Where an entry has no usable date, the time at which it was first fetched stands for it.
"""

from __future__ import annotations

import asyncio
import calendar
import hashlib
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

import feedparser
from feedparser.datetimes import _parse_date
from pydantic import Field

from corrillo.errors import ParseError, SourceRefused, SourceUnavailable
from corrillo.model import Author, Batch, Cursor, Deletion, Post, Rejected, Venue, VenueKind
from corrillo.registry import SourceConfig, SourceContext
from corrillo.text import clean
from ingest.html import to_text
from ingest.http import Answer

REMEMBERED = 3000
"""Entries that have left the feed and are still recognised when they come back."""
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

    def __init__(self, config: FeedConfig, context: SourceContext) -> None:
        self.name = config.name
        self.network = config.network
        self.interval = config.interval
        self._config = config
        self._context = context

    async def fetch(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """At most one batch: what is new or changed since ``cursor``, oldest first."""
        state = json.loads(cursor.state) if cursor else {}
        headers = {
            "Accept": "application/feed+json, application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"
        }
        headers |= {
            k: state[v] for k, v in (("If-None-Match", "etag"), ("If-Modified-Since", "modified")) if state.get(v)
        }
        answer = await self._context.http.get(self._config.url, headers=headers)
        if answer.status == 304:
            return
        now = self._context.clock()
        seen: dict[str, str] = state.get("seen", {})
        fresh: dict[str, str] = {}
        items: list[Post | Deletion] = []
        rejected: list[Rejected] = []
        for number, entry in enumerate(reversed(await asyncio.to_thread(entries, answer)), 1):
            print_ = _fingerprint(entry)
            key = _fingerprint({"id": entry["id"]})
            fresh[key] = print_
            if seen.get(key) == print_:
                continue
            raw = json.dumps({**entry, "fetched": now.isoformat(), "changed": key in seen}, ensure_ascii=False)
            try:
                items += self.parse(raw)
            except ParseError as error:
                rejected.append(Rejected(raw=raw, reason=error.message, origin=f"{self._config.url} entry {number}"))
        gone = {k: v for k, v in seen.items() if k not in fresh}
        kept = dict(list(gone.items())[-REMEMBERED:]) | fresh
        state = {
            "etag": answer.headers.get("etag", ""),
            "modified": answer.headers.get("last-modified", ""),
            "seen": kept,
        }
        yield Batch(
            cursor=Cursor(source=self.name, state=json.dumps(state)), items=tuple(items), rejected=tuple(rejected)
        )

    def parse(self, raw: str) -> Sequence[Post]:
        """One entry, as JSON of what ``entries`` gives, with ``fetched`` and ``changed``."""
        try:
            return [self._post(json.loads(raw))]
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise ParseError(f"not an entry: {type(error).__name__} {error}") from None

    def _post(self, entry: Mapping[str, Any]) -> Post:
        title, text = to_text(entry["title"]), to_text(entry["html"])
        if not (title or text):
            raise ParseError(f"entry {entry['id'][:80]!r} has neither title nor text")
        fetched = datetime.fromisoformat(entry["fetched"])
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
            language=entry["language"] or self._config.language,
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


def entries(answer: Answer) -> list[dict[str, str]]:
    """What a feed's document lists, in its order, whatever its format and its mistakes.

    Raises SourceUnavailable for an empty body, SourceRefused for what is no feed.
    """
    if not answer.body.strip(b"\xef\xbb\xbf \r\n\t"):
        raise SourceUnavailable(f"{answer.url}: answers with an empty body", "it is tried again by itself")
    head = answer.body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    return _distinct(_json_feed(answer) if head == b"{" else _xml_feed(answer))


def _xml_feed(answer: Answer) -> list[dict[str, str]]:
    parsed = feedparser.parse(answer.body, response_headers={**answer.headers, "content-location": answer.url})
    if not parsed.get("version") and not parsed.entries:
        begins = clean(answer.body[:60].decode("utf-8", "replace"))
        raise SourceRefused(
            f"{answer.url}: is not a feed; it begins with {begins!r}", "look for the RSS or Atom address of that site"
        )
    about = parsed.feed
    return [
        {
            "id": str(e.get("id") or e.get("link") or f"{e.get('title', '')} {e.get('published', '')}").strip(),
            "link": str(e.get("link", "")),
            "title": str(e.get("title", "")),
            "html": _longest(e),
            "published": str(e.get("published") or e.get("created") or e.get("updated") or ""),
            "updated": str(e["updated"]) if "updated" in e else "",  # get() would give the publication
            "author": str(e.get("author", "")),
            "language": str(e.get("language") or about.get("language") or "")[:2].lower(),
            "feed": str(about.get("title", "")),
        }
        for e in parsed.entries
    ]


def _longest(entry: Mapping[str, Any]) -> str:
    found = [str(c.get("value", "")) for c in entry.get("content", [])] + [str(entry.get("summary", ""))]
    return max(found, key=len)


def _json_feed(answer: Answer) -> list[dict[str, str]]:
    try:
        document = json.loads(answer.body.decode("utf-8-sig", "replace"))
        listed = document["items"]
        if not isinstance(listed, list):
            raise TypeError("items is no list")
        return [_json_entry(e, document) for e in listed if isinstance(e, dict)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SourceRefused(f"{answer.url}: is not a JSON Feed: {error!r}", "check the address of the feed") from None


def _json_entry(entry: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, str]:
    def text(*keys: str) -> str:
        return next((str(entry[k]) for k in keys if entry.get(k) not in (None, "")), "")

    authors = entry.get("authors")
    authors = authors if isinstance(authors, list) and authors else [entry.get("author")]
    names = [a["name"] for a in authors if isinstance(a, dict) and isinstance(a.get("name"), str)]
    return {
        "id": text("id", "url", "title"),
        "link": text("url", "external_url"),
        "title": text("title"),
        "html": text("content_html", "content_text", "summary"),
        "published": text("date_published", "date_modified"),
        "updated": text("date_modified"),
        "author": names[0] if names else "",
        "language": (text("language") or str(document.get("language") or ""))[:2].lower(),
        "feed": str(document.get("title") or ""),
    }


def _distinct(listed: list[dict[str, str]]) -> list[dict[str, str]]:
    """Different entries that share an id get ids of their own: of their links too or, failing that, of all they say."""
    named = [e | {"id": e["id"] or _fingerprint(e)} for e in listed]
    for more in ("link", "published", "title", "html"):
        same: dict[str, set[str]] = {}
        for entry in named:
            same.setdefault(entry["id"], set()).add(entry[more])
        shared = {i for i, values in same.items() if len(values) > 1}
        named = [e | {"id": _with(e["id"], e[more])} if e["id"] in shared else e for e in named]
    return named


def _with(name: str, more: str) -> str:
    return f"{name} {more}" if len(more) <= 200 else f"{name} {_fingerprint({'': more})}"


def _fingerprint(entry: Mapping[str, str]) -> str:
    return hashlib.blake2b(json.dumps(entry, sort_keys=True).encode(), digest_size=8).hexdigest()
