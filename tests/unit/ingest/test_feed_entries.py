"""Documents that are not as they should be: encodings, broken XML, names, what is no feed."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corrillo.errors import SourceError, SourceRefused, SourceUnavailable
from corrillo.text import clean
from ingest.feed import entries
from ingest.html import to_text
from ingest.http import Answer

URL = "https://diari.example/feed"


def rss(*items: str, head: str = '<?xml version="1.0"?>') -> str:
    """RSS of these items."""
    listed = "".join(f"<item>{i}</item>" for i in items)
    return f'{head}<rss version="2.0"><channel><title>T</title>{listed}</channel></rss>'


def listed(body: str | bytes, **headers: str) -> list[dict[str, str]]:
    """The entries of a document."""
    raw = body.encode() if isinstance(body, str) else body
    return entries(Answer(200, {k.replace("_", "-"): v for k, v in headers.items()}, raw, URL))


def head(encoding: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>'


ONE = "<guid>urn:1</guid><title>El año “perdido”</title>"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (rss(ONE), "application/rss+xml"),
        (rss(ONE, head=head("utf-8")).encode("cp1252"), "application/rss+xml"),
        (rss(ONE, head=head("iso-8859-1")).encode("cp1252"), "application/rss+xml"),
        (rss(ONE).encode("cp1252"), "application/rss+xml"),
        (rss(ONE).encode("cp1252"), "application/rss+xml; charset=windows-1252"),
        (rss(ONE), "application/rss+xml; charset=us-ascii"),
        (rss(ONE), "text/xml"),
        (rss(ONE), "text/html; charset=utf-8"),
        (b"\xef\xbb\xbf" + rss(ONE).encode(), "application/rss+xml"),
        (rss(ONE, head=head("utf-16")).encode("utf-16"), "application/rss+xml"),
        ("\n\n " + rss(ONE), "application/rss+xml"),
        (rss("<title>\ufeff</title>", ONE)[:-23], "application/rss+xml"),
        (rss(ONE + "<description>pan & agua &nbsp; <b></description>"), "application/rss+xml"),
    ],
)
def test_a_wrong_encoding_or_a_broken_end_does_not_lose_entries(body: str | bytes, content_type: str) -> None:
    """Declared wrongly, not at all, or with a mark in the middle; truncated; with marks of HTML in the XML."""
    found = [e for e in listed(body, content_type=content_type) if e["id"] == "urn:1"]
    assert [e["title"] for e in found] == ["El año “perdido”"]


def test_entities_neither_explode_nor_read_files() -> None:
    """A billion laughs stay unsaid; no file comes in."""
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    bomb = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "ja">{laughs}]>'
    (entry,) = listed(rss("<guid>urn:1</guid><title>a &l9; b</title>", head=bomb))
    assert len(entry["title"]) < 1000
    outside = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    (entry,) = listed(rss("<guid>urn:1</guid><title>a&x;b</title>", head=outside))
    assert "root:" not in entry["title"]


@pytest.mark.parametrize(
    "body",
    [
        "<!doctype html><html><head><title>Acceso</title></head><body>Hola</body></html>",
        "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head/><body>Hola</body></html>",
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url/></urlset>',
        "Error: base de datos", "[]", '{"error": "no"}', '{"items": ', '{"items": {"a": 1}}', '{"items": 5}',
        '{"items":' + "[" * 100_000, b"\x00\x01\x02\xff", b"%PDF-1.7",
    ],
)  # fmt: skip
def test_what_is_no_feed_is_refused(body: str | bytes) -> None:
    """A login page with status 200, another format, another language."""
    with pytest.raises(SourceRefused) as caught:
        listed(body)
    assert URL in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize("body", ["", "  \n", b"\xef\xbb\xbf"])
def test_an_empty_answer_may_change(body: str | bytes) -> None:
    """A server in trouble sends nothing with status 200."""
    with pytest.raises(SourceUnavailable, match="empty body"):
        listed(body)


def test_a_feed_without_entries_is_one() -> None:
    """Nothing is new, nothing is wrong."""
    assert listed(rss()) == []
    assert listed('{"version": "https://jsonfeed.org/version/1.1", "items": []}') == []


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
def test_every_entry_has_a_name_of_its_own(items: list[str], ids: list[str]) -> None:
    """Its guid, its link, or what it says; a guid used twice is told apart by the rest."""
    assert [e["id"] for e in listed(rss(*items))] == ids


def test_entries_without_any_name_are_told_apart() -> None:
    """By their text."""
    one, two = listed(rss("<description>a</description>", "<description>b</description>"))
    assert one["id"] != two["id"]
    assert "" not in (one["id"], two["id"])


def test_json_feeds_with_odd_items_give_the_others() -> None:
    """Numbers as ids, authors that are none, items that are none, types that are wrong."""
    found = listed('{"title": null, "items": [1, null, {"id": 7, "title": "a", "date_published": 5, "authors": 3},'
                   ' {"id": 8, "content_text": "b", "authors": [1, {"name": 2}, {"name": "ana"}]}]}')  # fmt: skip
    assert [(e["id"], e["author"]) for e in found] == [("7", ""), ("8", "ana")]
    assert all(isinstance(v, str) for e in found for v in e.values())


MARKUP = st.lists(
    st.sampled_from(["<item>", "</item>", "<title>", "</title>", "<![CDATA[", "]]>", "<!", "<!--", "&", "&#0;", "<a b='",
                     "<guid>1</guid>", "á", "\x00", "<?x", "<!ENTITY", '<rss version="2.0">', "<channel>", ">"])
).map("".join)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(MARKUP)
def test_no_document_breaks_more_than_itself(markup: str) -> None:
    """Whatever arrives, it is a list of entries or a SourceError, never another exception."""
    with suppress(SourceError):
        assert all(clean(to_text(e["html"])) == to_text(e["html"]) for e in listed(rss(ONE, markup)))
