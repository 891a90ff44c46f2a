"""Alerts → incidents: what tells the same is one incident, which opens, changes, merges, splits and is over.

All that is remembered stands in the incidents as they were told last; so whoever keeps those can end and
begin at any moment, and the same alerts always make the same incidents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from corrillo.alerts import Alert, Incident, rank
from processors.detect.groups import Group, groups, is_part
from processors.detect.lives import Moment, Points, Step, begun, ended, formed, gone_on
from processors.detect.ties import IncidentRules, Ties, overlap

__all__ = ["IncidentRules", "Incidents"]


class Incidents:
    """The incidents of one institution: the open ones, and those that have been over for less than ``recent``."""

    def __init__(self, known: Sequence[Incident] = ()) -> None:
        self._known = {i.id: i for i in known}
        self._news: dict[str, Incident] = {}

    def update(
        self, alerts: Sequence[Alert], at: datetime, points: Points, rules: IncidentRules = IncidentRules()
    ) -> None:
        """All alerts (one a subject, in any order) that there are at that moment; none: everything is calm."""
        now = Moment(at, points, rules)
        self._forget(now)
        for _ in range(len(alerts) + 2):  # what has just become one may tell the same as a third
            before = dict(self._known)
            self._happen([a for a in alerts if a.level != "calm"], now)
            if self._known == before:
                return

    def told(self) -> list[Incident]:
        """Those that have changed since it was asked last, the oldest first."""
        news, self._news = self._news, {}
        return sorted(news.values(), key=_age)

    def open(self) -> Sequence[Incident]:
        """Those that are open, the oldest first."""
        return sorted(self._open().values(), key=_age)

    def known(self) -> Sequence[str]:
        """Ids of all that have to be kept for later; the others are only history."""
        return tuple(self._known)

    # ── what is known from before ─────────────────────────────────────────────────────────
    def _open(self) -> dict[str, Incident]:
        return {i.id: i for i in self._known.values() if i.resolved is None}

    def _forget(self, now: Moment) -> None:
        kept = (i for i in self._known.values() if i.resolved is None or now.at - i.resolved <= now.rules.recent)
        self._known = {i.id: i for i in kept}

    def _ties(self, now: Moment) -> Ties:
        present, settled = self.open(), now.rules.settled
        splits = (
            frozenset((self._now(i.id), self._now(c.other)))
            for i in self._known.values()
            for c in i.changes
            if c.what == "split" and now.at - c.at < settled
        )
        return Ties(
            owners={subject: i.id for i in present for subject in i.subjects},
            young=frozenset(i.id for i in present if now.at - formed(i) < settled),
            fresh=frozenset(
                i.id for i in present if i.changes[0].what == "opened" and now.at - i.opened < now.rules.together
            ),
            parted=frozenset(pair for pair in splits if len(pair) > 1),
        )

    def _now(self, identity: str) -> str:
        """The incident in which that one is now."""
        known = self._known.get(identity)
        return self._now(known.into) if known and known.into else identity

    def _homes(self, found: Sequence[Group]) -> list[list[Incident]]:
        """For each group the incidents that live on in it, the oldest first: each lives on where most of it is."""
        homes: list[list[Incident]] = [[] for _ in found]
        for incident in self.open():
            shares = [(_share(incident, group), n) for n, group in enumerate(found)]
            (_, mine, *_), n = max(shares, default=((0, 0), 0))
            if mine:
                homes[n].append(incident)
        return homes

    # ── what happens ──────────────────────────────────────────────────────────────────────
    def _happen(self, alerts: Sequence[Alert], now: Moment) -> None:
        found = groups(alerts, self._ties(now), now.rules)
        homes = self._homes(found)
        over = set(self._open()) - {i.id for home in homes for i in home}
        splits: defaultdict[str, list[Step]] = defaultdict(list)
        for group, home in zip(found, homes, strict=True):
            if not home:
                self._begin(group, now, splits)
        for group, home in zip(found, homes, strict=True):
            if home:
                self._go_on(home, group, now, splits)
        for identity in sorted(over):
            self._keep(ended(self._known[identity], now))

    def _begin(self, group: Group, now: Moment, splits: defaultdict[str, list[Step]]) -> None:
        """A group in which no incident lives on: a part of one has left it, one that was over is back, or it is new."""
        left = [i for i in self.open() if {a.subject for a in group} & set(i.subjects)]
        back = self._back(group, now.rules)
        if left:
            part = begun(group, now, ("split", left[0].id))
            splits[left[0].id].append(("split", part.id))
            self._keep(part)
        elif back:
            self._keep(gone_on(back, group, now, [("reopened", "")]))
        else:
            self._keep(begun(group, now))

    def _go_on(self, home: Sequence[Incident], group: Group, now: Moment, splits: Mapping[str, Sequence[Step]]) -> None:
        """Incidents that live on in a group go on as one: the oldest."""
        first, *rest = home
        for other in rest:
            self._keep(ended(other, now, splits.get(other.id, ()), into=first.id))
            first = replace(first, mentions=(*other.mentions, *first.mentions))
        merged: list[Step] = [("merged", other.id) for other in rest]
        self._keep(gone_on(first, group, now, [*splits.get(first.id, ()), *merged]))

    def _back(self, group: Group, rules: IncidentRules) -> Incident | None:
        """The one among those that were over that has these mentions; fewer of them, where it has a subject too."""
        mentions, subjects = {m for alert in group for m in alert.mentions}, {a.subject for a in group}
        fitting = []
        for incident in self._known.values():
            least = rules.still if subjects & set(incident.subjects) else rules.same
            shared = overlap(mentions, set(incident.mentions))
            if incident.resolved and not incident.into and shared >= least:
                fitting.append((shared, incident.opened, incident.id))
        return self._known[max(fitting)[-1]] if fitting else None

    def _keep(self, incident: Incident) -> None:
        if self._known.get(incident.id) is not incident:
            self._known[incident.id] = self._news[incident.id] = incident


def _share(incident: Incident, group: Group) -> tuple[int, ...]:
    """How much of an incident is in a group: its parts of the institution (they tell most), its subjects, …"""
    mine = [a for a in group if a.subject in incident.subjects]
    leads = any(a.subject == incident.leading for a in mine)
    return sum(map(is_part, mine)), len(mine), leads, max(rank(a.level) for a in group)


def _age(incident: Incident) -> tuple[datetime, str]:
    return incident.opened, incident.id
