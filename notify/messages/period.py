"""What a digest tells of: one day or one week of an institution."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dashboards.report.calendar import DAYS, CalendarWeek, written_week


@dataclass(frozen=True)
class CalendarDay(CalendarWeek):
    """One day; before it was the same weekday of the week before, which is what it is compared with."""

    @property
    def last(self) -> date:
        """Itself."""
        return self.first

    @property
    def days(self) -> tuple[date, ...]:
        """Itself."""
        return (self.first,)

    def before(self, weeks: int = 1) -> CalendarDay:
        """The same weekday, so many weeks earlier."""
        return CalendarDay(self.first - timedelta(days=DAYS * weeks))

    def __str__(self) -> str:
        return self.first.isoformat()


def period_of(text: str) -> CalendarWeek:
    """The day (2026-11-21) or the week (2026-W47) that is written so. Raises ValueError."""
    return written_week(text) if "W" in text else CalendarDay(date.fromisoformat(text))
