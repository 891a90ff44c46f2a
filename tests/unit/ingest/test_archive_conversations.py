"""Answers in a file that do not name the town: they belong to what they answer, in whatever order they stand."""

from __future__ import annotations

import io
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corrillo.model import Post
from corrillo.registry import SourceContext
from ingest import archive
from ingest.archive import Archive, ArchiveConfig
from ingest.match import Matcher

Context = Callable[..., SourceContext]
HEADER = "id,parent,network,author,text"
ROWS = (
    "1,,x,@ajbenialba,Mañana cortamos el agua en el centro",
    "2,1,x,ana,¿A qué hora?",
    "3,2,x,pep,Eso digo yo",
    "4,,x,mar,Otra vez sin luz en Benialba",
    "5,4,x,luis,Aquí tampoco hay",
    "6,5,x,eva,Ni aquí",
    "7,,x,sol,Qué calor hace hoy",
    "8,7,x,ana,Muchísimo",
)
OURS, ABOUT_US = {"1", "2", "3"}, {"4", "5", "6"}


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "ROWS", 2)


async def kept(
    context: Context, matcher: Matcher, folder: Path, rows: list[str], header: str = HEADER, **config: object
) -> dict[str, str]:
    """The posts of a file that are about the town, and where each was said."""
    lines = [f"{row},2026-11-20" for row in rows]
    (folder / "f.csv").write_text("\n".join([f"{header},published", *lines, ""]), encoding="utf-8")
    given = {"kind": "archive", "name": "old", "path": "f.csv", "network": "x"} | config
    source = Archive(ArchiveConfig.model_validate(given), context())
    posts = [i async for b in source.fetch(None) for i in b.items if isinstance(i, Post)]
    return {p.native_id: presence.place(p) for p in posts for presence, _ in matcher(p)}


@pytest.mark.parametrize("seed", range(5))
async def test_answers_in_whole_threads_belong_to_what_they_answer(
    tmp_path: Path, context: Context, matcher: Matcher, seed: int
) -> None:
    """All of a conversation that we began, or that is about us, is kept; of others nothing."""
    rows = random.Random(seed).sample(ROWS, len(ROWS))
    found = await kept(context, matcher, tmp_path, rows, threads="whole")
    assert set(found) == OURS | ABOUT_US
    assert (found["1"], found["2"]) == ("own", "on_page")


async def test_answers_to_us_are_kept_where_threads_may_not_be_whole(
    tmp_path: Path, context: Context, matcher: Matcher
) -> None:
    """What is said below our own post is said to us; below another's, only what names us."""
    assert set(await kept(context, matcher, tmp_path, list(ROWS[::-1]))) == OURS | {"4"}


@pytest.mark.parametrize(("threads", "expected"), [("unknown", OURS | {"4"}), ("whole", OURS | ABOUT_US)])
async def test_standard_input_knows_what_stood_before(
    tmp_path: Path,
    context: Context,
    matcher: Matcher,
    monkeypatch: pytest.MonkeyPatch,
    threads: str,
    expected: set[str],
) -> None:
    """And all of it where its threads are whole: then it is held until its end."""
    rows = ROWS if threads == "unknown" else ROWS[::-1]
    written = "\n".join([f"{HEADER},published", *(f"{row},2026-11-20" for row in rows), ""])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(written.encode())))
    assert set(await kept(context, matcher, tmp_path, [], path="-", threads=threads)) == expected


async def test_a_thread_named_by_the_post_it_began_with_is_the_posts(
    tmp_path: Path, context: Context, matcher: Matcher
) -> None:
    """A column for the thread is enough; one that names no post of the file holds together by its name."""
    rows = ["1,,x,@ajbenialba,Corte de agua", "2,1,x,ana,¿A qué hora?", "3,90,x,sol,Hola", "4,90,x,eva,Benialba"]
    found = await kept(context, matcher, tmp_path, rows, header="id,thread,network,author,text", threads="whole")
    assert set(found) == {"1", "2", "3", "4"}


async def test_what_answers_itself_ends(tmp_path: Path, context: Context, matcher: Matcher) -> None:
    """Some archives do."""
    rows = ["1,2,x,ana,Hola Benialba", "2,1,x,pep,Hola"]
    assert set(await kept(context, matcher, tmp_path, rows, threads="whole")) == {"1", "2"}
