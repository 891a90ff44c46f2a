"""Networks through a proxy: what goes that way, what does not, and where its credentials stand."""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corrillo import bootstrap
from corrillo.errors import ConfigError, SourceRefused, SourceUnavailable
from corrillo.settings import FETCH_PROXY, Settings, parse
from ingest.http import PoliteClient
from tests.fakes.feed import FakeFeed
from tests.fakes.internet import FakeInternet

TOWN = '[[institution]]\nid = "benialba"\nname = "Ajuntament de Benialba"\n'
PUBLIC = "93.184.216.34"


@pytest.fixture
def proxied(feed_server: FakeFeed) -> Callable[..., object]:
    """The client with the fake server as its proxy: asked for a whole address, it has a page of that name."""

    @asynccontextmanager
    async def opened(credentials: str = "", **settings: object) -> AsyncIterator[PoliteClient]:
        proxy = feed_server.base.replace("://", f"://{credentials}")
        polite = PoliteClient(lambda: datetime.now(UTC), proxy=proxy, **settings)  # type: ignore[arg-type]
        yield polite
        await polite.close()

    return opened


async def test_networks_are_reached_through_the_proxy(feed_server: FakeFeed, proxied: Callable[..., object]) -> None:
    """It resolves their names: ours does not know them. Its credentials go to it alone."""
    feed_server.serve("http://diari.example/feed", "hola")
    async with proxied("ana:s3cr3t@") as client:  # type: ignore[attr-defined]
        assert (await client.get("http://diari.example/feed")).body == b"hola"
    (asked,) = feed_server.requests
    assert asked["headers"]["host"] == "diari.example"
    assert asked["headers"]["proxy-authorization"].startswith("Basic ")
    assert "authorization" not in asked["headers"]


@pytest.mark.parametrize("host", ["intranet.example", "sub.intranet.example", "Intranet.Example."])
async def test_what_stands_past_the_proxy_is_reached_directly(
    feed_server: FakeFeed, proxied: Callable[..., object], host: str
) -> None:
    """A host and all below it."""
    feed_server.serve("/feed", "hola")
    internet = FakeInternet({h: ["10.0.0.7"] for h in (host, host.lower())}, {"10.0.0.7": feed_server.port})
    lines = {"past_proxy": (".intranet.example",), "resolve": internet.resolve, "network": internet}
    async with proxied(**lines) as client:  # type: ignore[attr-defined]
        await client.get(f"http://{host}/feed")
    assert feed_server.requests[0]["path"] == "/feed"


async def test_this_machine_always_stands_past_the_proxy(feed_server: FakeFeed, proxied: Callable[..., object]) -> None:
    """Names that only end like one that does go through it."""
    feed_server.serve("/feed", "hola")
    feed_server.serve("http://myintranet.example/feed", "hola")
    async with proxied(past_proxy=("intranet.example",)) as client:  # type: ignore[attr-defined]
        for url in (
            feed_server.url("/feed"),
            f"http://localhost:{feed_server.port}/feed",
            "http://myintranet.example/feed",
        ):
            await client.get(url)
    assert [r["path"] for r in feed_server.requests] == ["/feed", "/feed", "http://myintranet.example/feed"]


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.7", "0x7f000001", "[::1]", "localhost", "intranet.example"])
async def test_a_redirect_through_the_proxy_leads_to_nothing_that_is_written_as_inside(
    feed_server: FakeFeed, proxied: Callable[..., object], host: str
) -> None:
    """Addresses, and what stands past the proxy; other names it resolves itself."""
    feed_server.redirect("http://diari.example/feed", f"http://{host}/secret")
    internet = FakeInternet({h: ["10.0.0.7"] for h in ("localhost", "intranet.example")}, {})
    lines = {"past_proxy": ("intranet.example",), "resolve": internet.resolve, "network": internet}
    async with proxied(**lines) as client:  # type: ignore[attr-defined]
        with pytest.raises(SourceRefused, match="private address"):
            await client.get("http://diari.example/feed")
    assert len(feed_server.requests) == 1
    assert internet.dialed == []


async def test_a_proxy_that_is_not_there_may_change(proxied: Callable[..., object], feed_server: FakeFeed) -> None:
    """And one that does not let us through is said to be that."""
    polite = PoliteClient(lambda: datetime.now(UTC), proxy="http://ana:s3cr3t@127.0.0.1:1")
    with pytest.raises(SourceUnavailable) as caught:
        await polite.get("http://diari.example/feed")
    assert "s3cr3t" not in str(caught.value)
    await polite.close()
    feed_server.answer("http://diari.example/feed", 407)
    async with proxied() as client:  # type: ignore[attr-defined]
        with pytest.raises(SourceRefused, match="407") as refused:
            await client.get("http://diari.example/feed")
        assert FETCH_PROXY in refused.value.remedy
        with pytest.raises(SourceUnavailable, match="the proxy does not let us through"):
            await client.get("https://diari.example/feed")


def read(text: str) -> Settings:
    """The settings with this [fetch]."""
    return parse(tomllib.loads(f"{TOWN}[fetch]\n{text}"), Path("/town/corrillo.toml"))


def test_the_proxy_of_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """There its credentials may stand; without it, the file's holds; without both there is none."""
    settings = read('proxy = "http://proxy.example:3128"\nno_proxy = ["intranet.example"]')
    environment = {FETCH_PROXY: " http://ana:s3cr3t@other.example:3128 "}
    monkeypatch.setattr(bootstrap, "environment", lambda: environment)
    assert bootstrap.fetch_proxy(settings) == "http://ana:s3cr3t@other.example:3128"
    environment.clear()
    assert bootstrap.fetch_proxy(settings) == "http://proxy.example:3128"
    assert bootstrap.fetch_proxy(read("")) == ""


@pytest.mark.parametrize(
    "text", ["socks5h://ana:s3cr3t@p.example", "p.example:3128", "http://", "http://[bad", "http://p:0"]
)
def test_what_can_be_no_proxy_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """In the environment without repeating it, in the file with the key."""
    monkeypatch.setattr(bootstrap, "environment", lambda: {FETCH_PROXY: text})
    with pytest.raises(ConfigError, match=FETCH_PROXY) as caught:
        bootstrap.open_client(read(""))
    assert "s3cr3t" not in str(caught.value)
    with pytest.raises(ConfigError, match=r"fetch\.proxy") as caught:
        read(f'proxy = "{text}"')
    assert "s3cr3t" not in str(caught.value)


def test_credentials_of_a_proxy_do_not_stand_in_the_file() -> None:
    """Files are copied and committed; the message says where they belong and does not repeat them."""
    with pytest.raises(ConfigError) as caught:
        read('proxy = "http://ana:s3cr3t@proxy.example:3128"')
    assert caught.value.message.count("\n") == 0
    assert "fetch.proxy: credentials stand in the file" in caught.value.message
    assert FETCH_PROXY in caught.value.message
    assert "s3cr3t" not in str(caught.value)
