"""Weeks as they are written (2026-W46), and the days that they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_WRITTEN = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
DAYS = 7


@dataclass(frozen=True)
class CalendarWeek:
    """An ISO week: Monday is its first day."""

    first: date

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.first + timedelta(days=DAYS - 1)

    @property
    def days(self) -> tuple[date, ...]:
        """Monday to Sunday."""
        return tuple(self.first + timedelta(days=n) for n in range(DAYS))

    @property
    def number(self) -> int:
        """Which of its year it is."""
        return self.first.isocalendar().week

    def before(self, weeks: int = 1) -> CalendarWeek:
        """So many weeks earlier."""
        return CalendarWeek(self.first - timedelta(weeks=weeks))

    def __str__(self) -> str:
        year, week, _ = self.first.isocalendar()
        return f"{year:04}-W{week:02}"


def week_of(day: date) -> CalendarWeek:
    """The week that a day is in."""
    return CalendarWeek(day - timedelta(days=day.weekday()))


def written_week(text: str) -> CalendarWeek:
    """The week that is written so. Raises ValueError for what is none, or of no year from 1990 to 2199."""
    found = _WRITTEN.fullmatch(text)
    if not found or not 1990 <= int(found[1]) <= 2199:
        raise ValueError(f"{text!r} is no week")
    return CalendarWeek(date.fromisocalendar(int(found[1]), int(found[2]), 1))
