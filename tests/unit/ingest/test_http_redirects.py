"""Where redirects lead, and what goes along; where they must not lead is in ``test_bad_input_http.py``."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from corrillo.errors import SourceRefused
from ingest.http import PoliteClient
from ingest.redirects import allowed
from tests.fakes.feed import FakeFeed
from tests.fakes.internet import FakeInternet

PUBLIC, OTHER = "93.184.216.34", "93.184.216.35"
"""Addresses of the internet; fake servers stand for them."""


async def test_a_redirect_is_followed_and_the_last_address_is_said(client: PoliteClient, feed_server: FakeFeed) -> None:
    """Relative or absolute."""
    feed_server.serve("/news/feed.xml", "hola")
    feed_server.redirect("/news/old", "feed.xml", status=301)
    answer = await client.get(feed_server.redirect("/", feed_server.url("/news/old")))
    assert (answer.body, answer.url) == (b"hola", feed_server.url("/news/feed.xml"))


KEYS = ("Authorization", "X-Goog-Api-Key", "Private-Token", "Cookie", "X-Anything")


@pytest.mark.parametrize(
    ("begin", "to", "goes_along"),
    [
        ("http://a.example/x", "http://a.example/y", True),
        ("http://a.example/x", "https://a.example/y", True),
        ("https://a.example/x", "http://a.example/y", False),
        ("http://a.example/x", "http://b.example/y", False),
        ("http://a.example/x", "http://www.a.example/y", False),
        ("http://a.example/x", "http://a.example:8080/y", False),
        ("http://a.example/x", "http://a.example@b.example/y", False),
    ],
)
def test_a_key_stays_with_the_host_that_it_was_meant_for(begin: str, to: str, goes_along: bool) -> None:
    """Whatever header it is in, and never unencrypted after encrypted; what can be no key goes along."""
    headers = dict.fromkeys(KEYS, "s3cr3t") | {"Accept": "text/x", "If-None-Match": '"1"'}
    assert allowed(headers, begin, to).keys() == (headers.keys() if goes_along else {"Accept", "If-None-Match"})


async def test_a_key_that_was_left_behind_does_not_come_back(feed_server: FakeFeed) -> None:
    """Not even when the redirects return to the first host: who sent us round could be listening."""
    internet = FakeInternet({}, {PUBLIC: feed_server.port, OTHER: feed_server.port})
    feed_server.redirect("/a", f"http://{OTHER}/b")
    feed_server.redirect("/b", f"http://{PUBLIC}/c")
    feed_server.serve("/c", "hola")
    polite = PoliteClient(lambda: datetime.now(UTC), resolve=internet.resolve, network=internet)
    await polite.get(f"http://{PUBLIC}/a", headers=dict.fromkeys(KEYS, "s3cr3t"))
    await polite.close()
    asked = [{k: v for k, v in r["headers"].items() if v == "s3cr3t"} for r in feed_server.requests]
    assert [len(headers) for headers in asked] == [len(KEYS), 0, 0]


async def test_a_question_with_a_body_is_not_sent_on(client: PoliteClient, feed_server: FakeFeed) -> None:
    """It was meant for one address."""
    feed_server.serve("/b", "hola")
    with pytest.raises(SourceRefused, match="redirects") as caught:
        await client.post(feed_server.redirect("/a", "/b", status=307), json={"q": "agua"})
    assert caught.value.remedy
    assert len(feed_server.requests) == 1
