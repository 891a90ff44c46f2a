"""Calendar arithmetic for histograms and daily counts, in an institution's own zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SLOT = 900_000
"""Milliseconds of a quarter of an hour: every zone's offset is a multiple of it."""


@lru_cache(maxsize=200_000)
def local_start(slot: int, interval: str, zone: str) -> str:
    """Where the hour, day, week (Monday) or month begins in which that quarter-hour since 1970 lies.

    Hours carry their offset, so that the two of a night when clocks go back stay two.
    """
    moment = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=slot * SLOT)).astimezone(ZoneInfo(zone))
    if interval == "hour":
        return moment.replace(minute=0).isoformat(timespec="minutes")
    if interval == "week":
        moment -= timedelta(days=moment.weekday())
    return moment.strftime("%Y-%m" if interval == "month" else "%Y-%m-%d")


def local_day(published: int, zone: str) -> str:
    """The calendar day of a moment in milliseconds."""
    return local_start(published // SLOT, "day", zone)
