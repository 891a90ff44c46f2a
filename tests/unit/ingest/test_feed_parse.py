"""One entry becomes one post: times that cannot be, names, links."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import pytest

from corrillo.errors import ParseError
from corrillo.model import Post
from corrillo.registry import SourceContext
from ingest.feed import Feed, FeedConfig

ENTRY = {
    "id": "1", "link": "https://diari.example/1", "title": "Título", "html": "<p>Texto</p>", "published": "",
    "updated": "", "author": "", "language": "", "feed": "Diari", "fetched": "2026-11-21T10:00:00+00:00",
    "changed": False,
}  # fmt: skip
FETCHED = "2026-11-21T10:00:00+00:00"


@pytest.fixture
def parsed(context: Callable[..., SourceContext]) -> Callable[..., Post]:
    """The post that the entry with these fields becomes."""

    def parse(config: dict[str, object] | None = None, **fields: object) -> Post:
        given = {"kind": "feed", "name": "diari", "url": "https://diari.example/feed", **(config or {})}
        source = Feed(FeedConfig.model_validate(given), context())
        (post,) = source.parse(json.dumps(ENTRY | fields))
        return post

    return parse


@pytest.mark.parametrize(
    ("updated", "changed", "revised"),
    [
        ("", False, None),
        ("", True, FETCHED),
        ("2026-11-20T12:00:00Z", False, "2026-11-20T12:00:00+00:00"),
        ("2026-11-20T12:00:00Z", True, "2026-11-20T12:00:00+00:00"),
        ("2026-11-20T09:00:00Z", False, None),
        ("2026-11-19T09:00:00Z", True, FETCHED),
        ("2099-01-01T00:00:00Z", False, None),
    ],
)
def test_a_revision_is_later_than_the_publication(
    parsed: Callable[..., Post], updated: str, changed: bool, revised: str | None
) -> None:
    """By its own time, else by when it was seen changed; a change before the publication is none."""
    post = parsed(published="2026-11-20T09:00:00Z", updated=updated, changed=changed)
    assert post.revised == (datetime.fromisoformat(revised) if revised else None)


def test_title_and_text_are_plain(parsed: Callable[..., Post]) -> None:
    """A text that is missing is the title; of a title that is missing nothing is made up."""
    post = parsed(title="El <b>ple</b> &amp; m&eacute;s", html="<p>Uno</p><p>dos\u202e</p>")
    assert (post.title, post.text) == ("El ple & més", "Uno\n\ndos")
    assert parsed(html="<img src=x>").text == "Título"
    assert (parsed(title="").title, parsed(title="").text) == ("", "Texto")


@pytest.mark.parametrize("fields", [{"title": "", "html": ""}, {"title": " ", "html": "<script>x</script>"}])
def test_an_entry_that_says_nothing_is_rejected(parsed: Callable[..., Post], fields: dict[str, str]) -> None:
    """Neither title nor text."""
    with pytest.raises(ParseError, match="neither title nor text"):
        parsed(**fields)


def test_the_venue_is_what_was_configured_else_what_the_feed_is_called(parsed: Callable[..., Post]) -> None:
    """The author is whom the entry names, else the medium."""
    assert parsed().venue.name == "Diari"
    configured = parsed({"venue": "El Diari", "venue_kind": "agency", "network": "press", "language": "ca"})
    assert (configured.venue.name, configured.venue.kind, configured.language) == ("El Diari", "agency", "ca")
    assert configured.author is not None
    assert (configured.author.handle, configured.author.kind) == ("El Diari", "medium")
    blog = parsed({"venue_kind": "blog"}, author="Rosa", language="es")
    assert blog.author is not None
    assert (blog.author.handle, blog.author.kind, blog.language) == ("Rosa", "unknown", "es")
    assert parsed({"venue_kind": "forum"}, feed="").author is None
