"""What the team has marked, of several institutions, and where it is more than one question can name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from corrillo.marked import Away, away_of, corrected
from corrillo.testing.deeds import a_deed
from corrillo.testing.mentions import ISLAND, NOW, TOWN, id_of
from corrillo.work import Deed


class Done:
    """A fake reader of deeds alone, as a store gives them: newest first."""

    def __init__(self, *deeds: Deed) -> None:
        self._deeds = sorted(deeds, key=lambda d: d.at, reverse=True)

    def done(self, institution: str, *, since: datetime | None, what: Sequence[str], limit: int) -> list[Deed]:
        found = [d for d in self._deeds if d.institution == institution and d.what in what]
        return [d for d in found if since is None or d.at >= since][:limit]

    def deeds(self, mentions: Sequence[str]) -> list[Deed]:
        return [d for d in reversed(self._deeds) if d.mention in mentions]


def mark(number: int, what: str = "not_about_us", ago: int = 0, institution: str = TOWN, **given: object) -> Deed:
    at = NOW - timedelta(minutes=ago)
    return a_deed(f"{number}-{ago}", str(number), what=what, at=at, institution=institution, **given)


def test_marks_of_every_institution_that_is_asked_for_are_left_out() -> None:
    """The last mark of each mention holds; marks of others, and of before the period, are nobody's."""
    reader = Done(mark(1), mark(2, ago=9), mark(2, "about_us", ago=3), mark(3, institution=ISLAND), mark(4, ago=90))
    since = NOW - timedelta(hours=1)
    assert away_of(reader, [TOWN], since) == Away((id_of("1"),))  # type: ignore[arg-type]
    assert away_of(reader, [TOWN, ISLAND], since).ids == (id_of("1"), id_of("3", ISLAND))  # type: ignore[arg-type]
    assert away_of(reader, [], None) == Away()  # type: ignore[arg-type]


def test_more_than_a_question_can_name_is_said() -> None:
    """Those that were marked last are left out."""
    reader = Done(*(mark(n, ago=n) for n in range(5)), *(mark(n, ago=n, institution=ISLAND) for n in range(2)))
    assert away_of(reader, [TOWN], None, most=5) == Away(tuple(id_of(str(n)) for n in range(5)))  # type: ignore[arg-type]
    cut = away_of(reader, [TOWN], None, most=3)  # type: ignore[arg-type]
    assert (cut.ids, cut.more) == (tuple(id_of(str(n)) for n in range(3)), True)
    assert away_of(reader, [TOWN, ISLAND], None, most=6).more  # type: ignore[arg-type]


def test_the_last_correction_holds_and_no_tag_is_another_thing_than_no_correction() -> None:
    reader = Done(
        mark(1, "correct", ago=9, tags=("praise",)),
        mark(1, "correct", tags=("question",)),
        mark(2, "correct"),
        mark(3, "note"),
    )
    found = corrected(reader, [id_of("1"), id_of("2"), id_of("3"), id_of("4")])  # type: ignore[arg-type]
    assert found == {id_of("1"): ("question",), id_of("2"): ()}
    assert corrected(reader, []) == {}  # type: ignore[arg-type]
