"""``corrillo find``: by words, by fields, in pages, for people and for machines."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.at_once import AtOnce
from tests.processes import Commands

CASES: list[tuple[str, Sequence[str], str]] = [
    ("everything", [], "1234567"),
    ("a word, whatever its case and accents", ["VERGÜENZA"], "3"),
    ("two words", ["farola gracias"], "7"),
    ("either", ["biblioteca OR bancos"], "16"),
    ("not", ["farola -gracias"], "3"),
    ("words in order", ['"a las diez"'], "2"),
    ("a beginning", ["bibliot*"], "1"),
    ("a field", ["-w", "tag=question"], "1"),
    ("two values of a field are alternatives", ["-w", "service=lighting", "-w", "service=parks"], "367"),
    ("two fields must both hold", ["farola", "-w", "network=forum", "-w", "network=x"], "37"),
    ("from a day on, in the town's zone", ["--since", "2026-11-06"], "67"),
    ("before a time, in the town's zone", ["--until", "2026-11-02T09:16"], "1"),
    ("a time with a zone of its own", ["--until", "2026-11-02T09:30:00Z"], "1"),
    ("a span", ["--since", "2026-11-03", "--until", "2026-11-05"], "34"),
    ("nothing", ["helicóptero"], ""),
]


@pytest.fixture(scope="module")
def ids(asked: AtOnce) -> dict[str, str]:
    """Mention id → the post's number in the forum."""
    return {m["id"]: m["url"].rpartition("/")[2] for m in asked.json("find")["mentions"]}


@pytest.mark.parametrize(("query", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_find_answers_by_words_fields_and_time(
    asked: AtOnce, ids: dict[str, str], query: Sequence[str], expected: str
) -> None:
    """Every condition must hold; the total is said with what is shown, newest first."""
    found = asked.json("find", *query)
    assert "".join(sorted(ids[m["id"]] for m in found["mentions"])) == expected
    assert found["total"] == len(expected)
    assert found["next_page"] == ""
    times = [m["published"] for m in found["mentions"]]
    assert times == sorted(times, reverse=True)


def test_pages_neither_skip_nor_repeat(asked: AtOnce, ids: dict[str, str]) -> None:
    """The token of a page continues it, until one that is empty."""
    seen, page, turns = [], [], 0
    while page != [""]:
        found = asked.json("find", "-n", 3, *(["--page", *page] if page else []))
        assert found["total"] == 7
        seen += [ids[m["id"]] for m in found["mentions"]]
        page, turns = [found["next_page"]], turns + 1
    assert (seen, turns) == (list("7654321"), 3)


def test_people_read_what_machines_read(town: Commands) -> None:
    """On standard output the mentions, with their tags, why, and their links; on standard error how many there are."""
    ran = town("find", "farola", "-n", 1)
    assert "2026-11-07 19:00  forum · Foro del valle · off_page · lighting · es" in ran.stdout
    assert "https://foro.example/t/7" in ran.stdout
    assert "gracias" in ran.stdout
    assert ran.stderr.startswith("1 of 2; continue with --page ")
    assert "complaint(" in town("find", "vergüenza").stdout


def test_no_name_leaves_the_store(town: Commands) -> None:
    """Whoever wrote or is named is a pseudonym everywhere, and a phone number is not there at all."""
    said = town("find", "--json").stdout + town("find").stdout
    assert [name for name in ("marisol", "toni_b", "encarna", "roque", "612 34 56 78") if name in said] == []
    assert "@~" in said
