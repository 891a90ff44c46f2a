"""Which words make a post one about the institution, and which do not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corrillo.institution import Institution
from corrillo.model import Author, Post, Venue
from ingest.match import Matcher

Make = Callable[..., Post]


def kinds(matcher: Matcher, post: Post) -> list[str]:
    """Kinds of the reasons for the one institution; those against it with a minus."""
    found = matcher(post)
    assert len(found) <= 1
    return ["-" * r.against + r.kind for _, reasons in found for r in reasons]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("El Ajuntament de Benialba de la Mar no contesta", ["name", "alias"]),
        ("AYUNTAMIENTO DE BENIALBA: ni caso", ["name", "alias"]),
        ("qué bonita está Benialba hoy", ["alias"]),
        ("(Benialba)", ["alias"]),
        ("Benialba/El Campello, dos horas", ["alias"]),
        ("l'Aju no fa res", ["alias"]),
        ("L’Aju no fa res", ["alias"]),
        ("¿@AjBenialba, hay alguien ahí?", ["handle"]),
        ("gracias @ajbenialba.", ["handle"]),
        ("ei @ajuntament@social.benialba.example", ["handle"]),
        ("otra bolsa en el barranco #rambletaneta", ["hashtag"]),
        ("foto de ayer #Benialba", ["hashtag", "alias"]),
        ("Benialbarda no es Benialbilla", []),
        ("El ajuntament de ací no contesta", []),
        ("", []),
    ],
)
def test_names_aliases_handles_and_hashtags_are_found_as_whole_words(
    matcher: Matcher, make_post: Make, text: str, expected: list[str]
) -> None:
    """Whatever their case and accents, in any of the institution's languages."""
    assert kinds(matcher, make_post(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Benіalba",  # Cyrillic і
        "Веniаlbа",  # Cyrillic Ве and а
        "BENÍALBA",
        "Benialbà",
    ],
)
def test_letters_that_look_alike_do_not_hide_a_name(matcher: Matcher, make_post: Make, text: str) -> None:
    """A name written with letters of another alphabet is still the name."""
    assert kinds(matcher, make_post(f"qué vergüenza {text}")) == ["alias"]


@pytest.mark.parametrize(
    "text",
    [
        "mira https://fotos.example/benialba/1",
        "mira https://fotos.example/#benialba",
        "escribe a info@benialba.example",
        "escribe a benialba@example.com",
        "escribe a fotos.benialba@example.com",
        "dice @benialba_fans que no",
        "dice @fans_benialba que no",
        "dice @ajbenialba_oficial que no",
        "dice @ajbenialba-2 que no",
    ],
)
def test_a_name_inside_a_link_an_address_or_another_handle_does_not_count(
    matcher: Matcher, make_post: Make, text: str
) -> None:
    """Only what people say counts, not what addresses are made of."""
    assert matcher(make_post(text)) == []


def test_the_title_and_a_hashtag_venue_are_read_too(matcher: Matcher, make_post: Make) -> None:
    """A headline, and the hashtag under which a post was found, speak for it."""
    assert kinds(matcher, make_post("Sin más.", title="Benialba se inunda")) == ["alias"]
    assert kinds(matcher, make_post("Foto", venue=Venue(name="#RambletaNeta", kind="hashtag"))) == ["hashtag"]
    assert matcher(make_post("Foto", venue=Venue(name="#RambletaNeta", kind="channel"))) == []


def test_each_reason_is_given_once(matcher: Matcher, make_post: Make) -> None:
    """A name repeated is one reason."""
    assert kinds(matcher, make_post("Benialba, Benialba, BENIALBA")) == ["alias"]


def test_a_post_about_two_institutions_is_about_both(changed_town: Callable[..., Institution], make_post: Make) -> None:
    """Each gets its own reasons."""
    other = changed_town(id="campello", name="Ajuntament del Pinar", names={}, aliases=["El Pinar"], handles=[],
                         hashtags=[], homonym=[], account=[], platform=[], nicknames=[])  # fmt: skip
    matcher = Matcher([changed_town(), other])
    found = {p.institution.id: [r.term for r in reasons] for p, reasons in matcher(make_post("De Benialba a El Pinar"))}
    assert found == {"benialba": ["Benialba"], "campello": ["El Pinar"]}
    assert [p.institution.id for p, _ in matcher(make_post("en El Pinar"))] == ["campello"]


def test_an_alias_that_needs_company_does_not_stand_alone(
    changed_town: Callable[..., Institution], make_post: Make
) -> None:
    """With ``alias_needs``, an alias counts only beside one of those words; a name needs nobody."""
    matcher = Matcher([changed_town(alias_needs=["ple", "alcaldessa"])])
    assert matcher(make_post("Benialba és bonica")) == []
    assert kinds(matcher, make_post("El ple de Benialba")) == ["alias"]
    assert kinds(matcher, make_post("Ayuntamiento de Benialba cerrado")) == ["name", "alias"]


def test_a_query_finds_what_no_name_does(changed_town: Callable[..., Institution], make_post: Make) -> None:
    """``query`` is boolean, over folded words."""
    matcher = Matcher([changed_town(query='("sin agua" OR cortad*) rambleta NOT piscina')])
    assert kinds(matcher, make_post("SIN AGUA en la Rambleta")) == ["query"]
    assert kinds(matcher, make_post("cortada la calle de la Rambleta")) == ["query"]
    assert matcher(make_post("sin agua en la piscina de la Rambleta")) == []


def test_a_source_that_is_all_about_it_needs_no_words(matcher: Matcher, make_post: Make) -> None:
    """``everything`` is a reason of its own, beside any other."""
    found = matcher(make_post("Hola", source="old-forum"), "benialba")
    assert [(r.kind, r.term) for _, reasons in found for r in reasons] == [("everything", "old-forum")]
    assert matcher(make_post("Hola"), "another") == []


PIECES = st.lists(st.sampled_from(
    ["Benialba ", "benialb", "@ajbenialba ", "#Pinar ", "El Pinar ", "CF Benialba ", "gol ", "corte ", "de agua ", "mineral ",
     "inundaciones ", "https://a.example/Benialba ", "L’Aju ", "’", "hola\n", "ple "]
), max_size=6).map("".join)  # fmt: skip
QUERIES = ('("corte de agua" OR inunda*) -mineral', "NOT hola", '"de agua" OR -(ple gol)', "hola (corte OR pinar)", "")


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=PIECES,
    author=st.sampled_from(["ajbenialba", "@AJBenialba", "ana"]),
    answered=st.sampled_from(["", "ajbenialba"]),
    url=st.sampled_from(["", "https://participa.benialba.example/1", "https://x.participa.benialba.example", "http://[::1"]),
    venue=st.sampled_from(["x.com", "Ajuntament de Benialba"]),
    queries=st.lists(st.sampled_from(QUERIES), min_size=3, max_size=3),
)  # fmt: skip
def test_asking_only_whom_it_may_concern_finds_the_same(
    changed_town: Callable[..., Institution], make_post: Make, text: str, author: str, answered: str, url: str, venue: str,
    queries: list[str],
) -> None:  # fmt: skip
    """The short cut past institutions that a post cannot be about leaves nothing out."""
    bare: dict[str, object] = {
        "names": {},
        "nicknames": [],
        "handles": [],
        "hashtags": [],
        "account": [],
        "platform": [],
    }
    towns = [changed_town(query=queries[0]), changed_town(**bare, id="pinar", name="El Pinar", query=queries[1]),
             changed_town(id="also", alias_needs=["ple"], query=queries[2])]  # fmt: skip
    quick, thorough = Matcher(towns), Matcher(towns)
    thorough._always = frozenset(range(3))
    post = make_post(text, network="facebook" if venue != "x.com" else "x", author=Author(handle=author), url=url,
                     answers_author=answered, venue=Venue(name=venue))  # fmt: skip
    one, other = ([(p.institution.id, reasons) for p, reasons in m(post)] for m in (quick, thorough))
    assert one == other
