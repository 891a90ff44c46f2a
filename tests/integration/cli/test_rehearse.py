"""``corrillo rehearse``: a series of counts, and stored mentions, through the rules that are in force."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import shlex
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from corrillo.ports import Query
from stores.sqlite import SqliteStore
from tests.at_once import AtOnce
from tests.fakes.weeks import BEGIN, BURST, END, weeks
from tests.processes import Commands

CONFIG = """
[[institution]]
id = "valdeprado"
name = "Ayuntamiento de Valdeprado"
time_zone = "Europe/Madrid"
"""
FROM, TO = f"{BEGIN + timedelta(days=10):%Y-%m-%d}", f"{END:%Y-%m-%d}"


# ── a plain series ────────────────────────────────────────────────────────────────────────
def series() -> list[tuple[str, float]]:
    """Five days in steps of five minutes, about three each, with an hour of ninety each on the fourth."""
    chance = random.Random(5)
    begin = datetime(2026, 3, 2, tzinfo=UTC)
    return [
        (f"{begin + timedelta(minutes=5 * n):%Y-%m-%d %H:%M:%S}", 90 if 1000 <= n < 1012 else chance.randrange(7))
        for n in range(5 * 288)
    ]


def written(rows: list[tuple[str, float]]) -> str:
    return "timestamp,value\n" + "".join(f"{at},{count}\n" for at, count in rows)


def judged(output: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(output)))


@pytest.fixture(scope="module")
def counted(corrillo: Commands) -> tuple[AtOnce, list[dict[str, str]], str]:
    """The series, judged without any configuration; and what was said to people."""
    (corrillo.folder / "series.csv").write_text(written(series()), "utf-8")
    ran = corrillo("rehearse", "--counts", "series.csv")
    assert ran.stdout.startswith("timestamp,count,expected,score,level\n")
    return AtOnce(corrillo.folder), judged(ran.stdout), ran.stderr


Counted = tuple[AtOnce, list[dict[str, str]], str]


def test_every_point_comes_out_judged(counted: Counted) -> None:
    """In its order, with its time as it was written; the burst of the fourth day is above calm while it lasts."""
    _, rows, _ = counted
    assert [(r["timestamp"], float(r["count"])) for r in rows] == series()
    assert {r["level"] for r in rows[1002:1012]} <= {"watch", "warning", "crisis"}
    assert float(rows[999]["expected"]) == pytest.approx(3, abs=1)


def test_the_score_is_above_zero_only_where_an_alert_opens(counted: Counted) -> None:
    """And never more than 1."""
    _, rows, _ = counted
    opens = {b["timestamp"] for a, b in pairwise(rows) if a["level"] == "calm" != b["level"]}
    assert {r["timestamp"] for r in rows if float(r["score"]) > 0} == opens
    assert rows[1000]["timestamp"] in opens
    assert max(float(r["score"]) for r in rows) <= 1


def test_nothing_later_changes_what_was_said(counted: Counted) -> None:
    """The series cut short is judged as it was; from standard input as from a file."""
    commands, rows, _ = counted
    for end in (300, 1001):
        cut = judged(commands("rehearse", "--counts", "-", stdin=written(series()[:end])).stdout)
        assert cut == rows[:end]


def test_people_are_told_how_many_alerts_and_when(counted: Counted) -> None:
    """On standard error: standard output stays for the rows."""
    _, rows, said = counted
    assert said.startswith(f"{len(rows)} points, ")
    assert f"{rows[1000]['timestamp']} – " in said


def test_a_spreadsheet_in_spanish_is_judged_alike(counted: Counted) -> None:
    """Semicolons, decimal commas, the day first; a value that is empty is not known, and comes out empty."""
    commands, rows, _ = counted
    theirs = [f"{datetime.fromisoformat(at):%d/%m/%Y %H:%M};{count},0" for at, count in series()[:600]]
    theirs[500] = theirs[500].split(";")[0] + ";"
    found = judged(commands("rehearse", "--counts", "-", stdin="Timestamp;Value\n" + "\n".join(theirs)).stdout)
    assert [r["count"] for r in found[498:503]] == [
        *(r["count"] for r in rows[498:500]),
        "",
        *(r["count"] for r in rows[501:503]),
    ]
    assert [r["level"] for r in found[:500]] == [r["level"] for r in rows[:500]]


@pytest.mark.parametrize(
    ("args", "text", "code", "said"),
    [
        ((), "timestamp,value\n2026-03-02 00:00,1\n2026-03-02 00:05,many\n", 1, "line 3: 'many' is no count"),
        ((), "timestamp,value\n2026-03-02 00:05,1\n2026-03-02 00:00,1\n", 1, "line 3: '2026-03-02 00:00' stands after"),
        ((), "when,how many\n", 1, "line 1: no column is called 'timestamp'"),
        (("--zone", "Mars"), "timestamp,value\n", 2, "--zone 'Mars': is not a time zone"),
        (("--region", "XX"), "timestamp,value\n", 2, "--region 'XX' is not a region"),
        (("--from", "2026-03-02"), "timestamp,value\n", 2, "--from says nothing with --counts"),
        (("--institution", "valdeprado"), "timestamp,value\n", 2, "there is no such file"),
    ],
)
def test_a_series_that_cannot_be_judged_is_refused(
    counted: Counted, args: tuple[str, ...], text: str, code: int, said: str
) -> None:
    """Whole, with the line and the remedy: no row of it comes out."""
    commands, _, _ = counted
    ran = commands("rehearse", "--counts", "-", *args, stdin=text, code=code)
    assert (ran.stdout, said in ran.stderr, "→" in ran.stderr) == ("", True, True)


def test_a_file_that_is_not_there_is_said(counted: Counted) -> None:
    assert "No such file" in counted[0]("rehearse", "--counts", "nowhere.csv", code=2).stderr


# ── stored mentions ───────────────────────────────────────────────────────────────────────
def town(folder: Path, imported: datetime | None = None) -> AtOnce:
    """Valdeprado with its weeks in a store."""
    (folder / "corrillo.toml").write_text(CONFIG, "utf-8")
    store = SqliteStore(folder / "corrillo.db", {"valdeprado": "Europe/Madrid"}, lambda: END)
    with store.unit() as unit:
        unit.write(weeks(imported))
    store.close()
    return AtOnce(folder)


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> AtOnce:
    """As if listening had gone on all the time; for tests that only read, as rehearsal does."""
    return town(tmp_path_factory.mktemp("heard"))


def everything(folder: Path) -> tuple[int, object, object]:
    """What a rehearsal might have written: mentions, incidents, hours."""
    store = SqliteStore(folder / "corrillo.db", {"valdeprado": "Europe/Madrid"}, lambda: END)
    try:
        return store.count(Query()), list(store.incidents("valdeprado")), list(store.health())
    finally:
        store.close()


def test_stored_mentions_tell_which_alerts_there_would_have_been(heard: AtOnce) -> None:
    """When, how high, how early, on how many mentions, and why; nothing is written."""
    before = everything(heard.folder)
    (told,) = heard.json("rehearse", "--from", FROM, "--to", TO, "--lang", "es")
    assert (told["by"], told["truth"], told["alerts"]["warning"]) == ("observed", None, 1)
    (incident,) = [i for i in told["incidents"] if "warning" in i["reached"]]
    reached = incident["reached"]["warning"]
    warned = datetime.fromisoformat(reached["at"])
    assert BURST < warned < BURST + timedelta(minutes=20)
    assert reached["after"] == (warned - datetime.fromisoformat(incident["first"])).total_seconds()
    assert incident["changes"][0]["what"] == "opened"
    assert "Ayuntamiento" in incident["reason"] or "agua" in incident["reason"]
    assert everything(heard.folder) == before


def test_a_rehearsal_in_spanish_says_all_of_it_in_spanish_and_how_to_see_the_posts(heard: AtOnce) -> None:
    """Levels are called as on the page; the command that it names shows what was said."""
    said = heard("rehearse", "--from", FROM, "--to", TO, "--lang", "es").stdout
    assert re.search(r"(?m)^(AVISO|CRISIS) · ", said)
    assert "menciones repasadas" in said
    assert "atención o más" in said
    assert not re.search(r"\b(watch|warning|mentions|later|first)\b", said, re.IGNORECASE)
    command = re.search(r"sus publicaciones: corrillo (.+)", said)
    assert command
    assert heard.json(*shlex.split(command[1]))["total"] > 0


def test_what_really_happened_says_what_was_found_missed_and_false(heard: AtOnce) -> None:
    """By level and in words; what lies outside the time that is rehearsed is left out."""
    local = f"{BURST + timedelta(hours=1):%Y-%m-%d %H:%M}"
    rows = [
        f"{local},{BURST:%Y-%m-%d} 23:00,No water",
        f"{TO} 00:30,{TO} 00:45,Nobody spoke",
        "2020-01-01,2020-01-02,Long ago",
    ]
    (heard.folder / "truth.csv").write_text("\n".join(["from,to,what", *rows]), "utf-8")
    said = heard("rehearse", "--from", FROM, "--to", f"{TO}T01:00", "--truth", "truth.csv").stdout
    assert "(9 days: usable; good after six weeks)" in said
    assert re.search(r"(?m)^(WARNING|CRISIS) · .* · [0-9a-f]{32}$", said)
    assert "warning: 1 of 2 found, 1 missed, 0 false" in said
    assert re.search(r"warning: .*\n    found   No water: \d+ min after its beginning \([0-9a-f]{32}\)", said)
    assert "missed  Nobody spoke" in said
    assert "Long ago" not in said


def test_an_import_is_rehearsed_by_publication_and_says_so(tmp_path: Path) -> None:
    """By the time it was observed, nothing was seen then."""
    imported = town(tmp_path, END + timedelta(days=30))
    ran = imported("rehearse", "--from", FROM, "--to", TO, "--json")
    (told,) = json.loads(ran.stdout)
    assert (told["by"], told["alerts"]["warning"]) == ("published", 1)
    assert "--by published" in ran.stderr
    refused = imported("rehearse", "--from", FROM, "--to", TO, "--by", "observed", code=2).stderr
    assert "no mention of valdeprado was observed before" in refused
    assert "add --by published" in refused


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "nothing says what to replay"),
        (("--from", "2025-03-09", "--to", "2025-03-08"), "is not before --to"),
        (("--from", "2099-01-01"), "is not before --to now"),
        (("--from", "soon"), "--from 'soon' is no day or time"),
        (("--from", FROM, "--learn-from", TO), "--learn-from"),
        (("--from", FROM, "--by", "hand"), "use one of: observed, published"),
        (("--from", FROM, "--institution", "valdeprad"), "did you mean 'valdeprado'?"),
        (("--from", FROM, "--zone", "UTC"), "--zone says nothing"),
        (("--from", "2020-01-01", "--to", "2020-01-02"), "no mention of valdeprado was observed before 2020-01-02"),
        (("--from", FROM, "--truth", "none.csv"), "--truth none.csv: cannot be read"),
    ],
)
def test_what_cannot_be_rehearsed_says_why(heard: AtOnce, args: tuple[str, ...], said: str) -> None:
    """With the remedy."""
    ran = heard("rehearse", *args, code=2)
    assert said in ran.stderr
    assert "→" in ran.stderr
