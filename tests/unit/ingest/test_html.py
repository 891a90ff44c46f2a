"""HTML as networks send it becomes plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrillo.text import MAX_TEXT, clean
from ingest.html import to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("sin marcas", "sin marcas"),
        ("<p>Uno.</p><p>Dos.</p>", "Uno.\n\nDos."),
        ("una<br>dos<br/>tres", "una\ndos\ntres"),
        ("<ul><li>pan</li><li>agua</li></ul>", "pan\nagua"),
        ("Fútbol &amp; pan &eacute; &#8364;", "Fútbol & pan é €"),
        ('<p>ver <a href="https://a.example/x">a.example/x</a></p>', "ver a.example/x"),
        ("a<script>alert(1)</script>b<style>p{}</style>c", "abc"),
        ('<img src="x" onerror="alert(1)" alt="una farola rota">', "una farola rota"),
        ("2 < 3 y 5 > 4", "2 < 3 y 5 > 4"),
        ("<p>sin cerrar", "sin cerrar"),
        ("queda <b>abiert", "queda abiert"),
        ("corta <a href='", "corta <a href='"),
        ("<![CDATA[x]]>y", "y"),
        ("<![foo bar>y", "y"),
        ("<!-- nada -->y", "y"),
        ("", ""),
    ],
)
def test_text_is_what_people_see(html: str, text: str) -> None:
    """Paragraphs stay apart, marks and scripts go, pictures say their description."""
    assert to_text(html) == text


def test_a_link_to_a_known_profile_becomes_its_handle() -> None:
    """Mastodon shows @ana for a link that means @ana@host."""
    html = '<span><a href="https://h.example/@ana" class="u-url mention">@<span>ana</span></a></span> hola'
    assert to_text(html, {"https://h.example/@ana": "ana@h.example"}) == "@ana@h.example hola"


@given(st.text(alphabet="<>/!-?&;#='\" abp[]x0", max_size=80))
def test_no_html_is_too_broken(html: str) -> None:
    """Whatever arrives, a clean text comes out."""
    assert clean(to_text(html)) == to_text(html)


@pytest.mark.parametrize("piece", ["<a ", "<a href='", "<!--", "<![", "&#", "<b>", "</"])
def test_endless_html_gives_a_text_of_bounded_length(piece: str) -> None:
    """A megabyte of open brackets is read to its end."""
    assert len(to_text(piece * (1_000_000 // len(piece)))) <= MAX_TEXT
