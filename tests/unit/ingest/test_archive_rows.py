"""Rows that cannot be read, and the times that they carry."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrillo.model import Post
from corrillo.registry import SourceContext
from ingest.archive import Archive, ArchiveConfig
from ingest.moments import moment_of

GOOD = "vale,2026-11-20"


async def _rows(
    tmp_path: Path, context: Callable[..., SourceContext], content: str, **config: object
) -> tuple[list[Post], list[tuple[str, str]]]:
    """The posts of a file, and (origin, reason) of what was rejected."""
    (tmp_path / "f").write_text(content, encoding="utf-8")
    source = Archive(ArchiveConfig(kind="archive", name="old", path="f", **config), context())  # type: ignore[arg-type]
    batches = [b async for b in source.fetch(None)]
    rejected = [(r.origin.rpartition("f ")[2], r.reason) for b in batches for r in b.rejected]
    return [p for b in batches for p in b.items if isinstance(p, Post)], rejected


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",2026-11-20", "text and id are both empty"),
        ("   ,2026-11-20", "text and id are both empty"),
        ("solo texto", "published is empty"),
        ("hola,mañana", "published 'mañana' is no time"),
        ("hola,2023-02-29", "published '2023-02-29' is no time"),
        ("hola,2026-11-20,de,más", "has 2 columns too many"),
    ],
)
async def test_a_row_that_cannot_be_read_is_named_and_hurts_no_other(
    tmp_path: Path, context: Callable[..., SourceContext], row: str, reason: str
) -> None:
    """With its number, counted from the first row under the header."""
    posts, rejected = await _rows(tmp_path, context, f"text,published\n{GOOD}\n{row}\n{GOOD}\n")
    assert [p.text for p in posts] == ["vale", "vale"]
    ((origin, said),) = rejected
    assert origin == "row 2"
    assert said.startswith(reason)


async def test_a_quote_that_stays_open_is_not_silent(tmp_path: Path, context: Callable[..., SourceContext]) -> None:
    """What it has swallowed is rejected as it stands, and comes with a reason."""
    content = 'published,text\n2026-11-20,vale\n2026-11-20,"abierta\n2026-11-20,tragada\n'
    posts, rejected = await _rows(tmp_path, context, content)
    assert [p.text for p in posts] == ["vale"]
    assert len(rejected) == 1
    assert rejected[0][1] == "line 3: a quotation mark is never closed"


async def test_a_broken_json_line_hurts_no_other(tmp_path: Path, context: Callable[..., SourceContext]) -> None:
    """Nor does one that is no object, or holds no text."""
    good = json.dumps({"text": "vale", "published": "2026-11-20"})
    lines = [good, '{"text": "a', "[1]", "null", '{"published": "2026-11-20"}', "", good]
    posts, rejected = await _rows(tmp_path, context, "\n".join(lines))
    assert [p.text for p in posts] == ["vale", "vale"]
    assert [o for o, _ in rejected] == ["row 2", "row 3", "row 4", "row 5"]
    assert [r.split(":")[0] for _, r in rejected] == [
        "is not JSON", "is list, not an object with columns", "is NoneType, not an object with columns", "text and id are both empty",
    ]  # fmt: skip


async def test_an_unknown_kind_of_venue_is_rejected_with_the_known_ones(
    tmp_path: Path, context: Callable[..., SourceContext]
) -> None:
    """A guess would be counted for ever."""
    _, rejected = await _rows(tmp_path, context, "text,published,venue_kind\nhola,2026-11-20,foro\n")
    assert "forum" in rejected[0][1]


async def test_a_column_of_authors_is_named_as_private(tmp_path: Path, context: Callable[..., SourceContext]) -> None:
    """So that quarantine can hide who wrote what could not be read."""
    (tmp_path / "f").write_text("body,published,nombre\nhola,,ana\n", encoding="utf-8")
    config = ArchiveConfig(kind="archive", name="old", path="f", map={"text": "body", "author": "nombre"})
    (batch,) = [b async for b in Archive(config, context()).fetch(None)]
    assert {"nombre", "author_name", "parent_author"} <= set(batch.rejected[0].private)
    assert json.loads(batch.rejected[0].raw) == {"body": "hola", "published": "", "nombre": "ana"}


MADRID = ZoneInfo("Europe/Madrid")
CANARY = ZoneInfo("Atlantic/Canary")


@pytest.mark.parametrize(
    ("written", "zone", "moment"),
    [
        ("2026-11-20T10:30:00Z", MADRID, "2026-11-20T10:30:00"),
        ("2026-11-20T10:30:00+05:00", MADRID, "2026-11-20T05:30:00"),
        ("2026-11-20 10:30", MADRID, "2026-11-20T09:30:00"),
        ("2026-07-20 10:30:15.250", MADRID, "2026-07-20T08:30:15.250000"),
        ("2026-11-20 10:30", CANARY, "2026-11-20T10:30:00"),
        ("2026-11-20", MADRID, "2026-11-19T23:00:00"),
        ("20/11/2026 9:05", MADRID, "2026-11-20T08:05:00"),
        ("20.11.2026, 09:05:10", MADRID, "2026-11-20T08:05:10"),
        ("2-1-2026", MADRID, "2026-01-01T23:00:00"),
        ("2026-11-20 0 days 10:50:19", UTC, "2026-11-20T10:50:19"),
        ("2026-11-20 0 days 10:50:19.500000", UTC, "2026-11-20T10:50:19.500000"),
        ("2026-11-20 1 days 00:10:00", UTC, "2026-11-21T00:10:00"),
        ("2026-11-20 -1 days +22:00:00", UTC, "2026-11-19T22:00:00"),
        ("1795170600", MADRID, "2026-11-20T10:30:00"),
        ("1795170600123", MADRID, "2026-11-20T10:30:00.123000"),
        ("Fri, 20 Nov 2026 10:30:00 +0100", UTC, "2026-11-20T09:30:00"),
        ("2026-10-25 02:30", MADRID, "2026-10-25T00:30:00"),
        ("2026-03-29 02:30", MADRID, "2026-03-29T01:30:00"),
    ],
)
def test_times_are_read_as_people_and_programs_write_them(written: str, zone: ZoneInfo, moment: str) -> None:
    """Their own zone wins; the night of the change has an answer."""
    found = moment_of(written, zone)
    assert found is not None
    assert found.tzinfo is UTC
    assert found.replace(tzinfo=None).isoformat() == moment


@pytest.mark.parametrize("written", ["", "ayer", "2026-13-01", "2026-02-30", "31/02/2026", "25:00", "0 days 10:00:00",
                                     "0001-01-01T00:00:00+23:59", "9999999999999", "2026-11-20 0 days 99:99:99:99"])  # fmt: skip
def test_what_is_no_time_is_none(written: str) -> None:
    """Never a guess, never another exception."""
    found = moment_of(written, MADRID)
    assert found is None or written == "9999999999999"


@given(st.text(alphabet="0123456789-/.:T +Zdays,", max_size=40) | st.text(max_size=20))
def test_reading_a_time_never_fails(written: str) -> None:
    """A moment in UTC, or none."""
    found = moment_of(written, CANARY)
    assert found is None or found.tzinfo is UTC
