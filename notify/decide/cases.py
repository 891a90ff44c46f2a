"""The incidents that are known, what was done about them, and which of them are parts of which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from corrillo.alerts import Act, Incident
from notify.decide.standing import Standing, standing

KEPT = timedelta(days=2)
"""How long an incident that is over is known; longer where somebody has still to hear of it."""


class Cases:
    """Each incident as it stood last."""

    def __init__(self) -> None:
        self._incidents: dict[str, Incident] = {}
        self._acts: defaultdict[str, set[Act]] = defaultdict(set)
        self._parts: defaultdict[str, set[str]] = defaultdict(set)
        self._offspring: defaultdict[str, set[str]] = defaultdict(set)
        self._into: dict[str, str] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._incidents)

    def hear(self, incidents: Iterable[Incident], acts: Iterable[Act]) -> set[str]:
        """Ids of those that stand differently now."""
        news = [i for i in incidents if self._is_news(i)]
        for incident in news:
            self._incidents[incident.id] = incident
            self._relate(incident)
        done = [a for a in acts if a not in self._acts[a.incident]]
        for act in done:
            self._acts[act.incident].add(act)
        return {x for one in (*(i.id for i in news), *(a.incident for a in done)) for x in self.touched_by(one)}

    def standing(self, incident: str, now: datetime) -> Standing | None:
        """None where it is not known, or not any more."""
        known = self._incidents.get(incident)
        if known is None:
            return None
        elsewhere = [a for part in self._all_parts(incident) - {incident} for a in self._acts.get(part, ())]
        return standing(known, tuple(self._acts.get(incident, ())), elsewhere, now)

    def kin(self, incident: str) -> list[tuple[str, datetime | None]]:
        """It, what has become part of it, and what it was split from (until then): who knows one of them, knows it."""
        found: list[tuple[str, datetime | None]] = [(part, None) for part in self._all_parts(incident)]
        known = self._incidents.get(incident)
        if known and known.changes[0].what == "split" and known.changes[0].other:
            found.append((known.changes[0].other, known.opened))
        return found

    def touched_by(self, incident: str) -> set[str]:
        """It, and those of which more is known when more is known of it."""
        found = {incident, *self._offspring.get(incident, ())}
        while incident in self._into and self._into[incident] not in found:
            incident = self._into[incident]
            found.add(incident)
        return found

    def forget(self, now: datetime, needed: Collection[str]) -> list[str]:
        """Those that have been over for two days and are not ``needed``; which they were."""
        old = [i for i in self._incidents.values() if i.resolved and now - i.resolved > KEPT and i.id not in needed]
        for incident in old:
            del self._incidents[incident.id]
            self._acts.pop(incident.id, None)
        return [incident.id for incident in old]

    def _is_news(self, incident: Incident) -> bool:
        known = self._incidents.get(incident.id)
        return known is None or (incident.updated >= known.updated and incident != known)

    def _relate(self, incident: Incident) -> None:
        if incident.into:
            self._into[incident.id] = incident.into
            self._parts[incident.into].add(incident.id)
        first = incident.changes[0]
        if first.what == "split" and first.other:
            self._offspring[first.other].add(incident.id)

    def _all_parts(self, incident: str) -> set[str]:
        found, new = {incident}, {incident}
        while new:
            new = {part for one in new for part in self._parts.get(one, ())} - found
            found |= new
        return found
