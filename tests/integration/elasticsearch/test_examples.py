"""The examples for analysts, on half of the demonstration's fortnight: each gives rows, and the same in every language.

SQL runs on SQLite, Python on Elasticsearch. ES|QL runs on a fake over Elasticsearch's documents, for the bare core of
the tests has none; and on the server itself where a full one is given.
"""

from __future__ import annotations

import asyncio
import re
import runpy
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import elasticsearch
import msgspec
import pytest

from corrillo import demo
from corrillo.alerts import Subject
from corrillo.bootstrap import open_house
from corrillo.cli.demo_replay import relive
from corrillo.demo import TOWN, ZONE, build
from corrillo.detection import Detection
from corrillo.ports import Query
from corrillo.sink import StoreSink
from corrillo.testing.mentions import everything, write
from stores.elasticsearch import ElasticStore
from stores.elasticsearch.fields import FIELDS
from stores.elasticsearch.templates import Shape
from stores.sqlite import SqliteStore
from tests.deployed import ROOT
from tests.fakes.esql import Esql, EsqlError, flat, moment

EXAMPLES = ROOT / "examples"
ESQL, SQL, PYTHON = (
    sorted((EXAMPLES / kind).glob(f"*.{kind if kind != 'python' else 'py'}")) for kind in ("esql", "sql", "python")
)
SCRIPTS = [path for path in PYTHON if path.name[0].isdigit()]
NUMBERS = sorted({path.name[:2] for path in SQL})
NOW = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)
WORD = "agua"
PART = ("ordinary.jsonl", "flood.jsonl", "water.jsonl", "leak.jsonl", "agency.jsonl", "threads.jsonl", "places.jsonl")
"""Of the demonstration: replaying all of it takes twice as long, and every question has an answer in these."""


@dataclass(frozen=True)
class Town:
    """The demonstration in a file, and what is asked of it."""

    file: Path
    asked: dict[str, str]

    def sql(self, number: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Columns and rows of an example, read as an analyst does: nothing can be written."""
        (path,) = (p for p in SQL if p.name.startswith(number))
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as connection:
            found = connection.execute(path.read_text("utf-8"), self.asked)
            return [column[0] for column in found.description], found.fetchall()


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A fortnight as ``corrillo demo`` replays it, with its incidents and what the team did."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(demo, "FILES", PART)
        house = open_house(build(folder, NOW))
    asyncio.run(relive(house, StoreSink(house.store, house.pipeline, Detection(house.settings.institutions)), NOW))
    house.store.close()
    day = "%Y-%m-%dT%H:%M:%SZ"
    times = {"since": NOW - timedelta(days=15), "middle": NOW - timedelta(days=7), "until": NOW + timedelta(hours=1)}
    return Town(
        folder / "demo.db", {"institution": TOWN, "word": WORD, **{n: t.strftime(day) for n, t in times.items()}}
    )


@pytest.fixture(scope="module")
def elastic(town, prefixes):
    """The same contents on the server, under a prefix."""
    own = prefixes(Shape(settings={"index.translog.durability": "async"}))
    zones = {TOWN: ZONE.key}
    file = SqliteStore(town.file, zones, lambda: NOW)
    with closing(sqlite3.connect(town.file)) as connection:
        subjects = connection.execute("SELECT DISTINCT institution, service, district FROM hour_count").fetchall()
    hours = [
        h for i, s, d in subjects for h in file.hour_counts(Subject(institution=i, service=s, district=d), 0, 10**6)
    ]
    store = ElasticStore(own.client, zones, lambda: NOW, prefix=own.name, shape=own.shape, patience=0)
    write(store, *everything(file).values())
    with store.unit() as unit:
        unit.tell([*hours, *file.incidents(TOWN, limit=1000), *file.attention(TOWN)])
    store.purge(TOWN, NOW - timedelta(days=300))
    assert store.count(Query()) == file.count(Query()) > 1400
    file.close()
    return own


@pytest.fixture(scope="module")
def esql(elastic):
    """The fake, over the documents of the server; dates are dates."""
    kept: dict[str, list[dict[str, Any]]] = {}
    for hit in elastic.hits():
        index = re.sub(r"-\d{4}-\d\d$", "", hit.index.removeprefix(f"{elastic.name}-"))
        kept.setdefault(index, []).append(dict(flat(msgspec.json.decode(hit.source))))
    types = {kind: dict(_types(FIELDS[kind])) for kind in FIELDS}

    def rows(index):
        kind = index.removeprefix("corrillo-")
        return [
            {n: moment(v) if types[kind].get(n) in ("date", "day") and v else v for n, v in row.items()}
            for row in kept[kind]
        ]

    return Esql(rows, lambda index: types[index.removeprefix("corrillo-")])


def _types(fields, above=""):
    for name, field in fields.items():
        yield f"{above}{name}", field.type
        yield from _types(field.fields, f"{above}{name}.")


def plain(found):
    """Rows as they are compared: numbers by value, columns by their last name."""
    columns, rows = found
    short = [column.rpartition(".")[2] for column in columns]
    return short, [tuple(round(v, 6) if isinstance(v, float | int) else v for v in row) for row in rows]


def number_of(path: Path) -> str:
    return path.name[:2]


def test_there_are_at_least_ten_questions_and_each_is_said_in_both_languages() -> None:
    assert len(ESQL) >= 10
    assert {number_of(p) for p in [*ESQL, *SCRIPTS]} <= {number_of(p) for p in SQL}
    for path in [*ESQL, *SQL, *SCRIPTS]:
        spanish, english = [line.strip('-/" ') for line in path.read_text("utf-8").splitlines() if line][:2]
        assert ("¿" in spanish, "?" in english, "¿" in english) == (True, True, False), path


@pytest.mark.parametrize("number", NUMBERS)
def test_sql_gives_rows_from_the_views_alone(town: Town, number: str) -> None:
    """Nobody who wrote is in them, and no table behind the views is named but the index of words."""
    columns, rows = town.sql(number)
    assert rows
    assert len(set(columns)) == len(columns)
    assert not any(isinstance(value, str) and value.startswith(("~", "http")) for row in rows for value in row)
    (path,) = (p for p in SQL if p.name.startswith(number))
    named = set(re.findall(r"(?:FROM|JOIN) (\w+)", re.sub(r"--[^\n]*", "", path.read_text("utf-8"))))
    assert {n for n in named if not n.startswith("read_")} <= {"waits", "ranked", "mention_text"}


@pytest.mark.parametrize("path", ESQL, ids=number_of)
def test_esql_as_its_reference_says_it_gives_the_same_rows(town: Town, esql: Esql, path: Path) -> None:
    """Over what really stands in Elasticsearch; every column is one that the index has."""
    asked = {name: value for name, value in town.asked.items() if name != "word"}
    assert plain(esql.run(path.read_text("utf-8"), **asked)) == plain(town.sql(number_of(path)))


@pytest.mark.full_server
@pytest.mark.parametrize("path", ESQL, ids=number_of)
def test_esql_on_a_full_server_gives_the_same_rows(town: Town, elastic: Any, path: Path) -> None:
    asked = [{name: value} for name, value in town.asked.items() if name != "word"]
    query = path.read_text("utf-8").replace("FROM corrillo-", f"FROM {elastic.name}-")
    given = [one for one in asked if f"?{next(iter(one))}" in query]
    found = msgspec.json.decode(elastic.client.send("POST", "/_query", {"query": query, "params": given}))
    answer = [c["name"] for c in found["columns"]], [tuple(row) for row in found["values"]]
    assert plain(answer) == plain(town.sql(number_of(path)))


@pytest.mark.parametrize("path", SCRIPTS, ids=number_of)
def test_the_python_client_gives_the_same_rows(
    town: Town, elastic: Any, elasticsearch_server: Any, path: Path, monkeypatch: Any
) -> None:
    """As an analyst runs it, from its own folder."""
    server = elasticsearch_server
    monkeypatch.syspath_prepend(str(path.parent))
    module = runpy.run_path(str(path))
    asked = module["Asked"](**town.asked, prefix=elastic.name)
    with elasticsearch.Elasticsearch(server.url, basic_auth=(server.user, server.password)) as client:
        rows = module["answer"](client, asked)
    sys.modules.pop("asking")
    assert plain(([], rows))[1] == plain(([], town.sql(number_of(path))[1]))[1]


WRONG = {
    "a field of no index": 'FROM corrillo-mentions | WHERE author_name == "x"',
    "a field of another index": "FROM corrillo-days | SORT published",
    "a word of the language": "FROM corrillo-mentions | STATS first = MIN(published)",
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=list(WRONG))
def test_the_fake_refuses_what_a_server_would(esql: Esql, wrong: str) -> None:
    with pytest.raises(EsqlError, match=r"Unknown column|word of the language"):
        esql.run(wrong)
