"""``corrillo export``: mentions as files that a spreadsheet, a program or a data frame can take."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import stat

import pyarrow.parquet as pq
import pytest

from corrillo import __version__
from tests.processes import Commands

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def test_no_cell_of_a_csv_is_taken_for_a_formula(town: Commands) -> None:
    """What begins like a formula gets an apostrophe, and everything else stays as it is."""
    said = town("export", "all.csv").stderr
    assert "7 mentions written to all.csv (without links" in said
    file = town.folder / "all.csv"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8"))))
    assert len(rows) == 7
    assert [v for row in rows for v in row.values() if v.startswith(FORMULA)] == []
    texts = [row["text"] for row in rows]
    assert any(text.startswith("'=SUMA(A1:A9)") for text in texts)
    assert any(text.startswith("'+1 a poner") for text in texts)
    assert any(text.startswith("¿Alguien sabe") for text in texts)
    assert any(text.startswith("'@~") for text in texts)


def test_the_same_records_come_out_in_every_format(town: Commands) -> None:
    """JSON Lines and Parquet hold what the CSV holds, with types, and without apostrophes."""
    lines = [json.loads(line) for line in town("export", "-", "--format", "jsonl").stdout.splitlines()]
    town("export", "all.parquet")
    table = pq.read_table(town.folder / "all.parquet").to_pylist()
    assert table == lines
    assert len(lines) == 7
    assert {row["text"] for row in lines} >= {"+1 a poner más bancos en el parque"}
    complaint = next(row for row in lines if "vergüenza" in row["text"])
    assert complaint["likes"] == 11
    assert (complaint["date_only"], complaint["backfilled"], complaint["looked"]) == (False, False, None)
    kinds, scores = complaint["tags"].split("|"), complaint["scores"].split("|")
    assert "complaint" in kinds
    assert len(scores) == len(kinds)
    assert all(0 < float(score) <= 1 for score in scores)
    assert complaint["published"] == "2026-11-03T22:05:00+00:00"


def test_links_lead_to_people_and_stay_out_unless_asked_for(town: Commands) -> None:
    """Without --urls no address is in any file; with it there is one in each record."""
    for name in ("none.csv", "none.jsonl", "none.parquet"):
        town("export", name)
        assert b"foro.example" not in (town.folder / name).read_bytes()
    town("export", "some.csv", "--urls", "farola")
    rows = list(csv.DictReader(io.StringIO((town.folder / "some.csv").read_text("utf-8"))))
    assert {row["url"] for row in rows} == {"https://foro.example/t/3", "https://foro.example/t/7"}


def test_an_export_is_of_what_find_finds(town: Commands) -> None:
    """Words, fields and times narrow an export as they narrow a search."""
    out = town("export", "-", "--format", "csv", "farola", "--since", "2026-11-06", "-w", "network=forum").stdout
    assert [row["published"] for row in csv.DictReader(io.StringIO(out))] == ["2026-11-07T18:00:00+00:00"]
    assert town("export", "-", "--format", "csv", "helicóptero").stdout.count("\n") == 1


@pytest.mark.parametrize("name", ["paper.csv", "paper.jsonl", "paper.parquet"])
def test_beside_a_file_stands_what_is_in_it(town: Commands, name: str) -> None:
    """What was asked, how many rows, the hash of the bytes; for the same eyes only, and not where nobody wants it."""
    town("export", name, "farola", "-w", "network=forum", "--since", "2026-11-01")
    file, beside = town.folder / name, town.folder / f"{name}.manifest.json"
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600
    paper = json.loads(beside.read_text("utf-8"))
    (exported,) = paper["files"]
    assert (exported["name"], exported["rows"], exported["bytes"]) == (name, 2, file.stat().st_size)
    assert exported["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (paper["matching"], paper["complete"], paper["links"]) == (2, True, False)
    assert paper["query"] == {"text": "farola", "where": {"network": ["forum"]}}
    assert (paper["since"], paper["until"], paper["zone"]) == ("2026-11-01T00:00:00+01:00", "", "Europe/Madrid")
    assert paper["words"] == "text: farola; network: forum; from 2026-11-01T00:00:00+01:00"
    assert paper["made_by"] == f"corrillo {__version__}"
    town("export", f"bare-{name}", "--no-manifest")
    assert not (town.folder / f"bare-{name}.manifest.json").exists()
