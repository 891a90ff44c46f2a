"""One status becomes one post, whatever kind of status it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corrillo.errors import ParseError, SourceRefused
from corrillo.institution import Institution
from corrillo.model import Engagement, Post
from corrillo.registry import SourceContext
from corrillo.text import MAX_TEXT
from ingest.mastodon import Mastodon, MastodonConfig
from tests.fakes.mastodon_world import World

WORLD = World("https://mastodont.example")


@pytest.fixture
def parsed(context: Callable[..., SourceContext]) -> Callable[..., Post]:
    """The post that a status with these fields becomes."""
    source = Mastodon(MastodonConfig(kind="mastodon", name="fedi", instance="mastodont.example"), context())

    def parse(text: str = "Hola", **fields: object) -> Post:
        status = WORLD.publish(text, at=datetime(2026, 11, 20, 9, tzinfo=UTC)) | fields
        (post,) = source.parse(json.dumps(status))
        return post

    return parse


def test_everything_that_was_said_is_text(parsed: Callable[..., Post]) -> None:
    """Content warning, text, what a poll offers, what pictures show; not their addresses."""
    post = parsed(
        spoiler_text="brutícia",
        content="<p>Mira &amp; plora</p>",
        poll={"options": [{"title": "Sí"}, {"title": "No"}]},
        media_attachments=[{"url": "https://x.example/1.jpg", "description": "Una farola"}, {"description": None}],
    )
    assert post.text == "brutícia\nMira & plora\n– Sí\n– No\nUna farola"


@pytest.mark.parametrize("name", ["🌙 ✨", "\u202eane", "<b>Ana</b>", "", None])
def test_a_display_name_can_be_anything(parsed: Callable[..., Post], name: str | None) -> None:
    """The handle is what identifies; with direction marks gone."""
    post = parsed(account=WORLD.account("ana") | {"display_name": name})
    assert post.author is not None
    assert post.author.handle == "ana@mastodont.example"
    assert "\u202e" not in post.author.name


def test_an_edit_is_a_revision(parsed: Callable[..., Post]) -> None:
    """With the time that the network gives."""
    post = parsed(edited_at="2026-11-20T10:00:00.000Z")
    assert (post.published.hour, post.revised) == (9, datetime(2026, 11, 20, 10, tzinfo=UTC))
    assert parsed().revised is None


def test_a_boost_repeats_and_says_what_it_repeats(parsed: Callable[..., Post]) -> None:
    """Its author is who boosts, its text and language are those of what is boosted."""
    said = WORLD.publish("Sin agua", account="pep@altra.example") | {"language": "ca"}
    post = parsed("", reblog=said, content="", language=None)
    assert post.author is not None
    assert (post.author.handle, post.text, post.language) == ("ana@mastodont.example", "Sin agua", "ca")
    assert post.repeats == said["uri"] != post.native_id


def test_a_reply_names_what_and_whom_it_answers(parsed: Callable[..., Post]) -> None:
    """What by the server's own id; whom where the mentions or the thread tell."""
    pep = {"id": "8", "acct": "pep@altra.example", "url": "https://altra.example/@pep"}
    post = parsed(in_reply_to_id="77", in_reply_to_account_id="8", mentions=[pep])
    assert (post.answers_ref, post.answers_author) == ("mastodont.example/77", "pep@altra.example")
    own = WORLD.account("ana")
    assert parsed(in_reply_to_id="77", in_reply_to_account_id=own["id"]).answers_author == "ana@mastodont.example"
    unknown = parsed(in_reply_to_id="77", in_reply_to_account_id="999")
    assert (unknown.answers_ref, unknown.answers_author) == ("mastodont.example/77", "")


@pytest.mark.parametrize(
    ("quote", "quotes"),
    [
        ({"state": "accepted", "quoted_status": {"uri": "https://a.example/1"}}, "https://a.example/1"),
        ({"state": "deleted", "quoted_status": None}, ""),
        ({"state": "pending"}, ""),
        (None, ""),
    ],
)
def test_a_quote_names_what_it_quotes(
    parsed: Callable[..., Post], quote: dict[str, object] | None, quotes: str
) -> None:
    """Unless that is gone or not to be seen."""
    assert parsed(quote=quote).quotes == quotes


def test_names_are_the_same_from_every_instance(parsed: Callable[..., Post]) -> None:
    """The uri names a post everywhere; the id only where it was heard."""
    post = parsed()
    assert post.native_id.startswith("https://mastodont.example/users/ana/statuses/")
    assert post.ref == f"mastodont.example/{post.native_id.rpartition('/')[2]}"
    assert parsed(uri=None).native_id.startswith("https://mastodont.example/@ana/")


@pytest.mark.parametrize(
    ("fields", "url"),
    [
        ({"url": "https://a.example/1"}, "https://a.example/1"),
        ({"url": None, "uri": "https://a.example/2"}, "https://a.example/2"),
        ({"url": "javascript:alert(1)", "uri": "tag:a.example,2026:1"}, ""),
    ],
)
def test_a_link_is_a_web_address_or_nothing(parsed: Callable[..., Post], fields: dict[str, object], url: str) -> None:
    """Another server's word is not taken for it."""
    assert parsed(**fields).url == url


@pytest.mark.parametrize(("said", "language"), [("es", "es"), ("pt-BR", "pt"), (None, "und"), ("", "und")])
def test_a_language_is_two_letters_or_unknown(parsed: Callable[..., Post], said: str | None, language: str) -> None:
    """As the network says it."""
    assert parsed(language=said).language == language


def test_counts_that_are_not_shown_are_unknown(parsed: Callable[..., Post]) -> None:
    """None is not nought."""
    shown = parsed(favourites_count=3, reblogs_count=0, replies_count=None).engagement
    assert (shown.likes, shown.shares, shown.answers) == (3, 0, None)


@pytest.mark.parametrize("odd", ["3", 1.5, True, -1, {}, 10**400, "\ud800"])
def test_a_count_that_is_none_is_unknown(parsed: Callable[..., Post], odd: object) -> None:
    """What is no number of people costs nobody their post."""
    assert parsed(favourites_count=odd, reblogs_count=odd, replies_count=odd).engagement == Engagement()


def test_all_that_was_said_is_no_longer_than_a_text(parsed: Callable[..., Post]) -> None:
    """However many parts it has."""
    long = "palabra " * 2_400
    assert len(parsed(long, spoiler_text=long, poll={"options": [{"title": long}]}).text) == MAX_TEXT


@pytest.mark.parametrize("acct", ["@ana", "ana@", "ana"])
def test_a_name_is_never_taken_for_a_place(parsed: Callable[..., Post], acct: str) -> None:
    """The place is the instance, which everybody may know; the name is not."""
    post = parsed(account={"id": "7", "acct": acct})
    assert post.author is not None
    assert (post.venue.name, post.author.handle) == ("mastodont.example", "ana@mastodont.example")


@pytest.mark.parametrize(
    "fields",
    [{"created_at": "yesterday"}, {"created_at": None}, {"account": None}, {"account": {}}, {"mentions": [1]},
     {"created_at": "0001-01-01T00:00:00+23:00"}, {"reblog": {"id": "1"}}, {"poll": [1]}],
)  # fmt: skip
def test_a_status_that_is_none_is_rejected(parsed: Callable[..., Post], fields: dict[str, object]) -> None:
    """By ParseError, whatever is wrong with it."""
    with pytest.raises(ParseError, match="not a status"):
        parsed(**fields)


@pytest.mark.parametrize("instance", ["a.example", "https://a.example", "http://127.0.0.1:3000/"])
def test_an_instance_is_a_host_with_or_without_scheme(context: Callable[..., SourceContext], instance: str) -> None:
    """Without one it is https."""
    source = Mastodon(MastodonConfig(kind="mastodon", name="fedi", instance=instance), context())
    assert source._api._base == ("http://127.0.0.1:3000" if "127" in instance else "https://a.example")


def test_without_any_hashtag_there_is_nothing_to_listen_to(
    context: Callable[..., SourceContext], changed_town: Callable[..., Institution]
) -> None:
    """It says where to add one."""
    config = MastodonConfig(kind="mastodon", name="fedi", instance="a.example")
    with pytest.raises(SourceRefused, match="no hashtag") as caught:
        Mastodon(config, context(institutions=[changed_town(hashtags=[])]))
    assert "hashtags" in caught.value.remedy


def test_a_token_comes_from_the_environment_or_its_file(context: Callable[..., SourceContext], tmp_path: Path) -> None:
    """The environment wins; a file that is named and not there is an error."""
    config = MastodonConfig(kind="mastodon", name="fedi", instance="a.example", token_file="t")
    with pytest.raises(SourceRefused, match="cannot be read") as caught:
        Mastodon(config, context())
    assert "CORRILLO_TOKEN_FEDI" in caught.value.remedy
    (tmp_path / "t").write_text("from-file\n")
    assert Mastodon(config, context())._api._token == "from-file"
    assert Mastodon(config, context(environment={"CORRILLO_TOKEN_FEDI": " given "}))._api._token == "given"
