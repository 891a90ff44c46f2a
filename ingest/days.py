"""Days that no calendar has: 31.11.2026."""

from __future__ import annotations

import re
from calendar import month_name, monthrange

_WRITTEN = re.compile(r"\s*(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[./-](\d{1,2})[./-](\d{4}))\b")


def no_such_day(written: str) -> str:
    """Why what begins like a day is none: 'November has no day 31'; '' where that is not what is wrong."""
    found = _WRITTEN.match(written)
    if not found:
        return ""
    year, month, day = map(int, (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4]))
    if not (1 <= month <= 12 and 1 <= year <= 9999):
        return ""
    last = monthrange(year, month)[1]
    return "" if 1 <= day <= last else f"{month_name[month]} has no day {day}"
