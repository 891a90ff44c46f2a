"""Documents of feeds, whatever they hold; each kind of bad input is in ``test_bad_input_http.py``."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from corrillo.errors import SourceError
from corrillo.text import clean
from ingest.feed_documents import entries
from ingest.html import to_text
from ingest.http import Answer


def rss(*items: str) -> str:
    """RSS of these items."""
    listed = "".join(f"<item>{i}</item>" for i in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{listed}</channel></rss>'


def listed(body: str) -> list[dict[str, str]]:
    """The entries of a document."""
    return entries(Answer(200, {}, body.encode(), "https://diari.example/feed"))


ONE = "<guid>urn:1</guid><title>El año “perdido”</title>"


def test_a_feed_without_entries_is_one() -> None:
    """Nothing is new, nothing is wrong."""
    assert listed(rss()) == []
    assert listed('{"version": "https://jsonfeed.org/version/1.1", "items": []}') == []


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
