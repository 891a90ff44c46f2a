"""``corrillo report``: the week as a PDF."""

from __future__ import annotations

import re

from tests.at_once import AtOnce


def test_a_week_is_written_as_one_page(asked: AtOnce) -> None:
    """In the language that is asked for, of the week that is asked for."""
    said = asked("report", "--week", "2026-W45", "--language", "en", "--output", "week.pdf").stderr
    assert "2026-W45 of " in said
    made = (asked.folder / "week.pdf").read_bytes()
    assert made.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", made)) == 1
    assert b"/Lang(en)" in made
