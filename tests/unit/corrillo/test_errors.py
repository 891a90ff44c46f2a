"""What errors say, and what they must not say."""

from __future__ import annotations

import pytest

from corrillo.errors import CorrilloError, SourceRefused, SourceUnavailable


def test_an_error_says_what_happened_and_what_to_do() -> None:
    """The remedy stands on a line of its own; without one there is none."""
    assert str(CorrilloError("the lamp is out", "change it")) == "the lamp is out\n  → change it"
    assert str(CorrilloError("the lamp is out")) == "the lamp is out"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("https://user:secret@feeds.example/a.xml: answers 404", "https://feeds.example/a.xml: answers 404"),
        ("https://feeds.example/a?api_key=SECRET: answers 404", "https://feeds.example/a?…: answers 404"),
        ("https://feeds.example/a?k=S&x=1 redirects", "https://feeds.example/a?… redirects"),
        ("https://feeds.example/a: is not a feed; it begins with '?'", None),
    ],
)
def test_addresses_in_a_source_s_error_lose_credentials_and_parameters(said: str, shown: str | None) -> None:
    """It is logged, stored in the source's health and shown on the page."""
    for kind in (SourceRefused, SourceUnavailable):
        assert kind(said).message == (shown or said)
