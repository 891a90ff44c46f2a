"""The feed keeps the contract for sources."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from corrillo.registry import SourceContext
from corrillo.testing.source import SourceContract, SourceWorld
from ingest.feed import Feed, FeedConfig
from tests.fakes.feed import FakeFeed

SAMPLE = {
    "id": "1", "link": "https://diari.example/1", "title": "El ple", "html": "<p>Hui hi ha ple.</p>",
    "published": "2026-11-20T10:00:00Z", "updated": "", "author": "Redacció", "language": "ca",
    "feed": "Diari", "fetched": "2026-11-21T10:00:00+00:00", "changed": False,
}  # fmt: skip


class TestFeed(SourceContract):
    """A newspaper's RSS."""

    @pytest.fixture
    def world(self, feed_server: FakeFeed, context: Callable[..., SourceContext]) -> SourceWorld:
        for number in range(6):
            feed_server.publish(f"Noticia {number}", "Un <b>texto</b>.", id=f"urn:news:{number}", at=_day(number + 1))

        def add_post() -> str:
            feed_server.publish("Noticia tardía", id="urn:news:later", at=_day(20))
            return "urn:news:later"

        config = FeedConfig(kind="feed", name="diari", url=feed_server.url("/feed.xml"), venue="Diari de la Marina")
        return SourceWorld(
            open=lambda: Feed(config, context()),
            native_ids=frozenset(f"urn:news:{n}" for n in range(6)),
            sample=json.dumps(SAMPLE),
            add_post=add_post,
            add_broken=lambda: feed_server.publish("", "", id="broken"),
            cut_off=lambda: feed_server.answer("/feed.xml", 503),
        )


def _day(number: int) -> str:
    return f"{number:02} Nov 2026 09:00:00 +0100"
