"""Time in columns: hours, days, weeks or months of a zone, as fine as a period allows, none left out between."""

from __future__ import annotations

from datetime import datetime, timedelta

from corrillo.ports import Interval

MAX_DAYS = 92
MAX_WEEKS = 92 * 7
"""Days up to which a period is shown day by day, and week by week."""


def finest(since: datetime, until: datetime) -> Interval:
    """The interval that gives few enough columns."""
    days = (until - since) / timedelta(days=1)
    if days <= 2:
        return "hour"
    return "day" if days <= MAX_DAYS else "week" if days <= MAX_WEEKS else "month"


def local_start(start: str) -> datetime:
    """A bucket's start without its offset: the two hours of a night when clocks go back become one."""
    return datetime.fromisoformat(f"{start}-01" if len(start) == len("2026-11") else start).replace(tzinfo=None)


def beginning(local: datetime, interval: Interval) -> datetime:
    """When the column that ``local`` is in begins; without a zone, as all that follow."""
    hour = local.replace(minute=0, second=0, microsecond=0, tzinfo=None)
    if interval == "hour":
        return hour
    day = hour.replace(hour=0)
    if interval == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if interval == "month" else day


def following(start: datetime, interval: Interval) -> datetime:
    """When the next column begins."""
    if interval == "month":
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return start + {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}[interval]


def between(first: datetime, last: datetime, interval: Interval) -> tuple[datetime, ...]:
    """The beginnings of all columns from the one that begins at ``first`` to the one at ``last``."""
    starts = [first]
    while starts[-1] < last:
        starts.append(following(starts[-1], interval))
    return tuple(starts)
