"""One frame of Bluesky's stream becomes one post, whatever a person's program wrote into it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from corrillo.errors import ParseError
from corrillo.model import Deletion, Engagement, Post, Rejected
from corrillo.pipeline import checked
from corrillo.text import MAX_TEXT
from ingest.bluesky import PRIVATE
from ingest.bluesky_records import LINKS, Reader
from ingest.protect import Pseudonyms, protect_rejected
from tests.fakes.jetstream_frames import POSTS, did, frames, message, written

SEEN = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ANA, PEP = did("ana"), did("pep")
HER_POST, HIS_POST = f"at://{ANA}/{POSTS}/3m1", f"at://{PEP}/{POSTS}/3m2"


def framed(record: Any, **changed: Any) -> str:
    """The frame of a post with that record."""
    fields = {"seq": 7, "did": ANA, "time": written(SEEN), "witnessedAt": written(SEEN), "rev": "3m1",
              "operation": "create", "collection": POSTS, "rkey": "3m1", "record": record}  # fmt: skip
    return message("commit", **{k: v for k, v in (fields | changed).items() if v is not None})


@pytest.fixture
def reader() -> Reader:
    """What reads for a source called sky; pep is registered."""
    return Reader("sky", {PEP: "ajuntament.example"})


@pytest.fixture
def parsed(reader: Reader) -> Callable[..., Post]:
    """The post that a record with these fields becomes."""

    def parse(text: str = "Hola", **record: Any) -> Post:
        (post,) = reader(framed({"$type": POSTS, "text": text, "createdAt": written(SEEN), **record}))
        assert isinstance(post, Post)
        return checked(post)

    return parse


def test_a_post_is_named_for_the_whole_network(parsed: Callable[..., Post]) -> None:
    """By its uri; its address is one at which a person can answer; its author is called by the DID."""
    post = parsed("Sense aigua", langs=["ca-ES", "es"])
    assert post.author is not None
    assert (post.native_id, post.ref, post.author.handle) == (HER_POST, HER_POST, ANA)
    assert post.url == f"https://bsky.app/profile/{ANA}/post/3m1"
    assert (post.language, post.thread, post.answers, post.venue.kind) == ("ca", "", "", "microblog")


def test_an_answer_says_what_and_whom_it_answers(parsed: Callable[..., Post]) -> None:
    """And in which thread; registered accounts are called as the register calls them."""
    post = parsed(reply={"parent": {"uri": HIS_POST, "cid": "x"}, "root": {"uri": HER_POST, "cid": "x"}})
    assert (post.answers, post.thread, post.answers_author) == (HIS_POST, HER_POST, "ajuntament.example")


def test_everything_that_was_said_is_text(parsed: Callable[..., Post]) -> None:
    """Hashtags beside the text, what pictures, galleries and videos show, the title of a linked page."""
    picture = {"$type": "app.bsky.embed.images", "images": [{"alt": "Una farola"}, {"alt": ""}, {"image": {}}]}
    card = {"$type": "app.bsky.embed.external", "external": {"uri": "https://a.example", "title": "Tall d'aigua"}}
    video = {"$type": "app.bsky.embed.video", "alt": "La plaça"}
    gallery = {"$type": "app.bsky.embed.gallery", "items": [{"alt": "El port"}]}
    quoted = {"$type": "app.bsky.embed.record", "record": {"uri": HIS_POST, "cid": "x"}}
    both = {"$type": "app.bsky.embed.recordWithMedia", "record": quoted, "media": picture}
    assert parsed("Mireu", embed=picture, tags=["Benialba", "aigua"]).text == "Mireu\n#Benialba #aigua\nUna farola"
    assert parsed("Mireu", embed=card).text == "Mireu\nTall d'aigua"
    assert parsed("Mireu", embed=video).text == "Mireu\nLa plaça"
    assert parsed("", embed=gallery).text == "El port"
    assert parsed("Sí", embed=quoted).quotes == HIS_POST
    assert (parsed("Sí", embed=both).quotes, parsed("Sí", embed=both).text) == (HIS_POST, "Sí\nUna farola")


def test_a_picture_without_a_word_is_a_post(parsed: Callable[..., Post]) -> None:
    """With an empty text, as on Mastodon: it may be an answer."""
    post = parsed("", embed={"$type": "app.bsky.embed.images", "images": [{"alt": "", "image": {}}]})
    assert post.text == ""


def test_a_quoted_list_or_feed_is_no_post(parsed: Callable[..., Post]) -> None:
    """It is embedded as a post would be."""
    listed = {"$type": "app.bsky.embed.record", "record": {"uri": f"at://{PEP}/app.bsky.graph.list/3m2", "cid": "x"}}
    assert parsed(embed=listed).quotes == ""


def test_links_that_were_shortened_are_whole(parsed: Callable[..., Post]) -> None:
    """Their places are counted in bytes; a link behind other words leaves these as they are."""
    text = "Què és això? elpoble.example/noticies/tall... i 🚰 també aquí"
    whole = "https://elpoble.example/noticies/tall-d-aigua"
    links = [_link(text, "elpoble.example/noticies/tall...", whole), _link(text, "aquí", "https://altra.example")]
    assert parsed(text, facets=links).text == f"Què és això? {whole} i 🚰 també aquí"
    mention = {"index": {"byteStart": 0, "byteEnd": 4}, "features": [{"$type": "x#mention", "did": PEP}]}
    assert parsed("@pep hola", facets=[mention]).text == "@pep hola"


@pytest.mark.parametrize(
    ("created", "published"),
    [
        ("2026-11-21T10:29:00+01:00", SEEN - timedelta(minutes=1)),
        ("2026-11-21T09:29:00", SEEN - timedelta(minutes=1)),
        ("2014-05-01T10:00:00.000Z", datetime(2014, 5, 1, 10, tzinfo=UTC)),
        ("2026-11-21T09:30:00.001Z", SEEN), ("2199-01-01T00:00:00Z", SEEN), ("0001-01-01T00:00:00+10:00", SEEN),
        ("1970-01-01T00:00:00Z", SEEN), ("2023-02-29T10:00:00Z", SEEN), ("yesterday", SEEN), ("", SEEN), (None, SEEN),
        (12, SEEN), (["2026"], SEEN),
    ],
)  # fmt: skip
def test_the_time_that_a_program_gives_is_believed_when_it_can_be(
    parsed: Callable[..., Post], created: object, published: datetime
) -> None:
    """From the future, from before short messages, nonsense, none: then it is when the network saw it."""
    assert parsed(createdAt=created).published == published


@pytest.mark.parametrize(
    "odd",
    [
        {"langs": "es"}, {"langs": []}, {"langs": [None]}, {"langs": ["x"]}, {"langs": [7]}, {"facets": {}},
        {"facets": [{"index": {"byteStart": -1, "byteEnd": 2}, "features": []}]},
        {"facets": [{"index": {"byteStart": 2, "byteEnd": 9_999}, "features": [{"uri": "https://a.example"}]}]},
        {"facets": [{"index": {"byteStart": 3, "byteEnd": 1}, "features": [{"uri": "https://a.example"}]}]},
        {"facets": [{"index": None, "features": [{"uri": 4}]}]}, {"embed": []}, {"embed": {"$type": "to.come#main"}},
        {"embed": {"images": [{"alt": None}]}}, {"embed": {"record": {"record": None}}}, {"embed": None},
        {"embed": {"media": {"media": {"alt": 3}}}}, {"reply": {}}, {"reply": {"parent": {"uri": HIS_POST}}},
        {"reply": {"parent": {"uri": "https://x"}, "root": {"uri": ""}}}, {"reply": None}, {"tags": [1]}, {"tags": None},
        {"labels": {"values": [{"val": "nudity"}]}}, {"text2": "x"},
    ],
)  # fmt: skip
def test_a_part_that_cannot_be_understood_hurts_no_other(parsed: Callable[..., Post], odd: dict[str, Any]) -> None:
    """Any program writes records, and no server holds it to the rules: the text is what counts."""
    post = parsed("Hola", **odd)
    assert (post.text, post.answers, post.thread, post.quotes, post.language) == ("Hola", "", "", "", "und")


def test_a_thousand_links_and_a_long_text_are_bounded(parsed: Callable[..., Post]) -> None:
    """A post that is made to cost much costs little: so many links are looked at, so much text is kept."""
    text = "a.example/... " * 200
    links = [_link(text, "a.example/...", f"https://a.example/{n}", n * 14) for n in range(200)]
    assert parsed(text, facets=links).text.count("https://") == LINKS
    assert len(parsed("x" * 900_000).text) == MAX_TEXT


def test_texts_are_clean(parsed: Callable[..., Post]) -> None:
    """Control and direction characters are gone; names with markup stay text."""
    assert parsed("a\x00b\u202ec\u200b <script>").text == "abc <script>"


def test_a_change_is_a_revision(reader: Reader) -> None:
    """Of the same post, at the time of the event."""
    record = {"text": "Hola", "createdAt": written(SEEN - timedelta(hours=1))}
    (post,) = reader(framed(record, operation="update"))
    assert isinstance(post, Post)
    assert (post.native_id, post.published, post.revised) == (HER_POST, SEEN - timedelta(hours=1), SEEN)


def test_a_deletion_names_the_post_by_ref_alone(reader: Reader) -> None:
    """So that one of a post that nobody kept costs one look-up."""
    assert reader(framed(None, operation="delete")) == [Deletion(network="bluesky", at=SEEN, ref=HER_POST)]


@pytest.mark.parametrize(
    ("active", "status", "gone"),
    [
        (False, "deleted", True), (False, "takendown", True), (False, "suspended", True), (False, "deactivated", True),
        (False, None, True), (False, "throttled", False), (False, "desynchronized", False), (False, "new", False),
        (True, None, False), (True, "deleted", False),
    ],
)  # fmt: skip
def test_an_account_that_ends_takes_its_posts_along(
    reader: Reader, active: bool, status: str | None, gone: bool
) -> None:
    """Deleted, taken down, suspended, deactivated; not one that a server only is slow to copy."""
    said = {"did": PEP, "active": active, "seq": 1, "time": written(SEEN), "status": status}
    items = list(reader(message("account", seq=7, did=PEP, time=written(SEEN), account=said)))
    assert items == ([Deletion(network="bluesky", at=SEEN, author="ajuntament.example")] if gone else [])


@pytest.mark.parametrize("kind", ["identity", "sync"])
def test_other_events_are_no_items(reader: Reader, kind: str) -> None:
    """Nor are records of other kinds, should a server send them."""
    assert list(reader(message(kind, seq=7, did=ANA, time=written(SEEN), **{kind: {}}))) == []
    assert list(reader(framed({"subject": {}}, collection="app.bsky.feed.like"))) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"did": "ana"}, {"did": "did:plc:a/b"}, {"did": None}, {"rkey": "a/b"}, {"rkey": ""}, {"seq": "7"}, {"seq": -1},
        {"time": "now"}, {"operation": "burn"}, {"record": None}, {"record": []}, {"record": {}},
        {"record": {"text": 42}}, {"record": {"text": None}}, {"witnessedAt": 5},
    ],
)  # fmt: skip
def test_an_event_that_cannot_be_is_a_parse_error(reader: Reader, changed: dict[str, Any]) -> None:
    """With what is wrong and where."""
    whole = {"record": {"text": "Hola"}} | changed
    with pytest.raises(ParseError, match=r"^not a (post|frame of the stream): "):
        reader(framed(whole.pop("record"), **whole))


@pytest.mark.parametrize(
    "frame",
    [
        message("info", name="OutdatedCursor"), '{"$type":"error","error":"ConsumerTooSlow"}', message("weather"),
        '{"$type":"tea"}', '{"$type":"message"}', '{"$type":"message","payload":[]}', '"\\ud800"', "\ud800",
    ],
)  # fmt: skip
def test_a_frame_without_an_event_is_no_item(reader: Reader, frame: str) -> None:
    """Whoever parses one by itself is told so."""
    with pytest.raises(ParseError):
        reader(frame)


def test_a_post_as_a_server_shows_it_is_the_same_post(reader: Reader) -> None:
    """With how it was received; from the stream that is not known."""
    record = {"$type": POSTS, "text": "Hola", "createdAt": written(SEEN)}
    view = {"uri": HER_POST, "author": {"did": ANA, "handle": "ana.example"}, "record": record,
            "indexedAt": written(SEEN), "likeCount": 3, "repostCount": 0}  # fmt: skip
    (shown,), (heard,) = reader(json.dumps(view)), reader(framed(record))
    assert isinstance(shown, Post)
    assert isinstance(heard, Post)
    assert (shown.engagement.likes, shown.engagement.shares, shown.engagement.answers) == (3, 0, None)
    assert heard == replace(shown, engagement=Engagement())
    for odd in ({"uri": "at://x"}, {"record": 5}, {"author": None}, {"indexedAt": "x"}, {"likeCount": "3"}):
        with pytest.raises(ParseError):
            reader(json.dumps(view | odd))


def test_a_frame_from_quarantine_names_nobody_and_can_be_parsed_again(reader: Reader, pseudonyms: Pseudonyms) -> None:
    """Its author and whom it answers are pseudonyms then, and an erasure finds it by them."""
    links = {"parent": {"uri": HIS_POST}, "root": {"uri": HIS_POST}}
    raw = framed({"text": "Hola", "reply": links})
    protected, people = protect_rejected(Rejected(raw, "x", "x", PRIVATE), "bluesky", pseudonyms)
    assert ANA not in protected
    assert PEP not in protected
    assert pseudonyms("bluesky", ANA) in people
    (post,) = reader(protected)
    assert isinstance(post, Post)
    assert (post.author and post.author.handle, post.text) == (pseudonyms("bluesky", ANA), "Hola")


def test_every_frame_of_the_whole_network_can_be_read(reader: Reader) -> None:
    """As the benchmark makes them."""
    items = [item for frame in frames(3_000, about=["Benialba"], every=100) for item in reader(frame)]
    posts = [i for i in items if isinstance(i, Post)]
    assert len(posts) > 2_500
    assert sum("Benialba" in p.text for p in posts) > 20
    assert {p.language for p in posts} >= {"es", "en", "ja"}
    assert all(checked(p) == p for p in posts)


def _link(text: str, words: str, uri: str, begin: int | None = None) -> dict[str, Any]:
    at = begin if begin is not None else len(text[: text.index(words)].encode())
    place = {"byteStart": at, "byteEnd": at + len(words.encode())}
    return {"index": place, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": uri}]}
