"""Days that no calendar has."""

from __future__ import annotations

import pytest

from ingest.days import no_such_day


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("31.11.2026", "November has no day 31"),
        ("2023-02-29", "February has no day 29"),
        ("29/02/2024", ""),
        ("0/1/2024 10:00", "January has no day 0"),
        ("11/13/2026", ""),
        ("tomorrow", ""),
        ("0000-01-99", ""),
    ],
)
def test_a_day_that_its_month_does_not_have_is_named(written: str, said: str) -> None:
    """Only where that is what is wrong with it."""
    assert no_such_day(written) == said
