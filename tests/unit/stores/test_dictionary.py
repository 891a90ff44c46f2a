"""Nothing that can be read is undocumented, in either language, and what the dictionary says of it is so."""

from __future__ import annotations

import re
import runpy
import sqlite3
import sys
from pathlib import Path

import pytest

from corrillo import daily
from corrillo.export import COLUMNS
from stores.dictionary.entries import PERSONAL, Entry, indices, kept
from stores.dictionary.file import COUNTED, EXPORTED, NOT_FOR_READING, VIEWS, exports, views
from stores.dictionary.page import Language, frame, page, spanish
from stores.elasticsearch.roles import ROLES, WITHOUT_LINKS
from stores.sqlite.schema import migrate

DOCS = Path(__file__).parents[3] / "docs"
ROOMS = [*indices(), *views(), *exports()]
ENTRIES = [entry for room in ROOMS for entry in room.entries]


@pytest.fixture(scope="module")
def file() -> sqlite3.Connection:
    """A store's file as it is made today."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, "memory")
    return connection


@pytest.mark.parametrize(("language", "name"), [("en", "data-dictionary.md"), ("es", "data-dictionary.es.md")])
def test_the_pages_are_current(language: Language, name: str) -> None:
    """Otherwise: make schemas."""
    assert (DOCS / name).read_text("utf-8") == page(language)


@pytest.mark.parametrize(("options", "language"), [([], "en"), (["--lang", "es"], "es")])
def test_the_command_prints_the_page(
    options: list[str], language: Language, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["dictionary", *options])
    runpy.run_module("stores.dictionary", run_name="__main__")
    assert capsys.readouterr().out == page(language)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: f"{e.room}.{e.name}")
def test_every_field_has_a_meaning_an_example_a_version_and_says_what_of_a_person_it_holds(entry: Entry) -> None:
    assert entry.says.strip()
    assert entry.example
    assert re.fullmatch(r"\d+\.\d+\.\d+", entry.since)
    assert entry.personal in PERSONAL


def test_what_is_translated_is_what_is_said() -> None:
    """No sentence without its translation, and none left over; both frames have the same parts."""
    said = {e.says for e in ENTRIES} | {r.says for r in ROOMS} | {r.says for r in ROLES.values()}
    assert set(spanish()) == said | set(NOT_FOR_READING.values())
    assert set(frame()["es"]) == set(frame()["en"])


def test_no_example_and_no_judgement_is_of_a_field_that_is_gone() -> None:
    """Each is looked up by somebody: by its place, by its name or by the end of it."""
    known = {key for e in ENTRIES for key in (f"{e.room}.{e.name}", e.name, e.name.rpartition(".")[2])}
    assert [key for table in kept().values() for key in table if key not in known] == []


def test_every_table_and_every_column_of_every_view_is_there(file: sqlite3.Connection) -> None:
    """In the order of the view; what SQLite keeps for its index of words is no table of ours."""
    rows = file.execute("SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view')").fetchall()
    tables = {name for kind, name in rows if kind == "table" and not name.startswith(("sqlite_", "mention_text_"))}
    assert tables == set(NOT_FOR_READING)
    assert {name for kind, name in rows if kind == "view"} == set(VIEWS)
    for name, (_, columns) in VIEWS.items():
        assert [row[1] for row in file.execute(f"PRAGMA table_info({name})")] == list(columns), name


def test_every_column_of_an_export_is_there() -> None:
    assert tuple(EXPORTED) == (*COLUMNS, "url")
    assert tuple(COUNTED) == daily.columns(daily.PARTS)


def test_nothing_that_analysts_read_leads_to_a_person_or_names_one_of_the_team() -> None:
    """By no view, no index that their role reads, and no export but for the link that is asked for."""
    rooms = [*WITHOUT_LINKS, *VIEWS, "export", "counted"]
    led = [f"{e.room}.{e.name}" for e in ENTRIES if e.room in rooms and e.personal in ("link", "team")]
    assert led == ["export.url"]
    pseudonyms = [e.name for e in ENTRIES if e.room in VIEWS and e.name in ("author", "handles")]
    assert pseudonyms == []
