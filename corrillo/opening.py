"""Opening hours: how long an institution has been open between two moments, by the clocks of its own zone.

Public holidays have Sunday's hours, which most institutions have none of. Hours are what clocks show:
in the night in which an hour is there twice both count, in the one in which it is left out it does not.
An opening time that the clocks leave out is an hour later in that night.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate

from corrillo.holidays import Holidays
from corrillo.institution import Hours, Institution, Weekday

WEEK: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
USUAL: Mapping[Weekday, tuple[Hours, ...]] = dict.fromkeys(WEEK[:5], ("08:00-15:00",))
"""Where nobody has configured any: Monday to Friday, the hours of Spanish offices."""
Span = tuple[float, float]
"""From when to when it is open, in seconds since 1970."""


class Opening:
    """The opening hours of one institution; what was worked out once is known from then on."""

    def __init__(self, institution: Institution) -> None:
        self._zone, self._holidays = institution.zone, Holidays(institution)
        self._hours = institution.opening_hours or USUAL
        self._spans = lru_cache(maxsize=1_500)(self._spans_of)
        self._year = lru_cache(maxsize=32)(self._year_of)

    def seconds(self, since: datetime, until: datetime) -> float:
        """Seconds of opening hours from ``since`` to ``until`` (both aware); 0 where that is not later."""
        if until <= since:
            return 0.0
        begin, end = since.astimezone(self._zone), until.astimezone(self._zone)
        years = sum(self._year(year)[-1] for year in range(begin.year, end.year))
        return years + self._reached(end) - self._reached(begin)

    def _reached(self, moment: datetime) -> float:
        """Seconds of opening hours since its year began."""
        day, now = moment.date(), moment.timestamp()
        today = sum(max(0.0, min(now, closes) - opens) for opens, closes in self._spans(day))
        return self._year(day.year)[day.timetuple().tm_yday - 1] + today

    def _year_of(self, year: int) -> tuple[float, ...]:
        """Seconds of opening hours of a year before each of its days, and in all of it."""
        first = date(year, 1, 1)
        days = (first + timedelta(n) for n in range((date(year + 1, 1, 1) - first).days))
        return tuple(accumulate((sum(c - o for o, c in self._spans_of(day)) for day in days), initial=0.0))

    def _spans_of(self, day: date) -> tuple[Span, ...]:
        weekday = WEEK[6 if day in self._holidays else day.weekday()]
        return _together(self._span(day, hours) for hours in self._hours.get(weekday, ()))

    def _span(self, day: date, hours: str) -> Span:
        opens, closes = self._moments(day, hours[:5]), self._moments(day, hours[6:])
        return opens[0], max(closes)

    def _moments(self, day: date, clock: str) -> tuple[float, float]:
        """When clocks show that: the first and the second time, where there are two."""
        if clock == "24:00":
            day, clock = day + timedelta(1), "00:00"
        shown = datetime.combine(day, time.fromisoformat(clock), self._zone)
        return shown.timestamp(), shown.replace(fold=1).timestamp()


def working_seconds(institution: Institution, since: datetime, until: datetime) -> float:
    """Seconds of its opening hours between two moments; of many moments, ask one ``Opening``."""
    return Opening(institution).seconds(since, until)


def _together(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in their order; those that overlap are one."""
    found: list[Span] = []
    for opens, closes in sorted(spans):
        if found and opens <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], closes))
        elif opens < closes:
            found.append((opens, closes))
    return tuple(found)
