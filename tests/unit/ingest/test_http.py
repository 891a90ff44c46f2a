"""The polite client: limits, manners, and errors that say what to do."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corrillo.errors import SourceError, SourceRefused, SourceUnavailable
from ingest.faults import NotThere
from ingest.http import PoliteClient, Validators
from tests.fakes.feed import FakeFeed

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


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


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 408, 425])
async def test_some_answers_may_change_by_themselves(client: PoliteClient, feed_server: FakeFeed, status: int) -> None:
    """Too fast, too slow, broken over there: later; a wait that is named is passed on."""
    error = await failed(client, feed_server.answer("/a", status, headers={"Retry-After": "7"}))
    assert isinstance(error, SourceUnavailable)
    assert str(status) in error.message
    assert error.retry_after == 7


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
async def test_other_answers_need_a_person(client: PoliteClient, feed_server: FakeFeed, status: int) -> None:
    """Token, address, or gone for good: that is told apart."""
    error = await failed(client, feed_server.answer("/a", status))
    assert isinstance(error, SourceRefused)
    assert isinstance(error, NotThere) is (status in (404, 410))
    assert str(status) in error.message


@pytest.mark.parametrize(("packing", "opened"), [("gzip", True), ("gzip, gzip", False)])
async def test_an_error_says_what_its_answer_says_unless_that_could_be_a_bomb(
    client: PoliteClient, feed_server: FakeFeed, packing: str, opened: bool
) -> None:
    """Its beginning is kept for who knows how to read it; what is packed twice stays packed, with any status."""
    said = gzip.compress(b"quota") if opened else gzip.compress(gzip.compress(b"quota"))
    url = feed_server.answer("/a", 500, said, {"Content-Encoding": packing, "X-Left": "0"})
    error = await failed(client, url)
    assert "500" in error.message
    assert (error.body, error.headers["x-left"]) == (b"quota" if opened else b"", "0")


async def test_a_host_that_is_broken_in_one_place_may_be_asked_for_others(
    client: PoliteClient, feed_server: FakeFeed
) -> None:
    """Only 429 and 503 speak for a whole host."""
    await failed(client, feed_server.answer("/a", 500, headers={"Retry-After": "7"}))
    assert (await client.get(feed_server.serve("/b", "hola"))).body == b"hola"


async def test_the_versions_of_an_answer_are_what_is_asked_with_again(
    client: PoliteClient, feed_server: FakeFeed
) -> None:
    """One value for a cursor: what a 200 said; after a 304 that says nothing, the same as before."""
    when = "Fri, 20 Nov 2026 09:00:00 GMT"
    url = feed_server.serve("/a", "hola", etag='"1"', modified=when)
    first = await client.get(url)
    assert first.validators == Validators('"1"', when)
    again = await client.get(url, validators=first.validators)
    assert (again.status, again.body, again.validators) == (304, b"", first.validators)
    asked = feed_server.requests[-1]["headers"]
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('"1"', when)
    feed_server.answer("/a", 304, headers={"ETag": '"2"'})
    assert (await client.get(url, validators=first.validators)).validators == Validators('"2"')
    assert (await client.get(feed_server.serve("/a", "x"), validators=first.validators)).validators == Validators()


async def test_an_answer_304_that_nobody_asked_for_is_an_error(client: PoliteClient, feed_server: FakeFeed) -> None:
    """There is nothing that it could be the same as."""
    error = await failed(client, feed_server.answer("/a", 304))
    assert isinstance(error, SourceUnavailable)


@pytest.mark.parametrize("key", ["two\nlines", "ñ", "\x00"])
async def test_a_key_that_cannot_be_sent_is_not_shown(client: PoliteClient, feed_server: FakeFeed, key: str) -> None:
    """Neither to the host nor to whoever reads the message."""
    for ask in (client.get, client.post):
        with pytest.raises(SourceRefused, match="cannot be asked") as caught:
            await ask(feed_server.serve("/a", "x"), headers={"Authorization": f"Bearer s3cr3t{key}"})
        assert "s3cr3t" not in f"{caught.value.message} {caught.value.remedy}"
    assert feed_server.requests == []


async def test_the_environment_of_the_machine_has_no_say(
    client: PoliteClient, feed_server: FakeFeed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No proxy that was meant for others, no password of a .netrc."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login ana password s3cr3t\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    polite = PoliteClient(lambda: NOW)
    await polite.get(feed_server.serve("/a", "x"))
    await polite.close()
    assert "authorization" not in feed_server.requests[0]["headers"]


def events(*said: bytes) -> bytes:
    """A stream of events with these texts."""
    return b"".join(b"data: " + text + b"\n\n" for text in said)


async def test_a_stream_may_be_long_but_no_event_of_it(client: PoliteClient, feed_server: FakeFeed) -> None:
    """It goes on for ever; one event is held in memory whole."""
    many = events(*[b"x" * 90_000] * 5)
    url = feed_server.serve("/s", many + events(b"y" * 200_001), kind="text/event-stream")
    heard = []

    async def listen() -> None:
        async with client.events(url, headers={}, params={}, silence=5.0) as stream:
            async for event in stream:
                heard.append(event.data)

    with pytest.raises(SourceRefused, match="event of more than 200000 bytes"):
        await listen()
    assert heard == ["x" * 90_000] * 5
    assert feed_server.requests[0]["headers"]["accept-encoding"] == "identity"


async def test_a_stream_that_is_compressed_all_the_same_is_refused(client: PoliteClient, feed_server: FakeFeed) -> None:
    """Nobody could say how large it is."""
    url = feed_server.serve("/s", events(b"x" * 10_000_000), kind="text/event-stream", gzip=True)
    with pytest.raises(SourceRefused, match="did not ask for"):
        async with client.events(url, headers={}, params={}, silence=5.0):
            pass


async def test_a_host_that_wants_its_peace_is_not_streamed_from(feed_server: FakeFeed) -> None:
    """Whether a page or a stream was told so."""
    polite = PoliteClient(lambda: NOW, timer=lambda: 0.0)
    url = feed_server.answer("/s", 503, headers={"Retry-After": "30"})
    for _ in range(2):
        with pytest.raises(SourceUnavailable) as caught:
            async with polite.events(url, headers={}, params={}, silence=5.0):
                pass
        assert caught.value.retry_after == 30
    with pytest.raises(SourceUnavailable, match="asked us to wait"):
        await polite.get(feed_server.serve("/a", "x"))
    assert len(feed_server.requests) == 1
    await polite.close()


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
