"""What networks really send, beside the posts and mentions that it becomes.

``fixtures/<name>`` is as the network gives it; ``fixtures/<name>.expected.json`` holds the posts
that ``parse`` makes of it, and the mentions that matching and protecting make of those.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from corrillo.model import Mention, Post
from corrillo.ports import Source
from corrillo.registry import SourceContext
from ingest.archive import Archive, ArchiveConfig
from ingest.feed import Feed, FeedConfig
from ingest.feed_documents import entries
from ingest.http import Answer
from ingest.mastodon import Mastodon, MastodonConfig
from ingest.match import Matcher
from ingest.protect import Pseudonyms, protect
from ingest.tables import rows

Parsed = tuple[Source, list[str]]


class Expected(msgspec.Struct):
    """What a recorded document should become."""

    posts: list[Post]
    mentions: list[Mention]


def _feed(document: Path, context: SourceContext, now: datetime, **config: object) -> Parsed:
    url = f"https://feeds.example/{document.name}"
    source = Feed(FeedConfig(kind="feed", name="press", url=url, **config), context)  # type: ignore[arg-type]
    listed = entries(Answer(200, {}, document.read_bytes(), url))
    return source, [json.dumps({**e, "fetched": now.isoformat(), "changed": False}) for e in listed]


def _rss(folder: Path, context: SourceContext, now: datetime) -> Parsed:
    return _feed(folder / "rss.xml", context, now, venue="Diari de la Marina")


def _atom(folder: Path, context: SourceContext, now: datetime) -> Parsed:
    return _feed(folder / "atom.xml", context, now, venue_kind="blog", network="blog")


def _json_feed(folder: Path, context: SourceContext, now: datetime) -> Parsed:
    return _feed(folder / "feed.json", context, now, venue_kind="forum", network="forum")


def _mastodon(folder: Path, context: SourceContext, _: datetime) -> Parsed:
    config = MastodonConfig(kind="mastodon", name="fedi", instance="https://mastodont.example")
    statuses = json.loads((folder / "mastodon.json").read_text(encoding="utf-8"))
    return Mastodon(config, context), [json.dumps(s) for s in statuses]


def _archive(folder: Path, context: SourceContext, _: datetime) -> Parsed:
    names = {"id": "commentId", "text": "cuerpo", "published": "fecha+hora", "author": "usuario", "parent": "responde",
             "likes": "votos"}  # fmt: skip
    config = ArchiveConfig(kind="archive", name="old", path=str(folder / "archive.csv"), map=names, network="forum")
    source = Archive(config, context)
    with open(folder / "archive.csv", encoding="utf-8", newline="") as stream:
        return source, list(rows(stream, "", lambda columns, every: None))


RECORDED = {
    "rss.xml": _rss, "atom.xml": _atom, "feed.json": _json_feed, "mastodon.json": _mastodon, "archive.csv": _archive,
}  # fmt: skip


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_document_becomes_the_expected_mentions(
    name: str,
    fixtures: Path,
    context: Callable[..., SourceContext],
    now: datetime,
    matcher: Matcher,
    pseudonyms: Pseudonyms,
) -> None:
    """Raw → posts → mentions, nothing else in between."""
    source, raw = RECORDED[name](fixtures, context(), now)
    expected = msgspec.json.decode((fixtures / f"{name}.expected.json").read_bytes(), type=Expected)
    posts = [p for r in raw for p in source.parse(r)]
    assert posts == expected.posts
    mentions = [protect(p, presence, reasons, pseudonyms, now) for p in posts for presence, reasons in matcher(p)]  # type: ignore[arg-type]
    assert mentions == expected.mentions
