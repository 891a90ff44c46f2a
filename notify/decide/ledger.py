"""What was told to whom, from the messages that are kept; it follows them one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from corrillo.alerts import rank
from corrillo.notices import Delivery
from notify.decide.told import Telling, Told, is_out, tellings, told

HOUR = timedelta(hours=1)


class Ledger:
    """Every message that is kept, once by its id."""

    def __init__(self) -> None:
        self._told: defaultdict[tuple[str, str], dict[str, Telling]] = defaultdict(dict)
        self._informed: defaultdict[str, set[str]] = defaultdict(set)
        self._open: defaultdict[str, dict[str, Delivery]] = defaultdict(dict)
        self._went: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
        self._digests: set[str] = set()

    def keep(self, delivery: Delivery) -> None:
        """A message as it is now."""
        for incident in {n.incident for n in delivery.news}:
            self._told[delivery.subscriber, incident].pop(delivery.id, None)
        for incident, telling in tellings(delivery).items():
            self._told[delivery.subscriber, incident][delivery.id] = telling
            self._informed[incident].add(delivery.subscriber)
            self._went[delivery.subscriber][delivery.id] = telling.when
        if delivery.what == "digest":
            self._digests.add(delivery.id)
        mine = self._open[delivery.subscriber]
        mine.pop(delivery.id, None)
        if delivery.open:
            mine[delivery.id] = delivery

    def told(self, person: str, incidents: Iterable[tuple[str, datetime | None]], mended: datetime) -> Told:
        """What somebody knows of an incident, with those that are part of it; of the one that it was split from, what
        they knew until then."""
        found = (
            telling
            for incident, until in incidents
            for telling in self._told.get((person, incident), {}).values()
            if until is None or telling.news.at <= until
        )
        return told(found, mended)

    def informed(self, incidents: Iterable[str]) -> set[str]:
        """Who was told anything of one of these."""
        return {person for incident in incidents for person in self._informed.get(incident, ())}

    def incidents_told(self) -> list[str]:
        """Of which anybody was told anything."""
        return [incident for incident, people in self._informed.items() if people]

    def waiting(self, person: str) -> Sequence[Delivery]:
        """Their alerts that nobody has tried to hand over."""
        return [d for d in self._open.get(person, {}).values() if d.what == "alert" and not is_out(d)]

    def is_being_told(self, person: str) -> bool:
        """Whether an alert to them is being handed over, or tried again."""
        return any(d.what == "alert" and is_out(d) for d in self._open.get(person, {}).values())

    def digests(self, person: str) -> Sequence[Delivery]:
        """Their digests that nobody has tried to hand over."""
        return [d for d in self._open.get(person, {}).values() if d.what == "digest" and not is_out(d)]

    def has_digest(self, identity: str) -> bool:
        """Whether that digest was ever made."""
        return identity in self._digests

    def room_from(self, person: str, per_hour: int, now: datetime) -> datetime:
        """When they may have one more alert, at ``per_hour``; ``now`` where at once."""
        went = self._went[person]
        for old in [identity for identity, when in went.items() if when <= now - HOUR]:
            del went[old]
        latest = sorted(went.values())
        return latest[-per_hour] + HOUR if len(latest) >= per_hour else now

    def open(self) -> list[Delivery]:
        """All that wait, or are being handed over."""
        return [d for mine in self._open.values() for d in mine.values()]

    def most_urgent(self, wanted: Callable[[Delivery], bool]) -> list[Delivery]:
        """Those among the open ones, most urgent first, then by their age."""
        return sorted(filter(wanted, self.open()), key=lambda d: (-rank(d.urgency), d.made, d.id))

    def forget(self, person: str) -> None:
        """Somebody is gone, and everything about them."""
        for pair in [pair for pair in self._told if pair[0] == person]:
            del self._told[pair]
            self._informed[pair[1]].discard(person)
        self._open.pop(person, None)
        self._went.pop(person, None)
