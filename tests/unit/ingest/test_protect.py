"""Nothing that names a person leaves a post."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrillo.institution import Institution
from corrillo.model import Author, Mention, Post, Reason, Venue, mention_id, milliseconds
from ingest.presence import Presence
from ingest.protect import PSEUDONYM, Pseudonyms, protect, protect_text

Make = Callable[..., Post]
OWN = {"ajbenialba"}


@pytest.fixture
def protected(town: Institution, pseudonyms: Pseudonyms, now: datetime) -> Callable[[Post], Mention]:
    """A post as a mention of the town."""
    return lambda post: protect(post, Presence(town), (Reason(kind="alias", term="Benialba"),), pseudonyms, now)


def test_a_pseudonym_is_stable_per_network_and_key(pseudonyms: Pseudonyms) -> None:
    """One person on one network under one key has one; anything else is another."""
    ana = pseudonyms("x", "@Ana")
    assert PSEUDONYM.fullmatch(ana)
    assert ana == pseudonyms("x", "ana") == Pseudonyms(b"a key that only tests use")("x", " ANA ")
    assert (
        len({ana, pseudonyms("bluesky", "ana"), pseudonyms("x", "anna"), Pseudonyms(b"another key")("x", "ana")}) == 4
    )


def test_a_pseudonym_of_a_pseudonym_is_itself(pseudonyms: Pseudonyms) -> None:
    """So a protected item can be replayed."""
    ana = pseudonyms("x", "ana")
    assert pseudonyms("x", ana) == ana
    assert pseudonyms("reddit", ana) == ana


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("@ana mira", "@{} mira"),
        ("oye @ANA, ¿vienes?", "oye @{}, ¿vienes?"),
        (".@ana lo dijo", ".@{} lo dijo"),
        ("(@ana)", "(@{})"),
        ("@ana.", "@{}."),
        ("u/ana_ lo dijo", "@{:ana_} lo dijo"),
        ("/u/ana_ lo dijo", "@{:ana_} lo dijo"),
        ("@ana@otra.example y", "@{:ana@otra.example} y"),
        ("mira https://x.example/@ana.", "mira @{}."),
        ("mira https://reddit.example/user/ana/ bien", "mira @{} bien"),
        ("mira https://x.example/@ana?lang=es", "mira @{}?lang=es"),
        ("mira https://x.example/@ana/1234", "mira https://x.example/{}/1234".replace("{}", "@{}")),
        ("mira https://h.example/users/ana/statuses/1", "mira https://h.example/users/{}/statuses/1"),
        ("mira https://x.com/ana/status/1234", "mira https://x.com/{}/status/1234"),
        ("@ajbenialba y @AJBENIALBA", "@ajbenialba y @AJBENIALBA"),
        ("mira https://x.com/ajbenialba/status/1", "mira https://x.com/ajbenialba/status/1"),
        ("escribe a ana@example.com", "escribe a [e-mail]"),
        ("cena @ casa, 3 € @", "cena @ casa, 3 € @"),
        ("", ""),
    ],
)
def test_handles_in_a_text_become_pseudonyms(pseudonyms: Pseudonyms, text: str, hidden: str) -> None:
    """With or without a link, but never the institution's own."""

    class Named(str):
        def __format__(self, handle: str) -> str:
            return pseudonyms("x", handle or "ana")

    assert protect_text(text, "x", OWN, pseudonyms) == hidden.format(*[Named()] * hidden.count("{"))


@given(text=st.text(max_size=200) | st.from_regex(r"(?:[ .]?@\w{1,5}|u/\w{3}|https://x\.y/@\w{1,4}/?1?){1,5}"))
def test_protecting_twice_changes_nothing(text: str) -> None:
    """Whatever the text, it never fails, and a protected text is protected."""
    pseudonyms = Pseudonyms(b"a key that only tests use")
    once = protect_text(text, "x", OWN, pseudonyms)
    assert protect_text(once, "x", OWN, pseudonyms) == once


def test_a_mention_names_nobody(protected: Callable[[Post], Mention], pseudonyms: Pseudonyms, make_post: Make) -> None:
    """Author, text and title; the display name is not there at all."""
    post = make_post(
        "@pep mi DNI es 12345678Z",
        title="De @pep",
        author=Author(handle="@mpvidal", name="María Vidal", kind="person"),
        url="https://x.com/mpvidal/status/1",
    )
    mention = protected(post)
    pep = pseudonyms("x", "pep")
    assert (mention.text, mention.title) == (f"@{pep} mi DNI es [DNI]", f"De @{pep}")
    assert (mention.author, mention.author_kind) == (pseudonyms("x", "mpvidal"), "person")
    assert mention.url == post.url
    assert not any("Vidal" in str(getattr(mention, f)) for f in mention.__struct_fields__)


def test_an_own_account_stays_readable(protected: Callable[[Post], Mention], make_post: Make) -> None:
    """As the register writes it."""
    mention = protected(make_post(author=Author(handle="AjBenialba", kind="person")))
    assert (mention.author, mention.author_kind, mention.place) == ("@ajbenialba", "own_account", "own")


@pytest.mark.parametrize("author", [None, Author(handle=""), Author(handle="  ", name="Ana")])
def test_an_author_without_handle_is_nobody(
    protected: Callable[[Post], Mention], make_post: Make, author: Author | None
) -> None:
    """Nobody gets no pseudonym: else all nobodies were one person."""
    assert protected(make_post(author=author)).author == ""


def test_related_posts_become_ids_of_mentions(protected: Callable[[Post], Mention], make_post: Make) -> None:
    """Of the same network and institution, known or not."""

    def identity(native_id: str) -> str:
        return mention_id("x", native_id, "benialba")

    mention = protected(make_post(native_id="4", answers="3", repeats="2", quotes="1", thread="0"))
    assert mention.id == identity("4")
    assert (mention.answers, mention.repeats, mention.quotes) == (identity("3"), identity("2"), identity("1"))
    assert mention.thread == identity("0")
    assert protected(make_post(native_id="4", answers="3")).thread == identity("3")
    assert protected(make_post(native_id="4")).thread == identity("4")


def test_the_revision_is_the_version_at_the_source(
    protected: Callable[[Post], Mention], make_post: Make, now: datetime
) -> None:
    """The time of the last edit, else of publication; when we saw it does not count."""
    edited = now - timedelta(hours=1)
    assert protected(make_post(published=now - timedelta(days=1))).revision == milliseconds(now - timedelta(days=1))
    assert protected(make_post(revised=edited)).revision == milliseconds(edited)
    assert protected(make_post()).first_seen == now


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("mira https://x.com/ana_ruiz", True),
        ("https://www.instagram.com/ana.ruiz/ lo cuenta", True),
        ("en https://t.me/ana_ruiz.", True),
        ("https://x.com/ana_ruiz?s=20", True),
        ("https://www.instagram.com/p/CxYz12/", False),
        ("https://example.org/noticias", False),
        ("https://facebook.com/watch?v=1", False),
    ],
)
def test_a_bare_link_to_a_profile_names_nobody(text: str, named: bool) -> None:
    """Where only a name follows the host it is a person's; other links stay as they are."""
    safe = protect_text(text, "x", (), Pseudonyms(b"a key of sixteen"))
    assert ("@~" in safe) is named
    assert "ana" not in safe


@pytest.mark.parametrize(
    "text",
    [
        "RT@ana: hola", "@luis/@ana", "@@ana", "bache.@ana", "＠ana", "instagram.com/ana.ruiz", "twitter.com/ana",
        "t.me/ana", "https://facebook.com/ana.ruiz/posts/123", "https://www.instagram.com/ana.ruiz/p/Cx1/",
    ],
)  # fmt: skip
def test_however_a_handle_is_written_it_names_nobody(text: str) -> None:
    """Glued to words, doubled, in links with or without their beginning."""
    safe = protect_text(text, "x", (), Pseudonyms(b"a key of sixteen"))
    assert "ana" not in safe
    assert PSEUDONYM.search(safe)


def test_a_venue_is_redacted_too(protected: Callable[[Post], Mention], make_post: Make) -> None:
    """Groups and places are named by people; an ordinary name stays as it is."""
    venues = [protected(make_post(venue=Venue(name=n))).venue for n in ("Veïns del Raval 24", "Pepa 12345678Z")]
    assert venues == ["Veïns del Raval 24", "Pepa [DNI]"]
