"""What networks are called, and what people may have meant."""

from __future__ import annotations

import pytest

from ingest.network_names import ALIASES, NAMES, known_as, meant


def test_every_alias_is_folded_and_means_a_network_that_there_is() -> None:
    from corrillo.text import fold

    assert set(ALIASES.values()) <= set(NAMES)
    assert [a for a in ALIASES if fold(a) != a or a in NAMES] == []


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Prensa", "press"),
        ("x.com", "x"),
        ("Periódico", "press"),
        ("PRESS", "press"),
        ("intranet", "intranet"),
        ("", ""),
    ],
)
def test_a_name_is_known_by_what_people_call_it(said: str, name: str) -> None:
    assert known_as(said) == name


@pytest.mark.parametrize(
    ("said", "name"), [("presna", "press"), ("prnsa", "press"), ("forun", "forum"), ("press", ""), ("intranet", "")]
)
def test_a_slip_is_asked_about_and_a_name_of_its_own_is_not(said: str, name: str) -> None:
    assert meant(said) == name
