"""Times as people and programs write them → moments in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime

_DELTA = re.compile(r"^(.*?)\s*(-?\d+) days?,? (?:\+)?(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)$")
_DAY_FIRST = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T,]+(\d{1,2}:\d{2}(?::\d{2})?))?$")
DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")


def moment_of(written: str, zone: tzinfo) -> datetime | None:
    """The moment in UTC: ISO 8601, dd/mm/yyyy, seconds or milliseconds since 1970, or RFC 5322.

    A "0 days 10:50:19" after a date, as pandas writes times, is added to it. Without a zone of
    its own it is read in ``zone``.
    """
    try:
        found = _parsed(written)
        return None if found is None else (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _parsed(written: str) -> datetime | None:
    if re.fullmatch(r"\d{9,13}(\.\d+)?", written):
        seconds = float(written)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    if match := _DELTA.match(written):
        day, days, clock = match.groups()
        base = _parsed(day.strip())
        hours, minutes, *rest = clock.split(":")
        return base and base + timedelta(
            days=int(days), hours=int(hours), minutes=int(minutes), seconds=float(rest[0] if rest else 0)
        )
    if match := _DAY_FIRST.match(written):
        day, month, year, clock = match.groups()
        return datetime.fromisoformat(f"{year}-{month:0>2}-{day:0>2}T{(clock or '00:00'):0>5}")
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return parsedate_to_datetime(written)
