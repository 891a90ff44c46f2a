"""What the deeds about a mention amount to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from corrillo.work import Deed, Standing, standing

NOW = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)


def a_deed(after: int, what: str, **given: Any) -> Deed:
    """What Marta did so many minutes after now."""
    values = {"id": f"{after}-{what}", "mention": "m", "institution": "town", "at": NOW + timedelta(minutes=after), "who": "Marta"}  # fmt: skip
    return Deed(**{**values, "what": what, **given})


@pytest.mark.parametrize(
    ("deeds", "case", "who"),
    [
        ([], "", ""),
        ([a_deed(1, "take")], "taken", "Marta"),
        ([a_deed(1, "take"), a_deed(2, "take", who="Nuria")], "taken", "Nuria"),
        ([a_deed(1, "take"), a_deed(2, "release")], "", ""),
        ([a_deed(1, "take"), a_deed(2, "done"), a_deed(3, "note", note="ya está")], "done", "Marta"),
        ([a_deed(1, "not_ours", whose="Consell")], "not_ours", "Marta"),
        ([a_deed(1, "done"), a_deed(2, "take", who="Nuria")], "taken", "Nuria"),
        ([a_deed(1, "take"), a_deed(2, "correct"), a_deed(3, "not_about_us")], "taken", "Marta"),
    ],
)
def test_the_last_word_on_a_case_holds(deeds: list[Deed], case: str, who: str) -> None:
    """Whatever the order in which deeds come; notes and corrections change no case."""
    for some in permutations(deeds):
        found = standing(some)
        assert (found.case, found.who) == (case, who)


def test_corrections_marks_and_notes_stand_beside_the_case() -> None:
    """The last correction holds, also one that leaves no tag; a mark can be taken back."""
    deeds = [
        a_deed(1, "correct", tags=("praise",), was=("complaint",)), a_deed(2, "not_about_us", note="otro pueblo"),
        a_deed(3, "correct", tags=()), a_deed(4, "note", note="visto"),
    ]  # fmt: skip
    found = standing(deeds)
    assert (found.tags, found.not_about_us, [n.note for n in found.notes]) == ((), True, ["otro pueblo", "visto"])
    assert standing(deeds[:1]).tags == ("praise",)
    assert not standing([*deeds, a_deed(5, "about_us")]).not_about_us
    assert standing([]) == Standing()
