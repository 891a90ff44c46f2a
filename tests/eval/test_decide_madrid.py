"""Real input, whole: 5,633 citizens' comments from the file to find, export and the page, with their threads."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corrillo.model import mention_id
from tests.processes import Commands, get, until

MAP = "text=text,id=id,published=date+time,parent=parentId,author=userId,likes=numPositiveVotes"


@pytest.fixture(scope="module")
def rows(request: pytest.FixtureRequest) -> list[dict[str, str]]:
    file = Path(request.config.getoption("--data")) / "decide-madrid" / "comments.csv"
    with open(file, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def madrid(request: pytest.FixtureRequest, corrillo: Commands) -> Commands:
    """A fresh installation into which the comments have been replayed."""
    data = Path(request.config.getoption("--data")).absolute()
    corrillo("init", "Ayuntamiento de Madrid")
    replay = ("replay", data / "decide-madrid" / "comments.csv", "--all-relevant", "--network", "decide", "--map", MAP)
    first = corrillo.json(*replay)
    assert (first["new"], first["quarantined"]) == (first["read"], 0)
    again = corrillo.json(*replay)
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, first["read"])
    return corrillo


@pytest.fixture(scope="module")
def exported(madrid: Commands) -> dict[str, dict[str, Any]]:
    madrid("export", "all.jsonl")
    lines = (madrid.folder / "all.jsonl").read_text("utf-8").splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


def identity(comment: str) -> str:
    return mention_id("decide", comment, "madrid")


def test_every_comment_comes_out(rows: list[dict[str, str]], exported: dict[str, Any], madrid: Commands) -> None:
    """Once each, in export and in find."""
    assert set(exported) == {identity(r["id"]) for r in rows}
    assert madrid.json("find")["total"] == len(rows) == 5633


def test_every_answer_is_in_the_thread_of_what_it_answers(rows: list[dict[str, str]], exported: dict[str, Any]) -> None:
    """Parents are linked; a chain of answers is one thread, that of its beginning."""
    parents = {r["id"]: r["parentId"] for r in rows}
    for comment, parent in parents.items():
        row = exported[identity(comment)]
        assert row["answers"] == (identity(parent) if parent != "-1" else "")
        root = comment
        while parents.get(root, "-1") != "-1":
            root = parents[root]
        assert row["thread"] == identity(root)


def test_times_are_madrid_s(rows: list[dict[str, str]], exported: dict[str, Any]) -> None:
    """Date and clock are joined and read in the institution's zone: summer 2015 is two hours ahead of UTC."""
    assert (rows[0]["date"], rows[0]["time"]) == ("2015-09-15", "0 days 10:50:19")
    assert exported[identity(rows[0]["id"])]["published"] == "2015-09-15T08:50:19+00:00"


def test_the_page_shows_them(madrid: Commands) -> None:
    """All of them under "everything"; the comments themselves by search."""
    madrid.start("listen", "--port", 0)
    log = madrid.folder / "log"
    page = until(lambda: "The page: " in log.read_text("utf-8") and log.read_text("utf-8"), "the page")
    address = page.split("The page: ")[1].split()[0]
    status, body = get(f"{address}?lang=es&period=all")
    assert (status, "5.633" in body) == (200, True)
    assert "Valdemingómez" in get(f"{address}?lang=es&period=all&q=valdemingomez")[1]


@pytest.fixture(autouse=True)
def _no_process_is_left(madrid: Commands) -> Iterator[None]:
    yield
    madrid.end()
