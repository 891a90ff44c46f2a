"""When a host may be asked again: our pace, its waits, and how they grow. No clock runs here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from ingest.pacing import BELIEVED, FIRST_WAIT, LONGEST_WAIT, Pacing, host_of, wait_named

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


class Hands:
    """A stopwatch that a test moves, and dice that it loads."""

    def __init__(self) -> None:
        self.time, self.luck = 1000.0, 1.0
        self.pacing = Pacing(lambda: self.time, lambda: self.luck)


@pytest.fixture
def hands() -> Hands:
    """A stopwatch, dice that show the most, and the pacing that uses them."""
    return Hands()


def test_turns_come_at_the_pace_that_was_asked_for(hands: Hands) -> None:
    """Each a pace after the one before; who comes late waits for nobody."""
    hands.pacing.keep("a:80", 5.0)
    assert [hands.pacing.turn("a:80") for _ in range(3)] == [0.0, 5.0, 10.0]
    hands.time += 100
    assert [hands.pacing.turn("a:80") for _ in range(2)] == [0.0, 5.0]
    assert [hands.pacing.turn("b:80") for _ in range(2)] == [0.0, 0.0]


def test_of_two_paces_the_slower_counts(hands: Hands) -> None:
    """Two sources on one host know of each other only here."""
    hands.pacing.keep("a:80", 5.0)
    hands.pacing.keep("a:80", 1.0)
    assert [hands.pacing.turn("a:80") for _ in range(2)] == [0.0, 5.0]


def test_a_wait_that_was_named_is_kept_to_its_end(hands: Hands) -> None:
    """By everybody who asks that host, and no other."""
    assert hands.pacing.refused("a:80", 30.0) == 30.0
    hands.time += 29.5
    assert (hands.pacing.held("a:80"), hands.pacing.held("b:80")) == (0.5, 0.0)
    hands.time += 0.5
    assert hands.pacing.held("a:80") == 0.0


def test_a_shorter_wait_does_not_end_a_longer_one(hands: Hands) -> None:
    """The answers of two requests that were under way together."""
    hands.pacing.refused("a:80", 60.0)
    assert hands.pacing.refused("a:80", 5.0) == 60.0
    hands.time += 10
    assert hands.pacing.refused("a:80", None) == 50.0


def test_waits_that_are_not_named_grow_to_a_quarter_of_an_hour(hands: Hands) -> None:
    """Doubled with each refusal, wherever it ends by jitter; a good answer makes them small again."""
    waits = []
    for _ in range(12):
        waits.append(hands.pacing.refused("a:80", None))
        hands.time += waits[-1]
    assert waits[:5] == [FIRST_WAIT, 4.0, 8.0, 16.0, 32.0]
    assert waits[-2:] == [LONGEST_WAIT, LONGEST_WAIT] == [900.0, 900.0]
    hands.pacing.went_well("a:80")
    assert hands.pacing.refused("a:80", None) == FIRST_WAIT


@pytest.mark.parametrize(("luck", "wait"), [(0.0, 0.0), (0.25, 0.5), (1.0, 2.0)])
def test_jitter_is_full(hands: Hands, luck: float, wait: float) -> None:
    """Anything from nothing to the most: hosts are not asked by all at once."""
    hands.luck = luck
    assert hands.pacing.refused("a:80", None) == wait


def test_refusals_that_were_under_way_together_count_once(hands: Hands) -> None:
    """Ten sources of one host that are refused in one second are one refusal."""
    assert [hands.pacing.refused("a:80", None) for _ in range(10)] == [FIRST_WAIT] * 10
    hands.time += FIRST_WAIT
    assert hands.pacing.refused("a:80", None) == 2 * FIRST_WAIT


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/x", "https://A.example:443/y?z", True),
        ("https://u:p@a.example/x", "https://a.example./", True),
        ("http://a.example/", "http://a.example:80", True),
        ("https://a.example/", "https://a.example:8443/", False),
        ("https://a.example/", "https://b.a.example/", False),
    ],
)
def test_a_host_is_the_same_however_it_is_written(one: str, other: str, same: bool) -> None:
    """Letters, default ports, credentials and final dots make no other host."""
    assert (host_of(one) == host_of(other)) is same


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0), ("0", 0.0), (" 30 ", 30.0), ("999999999", BELIEVED), ("9" * 400, BELIEVED), ("{+90}", 90.0),
        ("{-90}", 0.0), ("{+999999}", BELIEVED), ("", None), ("soon", None), ("-5", None), ("1.5", None),
        ("\xb2", None), ("NaN", None), ("Fri, 99 Nov 2026 99:00:00 GMT", None),
        ("Sat, 21 Nov 2026 10:01:00", 60.0), ("Sat, 21 Nov 2026 12:01:00 +0200", 60.0),
    ],
)  # fmt: skip
def test_a_wait_is_believed_within_reason(value: str, seconds: float | None) -> None:
    """Seconds or a date, at most an hour; negative ones and nonsense are none."""
    if value.startswith("{"):
        value = format_datetime(NOW + timedelta(seconds=int(value[1:-1])), usegmt=True)
    assert wait_named(value, NOW) == seconds
