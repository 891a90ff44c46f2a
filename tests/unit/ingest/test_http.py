"""The polite client: limits, manners, and errors that say what to do."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest

from corrillo.errors import SourceError, SourceRefused, SourceUnavailable
from ingest.http import PoliteClient
from tests.fakes.feed import FakeFeed


async def failed(client: PoliteClient, url: str) -> SourceError:
    """The error that a url gives, with a message that names it and a remedy."""
    with pytest.raises(SourceError) as caught:
        await client.get(url)
    assert url in caught.value.message
    assert caught.value.remedy
    return caught.value


async def test_it_says_who_it_is_and_whom_to_ask(client: PoliteClient, feed_server: FakeFeed) -> None:
    """Name, purpose and contact in every request."""
    await client.get(feed_server.serve("/a", "hola"))
    agent = feed_server.requests[0]["headers"]["user-agent"]
    assert agent.startswith("Corrillo/")
    assert "tests@example.org" in agent


async def test_an_answer_is_decoded_and_keeps_its_headers(client: PoliteClient, feed_server: FakeFeed) -> None:
    """Also when it was compressed."""
    answer = await client.get(feed_server.serve("/a", "año", etag='"7"', gzip=True))
    assert (answer.status, answer.body.decode(), answer.headers["etag"]) == (200, "año", '"7"')


async def test_parameters_join_those_that_an_address_has(client: PoliteClient, feed_server: FakeFeed) -> None:
    """Nothing is lost, everything is quoted."""
    await client.get(feed_server.serve("/a", "x") + "?format=rss", params={"q": "año & más"})
    assert feed_server.requests[0]["path"] == "/a?format=rss&q=a%C3%B1o+%26+m%C3%A1s"


async def test_what_is_unchanged_is_an_answer_without_body(client: PoliteClient, feed_server: FakeFeed) -> None:
    """304, by ETag or by time."""
    when = "Fri, 20 Nov 2026 09:00:00 GMT"
    url = feed_server.serve("/a", "hola", etag='"1"', modified=when)
    for headers in ({"If-None-Match": '"1"'}, {"If-Modified-Since": when}):
        answer = await client.get(url, headers=headers)
        assert (answer.status, answer.body) == (304, b"")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 408, 425])
async def test_some_answers_may_change_by_themselves(client: PoliteClient, feed_server: FakeFeed, status: int) -> None:
    """Too fast, too slow, broken over there: later."""
    error = await failed(client, feed_server.answer("/a", status))
    assert isinstance(error, SourceUnavailable)
    assert str(status) in error.message
    assert error.retry_after is None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
async def test_other_answers_need_a_person(client: PoliteClient, feed_server: FakeFeed, status: int) -> None:
    """Token, address, or gone for good."""
    error = await failed(client, feed_server.answer("/a", status))
    assert isinstance(error, SourceRefused)
    assert str(status) in error.message


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0), ("0", 0.0), (" 30 ", 30.0), ("999999999", 3600.0), ("{+90}", 90.0), ("{-90}", 0.0),
        ("{+999999}", 3600.0), ("", None), ("soon", None), ("-5", None), ("1.5", None), ("\xb2", None), ("NaN", None),
        ("Fri, 99 Nov 2026 99:00:00 GMT", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("status", [429, 503])
async def test_a_wait_that_is_asked_for_is_believed_within_reason(
    client: PoliteClient, feed_server: FakeFeed, now: datetime, value: str, seconds: float | None, status: int
) -> None:
    """Seconds or a date, at most an hour; nonsense is no wait."""
    if value.startswith("{"):
        value = format_datetime(now + timedelta(seconds=int(value[1:-1])), usegmt=True)
    error = await failed(client, feed_server.answer("/a", status, headers={"Retry-After": value}))
    assert isinstance(error, SourceUnavailable)
    assert error.retry_after == seconds


async def test_a_body_that_stops_half_way_is_no_answer(client: PoliteClient, feed_server: FakeFeed) -> None:
    """Broken off, or shorter than was said: half a feed is worse than none."""
    for url in (feed_server.reset("/cut", "x" * 1000, after=100), feed_server.lie("/lie", "x" * 10, length=10**6)):
        assert isinstance(await failed(client, url), SourceUnavailable)


async def test_a_body_that_drips_is_given_up(client: PoliteClient, feed_server: FakeFeed) -> None:
    """Each byte comes in time, the whole never would."""
    error = await failed(client, feed_server.drip("/slow", "x" * 10_000))
    assert isinstance(error, SourceUnavailable)
    assert "no answer within" in error.message


@pytest.mark.parametrize("size", [200_001, 50_000_000])
async def test_a_body_that_is_too_big_is_refused(client: PoliteClient, feed_server: FakeFeed, size: int) -> None:
    """Counted after decompression: a bomb stays small in memory."""
    error = await failed(client, feed_server.serve("/big", b"\0" * size, gzip=True))
    assert isinstance(error, SourceRefused)
    assert "200000 bytes" in error.message
    assert len((await client.get(feed_server.serve("/just", b"\0" * 200_000, gzip=True))).body) == 200_000


async def test_a_body_that_is_not_what_it_says_may_change(client: PoliteClient, feed_server: FakeFeed) -> None:
    """Called gzip, and is none; or is broken in the middle."""
    headers = {"Content-Encoding": "gzip"}
    broken = zlib.compress(b"hola" * 100, wbits=31)[:-12] + b"\0" * 12
    for body in (b"plain", broken):
        assert isinstance(await failed(client, feed_server.serve("/a", body, headers=headers)), SourceUnavailable)


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/", "nothing", "http://", "http:///x", "http://[bad", "http://a.example:99999/", "http://\0/",
     "https://" + "ñ" * 300 + ".example/", "file:///etc/passwd", "data:text/plain,x"],
)  # fmt: skip
async def test_what_is_no_web_address_is_refused(client: PoliteClient, url: str) -> None:
    """Whatever is wrong with it, with parameters or without."""
    assert isinstance(await failed(client, url), SourceRefused)
    with pytest.raises(SourceError):
        await client.get(url, params={"a": "b"})


async def test_nobody_there_may_change(client: PoliteClient) -> None:
    """No connection, or a name that nobody knows."""
    assert isinstance(await failed(client, "http://127.0.0.1:1/"), SourceUnavailable)
