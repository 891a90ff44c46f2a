"""Which hours are alike: an hour of the week, where a public holiday is a Sunday, and whether it is fiesta.

The hour is the one that people's clocks show. On the night in which an hour is there twice both are
that hour; the one that is left out in spring is nobody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from corrillo.dates import covers
from corrillo.holidays import Holidays
from corrillo.institution import Institution

SUNDAY = 6
_HOURS = 26_352
"""How many hours are kept: three years, so that learning over two never works one out twice."""


@dataclass(frozen=True, slots=True)
class HourKind:
    """What two hours have in common when as much is normal in both.

    ``local_hour`` 0–23 in the institution's zone; ``weekday`` 0 (Monday) – 6 (Sunday, or a public
    holiday); ``festive``: on a day of one of the institution's fiestas.
    """

    local_hour: int
    weekday: int
    festive: bool


class Days:
    """The calendar of one institution, asked hour by hour; what was asked once is known from then on."""

    def __init__(self, institution: Institution) -> None:
        self._zone = institution.zone
        self._fiestas = institution.fiestas
        self._holidays = Holidays(institution)
        self._day = lru_cache(maxsize=_HOURS // 24)(self._day_of)
        self._kind = lru_cache(maxsize=_HOURS)(self._kind_of)

    def kind(self, hour: int) -> HourKind:
        """The kind of the hour that begins so many hours after 1970 began (UTC)."""
        return self._kind(hour)

    def _kind_of(self, hour: int) -> HourKind:
        begins = datetime.fromtimestamp(hour * 3600, self._zone)
        weekday, festive = self._day(begins.date())
        return HourKind(begins.hour, weekday, festive)

    def _day_of(self, day: date) -> tuple[int, bool]:
        return SUNDAY if day in self._holidays else day.weekday(), any(
            covers(f.begin, f.end, day) for f in self._fiestas
        )
