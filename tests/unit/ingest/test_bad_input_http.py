"""Bad input of feeds and of HTTP, kind by kind: a clear error with its remedy, or an item set aside.

Nothing else is affected and nothing is lost: what a feed published meanwhile is read when it is
well again. The numbers are those of ``KINDS``; the client is the real one, the servers are fakes.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from corrillo.errors import SourceError, SourceRefused, SourceUnavailable
from corrillo.model import Batch, Cursor, Post
from corrillo.registry import SourceContext
from ingest import feed
from ingest.answer import Answer
from ingest.dialing import NoSuchName, resolved
from ingest.feed import Feed, FeedConfig
from ingest.feed_documents import entries
from ingest.http import MAX_REDIRECTS, PoliteClient
from tests.fakes.certificates import FakeAuthority
from tests.fakes.feed import FakeFeed
from tests.fakes.internet import FakeInternet

KINDS = {
    1: "truncated XML", 2: "wrong declared encoding", 3: "no encoding, Windows-1252 bytes", 4: "BOM in the middle",
    5: "billion laughs, external entity", 6: "HTML instead of a feed", 7: "login page after a redirect",
    8: "redirect loop", 9: "redirect to loopback or a private address", 10: "file:// and data: links",
    11: "200 with an empty body", 12: "304 without ETag", 13: "429 with and without Retry-After",
    14: "503 for an hour", 15: "connection reset in mid-body", 16: "slow drip", 17: "gzip bomb",
    18: "Content-Length that lies", 19: "expired or wrong certificate", 20: "DNS failure",
    21: "feed of 50,000 items", 22: "guid missing, reused, changing", 23: "old posts served as new",
    24: "items out of order, dates that cannot be", 25: "JSON Feed with numbers as ids",
}  # fmt: skip
PUBLIC = "93.184.216.34"
"""An address of the internet, where a fake server stands for it."""
FETCHED = datetime(2026, 11, 21, 10, tzinfo=UTC)
"""Where the clock stands."""
LOGIN = "<!doctype html><html><head><title>Acceso</title></head><body>Inicie sesión</body></html>"


Opened = Callable[..., Feed]


class Hands:
    """A stopwatch that a test moves."""

    def __init__(self) -> None:
        self.time = 1000.0


class Paper:
    """The fake newspaper's feed as a source, read again and again as a listener does."""

    def __init__(self, server: FakeFeed, make: Opened, url: str = "", http: PoliteClient | None = None) -> None:
        self.server = server
        self.source = make(url or server.url("/feed.xml"), http)
        self.cursor: Cursor | None = None
        self.batches: list[Batch] = []

    async def read(self) -> list[Post]:
        """What is new, in order."""
        self.batches = [batch async for batch in self.source.fetch(self.cursor)]
        self.cursor = self.batches[-1].cursor if self.batches else self.cursor
        return [item for batch in self.batches for item in batch.items if isinstance(item, Post)]

    async def titles(self) -> list[str]:
        """The titles of what is new."""
        return [post.title for post in await self.read()]

    async def fails(self, kind: type[SourceError], said: str) -> SourceError:
        """The error of the next read: of this kind, saying this, with the address and a remedy."""
        with pytest.raises(kind, match=said) as caught:
            await self.read()
        assert "://" in caught.value.message
        assert caught.value.remedy
        return caught.value

    async def survives(self, spoil: Callable[[], object], kind: type[SourceError], said: str) -> SourceError:
        """Spoiled, the feed gives that error; mended, it gives what was published meanwhile, and nothing twice."""
        self.server.publish("antes")
        assert await self.titles() == ["antes"]
        spoil()
        error = await self.fails(kind, said)
        self.server.publish("mientras")
        self.server.mend()
        assert await self.titles() == ["mientras"]
        return error


@pytest.fixture
def hands() -> Hands:
    """The stopwatch of ``client``."""
    return Hands()


@pytest_asyncio.fixture
async def client(hands: Hands, now: datetime) -> AsyncIterator[PoliteClient]:
    """The real client: at most 200,000 bytes, waits without luck."""
    polite = PoliteClient(lambda: now, max_bytes=200_000, timer=lambda: hands.time, chance=lambda: 1.0)
    yield polite
    await polite.close()


@pytest.fixture
def source(client: PoliteClient, context: Callable[..., SourceContext]) -> Opened:
    """A feed at an address, asked by ``client`` unless it is another one."""

    def make(url: str, http: PoliteClient | None = None) -> Feed:
        return Feed(FeedConfig(kind="feed", name="diari", url=url, venue="Diari"), context(http=http or client))

    return make


@pytest.fixture
def paper(feed_server: FakeFeed, source: Opened) -> Paper:
    """The feed of the fake newspaper."""
    return Paper(feed_server, source)


def rss(*items: str, head: str = '<?xml version="1.0"?>') -> str:
    """RSS of these items."""
    listed = "".join(f"<item>{i}</item>" for i in items)
    return f'{head}<rss version="2.0"><channel><title>T</title>{listed}</channel></rss>'


def head(encoding: str) -> str:
    """The beginning of a document that says its encoding."""
    return f'<?xml version="1.0" encoding="{encoding}"?>'


def listed(*items: str) -> list[dict[str, str]]:
    """The entries of an RSS document."""
    return entries(Answer(200, {}, rss(*items).encode(), "https://diari.example/feed"))


ONE = "<guid>urn:1</guid><title>El año “perdido”</title>"


def test_every_kind_has_a_test() -> None:
    """By its number in the name."""
    named = {int(n) for n in re.findall(r"^(?:async )?def test_kind_(\d\d)_", Path(__file__).read_text(), re.M)}
    assert named == set(KINDS)


@pytest.mark.parametrize("cut", [30, 120, 320, 700])
async def test_kind_01_a_truncated_document_gives_what_is_whole(paper: Paper, cut: int) -> None:
    """The rest comes with the next document that is; a cut one never makes us forget."""
    for number in range(5):
        paper.server.publish(f"noticia {number}", "Un texto.", at=f"{number + 1:02} Nov 2026 09:00:00 GMT")
    body = paper.server.entries.rss(paper.server.base)
    paper.server.serve("/feed.xml", body[:-cut])
    before = await paper.titles()
    paper.server.mend()
    assert {*before, *await paper.titles()} == {f"noticia {number}" for number in range(5)}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (rss(ONE, head=head("utf-8")).encode("cp1252"), "application/rss+xml"),
        (rss(ONE, head=head("iso-8859-1")).encode("cp1252"), "application/rss+xml"),
        (rss(ONE, head=head("utf-16")).encode("utf-16"), "application/rss+xml"),
        (rss(ONE).encode(), "application/rss+xml; charset=us-ascii"),
        (rss(ONE).encode(), "text/html; charset=utf-8"),
        (rss(ONE).encode(), "text/xml"),
    ],
)
async def test_kind_02_a_wrong_encoding_is_seen_through(paper: Paper, body: bytes, kind: str) -> None:
    """Of the document or of its header."""
    paper.server.serve("/feed.xml", body, kind=kind)
    assert await paper.titles() == ["El año “perdido”"]


@pytest.mark.parametrize("kind", ["application/rss+xml", "application/rss+xml; charset=windows-1252", "text/xml"])
async def test_kind_03_bytes_of_windows_without_a_declaration(paper: Paper, kind: str) -> None:
    """As old content managers send them."""
    paper.server.serve("/feed.xml", rss(ONE).encode("cp1252"), kind=kind)
    assert await paper.titles() == ["El año “perdido”"]


@pytest.mark.parametrize(
    "body",
    [b"\xef\xbb\xbf" + rss(ONE).encode(), "\n\n " + rss(ONE), rss("<guid>2</guid><title>\ufeffb</title>", ONE),
     rss(ONE + "<description>pan \ufeff&amp; agua</description>")],
)  # fmt: skip
async def test_kind_04_a_byte_order_mark_anywhere(paper: Paper, body: bytes | str) -> None:
    """At the beginning, after blanks, inside: no entry is lost by it, none shows it."""
    paper.server.serve("/feed.xml", body)
    posts = await paper.read()
    assert posts[0].title == "El año “perdido”"
    assert not any("\ufeff" in post.title + post.text for post in posts)


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE r [<!ENTITY l0 'ja'>" + "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9)) + "]>",
        '<!DOCTYPE r [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
    ],
    ids=["laughs", "file"],
)
async def test_kind_05_entities_neither_explode_nor_read_files(paper: Paper, doctype: str) -> None:
    """A billion laughs stay unsaid, no file comes in, the other entry is read."""
    body = rss("<guid>urn:2</guid><title>a &l9; b</title>", ONE, head=f'<?xml version="1.0"?>{doctype}')
    paper.server.serve("/feed.xml", body)
    first, second = await paper.read()
    assert first.title == "El año “perdido”"
    assert len(second.title) < 1000
    assert "root:" not in second.title


@pytest.mark.parametrize(
    "body",
    [
        LOGIN,
        "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head/><body>Hola</body></html>",
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url/></urlset>',
        "Error: base de datos", "[]", '{"error": "no"}', '{"items": ', '{"items": {"a": 1}}', '{"items": 5}',
        '{"items":' + "[" * 100_000, b"\x00\x01\x02\xff", b"%PDF-1.7",
    ],
)  # fmt: skip
async def test_kind_06_what_is_no_feed_is_refused(paper: Paper, body: bytes | str) -> None:
    """A page, another format, an error with status 200; what is read later is not lost by it."""
    await paper.survives(lambda: paper.server.serve("/feed.xml", body, kind="text/html"), SourceRefused, "not a")


async def test_kind_07_a_login_page_after_a_redirect_is_refused(paper: Paper) -> None:
    """With the address at which we ended, so that a person sees where it wants us."""

    def spoil() -> None:
        paper.server.serve("/login", LOGIN, kind="text/html")
        paper.server.redirect("/feed.xml", "/login?next=/feed.xml")

    error = await paper.survives(spoil, SourceRefused, "not a feed")
    assert "/login" in error.message


async def test_kind_08_a_redirect_loop_ends(paper: Paper) -> None:
    """After a handful of redirects, however they are made."""
    paper.server.redirect("/b", "/feed.xml")
    asked = len(paper.server.requests) + 1
    await paper.survives(lambda: paper.server.redirect("/feed.xml", "/b"), SourceRefused, "redirects")
    assert len(paper.server.requests) == asked + MAX_REDIRECTS + 2


@asynccontextmanager
async def reached(internet: FakeInternet, **settings: Any) -> AsyncIterator[PoliteClient]:
    """The real client in that internet."""
    polite = PoliteClient(lambda: FETCHED, resolve=internet.resolve, network=internet, **settings)
    yield polite
    await polite.close()


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "localhost", "10.0.0.7", "192.168.1.1", "172.16.0.1",
     "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[fe80::1]",
     "[fd00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "intranet.benialba.example", "both.benialba.example"],
)  # fmt: skip
async def test_kind_09_a_public_address_cannot_send_us_into_the_house(
    feed_server: FakeFeed, source: Opened, host: str
) -> None:
    """However the private address is written, or whichever of several it is: nothing is connected to."""
    names = {
        "localhost": ["127.0.0.1"], "intranet.benialba.example": ["10.1.2.3"],
        "both.benialba.example": [PUBLIC, "10.1.2.3"],
    }  # fmt: skip
    internet = FakeInternet(names, {PUBLIC: feed_server.port})
    feed_server.redirect("/feed.xml", f"http://{host}/secret")
    async with reached(internet) as http:
        await Paper(feed_server, source, f"http://{PUBLIC}/feed.xml", http).fails(SourceRefused, "private address")
    assert internet.dialed == [PUBLIC]


@pytest.mark.parametrize("answers", [[[PUBLIC], ["127.0.0.1"]], [[PUBLIC], [PUBLIC, "10.0.0.7"]]])
async def test_kind_09_a_name_that_changes_its_address_leads_nowhere_else(
    feed_server: FakeFeed, source: Opened, answers: list[list[str]]
) -> None:
    """DNS rebinding: a name is asked for once a connection, and what was looked at is what is connected to."""
    internet = FakeInternet({"diari.example": answers}, {PUBLIC: feed_server.port, "127.0.0.1": feed_server.port})
    feed_server.redirect("/feed.xml", "/again.xml")
    async with reached(internet) as http:
        await Paper(feed_server, source, "http://diari.example/feed.xml", http).fails(SourceRefused, "private address")
    assert internet.dialed == [PUBLIC]
    assert internet.asked == ["diari.example"] * 2


async def test_kind_09_what_was_configured_may_be_inside_and_go_on_inside(
    feed_server: FakeFeed, source: Opened
) -> None:
    """An intranet's feed was chosen by its people; once a public server has a say, only public ones are asked."""
    inside, names = "10.0.0.7", {"intranet.example": ["10.0.0.7"], "diari.example": [PUBLIC]}
    internet = FakeInternet(names, {PUBLIC: feed_server.port, inside: feed_server.port})
    feed_server.serve("/b", rss(ONE))
    feed_server.redirect("/feed.xml", "/b")
    async with reached(internet) as http:
        assert await Paper(feed_server, source, "http://intranet.example/feed.xml", http).titles() == [
            "El año “perdido”"
        ]
        feed_server.redirect("/feed.xml", "http://diari.example/c")
        feed_server.redirect("/c", "http://intranet.example/b")
        await Paper(feed_server, source, "http://intranet.example/feed.xml", http).fails(
            SourceRefused, "private address"
        )
    assert internet.dialed == [inside, inside, inside, PUBLIC]


@pytest.mark.parametrize(
    "to",
    ["file:///etc/passwd", "data:text/plain,x", "javascript:alert(1)", "mailto:a@b.example", "http://[bad",
     "http://127.0.0.1:99999/", "http://127.0.0.1:0/", "ftp://a.example/"],
)  # fmt: skip
async def test_kind_10_a_redirect_out_of_the_web_is_refused(paper: Paper, to: str) -> None:
    """Files, scripts, or no address at all."""
    await paper.survives(lambda: paper.server.redirect("/feed.xml", to), SourceRefused, "redirects to")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "java\nscript:x"])
async def test_kind_10_a_link_that_is_no_web_address_is_left_out(paper: Paper, link: str) -> None:
    """People click on it; what was said is kept."""
    paper.server.serve("/feed.xml", rss(f"<guid>urn:1</guid><title>a</title><link>{link}</link>"))
    (post,) = await paper.read()
    assert (post.title, post.url) == ("a", "")


@pytest.mark.parametrize("body", ["", "  \n", b"\xef\xbb\xbf"])
async def test_kind_11_an_empty_answer_may_change(paper: Paper, body: bytes | str) -> None:
    """A server in trouble sends nothing with status 200."""
    await paper.survives(lambda: paper.server.serve("/feed.xml", body), SourceUnavailable, "empty body")


async def test_kind_12_a_304_without_etag_keeps_the_version_that_we_have(paper: Paper) -> None:
    """The next question carries it still."""
    paper.server.publish("uno")
    await paper.read()
    for _ in range(2):
        paper.server.answer("/feed.xml", 304)
        assert await paper.read() == []
        paper.server.mend()
        assert await paper.read() == []
        assert paper.server.requests[-1]["headers"]["if-none-match"] == '"1"'


async def test_kind_12_a_304_to_who_holds_nothing_is_an_error(paper: Paper) -> None:
    """Else a feed would seem quiet that has never been read."""
    paper.server.publish("uno")
    paper.server.answer("/feed.xml", 304)
    await paper.fails(SourceUnavailable, "304")
    paper.server.mend()
    assert await paper.titles() == ["uno"]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7.0), ("999999999", 3600.0), ("{+90}", 90.0), ("", 2.0), ("soon", 2.0), ("-5", 2.0), ("1.5", 2.0)],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_kind_13_nobody_asks_a_host_that_wants_its_peace(
    paper: Paper, source: Opened, hands: Hands, now: datetime, value: str, seconds: float, status: int
) -> None:
    """As long as it named, or a while: no source does, and each is told how long it still lasts."""
    if value.startswith("{"):
        value = format_datetime(now + timedelta(seconds=int(value[1:-1])), usegmt=True)
    paper.server.publish("uno")
    paper.server.answer("/feed.xml", status, headers={"Retry-After": value} if value else {}, times=1)
    error = await paper.fails(SourceUnavailable, str(status))
    assert isinstance(error, SourceUnavailable)
    assert error.retry_after == seconds
    hands.time += 1.5
    for waiting in (paper, Paper(paper.server, source, paper.server.url("/other.xml"))):
        error = await waiting.fails(SourceUnavailable, "asked us to wait")
        assert isinstance(error, SourceUnavailable)
        assert error.retry_after == seconds - 1.5
    assert len(paper.server.requests) == 1
    hands.time += seconds - 1.5
    assert await paper.titles() == ["uno"]


async def test_kind_14_an_hour_of_503_costs_a_dozen_questions(paper: Paper, hands: Hands) -> None:
    """Further and further apart; what was published in that hour is read after it."""
    paper.server.publish("antes")
    await paper.read()
    paper.server.answer("/feed.xml", 503)
    begin, waits = hands.time, []
    while hands.time < begin + 3600:
        error = await paper.fails(SourceUnavailable, "503")
        assert isinstance(error, SourceUnavailable)
        waits.append(error.retry_after or 0.0)
        hands.time += waits[-1]
    assert waits == sorted(waits)
    assert len(waits) == 12
    paper.server.publish("mientras")
    paper.server.mend()
    assert await paper.titles() == ["mientras"]
    paper.server.answer("/feed.xml", 503, times=1)
    error = await paper.fails(SourceUnavailable, "503")
    assert isinstance(error, SourceUnavailable)
    assert error.retry_after == waits[0]


@pytest.mark.parametrize("after", [0, 1, 400])
async def test_kind_15_a_connection_that_is_reset_gives_nothing(paper: Paper, after: int) -> None:
    """Half a feed is worse than none."""
    body = rss(*(f"<guid>{n}</guid><title>t{n}</title>" for n in range(50)))
    await paper.survives(lambda: paper.server.reset("/feed.xml", body, after=after), SourceUnavailable, "broke off")


async def test_kind_16_a_body_that_drips_is_given_up(feed_server: FakeFeed, source: Opened, now: datetime) -> None:
    """Each byte comes in time, the whole never would."""
    impatient = PoliteClient(lambda: now, timeout=0.3)
    paper = Paper(feed_server, source, feed_server.drip("/slow", rss(ONE) * 9), impatient)
    await paper.fails(SourceUnavailable, "no answer within")
    await impatient.close()


@pytest.mark.parametrize("size", [200_001, 50_000_000])
async def test_kind_17_a_bomb_stays_small(paper: Paper, size: int) -> None:
    """Counted after decompression, and given up at the limit."""
    bomb = zlib.compress(b"\0" * size, wbits=31)
    await paper.survives(
        lambda: paper.server.serve("/feed.xml", bomb, headers={"Content-Encoding": "gzip"}),
        SourceRefused,
        "more than 200000 bytes",
    )


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "gzip,gzip,gzip,gzip,gzip,gzip"])
async def test_kind_17_a_bomb_in_a_bomb_is_not_opened(paper: Paper, encoding: str) -> None:
    """One layer of what we asked for; each more could make a thousand times as much of it."""
    body = zlib.compress(zlib.compress(b"\0" * 100_000, wbits=31), wbits=31)
    await paper.survives(
        lambda: paper.server.serve("/feed.xml", body, headers={"Content-Encoding": encoding}),
        SourceRefused,
        "did not ask for",
    )


@pytest.mark.parametrize("body", [b"plain", zlib.compress(b"hola" * 100, wbits=31)[:-12] + b"\0" * 12])
async def test_kind_17_what_is_called_gzip_and_is_none_may_change(paper: Paper, body: bytes) -> None:
    """Or is broken in the middle."""
    await paper.survives(
        lambda: paper.server.serve("/feed.xml", body, headers={"Content-Encoding": "gzip"}),
        SourceUnavailable,
        "compressed wrongly",
    )


async def test_kind_18_a_length_that_is_too_long_gives_nothing(paper: Paper) -> None:
    """The rest was lost on the way."""
    await paper.survives(lambda: paper.server.lie("/feed.xml", rss(ONE), length=10**6), SourceUnavailable, "broke off")


async def test_kind_18_a_length_that_is_too_short_gives_what_is_whole(paper: Paper) -> None:
    """A cut document, as of kind 1; the next one brings the rest."""
    for title in ("uno", "dos"):
        paper.server.publish(title)
    body = paper.server.entries.rss(paper.server.base)
    paper.server.lie("/feed.xml", body, length=len(body) - 60)
    before = await paper.titles()
    paper.server.mend()
    assert {*before, *await paper.titles()} == {"uno", "dos"}


CERTIFICATES: dict[str, tuple[dict[str, Any], str, str]] = {
    "expired": ({"ends": timedelta(days=-1)}, "certificate has expired", "renew"),
    "not yet": ({"begins": timedelta(days=1)}, "not yet valid", "clock"),
    "another name": ({"host": "other.example"}, "[Hh]ostname mismatch", "address under which"),
    "self-signed": ({"self_signed": True}, "self.signed", "SSL_CERT_FILE"),
}


@pytest.mark.parametrize(("wrong", "said", "remedy"), CERTIFICATES.values(), ids=CERTIFICATES)
async def test_kind_19_a_certificate_that_is_not_valid_needs_a_person(
    source: Opened, tmp_path: Path, wrong: dict[str, Any], said: str, remedy: str
) -> None:
    """What is wrong with it and what to do, in a message of its own; nothing was asked."""
    authority = FakeAuthority(tmp_path)
    with FakeFeed(tls=authority.server(**{"host": "diari.example", **wrong})) as server:
        internet = FakeInternet({"diari.example": [PUBLIC]}, {PUBLIC: server.port})
        async with reached(internet, certificates=authority.trust) as http:
            paper = Paper(server, source, "https://diari.example/feed.xml", http)
            error = await paper.fails(SourceRefused, f"its certificate is not valid: .*{said}")
        assert remedy in error.remedy
        assert server.requests == []


async def test_kind_19_a_good_certificate_is_that_of_the_name(source: Opened, tmp_path: Path) -> None:
    """Though it is an address that we connect to: certificate and ``Host`` stay those of the name."""
    authority = FakeAuthority(tmp_path)
    with FakeFeed(tls=authority.server("diari.example")) as server:
        server.publish("uno")
        internet = FakeInternet({"diari.example": [PUBLIC]}, {PUBLIC: server.port})
        async with reached(internet, certificates=authority.trust) as http:
            assert await Paper(server, source, "https://diari.example/feed.xml", http).titles() == ["uno"]
        assert server.requests[0]["headers"]["host"] == "diari.example"
        async with reached(internet) as http:  # the authorities of the world do not know this one
            paper = Paper(server, source, "https://diari.example/feed.xml", http)
            error = await paper.fails(SourceRefused, "certificate")
        assert "SSL_CERT_FILE" in error.remedy


async def test_kind_20_a_name_that_is_not_known_is_said_to_be_that(source: Opened, feed_server: FakeFeed) -> None:
    """It may be a slip of the pen, or a DNS server that is down."""
    async with reached(FakeInternet({}, {})) as http:
        paper = Paper(feed_server, source, "https://diario.example/feed.xml", http)
        error = await paper.fails(SourceUnavailable, "the name diario.example is not known")
    assert "DNS" in error.remedy
    with pytest.raises(NoSuchName, match=r"a\.\.b"):
        await resolved("a..b", 80)


async def test_kind_20_a_name_with_a_dead_address_is_reached_by_another(source: Opened, feed_server: FakeFeed) -> None:
    """As happens with IPv6 that leads nowhere."""
    feed_server.publish("uno")
    internet = FakeInternet({"diari.example": ["2606:2800:220:1::1", PUBLIC]}, {PUBLIC: feed_server.port})
    async with reached(internet) as http:
        assert await Paper(feed_server, source, "http://diari.example/feed.xml", http).titles() == ["uno"]
    assert internet.dialed == ["2606:2800:220:1::1", PUBLIC]


async def test_kind_21_fifty_thousand_items_come_in_batches(
    feed_server: FakeFeed, source: Opened, patient_client: PoliteClient
) -> None:
    """Each with a cursor to go on from, none of them larger than a message of Kafka may be."""
    many = [{"id": f"urn:{n}", "title": f"t{n}"} for n in range(50_000)]
    feed_server.serve("/feed.xml", json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": many[::-1]}))
    paper = Paper(feed_server, source, http=patient_client)
    found = await paper.read()
    assert [post.title for post in found] == [f"t{n}" for n in range(50_000)]
    assert max(len(batch.items) for batch in paper.batches) == feed.AT_ONCE
    assert max(len(batch.cursor.state) for batch in paper.batches) < 1_000_000
    paper.cursor = paper.batches[79].cursor
    assert [post.title for post in await paper.read()] == [f"t{n}" for n in range(40_000, 50_000)]


@pytest.mark.parametrize(
    ("items", "ids"),
    [
        (["<guid>urn:1</guid><link>https://a.example/1</link>"], ["urn:1"]),
        (["<link>https://a.example/1</link><title>a</title>"], ["https://a.example/1"]),
        (["<title>a</title><pubDate>x</pubDate>", "<title>b</title>"], ["a x", "b"]),
        (
            [
                "<guid>urn:1</guid><link>https://a.example/1</link>",
                "<guid>urn:1</guid><link>https://a.example/2</link>",
            ],
            ["urn:1 https://a.example/1", "urn:1 https://a.example/2"],
        ),
        (["<guid>urn:1</guid><title>a</title>", "<guid>urn:1</guid><title>b</title>"], ["urn:1 a", "urn:1 b"]),
        (["<guid>urn:1</guid><title>a</title>", "<guid>urn:1</guid><title>a</title>"], ["urn:1", "urn:1"]),
    ],
)
def test_kind_22_a_guid_that_is_missing_or_reused_is_made_up_for(items: list[str], ids: list[str]) -> None:
    """By its link, or what it says; a guid used twice is told apart by the rest."""
    assert [e["id"] for e in listed(*items)] == ids


def test_kind_22_entries_without_any_name_are_told_apart() -> None:
    """By their text."""
    one, two = listed("<description>a</description>", "<description>b</description>")
    assert one["id"] != two["id"]
    assert "" not in (one["id"], two["id"])


async def test_kind_22_a_guid_that_changes_at_every_fetch_doubles_nothing(paper: Paper) -> None:
    """The same entries under new names and links are the same; a new one among them is found, nothing is missed."""

    def serve(look: int, *titles: str) -> None:
        items = (
            f"<guid>{t}?{look}</guid><link>https://a.example/{t}?s={look}</link><title>{t}</title>" for t in titles
        )
        paper.server.serve("/feed.xml", rss(*items))

    serve(1, "dos", "uno")
    assert await paper.titles() == ["uno", "dos"]
    serve(2, "dos", "uno")
    assert await paper.titles() == []
    serve(3, "tres", "dos")
    assert await paper.titles() == ["tres"]
    assert paper.batches[0].missed == ()


async def test_kind_22_the_same_words_again_are_a_post_again(paper: Paper) -> None:
    """Where ids can be trusted, what is said twice was said twice."""
    paper.server.serve("/feed.xml", rss("<guid>2</guid><title>b</title>", "<guid>1</guid><title>Corte</title>"))
    await paper.read()
    paper.server.serve("/feed.xml", rss("<guid>3</guid><title>Corte</title>", "<guid>2</guid><title>b</title>"))
    assert await paper.titles() == ["Corte"]


async def test_kind_23_old_posts_served_as_new_keep_their_dates(paper: Paper) -> None:
    """Under new names, after a week: what they are taken for is decided by the time that they carry."""
    for week in range(2):
        paper.server.serve(
            "/feed.xml",
            rss(*(f"<guid>{week}-{d}</guid><title>{week} {d}</title><pubDate>0{d} Mar 2019 09:00:00 GMT</pubDate>"
                  for d in (3, 2, 1))),
        )  # fmt: skip
        assert [p.published for p in await paper.read()] == [datetime(2019, 3, d, 9, tzinfo=UTC) for d in (1, 2, 3)]
    assert paper.batches[0].missed == ()


@pytest.mark.parametrize(
    ("written", "moment", "date_only"),
    [
        ("Fri, 20 Nov 2026 09:00:00 +0100", "2026-11-20T08:00:00+00:00", False),
        ("20 Nov 2026 09:00:00 CET", "2026-11-20T08:00:00+00:00", False),
        ("20 Jul 2026 09:00:00 CEST", "2026-07-20T07:00:00+00:00", False),
        ("Fri, 20 Nov 2026 09:00:00 EST", "2026-11-20T14:00:00+00:00", False),
        ("2026-11-20T09:00:00.123+01:00", "2026-11-20T08:00:00+00:00", False),
        ("2026-11-20T09:00:00", "2026-11-20T09:00:00+00:00", False),
        ("2026-11-20", "2026-11-19T23:00:00+00:00", True),
        ("2026-07-20", "2026-07-19T22:00:00+00:00", True),
        ("2026-11-22T09:59:00Z", "2026-11-22T09:59:00+00:00", False),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "", False), ("2099-01-01T00:00:00Z", "", False), ("2099-01-01", "", False),
        ("0001-01-01", "", False), ("0000-00-00T00:00:00Z", "", False), ("29 Feb 2023 10:00:00 GMT", "", False),
        ("2023-02-29", "", False), ("ayer por la tarde", "", False), ("", "", False),
    ],
)  # fmt: skip
async def test_kind_24_a_time_that_cannot_be_gives_way_to_when_it_was_fetched(
    paper: Paper, written: str, moment: str, date_only: bool
) -> None:
    """Zones by name or number, days where the institution is; 1970, 2099 and no day at all are not believed."""
    paper.server.serve("/feed.xml", rss(f"<guid>1</guid><title>a</title><pubDate>{written}</pubDate>"))
    (post,) = await paper.read()
    assert (post.published, post.date_only) == (datetime.fromisoformat(moment) if moment else FETCHED, date_only)


async def test_kind_24_entries_out_of_order_are_all_given(paper: Paper) -> None:
    """Whatever order they are in, each with its own time, and none twice."""
    days = (3, 1, 5, 2, 4)
    for day in days:
        paper.server.publish(str(day), at=f"0{day} Nov 2026 09:00:00 GMT")
        assert [(p.title, p.published.day) for p in await paper.read()] == [(str(day), day)]
    assert await paper.read() == []


async def test_kind_25_a_json_feed_with_odd_items_gives_the_others(paper: Paper) -> None:
    """Numbers as ids, authors that are none, items that are none, types that are wrong."""
    paper.server.serve(
        "/feed.xml",
        '{"title": null, "items": [1, null, {"id": 7, "title": "a", "date_published": 5, "authors": 3},'
        ' {"id": 8, "content_text": "b", "authors": [1, {"name": 2}, {"name": "ana"}]}, {"id": 9}]}',
    )
    posts = await paper.read()
    assert [(p.native_id.rpartition(" ")[2], p.text, p.author and p.author.name) for p in posts] == [
        ("8", "b", "ana"),
        ("7", "a", "Diari"),
    ]
    assert [r.reason for b in paper.batches for r in b.rejected] == ["entry '9' has neither title nor text"]
    assert await paper.read() == []
