"""Whom an incident concerns, and when they may be told: quiet hours and shifts, by the clocks of an institution.

Hours are what clocks show: in the night in which an hour is there twice they last until it has passed for
the second time; a clock that is left out is an hour later in that night.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from corrillo.alerts import Incident, Subject
from corrillo.holidays import Holidays
from corrillo.institution import Institution
from corrillo.notices import Hours, Subscriber

AHEAD = 15
"""Days that are looked ahead: nobody's quiet hours or free time are longer than that at a stretch."""
Spans = tuple[tuple[float, float], ...]
"""From when to when, in seconds since 1970; in their order, apart from each other."""


class Clocks:
    """The clocks of one institution; what was worked out for a day is known from then on."""

    def __init__(self, institution: Institution) -> None:
        self._zone, self._public = institution.zone, Holidays(institution)
        self._spans = lru_cache(maxsize=4_096)(self._spans_of)

    def within(self, hours: tuple[Hours, ...], now: datetime, *, holidays: bool = False) -> datetime | None:
        """When these hours (and, with ``holidays``, the public ones) end in which ``now`` is; None: it is in none."""
        at = now.timestamp()
        ends = (end for begin, end in self._around(hours, holidays, now) if begin <= at < end)
        return next((_moment(end) for end in ends), None)

    def begins(self, hours: tuple[Hours, ...], now: datetime) -> datetime | None:
        """When the next of these hours begins; None: not within a fortnight."""
        at = now.timestamp()
        begins = (begin for begin, _ in self._around(hours, False, now) if begin > at)
        return next((_moment(begin) for begin in begins), None)

    def quiet_until(self, subscriber: Subscriber, now: datetime) -> datetime | None:
        """The end of the quiet hours that ``now`` is in; None: it is not quiet."""
        return self.within(subscriber.quiet, now, holidays=subscriber.quiet_holidays)

    def on_duty(self, subscriber: Subscriber, now: datetime) -> bool:
        """Whether a shift is on; who has none is always on duty."""
        return not subscriber.shifts or self.within(subscriber.shifts, now) is not None

    def duty_changes(self, subscriber: Subscriber, now: datetime) -> datetime | None:
        """When being on duty, or not, is over; None: it is not known to be."""
        return self.within(subscriber.shifts, now) or self.begins(subscriber.shifts, now)

    def free(self, subscriber: Subscriber, now: datetime, *, crisis: bool = False) -> datetime:
        """From when on they may be told: a shift is on, and it is not quiet; quiet hours do not count in a ``crisis``.

        Where that never comes, the end of what is looked ahead: it is asked again then.
        """
        moment, last = now, now + timedelta(days=AHEAD)
        while moment < last:
            later = None if crisis else self.quiet_until(subscriber, moment)
            if later is None and not self.on_duty(subscriber, moment):
                later = self.begins(subscriber.shifts, moment) or last
            if later is None:
                return moment
            moment = later
        return last

    def _around(self, hours: tuple[Hours, ...], holidays: bool, now: datetime) -> Spans:
        return self._spans(hours, holidays, now.astimezone(self._zone).date()) if hours or holidays else ()

    def _spans_of(self, hours: tuple[Hours, ...], holidays: bool, today: date) -> Spans:
        days = [today + timedelta(n) for n in range(-1, AHEAD + 1)]
        spans = [self._span(day, h.begin, h.end) for day in days for h in hours if day.weekday() in h.days]
        if holidays:
            spans += [self._span(day, "00:00", "00:00") for day in days if day in self._public]
        return _together(spans)

    def _span(self, day: date, begin: str, end: str) -> tuple[float, float]:
        """Over midnight where the end is not later than the beginning."""
        last = day if begin < end else day + timedelta(1)
        return min(self._shown(day, begin)), max(self._shown(last, end))

    def _shown(self, day: date, clock: str) -> tuple[float, float]:
        """When clocks show that: the first and the second time, where there are two."""
        shown = datetime.combine(day, time.fromisoformat(clock), self._zone)
        first, second = shown.timestamp(), shown.replace(fold=1).timestamp()
        return (first, second) if first <= second else (first, first)


def within(hours: Sequence[Hours], moment: datetime, institution: Institution) -> bool:
    """Whether a moment is in one of these hours, by the clocks of an institution."""
    return Clocks(institution).within(tuple(hours), moment) is not None


def quiet_until(subscriber: Subscriber, institution: Institution, now: datetime) -> datetime | None:
    """The end of the quiet hours that ``now`` is in; None: it is not quiet. Of many moments, ask one ``Clocks``."""
    return Clocks(institution).quiet_until(subscriber, now)


def on_duty(subscriber: Subscriber, institution: Institution, now: datetime) -> bool:
    """Whether a shift is on; who has none is always on duty."""
    return Clocks(institution).on_duty(subscriber, now)


def duty_from(subscriber: Subscriber, institution: Institution, now: datetime) -> datetime | None:
    """When the next shift begins; None: they have none, or not within a fortnight."""
    return Clocks(institution).begins(subscriber.shifts, now)


def concerns(subscriber: Subscriber, incident: Incident) -> bool:
    """Whether it is about what they want to be told of, however high it is.

    Of who names services or districts, one of these is enough; an incident of the institution as a whole is everybody's.
    """
    if subscriber.institutions and incident.institution not in subscriber.institutions:
        return False
    everything = not (subscriber.services or subscriber.districts)
    return everything or any(_about(subscriber, subject) for subject in incident.subjects)


def _about(subscriber: Subscriber, subject: Subject) -> bool:
    whole = not (subject.service or subject.district)
    return whole or subject.service in subscriber.services or subject.district in subscriber.districts


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _together(spans: Sequence[tuple[float, float]]) -> Spans:
    """Those that touch or overlap are one."""
    found: list[tuple[float, float]] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif begin < end:
            found.append((begin, end))
    return tuple(found)
