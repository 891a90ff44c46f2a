"""The view of cases: mine, open, closed, corrected, not about us; and who did what."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from corrillo.marked import MOST, Away, away, standing_marks
from corrillo.model import mention_id
from corrillo.people import Person, Role, hash_of
from corrillo.work import Deed
from dashboards.page.app import create_app
from dashboards.page.people.door import Entrance
from dashboards.page.work.board import said
from tests.unit.dashboards.outline import Outline

Did = Callable[..., Deed]


@pytest.fixture
def did(store: Any, now: Any) -> Did:
    """Somebody does something about a post, so many minutes ago."""

    def one(ago: int, native: str, what: str, who: str = "Marta", **given: Any) -> Deed:
        mention = mention_id("x", native, "benialba")
        at = now - timedelta(minutes=ago)
        deed = Deed(
            id=f"{ago}-{native}-{what}", mention=mention, institution="benialba", at=at, who=who, what=what, **given
        )  # type: ignore[arg-type]
        store.do(deed)
        return deed

    return one


@pytest.fixture
def board(store: Any, town: Any, now: Any, mention: Any) -> Callable[..., str]:
    """The view as somebody sees it."""
    store.mentions = [mention(str(n), f"El contenedor {n} sigue sucio") for n in range(9)]

    def seen(name: str = "Marta", role: Role = "team", path: str = "/work") -> str:
        people = Entrance((Person(name=name, role=role, token_hash=hash_of("x")),))
        client = TestClient(create_app(store, [town], lambda: now, coverage=[], entrance=people))
        return client.get(path, headers={"authorization": "Bearer x", "accept-language": "es"}).text

    return seen


def part(page: str, name: str) -> list[str]:
    """The numbers of the posts in a part of the view, in their order."""
    found = re.search(rf'aria-labelledby="{name}".*?</section>', page, re.DOTALL)
    return re.findall(r"El contenedor (\d) sigue", found.group(0)) if found else []


def test_each_post_stands_where_the_last_word_on_it_puts_it(board: Any, did: Did) -> None:
    for ago, native, what, who in (
        (9, "1", "take", "Marta"), (8, "2", "take", "Nuria"), (7, "3", "take", "Marta"), (6, "3", "done", "Nuria"), (5, "4", "take", "Nuria"),
        (4, "4", "release", "Nuria"), (3, "5", "take", "Nuria"), (2, "5", "take", "Marta"), (1, "6", "take", "Marta"), (0, "6", "not_about_us", "Marta"),
    ):  # fmt: skip
        did(ago, native, what, who)
    did(3, "7", "not_ours", whose="Consell")
    did(3, "8", "correct", tags=("praise",), was=())
    page = board()
    parts = {name: part(page, name) for name in ("mine", "taken", "lately", "corrected", "away")}
    assert parts == {"mine": ["5", "1"], "taken": ["2"], "lately": ["7", "3"], "corrected": ["8"], "away": ["6"]}
    assert "Lleva 2 casos. En total hay 3 casos abiertos." in page


def test_where_nobody_says_who_they_are_there_is_no_mine(board: Any, did: Did, client: TestClient) -> None:
    did(1, "1", "take")
    assert part(client.get("/work").text, "taken") == ["1"]
    assert 'id="mine"' not in client.get("/work").text


def test_an_empty_board_says_how_a_case_begins(board: Any) -> None:
    page = board()
    assert "No hay casos abiertos." in page
    assert "Trabajar con esto" in page
    assert page.count("Ninguno.") >= 2


def test_a_post_that_is_gone_is_said_and_its_case_with_it(board: Any, did: Did, store: Any) -> None:
    did(1, "gone", "take")
    page = board()
    assert "La publicación ya no está." in page
    assert "Marta lo lleva." in page


def test_a_case_whose_post_is_gone_can_be_closed_and_nothing_else(
    board: Any, did: Did, store: Any, client: TestClient
) -> None:
    """Its author deleted the post: nobody has to keep the case for ever."""
    taken = did(1, "gone", "take")
    page = client.get("/work").text
    form = re.search(rf'action="/mention/{taken.mention}/deeds">(.*?)</form>', page, re.DOTALL).group(1)  # type: ignore[union-attr]
    fields = {**dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)), "who": "Nuria"}
    at = f"/mention/{taken.mention}/deeds"
    assert [client.post(at, data={**fields, "what": w, "tag": "praise"}).status_code for w in ("correct", "take")] == [
        409
    ] * 2
    assert client.post(at, data={**fields, "what": "done"}).status_code == 200
    assert part(client.get("/work").text, "taken") == []
    assert "No hay casos abiertos." in client.get("/work").text


def test_long_lists_say_how_long_they_are(board: Any, did: Did, store: Any, mention: Any) -> None:
    store.mentions += [mention(f"more{n}") for n in range(40)]
    for n in range(40):
        did(n, f"more{n}", "take", "Nuria")
    assert "Se muestran las 30 últimas de 40." in board()


def test_only_an_admin_sees_who_did_what_and_takes_it_away_as_a_file(board: Any, did: Did) -> None:
    """Everything, newest first; a cell that would be a formula is none."""
    did(2, "1", "take")
    did(1, "1", "note", "Nuria", note="=1+1")
    did(0, "2", "correct", tags=("praise", "question"), was=("complaint",))
    assert "Quién hizo qué" not in board(role="team")
    page = board(role="admin")
    table = Outline(page).all("table")
    assert len(table) == 1
    assert re.findall(r"<bdi>(Marta|Nuria)</bdi></td>", page) == ["Marta", "Nuria", "Marta"]
    rows = list(csv.DictReader(io.StringIO(board(role="admin", path="/audit.csv"))))
    assert [(r["who"], r["what"], r["note"], r["tags"], r["was"]) for r in rows] == [
        ("Marta", "correct", "", "praise question", "complaint"), ("Nuria", "note", "'=1+1", "", ""), ("Marta", "take", "", "", ""),
    ]  # fmt: skip


def test_names_are_gathered_however_they_are_written(did: Did) -> None:
    marks = [
        did(n, str(n), "not_about_us", homonym=name)
        for n, name in enumerate(("Benialba CF", " benialba cf", "", "Otro"))
    ]
    assert [(s.name, s.times) for s in said(marks)] == [("Benialba CF", 2), ("Otro", 1)]


def test_of_marks_the_last_one_of_each_post_holds(store: Any, did: Did, now: Any) -> None:
    first = did(3, "1", "not_about_us")
    did(2, "1", "about_us")
    kept = did(1, "2", "not_about_us")
    assert standing_marks(store.done("benialba")) == [kept]
    assert away(store, "benialba", None) == Away((kept.mention,))
    assert away(store, "benialba", now) == Away()
    again = did(0, "1", "not_about_us")
    assert [d.mention for d in standing_marks(store.done("benialba"))] == [again.mention, kept.mention]
    assert first.mention == again.mention


def test_no_question_names_more_than_it_should_and_that_is_said(store: Any, did: Did, board: Any) -> None:
    for n in range(MOST + 5):
        did(n % 60, f"m{n}", "not_about_us")
    did(0, "1", "not_about_us")
    found = away(store, "benialba", None)
    assert (len(found.ids), found.more) == (MOST, True)
    assert "Solo se apartan las 1.000 marcadas más tarde" in board(path="/posts")
