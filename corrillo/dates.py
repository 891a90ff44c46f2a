"""Days as people write them down: one of a certain year (2026-08-14), or the same of every year (08-14)."""

from __future__ import annotations

import re
from datetime import date, datetime

_LEAP = 2024
"""A year that has every day."""


def as_text(value: object) -> object:
    """A day that TOML knows as one (without quotes), as text; anything else as it is."""
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


def a_day(text: str) -> str:
    """``text`` where it is a day; ValueError with a remedy where not."""
    try:
        if not re.fullmatch(r"(\d{4}-)?\d\d-\d\d", text, re.ASCII):
            raise ValueError
        _first(text)
    except ValueError:
        raise ValueError(
            'is not a day; write month and day ("08-14": every year) or year, month and day ("2026-08-14")'
        ) from None
    return text


def is_yearly(day: str) -> bool:
    """Whether it is a day of every year."""
    return len(day) == len("08-14")


def length(begin: str, end: str) -> int:
    """How many days there are from ``begin`` to ``end``, both included; of every year, it may go over the new year."""
    days = (_first(end) - _first(begin)).days + 1
    return days if days > 0 or not is_yearly(begin) else days + 366


def covers(begin: str, end: str, day: date) -> bool:
    """Whether ``day`` is one of those from ``begin`` to ``end``, both included and both written alike."""
    text = day.isoformat()[-len(begin) :]
    if begin <= end:
        return begin <= text <= end
    return is_yearly(begin) and (text >= begin or text <= end)


def _first(day: str) -> date:
    return date.fromisoformat(f"{_LEAP}-{day}" if is_yearly(day) else day)
