"""Other things with the same name, and the register, which needs no name at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from corrillo.institution import Institution
from corrillo.model import Author, Post, Venue
from ingest.match import Matcher

Make = Callable[..., Post]


@pytest.mark.parametrize(
    ("text", "for_it", "against"),
    [
        ("El CF Benialba juega el domingo", [], []),
        ("Concierto de Marc Benialba en la plaça", [], []),
        ("Benialba, qué gol en el último minuto", [], []),
        ("Marc Benialba canta en Benialba", ["Benialba"], ["Marc Benialba"]),
        (
            "El CF Benialba no paga y el Ayuntamiento de Benialba calla",
            ["Ayuntamiento de Benialba", "Benialba"],
            ["CF Benialba"],
        ),
        ("@ajbenialba el portero del polideportivo no abre", ["@ajbenialba"], ["portero"]),
        ("#RambletaNeta y el CF Benialba ayudando", ["#RambletaNeta"], ["CF Benialba"]),
    ],
)
def test_a_homonym_takes_away_what_stands_inside_it(
    matcher: Matcher, make_post: Make, text: str, for_it: list[str], against: list[str]
) -> None:
    """Its phrase hides the name in it; its context speaks against all but the unmistakable; both are reported."""
    reasons = [r for _, found in matcher(make_post(text)) for r in found]
    assert [r.term for r in reasons if not r.against] == for_it
    assert [r.term for r in reasons if r.against] == against
    assert all(r.kind == "homonym" for r in reasons if r.against)


@pytest.mark.parametrize(
    ("fields", "kind", "term"),
    [
        ({"author": Author(handle="AJBenialba")}, "account", "@ajbenialba"),
        ({"answers_author": "@ajbenialba"}, "reply", "@ajbenialba"),
        ({"url": "https://participa.benialba.example/p/1"}, "platform", "participa.benialba.example"),
        ({"url": "https://www.Participa.benialba.example/p/1"}, "platform", "participa.benialba.example"),
        (
            {"network": "facebook", "venue": Venue(name="Ajuntament de Benialba", kind="page")},
            "platform",
            "Ajuntament de Benialba",
        ),
    ],
)
def test_the_register_needs_no_words(
    matcher: Matcher, make_post: Make, fields: dict[str, object], kind: str, term: str
) -> None:
    """By an own account, in answer to one, or on an own platform: about it, whatever it says."""
    found = matcher(make_post("Buenos días", **fields))
    assert [(r.kind, r.term) for _, reasons in found for r in reasons] == [(kind, term)]


@pytest.mark.parametrize(
    "fields",
    [
        {"network": "mastodon", "author": Author(handle="ajbenialba")},
        {"network": "bluesky", "answers_author": "@ajbenialba"},
        {"url": "https://noparticipa.benialba.example/p/1"},
        {"url": "https://participa.benialba.example.evil.example/"},
        {"url": "https://[broken"},
        {"network": "x", "venue": Venue(name="Ajuntament de Benialba", kind="page")},
        {"author": None},
    ],
)
def test_the_register_is_exact(matcher: Matcher, make_post: Make, fields: dict[str, object]) -> None:
    """The same handle on another network, or a host that only ends alike, is somebody else."""
    assert matcher(make_post("Buenos días", **fields)) == []


def test_a_post_on_an_own_page_is_not_lost_to_a_homonym(matcher: Matcher, make_post: Make) -> None:
    """A homonym's context does not outweigh the register."""
    found = matcher(make_post("Vaya gol de Benialba", url="https://participa.benialba.example/p/1"))
    assert [("-" * r.against + r.kind) for _, reasons in found for r in reasons] == ["platform", "alias", "-homonym"]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("El Ayuntamiento de Villarreja del Mar sube la tasa de basuras", []),
        ("AYUNTAMIENTO DE VILLARREJA DEL MAR", []),
        ("El Ayuntamiento de Villarreja sube la tasa", ["Ayuntamiento de Villarreja", "Villarreja"]),
        ("Ni Villarreja del Mar ni el Ayuntamiento de Villarreja", ["Ayuntamiento de Villarreja", "Villarreja"]),
        ("Pleno en Villarreja del Mar", []),
    ],
)
def test_a_longer_name_takes_the_official_one_away(
    changed_town: Callable[..., Institution], make_post: Make, text: str, terms: list[str]
) -> None:
    """The town hall of a town whose name begins like ours is another one."""
    homonym = {"name": "Villarreja del Mar"}
    town = changed_town(name="Ayuntamiento de Villarreja", names={}, aliases=["Villarreja"], homonym=[homonym])
    found = [r.term for _, reasons in Matcher([town])(make_post(text)) for r in reasons if not r.against]
    assert found == terms


def test_a_homonym_inside_our_own_name_takes_nothing_away(
    changed_town: Callable[..., Institution], make_post: Make
) -> None:
    """Villarreja alone is another town; Villarreja del Mar is ours."""
    town = changed_town(name="Villarreja del Mar", names={}, aliases=[], homonym=[{"name": "Villarreja"}])
    assert [r.term for _, reasons in Matcher([town])(make_post("Villarreja del Mar")) for r in reasons] == [
        "Villarreja del Mar",
        "Villarreja",
    ]
