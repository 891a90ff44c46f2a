"""What a feed's document lists: RSS and Atom by feedparser, JSON Feed by hand, mistakes and all. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import feedparser

from corrillo.errors import SourceRefused, SourceUnavailable
from corrillo.text import clean
from ingest.answer import Answer
from ingest.api import MISTAKES


def entries(answer: Answer) -> list[dict[str, str]]:
    """What a feed's document lists, in its order, whatever its format and its mistakes.

    Raises SourceUnavailable for an empty body, SourceRefused for what is no feed.
    """
    if not answer.body.strip(b"\xef\xbb\xbf \r\n\t"):
        raise SourceUnavailable(f"{answer.url}: answers with an empty body", "it is tried again by itself")
    head = answer.body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    return _distinct(_json_feed(answer) if head == b"{" else _xml_feed(answer))


def _xml_feed(answer: Answer) -> list[dict[str, str]]:
    try:
        parsed = feedparser.parse(answer.body, response_headers={**answer.headers, "content-location": answer.url})
    except MISTAKES as error:  # what it was not made for
        raise SourceUnavailable(
            f"{answer.url}: cannot be read as a feed: {type(error).__name__}", "tell who publishes it"
        ) from None
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
