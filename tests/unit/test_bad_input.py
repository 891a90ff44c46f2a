"""Bad input that has no test of its own elsewhere; ``tests/bad_input.py`` says where each kind has one."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from corrillo.errors import MessageError, SourceRefused
from corrillo.health import advanced, judge
from corrillo.institution import Institution
from corrillo.messages import read_mention, read_tagged
from corrillo.model import PSEUDONYM, Author, Batch, Cursor, Post, Rejected, TaggedMention, Venue
from corrillo.pipeline import Pipeline
from corrillo.ports import Outcome, SourceHealth, SourceNews
from corrillo.registry import SourceContext, tagger
from corrillo.text import MAX_TEXT, fold, words
from ingest.archive import Archive, ArchiveConfig
from ingest.http import PoliteClient
from ingest.mastodon import Mastodon, MastodonConfig
from ingest.protect import Pseudonyms
from tests.fakes.web import FakeWeb, Said

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TOWN = Institution(id="benialba", name="Ayuntamiento de Benialba", aliases=("Benialba",), hashtags=("#Benialba",))


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline([TOWN], tagger("rules"), Pseudonyms(b"a key that only tests use"))


def a_post(text: str = "Benialba", **given: object) -> Post:
    values = {
        "network": "forum", "native_id": "1", "venue": Venue(name="Ágora", kind="forum"), "published": NOW,
        "text": text, "source": "agora", "author": Author(handle="ana"),
    }  # fmt: skip
    return Post(**{**values, **given})  # type: ignore[arg-type]


def heard(pipeline: Pipeline, *posts: Post, about: str = TOWN.id) -> Outcome[TaggedMention]:
    """What becomes of them; all of it can be written down."""
    batch = Batch(cursor=Cursor(source="agora", state="1"), items=posts)
    outcome = pipeline.run(batch, "forum", NOW, everything_about=about)
    assert len(outcome.events) + len(outcome.quarantined) == len(posts)
    for kept in (*outcome.events, *outcome.quarantined):
        msgspec.json.encode(kept)
    return outcome


def the_mention(pipeline: Pipeline, post: Post, about: str = TOWN.id) -> TaggedMention:
    (mention,) = heard(pipeline, post, about=about).events
    assert isinstance(mention, TaggedMention)
    return mention


# ── networks ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("status", [410, 404])
async def test_kind_28_an_instance_that_is_gone_for_good(tmp_path: Path, status: int) -> None:
    """A person is asked to take the source away; what we have of it is not taken for deleted because nobody is there any more."""
    with FakeWeb({}) as web:
        web.trouble = Said(status=status)
        client = PoliteClient(lambda: NOW)
        config = MastodonConfig(kind="mastodon", name="fedi", instance=web.base, hashtags=("benialba",))
        source = Mastodon(config, SourceContext([TOWN], lambda: NOW, client, {}, str(tmp_path)))
        with pytest.raises(SourceRefused) as caught:
            [batch async for batch in source.fetch(None)]
        with pytest.raises(SourceRefused):
            await source.recheck([f"{web.base.removeprefix('http://')}/115580000000000001"])
        await source.close()
        await client.close()
    assert str(status) in caught.value.message
    assert caught.value.remedy


# ── text ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("text", ["", " \t\n ", "https://example.org/a/b", "…", "👍", "#Benialba"])
def test_kind_37_a_text_that_says_nothing(pipeline: Pipeline, text: str) -> None:
    """Empty, blanks, only a link, a sign, an emoji, a hashtag: a mention in no language, of no kind, aimed at nobody."""
    mention = the_mention(pipeline, a_post(text))
    assert (mention.text, mention.language, mention.tags, mention.target) == (text, "und", (), "none")


def test_kind_38_two_megabytes_of_text(pipeline: Pipeline, tmp_path: Path) -> None:
    """As much as anybody reads is kept, with a sign that there was more; the name at its beginning is found."""
    row = json.dumps({"text": "Benialba " + "palabra " * 250_000, "published": "2026-11-20", "id": "1"})
    (post,) = an_archive(tmp_path / "posts.csv").parse(row)
    mention = the_mention(pipeline, post, about="")
    assert len(mention.text) == MAX_TEXT
    assert mention.text.endswith("…")


@pytest.mark.parametrize(
    "given",
    [{"native_id": "\ud83d"}, {"ref": "a\udc00"}, {"url": "https://a.example/\ud800"}, {"venue": Venue(name="\udfff")},
     {"answers": "\ud800"}, {"author": Author(handle="\ud800", name="\ud800")}],
)  # fmt: skip
def test_kind_40_half_characters_outside_the_text(pipeline: Pipeline, given: dict[str, object]) -> None:
    """No store and no topic can write one: what holds it becomes a mention or an item of quarantine, and its neighbour goes on."""
    outcome = heard(pipeline, a_post(**given), a_post(native_id="2"))
    assert len(outcome.events) >= 1


@pytest.mark.parametrize(
    "raw", ['{"id": "\\ud800"', '{"id": "\\ud800"}', '{"\\ud800": 1}', "\ud800", '{"author": "\\ud800"}']
)
def test_kind_40_half_characters_in_what_cannot_be_parsed(pipeline: Pipeline, raw: str) -> None:
    """Nor can quarantine: it is kept with a sign in their place."""
    item = pipeline.quarantined(Rejected(raw=raw, reason=f"no {raw}", origin=raw), "agora", "forum", NOW)
    assert msgspec.json.decode(msgspec.json.encode(item), type=type(item)) == item


def test_kind_43_ten_thousand_handles(pipeline: Pipeline) -> None:
    """As much is kept as of any text, each handle a pseudonym; what is cut off names nobody either."""
    mention = the_mention(pipeline, a_post(" ".join(f"@vecina{n}" for n in range(10_000))[:MAX_TEXT]))
    assert "vecin" not in mention.text
    assert len(set(PSEUDONYM.findall(mention.text))) > 1_000


def test_kind_44_five_languages_in_one_post(pipeline: Pipeline) -> None:
    """It is found by the words of each, in one language or none, and may be of any kind."""
    said = ("No hay agua en Benialba desde ayer", "Fa dies que no hi ha llum", "Hai moito ruído na rúa", "Ez dago inor udalean",
            "Nobody answers the phone")  # fmt: skip
    mention = the_mention(pipeline, a_post(". ".join(said)), about="")
    assert mention.language in ("es", "ca", "gl", "eu", "en", "und")
    assert {"agua", "llum", "rua", "inor", "phone"} <= set(words(fold(mention.text)))


# ── files and machine ─────────────────────────────────────────────────────────────────────
def an_archive(path: Path) -> Archive:
    context = SourceContext([TOWN], lambda: NOW, None, {}, str(path.parent))
    return Archive(ArchiveConfig(kind="archive", name="old", path=path.name), context)


async def refused(source: Archive) -> SourceRefused:
    with pytest.raises(SourceRefused) as caught:
        async with asyncio.timeout(60):
            [batch async for batch in source.fetch(None)]
    assert caught.value.remedy
    return caught.value


@contextmanager
def as_nobody() -> Iterator[None]:
    """While it lasts, root may not do what others may not."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


async def test_kind_49_a_pipe_in_the_place_of_a_file(tmp_path: Path) -> None:
    """It can be read only once, and a cursor counts rows: it is refused, and standard input named as the way."""
    os.mkfifo(tmp_path / "posts.csv")
    error = await refused(an_archive(tmp_path / "posts.csv"))
    assert "is no file" in error.message
    assert 'path = "-"' in error.remedy


async def test_kind_49_a_file_that_we_may_not_read(tmp_path: Path) -> None:
    """It is named, with what the system said."""
    file = tmp_path / "posts.csv"
    file.write_text("text,published\na,2026-11-20\n", encoding="utf-8")
    file.chmod(0)
    with as_nobody():
        error = await refused(an_archive(file))
    assert file.name in error.message
    assert str(file) in error.remedy
    assert "Permission denied" in error.message


def news(minutes: float, *, every: float = 60.0, hours: tuple[tuple[int, int], ...] = ()) -> SourceNews:
    return SourceNews("plaza", "forum", NOW + timedelta(minutes=minutes), every=every, hours=hours)


def test_kind_55_a_process_that_stood_still_for_ten_minutes() -> None:
    """Meanwhile its sources are blind, for nobody reads them; afterwards there is a gap, which was read from where it stood."""
    known: SourceHealth = advanced(advanced(None, news(0)), news(1))
    stopped, goes_on = NOW + timedelta(minutes=10, seconds=59), news(11)
    assert (judge(known, stopped).state, judge(known, stopped).proof) == ("blind", "overdue")
    after = advanced(known, goes_on)
    assert [(g.since, g.until, g.filled) for g in after.gaps] == [(NOW + timedelta(minutes=1), goes_on.at, "resumed")]
    assert judge(after, goes_on.at).state != "blind"


# ── configuration and messages ────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "name", ["(a+)+$", "a.*b", "[Benialba", r"\Benialba", "(?P<x>", "a{99999999}", "Benialba|", "^Benialba$"]
)
def test_kind_57_a_name_that_looks_like_a_regular_expression(name: str) -> None:
    """What people write into the configuration is text: it means itself, wherever it is looked for."""
    town = Institution.model_validate(
        {
            "id": "odd",
            "name": "Ayuntamiento de Allá",
            "aliases": [name],
            "government": [name],
            "district": [{"name": name}],
        }
    )
    pipeline = Pipeline([town], tagger("rules"), Pseudonyms(b"a key that only tests use"))
    assert the_mention(pipeline, a_post(f"ay {name} ay"), about="").reasons[0].term == name
    assert heard(pipeline, a_post("a" * MAX_TEXT), about=town.id).quarantined == ()
    batch = Batch(cursor=Cursor(source="agora", state="1"), items=(a_post("a" * 40 + "!"),))
    assert pipeline.run(batch, "forum", NOW).events == ()


@pytest.mark.parametrize(
    "value", [b"[" * 100_000, b'{"a":' * 100_000, b'{"kind": "mention", "reasons": ' + b"[" * 100_000]
)
def test_kind_61_json_inside_itself_without_end(value: bytes) -> None:
    """It is no message, whatever reads it; it does not end the process."""
    for read in (read_mention, read_tagged):
        with pytest.raises(MessageError):
            read(value)


def test_kind_61_a_record_of_ten_megabytes() -> None:
    """What is larger than any message of ours is still one, or is none, and is said in few words."""
    with pytest.raises(MessageError) as caught:
        read_mention(b'{"kind": "mention", "text": "' + b"x" * 10_000_000 + b'"}')
    assert len(caught.value.message) < 300
