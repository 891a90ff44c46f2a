"""Where redirects lead, and what goes along."""

from __future__ import annotations

import httpx
import pytest

from corrillo.errors import SourceRefused
from ingest.http import MAX_REDIRECTS, PoliteClient
from tests.fakes.feed import FakeFeed

PUBLIC = "http://93.184.216.34"
"""An address that is public; nothing is sent to it: the transport is a fake."""


def route(client: PoliteClient, answers: dict[str, str], seen: list[httpx.Request]) -> None:
    """Answer in the client's own process: a url in ``answers`` redirects to its value, others say hello."""

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        to = answers.get(str(request.url))
        return httpx.Response(302, headers={"Location": to}) if to is not None else httpx.Response(200, text="hola")

    client._client = httpx.AsyncClient(transport=httpx.MockTransport(answer))


async def test_a_redirect_is_followed_and_the_last_address_is_said(client: PoliteClient, feed_server: FakeFeed) -> None:
    """Relative or absolute."""
    feed_server.serve("/news/feed.xml", "hola")
    feed_server.redirect("/news/old", "feed.xml", status=301)
    answer = await client.get(feed_server.redirect("/", feed_server.url("/news/old")))
    assert (answer.body, answer.url) == (b"hola", feed_server.url("/news/feed.xml"))


async def test_a_loop_ends(client: PoliteClient, feed_server: FakeFeed) -> None:
    """After a handful of redirects, however they are made."""
    feed_server.redirect("/a", "/b")
    with pytest.raises(SourceRefused, match="redirects"):
        await client.get(feed_server.redirect("/b", "/a"))
    assert len(feed_server.requests) == MAX_REDIRECTS + 1


@pytest.mark.parametrize("to", ["file:///etc/passwd", "data:text/plain,x", "javascript:alert(1)", "mailto:a@b.example",
                                "http://[bad", "http://127.0.0.1:99999/", "ftp://a.example/"])  # fmt: skip
async def test_a_redirect_out_of_the_web_is_refused(client: PoliteClient, feed_server: FakeFeed, to: str) -> None:
    """Files, scripts, or no address at all."""
    with pytest.raises(SourceRefused) as caught:
        await client.get(feed_server.redirect("/a", to))
    assert caught.value.remedy


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "localhost", "10.0.0.7", "192.168.1.1", "172.16.0.1", "169.254.169.254",
     "100.64.0.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "[fe80::1]", "[fd00::1]"],
)  # fmt: skip
async def test_a_public_address_cannot_send_us_into_the_house(client: PoliteClient, host: str) -> None:
    """However the private address is written, nothing is asked there."""
    seen: list[httpx.Request] = []
    route(client, {f"{PUBLIC}/feed": f"http://{host}/secret"}, seen)
    with pytest.raises(SourceRefused, match="private address"):
        await client.get(f"{PUBLIC}/feed")
    assert [str(r.url) for r in seen] == [f"{PUBLIC}/feed"]


async def test_a_source_inside_the_house_may_redirect_inside(client: PoliteClient, feed_server: FakeFeed) -> None:
    """An intranet's feed was configured by its people."""
    feed_server.serve("/b", "hola")
    assert (await client.get(feed_server.redirect("/a", "/b"))).body == b"hola"


@pytest.mark.parametrize(
    ("begin", "to", "goes_along"),
    [
        (f"{PUBLIC}/a", "/b", True),
        (f"{PUBLIC}/a", f"{PUBLIC}/b", True),
        (f"{PUBLIC}/a", f"{PUBLIC.replace('http', 'https')}/b", True),
        (f"{PUBLIC.replace('http', 'https')}/a", f"{PUBLIC}/b", False),
        (f"{PUBLIC}/a", "http://93.184.216.35/b", False),
        (f"{PUBLIC}/a", f"{PUBLIC}:8080/b", False),
        (f"{PUBLIC}/a", "//93.184.216.35/b", False),
    ],
)
async def test_a_token_stays_with_the_host_that_it_was_meant_for(
    client: PoliteClient, begin: str, to: str, goes_along: bool
) -> None:
    """And is never sent unencrypted after having been encrypted; other headers go along."""
    seen: list[httpx.Request] = []
    route(client, {begin: to}, seen)
    await client.get(begin, headers={"Authorization": "Bearer secret", "Accept": "text/x"})
    first, second = seen
    assert first.headers["authorization"] == "Bearer secret"
    assert ("authorization" in second.headers) is goes_along
    assert second.headers["accept"] == "text/x"


async def test_a_token_that_was_left_behind_does_not_come_back(client: PoliteClient) -> None:
    """Not even when the redirects return to the first host: who sent us round could be listening."""
    seen: list[httpx.Request] = []
    other = "http://93.184.216.35/b"
    route(client, {f"{PUBLIC}/a": other, other: f"{PUBLIC}/c"}, seen)
    await client.get(f"{PUBLIC}/a", headers={"authorization": "Bearer secret"})
    assert ["authorization" in r.headers for r in seen] == [True, False, False]
