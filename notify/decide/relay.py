"""Passing on what nobody answers for: to whom, and since when it is their turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from corrillo.alerts import rank
from corrillo.notices import Subscriber
from notify.decide.standing import Standing
from notify.decide.told import NOTHING, Told

SERIOUS = rank("warning")
"""From this level on somebody has to answer for it."""
OnDuty = Callable[[Subscriber], bool]
Knowing = Mapping[str, Told]
"""What each, by their id, knows of the incident in question, where they know anything."""


@dataclass(frozen=True)
class Turn:
    """Whether it is somebody's turn now, and though they are off duty; else when it may be (None: not by itself), and
    whether they are ``passed_over``, because somebody else is on duty."""

    now: bool = False
    at_any_hour: bool = False
    later: datetime | None = None
    passed_over: bool = False


def is_reachable(person: Subscriber) -> bool:
    """Whether there is a way of which we know that they want it."""
    return any(way.confirmed for way in person.ways)


class Relay:
    """Who comes after whom. Those who cannot be reached are passed over; a circle ends where it began."""

    def __init__(self, people: Mapping[str, Subscriber]) -> None:
        self._people = people
        self._chains = {p: tuple(self._following(p)) for p in people}
        self._askers: defaultdict[str, list[str]] = defaultdict(list)
        for person, chain in self._chains.items():
            for heir in chain:
                self._askers[heir].append(person)

    def after(self, person: str) -> Sequence[str]:
        """All whose turn it may become when that one does not answer."""
        return self._chains.get(person, ())

    def before(self, person: str) -> Sequence[str]:
        """All after whom it may be that one's turn."""
        return self._askers.get(person, ())

    def turn(self, person: str, stands: Standing, told: Knowing, on_duty: OnDuty, now: datetime) -> Turn:
        """Of those before them, somebody was told and has not answered in time, and nobody nearer is on duty.

        Nobody gets it twice, unless it was answered and has risen since.
        """
        askers = [asker for asker in self.before(person) if asker in told]
        if not askers or stands.life != "open" or rank(stands.incident.level) < SERIOUS:
            return Turn()
        if any(t.news.what == "unacknowledged" and t.when > stands.answered for t in told.get(person, NOTHING).alarms):
            return Turn()
        ends = {asker: end for asker in askers if (end := self._patience(asker, stands, told)) is not None}
        silent = [asker for asker, end in ends.items() if end <= now]
        for asker in silent:
            heirs = [self._people[p] for p in self.after(asker)]
            ready = next((h for h in heirs if on_duty(h)), None)
            if (ready or heirs[0]).id == person:
                return Turn(now=True, at_any_hour=ready is None)
        later = min((end for end in ends.values() if end > now), default=None)
        return Turn(later=later, passed_over=bool(silent))

    def _patience(self, asker: str, stands: Standing, told: Knowing) -> datetime | None:
        """Until when somebody may still answer; None where they have nothing to answer for."""
        known = told[asker].alarms
        alarms = [t for t in known if t.when > stands.answered and rank(t.news.level) >= SERIOUS]
        if not alarms:
            return None
        after = timedelta(minutes=self._people[asker].after)
        return alarms[0].when + (timedelta(0) if alarms[0].failed else after)

    def _following(self, person: str) -> Iterator[str]:
        seen: set[str] = set()
        heir = self._people[person].next
        while heir in self._people and heir not in seen:
            seen.add(heir)
            if is_reachable(self._people[heir]):
                yield heir
            heir = self._people[heir].next
