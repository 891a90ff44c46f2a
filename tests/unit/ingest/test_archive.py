"""Files of posts: delimiters, encodings, columns, resuming."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corrillo.errors import ConfigError, SourceRefused
from corrillo.model import Batch, Post, Rejected
from corrillo.registry import SourceContext
from ingest import archive
from ingest.archive import Archive, ArchiveConfig

Context = Callable[..., SourceContext]
Opened = Callable[..., Archive]


@pytest.fixture
def opened(tmp_path: Path, context: Context) -> Opened:
    """An archive of a file with these bytes."""

    def make(content: str | bytes, name: str = "posts.csv", **config: object) -> Archive:
        raw = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(raw)
        return Archive(ArchiveConfig(kind="archive", name="old", path=name, **config), context())  # type: ignore[arg-type]

    return make


async def read(source: Archive) -> tuple[list[Post], list[Rejected]]:
    """All posts and all rejected rows."""
    batches = [b async for b in source.fetch(None)]
    return [p for b in batches for p in b.items if isinstance(p, Post)], [r for b in batches for r in b.rejected]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
async def test_the_delimiter_is_found_in_the_header(opened: Opened, delimiter: str) -> None:
    """Comma, semicolon, tabulator or bar."""
    content = f'id{delimiter}text{delimiter}published\n1{delimiter}"a{delimiter}b"{delimiter}2026-11-20T10:00:00Z\n'
    posts, rejected = await read(opened(content))
    assert ([p.text for p in posts], rejected) == ([f"a{delimiter}b".replace("\t", " ")], [])


async def test_a_delimiter_that_is_given_wins(opened: Opened) -> None:
    """Where the header would mislead."""
    posts, _ = await read(opened("te,xt;published\nhola;2026-11-20", delimiter=";", map={"text": "te,xt"}))
    assert [p.text for p in posts] == ["hola"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("line", ["\n", "\r\n"])
async def test_encodings_of_spreadsheets_are_understood(opened: Opened, encoding: str, line: str) -> None:
    """With and without a mark at the beginning; the first column keeps its name."""
    content = line.join(["text;published", "El niño dijo “adiós”;2026-11-20", ""])
    posts, rejected = await read(opened(content.encode(encoding)))
    assert ([p.text for p in posts], rejected) == (["El niño dijo “adiós”"], [])


async def test_bytes_that_no_encoding_knows_hurt_no_other(opened: Opened) -> None:
    """They become a replacement character, in their own row only."""
    posts, _ = await read(opened(b"text;published\nni\xf1o \x81;2026-11-20\nvale;2026-11-21\n"))
    assert [p.text for p in posts] == ["niño \ufffd", "vale"]


async def test_columns_get_our_names_by_the_map(opened: Opened) -> None:
    """Date and time of two columns, parents, counts; columns with our names need no map."""
    names = {"text": "body", "published": "day+hour", "parent": "reply", "author": "user", "likes": "votes"}
    content = (
        "id,body,day,hour,reply,user,votes,shares,url,venue_kind\n"
        "7,Hola,2026-11-20,0 days 10:50:19,5.0,ana,3.0,,https://f.example/7,forum\n"
    )
    (post,), _ = await read(opened(content, map=names, network="forum", venue="El foro", time_zone="UTC"))
    assert post.published.isoformat() == "2026-11-20T10:50:19+00:00"
    assert (post.native_id, post.answers, post.text, post.network, post.source) == ("7", "5", "Hola", "forum", "old")
    assert (post.engagement.likes, post.engagement.shares) == (3, None)
    assert (post.venue.name, post.venue.kind, post.url) == ("El foro", "forum", "https://f.example/7")
    assert post.author is not None
    assert post.author.handle == "ana"


@pytest.mark.parametrize("nobody", ["-1", "", "NaN", "nan", "null", "None", "0", "-1.0", "-"])
async def test_a_row_without_parent_answers_nobody(opened: Opened, nobody: str) -> None:
    """However the archive writes it."""
    (post,), _ = await read(opened(f"text,published,parent\nHola,2026-11-20,{nobody}\n"))
    assert post.answers == ""


async def test_an_unnamed_column_is_not_one_too_many(opened: Opened) -> None:
    """pandas writes its index so; spreadsheets leave delimiters at the ends of rows."""
    posts, rejected = await read(opened(",text,published\n0,Hola,2026-11-20,\n1,Adiós,2026-11-21,,\n"))
    assert ([p.text for p in posts], rejected) == (["Hola", "Adiós"], [])


async def test_a_row_without_id_gets_the_same_one_every_time(opened: Opened) -> None:
    """Of its time, author and text; so a second import changes nothing."""
    content = "text,published,author\nHola,2026-11-20,ana\nHola,2026-11-20,pep\nHola,2026-11-21,ana\n"
    first, _ = await read(opened(content))
    again, _ = await read(opened(content))
    assert [p.native_id for p in first] == [p.native_id for p in again]
    assert len({p.native_id for p in first}) == 3


async def test_standard_input_is_read_from_its_beginning(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """``-`` is no file: a cursor of an earlier run skips nothing."""
    source = Archive(ArchiveConfig(kind="archive", name="old", path="-"), context())
    line = json.dumps({"text": "Hola", "published": "2026-11-20"})
    for cursor in (None, archive.Cursor(source="old", state='{"file": "", "rows": 1}')):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{line}\n".encode())))
        batches = [b async for b in source.fetch(cursor)]
        assert [p.text for b in batches for p in b.items if isinstance(p, Post)] == ["Hola"]


async def test_another_file_under_the_same_name_is_read_from_its_beginning(opened: Opened) -> None:
    """A cursor counts rows of the file that it was made for."""
    first: list[Batch] = [b async for b in opened("text,published\na,2026-11-20\nb,2026-11-20\n").fetch(None)]
    other = opened("text,published\nc,2026-11-20\nd,2026-11-20\ne,2026-11-20\n")
    after = [b async for b in other.fetch(first[-1].cursor)]
    assert [p.text for b in after for p in b.items if isinstance(p, Post)] == ["c", "d", "e"]
    assert [b async for b in other.fetch(after[-1].cursor)] == []


@pytest.mark.parametrize(
    ("header", "named", "names"),
    [
        ("text,text,published", "'text'", {}),
        ("body,published", "'text'", {}),
        ("body,published", "'cuerpo'", {"text": "cuerpo"}),
        ("text,day", "'hour'", {"published": "day+hour"}),
    ],
)
async def test_a_header_that_does_not_fit_is_said_before_anything_is_read(
    opened: Opened, header: str, named: str, names: dict[str, str]
) -> None:
    """A column twice, or one that is not there; the remedy names what is."""
    with pytest.raises(ConfigError) as caught:
        await read(opened(f"{header}\na,b,c\n", map=names))
    assert named in caught.value.message
    assert caught.value.remedy


async def test_a_column_that_is_not_ours_is_refused_at_once() -> None:
    """The map's left side names our columns."""
    with pytest.raises(ValueError, match="'texto' is no column of ours"):
        ArchiveConfig(kind="archive", name="old", path="x", map={"texto": "body"})


async def test_what_is_no_file_is_refused(opened: Opened, tmp_path: Path) -> None:
    """A folder, or nothing."""
    source = opened("")
    (tmp_path / "posts.csv").unlink()
    with pytest.raises(SourceRefused, match="No such file"):
        await read(source)
    (tmp_path / "posts.csv").mkdir()
    with pytest.raises(SourceRefused, match="directory"):
        await read(source)


async def test_all_columns_that_are_missing_are_named_at_once(opened: Opened) -> None:
    """And those that the file has, so that one look is enough."""
    with pytest.raises(ConfigError) as caught:
        await read(opened("fecha;texto\na;b\n"))
    assert "there are no columns 'text', 'published'" in caught.value.message
    assert "the file has: fecha, texto" in caught.value.remedy
    assert "text=…,published=…" in caught.value.remedy


async def test_answers_were_looked_for_where_the_file_holds_whole_threads(opened: Opened) -> None:
    """Up to its last post, and never before they were said; elsewhere it is not known."""
    rows = "id,parent,text,published\n1,,¿Hay agua?,2026-11-19\n2,1,Sí,2026-11-20\n3,1,No,2099-01-01\n"
    posts, _ = await read(opened(rows, threads="whole"))
    assert [p.looked for p in posts] == [posts[1].published, posts[1].published, posts[2].published]
    assert [p.looked for p in (await read(opened(rows)))[0]] == [None, None, None]


async def test_threads_cannot_be_whole_where_nothing_says_what_answers_what(opened: Opened) -> None:
    with pytest.raises(ConfigError, match="nothing says what answers what"):
        await read(opened("text,published\nHola,2026-11-20\n", threads="whole"))
    mapped = opened("text,published,debate\nHola,2026-11-20,7\n", threads="whole", map={"thread": "debate"})
    assert len((await read(mapped))[0]) == 1


async def test_networks_may_be_called_as_people_call_them(opened: Opened) -> None:
    """In a row and for the whole file; a network that nobody knows is one of its own."""
    rows = "text,published,network\na,2026-11-20,Prensa\nb,2026-11-20,Twitter\nc,2026-11-20,intranet\nd,2026-11-20,\n"
    posts, _ = await read(opened(rows, network="Reseñas"))
    assert [p.network for p in posts] == ["press", "x", "intranet", "reviews"]
