"""Who there is, by which clocks they live, and who is on duty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from corrillo.duty import AHEAD, Clocks, concerns
from corrillo.institution import Institution
from corrillo.notices import Subscriber
from notify.decide.owed import Owed
from notify.decide.relay import Relay, is_reachable
from notify.decide.standing import Standing
from notify.decide.told import BEGINNING


class Roster:
    """All subscribers and institutions of an installation, as they are for some time."""

    def __init__(
        self,
        institutions: Mapping[str, Institution],
        people: Mapping[str, Subscriber],
        clocks: Mapping[str, Clocks] | None = None,
    ) -> None:
        self.people, self.institutions, self.relay = people, institutions, Relay(people)
        self.since = min((s.created for s in people.values()), default=BEGINNING)
        self._clocks = clocks or {name: Clocks(institution) for name, institution in institutions.items()}
        self._mended = {
            s.id: max((w.confirmed for w in s.ways if w.confirmed), default=BEGINNING) for s in people.values()
        }
        self.reachable = {s.id: s for s in people.values() if is_reachable(s)}

    def with_people(self, people: Mapping[str, Subscriber]) -> Roster:
        """The same institutions with these subscribers."""
        return Roster(self.institutions, people, self._clocks)

    def concerned(self, other: Roster) -> set[str]:
        """Those for whom anything may be different than in another roster."""
        if self.since != other.since or self.institutions != other.institutions:
            return set(self.people)
        changed = {p for p in self.people.keys() | other.people.keys() if self.people.get(p) != other.people.get(p)}
        near = {p for one in changed for r in (self.relay, other.relay) for p in (*r.before(one), *r.after(one))}
        return (changed | near) & self.people.keys()

    def mended(self, person: str) -> datetime:
        """Since when they have the newest of their ways."""
        return self._mended.get(person, BEGINNING)

    def clocks(self, institution: str) -> Clocks:
        return self._clocks[institution]

    def home(self, person: Subscriber) -> str:
        """The institution by whose clocks their own day goes: the first that they name; '' where there is none."""
        return next((i for i in (*person.institutions, *self._clocks) if i in self._clocks), "")

    def free(self, person: Subscriber, one: Owed, cover: datetime | None, now: datetime) -> datetime:
        """From when on their hours let it through.

        A crisis for which nobody is on duty (no ``cover``), or that has passed all who are asked in turn, is told to
        them at any hour: better to wake ten people than none.
        """
        clocks = self._clocks[one.institution]
        if one.crisis and (one.at_any_hour or cover is None):
            return now
        return clocks.free(person, now, crisis=one.crisis)

    def cover(self, stands: Standing, now: datetime) -> datetime | None:
        """Until when we know that there is somebody for a crisis: on duty, or who has answered for it; None: nobody is."""
        far = now + timedelta(days=AHEAD)
        if stands.life != "open":
            return far
        clocks = self._clocks[stands.incident.institution]
        for person in self.reachable.values():
            if concerns(person, stands.incident) and clocks.on_duty(person, now):
                return (clocks.duty_changes(person, now) or far) if person.shifts else far
        return None
