"""Downloads: what leaves the page as files, and the paper that goes with it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import timedelta
from typing import Any
from zipfile import BadZipFile, ZipFile

import pytest
from starlette.testclient import TestClient

from corrillo.errors import StoreError
from corrillo.export import COLUMNS, record, records
from corrillo.manifest import Asked
from corrillo.ports import Query
from dashboards.page.download import archive, file_name
from dashboards.page.taking import LIMIT

STAMP = (2026, 11, 21, 14, 5, 0)


@pytest.fixture
def said(store: Any, mention: Any, tags: Any, now: Any) -> TestClient:
    store.mentions = [
        mention("1", "=SUMA(A1:A9)", url="https://x.example/1", tags=tags("complaint"), author="~0123456789abcdef"),
        mention("2", '+1, con «comillas», "dobles"\ny dos líneas', network="press", published=now - timedelta(days=2)),
        mention(
            "3",
            "Cortada la calle",
            author="@benialba",
            author_kind="own_account",
            place="own",
            published=now - timedelta(hours=2),
        ),
        mention("4", "@vecino -no", published=now - timedelta(days=20)),
    ]
    return store


def unpacked(content: bytes) -> tuple[str, bytes, dict[str, Any]]:
    """Name and content of the file in a ZIP, and its manifest."""
    with ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        name, paper = packed.namelist()
        assert paper == "manifest.json"
        return name, packed.read(name), json.loads(packed.read(paper))


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_download_holds_what_the_store_holds(said: Any, client: TestClient, form: str) -> None:
    """Rows as ``corrillo export`` writes them, in the order of the list; the manifest's hash is the file's."""
    answer = client.get(f"/export.{form}.zip?period=all")
    assert answer.headers["content-type"] == "application/zip"
    name, content, paper = unpacked(answer.content)
    assert name == f"corrillo-benialba-2026-11-21.{form}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}.zip"'
    whole = [record(m, urls=False) for m in said.find(Query()).mentions]
    if form == "jsonl":
        assert [json.loads(line) for line in content.decode().splitlines()] == whole
    else:
        rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
        assert [r["id"] for r in rows] == [r["id"] for r in whole]
        assert [r["text"] for r in rows] == [
            "'=SUMA(A1:A9)", "Cortada la calle", "'+1, con «comillas», \"dobles\"\ny dos líneas", "'@vecino -no",
        ]  # fmt: skip
    (file,) = paper["files"]
    assert (file["name"], file["rows"], file["bytes"]) == (name, 4, len(content))
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    assert file["columns"] == list(COLUMNS)
    assert (paper["matching"], paper["complete"], paper["links"], paper["left_out"]) == (4, True, False, 0)


def test_the_manifest_says_what_was_asked_by_the_institutions_clock(said: Any, client: TestClient) -> None:
    """In words of the reader's language and as fields; days begin at midnight there, and the end is not included."""
    _, _, paper = unpacked(client.get("/export.csv.zip?q=SUMA&tag=complaint&lang=es").content)
    assert paper["files"][0]["rows"] == 1
    assert paper["query"] == {"text": "SUMA", "where": {"institution": ["benialba"], "tag": ["complaint"]}}
    assert (paper["since"], paper["until"]) == ("2026-11-08T00:00:00+01:00", "2026-11-22T00:00:00+01:00")
    assert (paper["zone"], paper["made"]) == ("Europe/Madrid", "2026-11-21T14:05:00+01:00")
    assert paper["made_by"].startswith("corrillo ")
    assert paper["institutions"] == {"benialba": "Ajuntament de Benialba"}
    assert paper["words"] == (
        "Ajuntament de Benialba · 14 días · Desde: 8 nov 2026 · Hasta: 21 nov 2026 · Texto: SUMA · Etiqueta: Queja"
    )


def test_links_and_people_stay_out_unless_asked_for(said: Any, client: TestClient) -> None:
    """An own account is named; nobody else can be followed from post to post."""
    without = unpacked(client.get("/export.jsonl.zip").content)[1]
    assert b"x.example" not in without
    assert b"0123456789abcdef" not in without
    assert b"@benialba" in without
    _, content, paper = unpacked(client.get("/export.jsonl.zip?links=yes").content)
    assert json.loads(content.splitlines()[0])["url"] == "https://x.example/1"
    assert paper["links"] is True
    assert paper["files"][0]["columns"][-1] == "url"


def test_what_is_cut_says_so(said: Any, now: Any, town: Any) -> None:
    """In the manifest and, where the whole is over the limit, in the file's name."""
    asked = Asked(Query(), "all", {}, town.zone, now, matching=4)
    _, content, paper = unpacked(b"".join(archive("x.jsonl", "jsonl", said, asked, STAMP, limit=3)))
    assert content.count(b"\n") == 3
    assert (paper["matching"], paper["complete"]) == (4, False)
    assert unpacked(b"".join(archive("x.jsonl", "jsonl", said, asked, STAMP, limit=4)))[2]["complete"] is True
    more = Asked(Query(), "all", {}, town.zone, now, matching=LIMIT + 1)
    assert file_name(more, "benialba", now.date(), "csv") == "corrillo-benialba-2026-11-21-newest-100000.csv"


def test_a_large_download_is_sent_while_it_is_read(store: Any, mention: Any, now: Any, town: Any) -> None:
    """The first piece leaves before the second page of posts is asked for; no piece is much larger than the others."""
    store.mentions = [mention(str(n), f"{n} " + hashlib.sha256(str(n).encode()).hexdigest() * 8) for n in range(3500)]
    asked_for: list[str] = []
    find = store.find
    store.find = lambda query, **how: asked_for.append(how["page"]) or find(query, **how)
    pieces = archive("x.jsonl", "jsonl", store, Asked(Query(), "", {}, town.zone, now, matching=3500), STAMP)
    first = next(pieces)
    assert asked_for == [""]
    rest = list(pieces)
    assert asked_for == ["", "1000", "2000", "3000"]
    assert max(len(p) for p in [first, *rest]) < 200_000
    assert unpacked(first + b"".join(rest))[1].count(b"\n") == 3500


def test_a_download_that_breaks_off_cannot_be_taken_for_the_whole(
    store: Any, mention: Any, now: Any, town: Any
) -> None:
    """An error of the store ends it before the ZIP has its end."""
    store.mentions = [mention(str(n), "a" * 900) for n in range(1500)]
    rows, find = [], store.find

    def failing(query: Query, **how: Any) -> Any:
        if how["page"]:
            raise StoreError("gone")
        return find(query, **how)

    store.find = failing
    with pytest.raises(StoreError):
        rows.extend(archive("x.csv", "csv", store, Asked(Query(), "", {}, town.zone, now, matching=1500), STAMP))
    with pytest.raises(BadZipFile):
        ZipFile(io.BytesIO(b"".join(rows)))


def test_what_cannot_be_asked_is_refused_before_anything_is_sent(said: Any, client: TestClient) -> None:
    assert client.get("/export.csv.zip?limit=5").status_code == 400
    assert client.get("/export.csv.zip?links=perhaps").status_code == 400
    assert client.get("/export.exe.zip").status_code == 404
    said.broken = StoreError("no disk")
    assert client.get("/export.csv.zip").status_code == 503


def test_the_figures_of_a_view_are_those_of_its_charts(said: Any, client: TestClient) -> None:
    """A file for each chart with a head of its own; the manifest has the hash of each."""
    with ZipFile(io.BytesIO(client.get("/export.where.zip?period=30d").content)) as packed:
        paper = json.loads(packed.read("manifest.json"))
        files = {name: packed.read(name) for name in packed.namelist() if name != "manifest.json"}
    assert {f["name"]: f["sha256"] for f in paper["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()
    }
    rows = list(csv.DictReader(io.StringIO(files["networks.csv"].decode())))
    assert {(r["network"], r["place"]): int(r["mentions"]) for r in rows if r["mentions"] != "0"} == {
        ("x", "off_page"): 2, ("x", "own"): 1, ("press", "off_page"): 1,
    }  # fmt: skip


def test_every_record_has_the_columns(said: Any) -> None:
    assert [list(r) for r in records(said, Query())] == [list(COLUMNS)] * 4
