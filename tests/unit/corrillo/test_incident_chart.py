"""In a terminal: the chart of an incident, and until when one can be silenced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from corrillo.alerts import Point
from corrillo.cli.acting import silent_until
from corrillo.cli.blocks import blocks
from corrillo.errors import ConfigError

MADRID = ZoneInfo("Europe/Madrid")
T = datetime(2026, 11, 21, 16, 50, tzinfo=UTC)


def points(counts: Sequence[float | None], high: float = 4.0) -> list[Point]:
    """One each quarter of an hour; None could not be heard."""
    return [
        Point(
            at=T + n * timedelta(minutes=15),
            count=c or 0,
            expected=1,
            low=0,
            high=high,
            heard=0.0 if c is None else 1.0,
        )
        for n, c in enumerate(counts)
    ]


def test_what_is_above_the_usual_stands_above_its_line() -> None:
    """What was not heard is shaded; times stand under the quarter of an hour in which they are."""
    drawn = blocks(points([0, 2, None, None, 0, 12, 9, 1, 0, 0, 0, 0, 0, 0]), MADRID, 80)
    assert drawn == [
        "12 ┤  ░░ █",
        "   ┤  ░░ █▄",
        "   ┤  ░░ ██",
        "   ┤  ░░ ██",
        "   ┤──░░─██───────",
        " 0 ┤ █░░ ██▄",
        "    18:00",
    ]


def test_a_narrow_terminal_shows_the_newest() -> None:
    """As many as there is room for."""
    whole, narrow = (blocks(points([*range(20)]), MADRID, width) for width in (80, 14))
    assert [line[4:] for line in narrow[:6]] == [line[-10:] for line in (f"{w:<24}"[4:] for w in whole[:6])]


def test_the_least_voice_is_seen_beside_a_thousand() -> None:
    """Every count above zero has some height."""
    *_, bottom, _ = blocks(points([0, 1, 1000, 0], high=0.0), MADRID, 80)
    assert bottom == "   0 ┤─▁█─"


def test_nothing_is_drawn_of_nothing() -> None:
    assert blocks([], MADRID, 80) == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", None),
        ("30m", T + timedelta(minutes=30)),
        ("8h", T + timedelta(hours=8)),
        ("2d", T + timedelta(days=2)),
        ("18:00", T + timedelta(minutes=10)),
        ("08:00", datetime(2026, 11, 22, 7, tzinfo=UTC)),
        ("2026-11-22", datetime(2026, 11, 21, 23, tzinfo=UTC)),
        ("2026-11-22T08:00", datetime(2026, 11, 22, 7, tzinfo=UTC)),
        ("2026-11-22T08:00Z", datetime(2026, 11, 22, 8, tzinfo=UTC)),
    ],
)
def test_a_silence_lasts_for_a_while_or_to_a_time_of_the_institution(written: str, expected: datetime | None) -> None:
    """A time of day is the next one; what has no zone is in the institution's."""
    assert silent_until(written, T, MADRID) == expected


@pytest.mark.parametrize("written", ["0m", "2026-11-21T17:50", "8 hours", "25:00", "-8h"])
def test_a_silence_that_cannot_be_is_refused(written: str) -> None:
    """What is over already, and what is no time."""
    with pytest.raises(ConfigError, match="--until"):
        silent_until(written, T, MADRID)
