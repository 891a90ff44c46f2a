"""Digests whose hour has come: one a person and day or week, whatever they listen to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from corrillo.notices import Delivery, Period, Subscriber
from notify.decide.drills import digest

LATE = timedelta(hours=12)
"""A digest that could not be made for that long after its hour is not made any more."""


def digests_of(subscriber: Subscriber, zone: ZoneInfo, now: datetime) -> list[Delivery]:
    """Those whose hour came within the last twelve hours, since they are subscribed."""
    return [
        digest(subscriber, name, now)
        for period in subscriber.digests
        for hour, name in _hours(period, subscriber, zone, now)
        if subscriber.created < hour <= now < hour + LATE
    ]


def is_newer(one: Delivery, other: Delivery) -> bool:
    """Whether it takes the other's place: a day's after a day's, a week's after a week's."""
    return is_weekly(one) == is_weekly(other) and one.period > other.period


def is_weekly(digest: Delivery) -> bool:
    """Whether it is of a week (2026-W47), not of a day (2026-11-22)."""
    return "W" in digest.period


def _hours(period: Period, subscriber: Subscriber, zone: ZoneInfo, now: datetime) -> Iterator[tuple[datetime, str]]:
    """When those of today and yesterday were due, and what they are about: the day before, the week before."""
    today = now.astimezone(zone).date()
    for day in (today - timedelta(1), today):
        hour = datetime.combine(day, time.fromisoformat(subscriber.digest_at), zone).astimezone(UTC)
        if period == "daily":
            yield hour, (day - timedelta(1)).isoformat()
        elif day.weekday() == 0:
            yield hour, _week(day - timedelta(1))


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
