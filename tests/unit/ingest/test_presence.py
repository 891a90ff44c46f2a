"""Where it was said: on the institution's own pages, elsewhere, or by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from corrillo.institution import Institution
from corrillo.model import Author, Post, Venue
from ingest.presence import Presence, normal_handle


@pytest.mark.parametrize(
    ("written", "compared"),
    [("@Ana", "ana"), (" ana ", "ana"), ("u/Ana", "ana"), ("@@ana", "ana"), ("Ana@Host.example", "ana@host.example")],
)
def test_handles_are_compared_without_at_case_and_blanks(written: str, compared: str) -> None:
    """However a network writes it, it is the same handle."""
    assert normal_handle(written) == compared


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({}, "off_page"),
        ({"text": "@ajbenialba una pregunta"}, "off_page"),
        ({"author": Author(handle="@AjBenialba")}, "own"),
        ({"author": Author(handle="@AjBenialba"), "url": "https://participa.benialba.example/1"}, "own"),
        ({"answers_author": "ajbenialba"}, "on_page"),
        ({"url": "https://participa.benialba.example/1"}, "on_page"),
        ({"network": "facebook", "venue": Venue(name="Ajuntament de Benialba")}, "on_page"),
        ({"network": "facebook", "venue": Venue(name="Veïns de Benialba")}, "off_page"),
        ({"author": None}, "off_page"),
    ],
)
def test_a_place_is_own_on_page_or_off_page(
    town: Institution, make_post: Callable[..., Post], fields: dict[str, object], place: str
) -> None:
    """A bare @mention is off page; answers to an own account and own platforms are on page."""
    assert Presence(town).place(make_post(**fields)) == place


def test_an_own_account_is_written_as_in_the_register(town: Institution) -> None:
    """Whatever case the network used."""
    assert Presence(town).own_handle("x", Author(handle="AJBENIALBA")) == "@ajbenialba"
    assert Presence(town).own_handle("x", Author(handle="@somebody")) == "@somebody"


def test_an_account_is_written_as_on_its_own_network(changed_town: Callable[..., Institution]) -> None:
    """The same name with another spelling on another network is another account."""
    accounts = [{"network": "x", "handle": "@ajbenialba"}, {"network": "facebook", "handle": "AjBenialba"}]
    presence = Presence(changed_town(account=accounts))
    written = [presence.own_handle(network, Author(handle="@ajbenialba")) for network in ("x", "facebook")]
    assert written == ["@ajbenialba", "AjBenialba"]


def test_own_handles_of_all_networks_are_public(town: Institution) -> None:
    """They stay readable in texts."""
    assert Presence(town).public == {"ajbenialba", "ajuntament@social.benialba.example"}
