"""An invented town in which things happen, and an office that tells people, by a clock of its own.

Its channel is a fake that accepts everything at once, but for those that are ``dead``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from corrillo.alerts import Act, ActKind, Change, ChangeKind, Incident, Level, Subject, rank
from corrillo.institution import Institution
from corrillo.notices import Attempt, Delivery, Hours, Subscriber, Way
from corrillo.testing.incidents import EVIDENCE
from notify.decide import Decisions, outcome, way_for

MADRID = ZoneInfo("Europe/Madrid")
TOWN = Institution(id="benialba", name="Ajuntament de Benialba", region="VC")
ISLAND = Institution(id="isla-garza", name="Cabildo de Isla Garza", region="CN", time_zone="Atlantic/Canary")
WHOLE = Subject(institution="benialba")
WATER = Subject(institution="benialba", service="water")
RAVAL = Subject(institution="benialba", district="El Raval")
NIGHT = (Hours(begin="22:00", end="08:00"),)
OFFICE_HOURS = (Hours(begin="08:00", end="15:00", days=(0, 1, 2, 3, 4)),)


def at(day: str, clock: str, zone: ZoneInfo = MADRID) -> datetime:
    """A moment of 2026 (month and day), as clocks there show it."""
    return datetime.fromisoformat(f"2026-{day}T{clock}").replace(tzinfo=zone).astimezone(UTC)


MORNING = at("11-18", "10:00")
"""A Wednesday on which people work."""


def a_person(name: str, **given: Any) -> Subscriber:
    """Somebody who is told by mail of whatever is a warning or more, at any hour."""
    mail = Way(kind="email", address=f"{name}@benialba.example", confirmed=at("01-02", "09:00"))
    return Subscriber(**{"id": name, "name": name.title(), "ways": (mail,), "created": at("01-02", "09:00"), **given})


class Office:
    """``restarts``: it forgets everything before each round but what is kept. ``told``: who was told what, when."""

    def __init__(self, *people: Subscriber, now: datetime = MORNING, restarts: bool = False) -> None:
        self.now, self.restarts = now, restarts
        self.people = {p.id: p for p in people}
        self.incidents: dict[str, Incident] = {}
        self.acts: list[Act] = []
        self.kept: dict[str, Delivery] = {}
        self.dead: set[str] = set()
        self._decisions = Decisions()

    # ── what happens ──────────────────────────────────────────────────────────────────────
    def happens(
        self, name: str, what: ChangeKind, level: Level, *, subjects: Sequence[Subject] = (WHOLE,), other: str = ""
    ) -> None:
        """One step in the life of an incident, now."""
        change = Change(at=self.now, what=what, level=level, subjects=tuple(subjects), evidence=EVIDENCE, other=other)
        before = self.incidents.get(name)
        changes = (*before.changes, change) if before else (change,)
        self.incidents[name] = Incident(
            id=name,
            institution=subjects[0].institution,
            opened=before.opened if before else self.now,
            updated=self.now,
            level=level,
            peak=max(level, before.peak if before else level, key=rank),
            leading=subjects[0],
            subjects=tuple(subjects),
            evidence=EVIDENCE,
            changes=changes,
            resolved=self.now if what == "resolved" or (what == "merged" and level == "calm") else None,
            into=other if what == "merged" and level == "calm" else "",
        )

    def does(self, name: str, what: ActKind, until: datetime | None = None) -> None:
        """Somebody does something about an incident, now."""
        self.acts.append(Act(incident=name, at=self.now, who="Nuria", what=what, until=until))

    # ── the office's round ────────────────────────────────────────────────────────────────
    def round(self) -> list[Delivery]:
        """Decide, keep, hand over; what was decided."""
        if self.restarts:
            self._decisions = Decisions(self.kept.values())
        self._decisions.know({i.id: i for i in (TOWN, ISLAND)}, list(self.people.values()))
        self._decisions.hear(self.incidents.values(), self.acts)
        made = self._decisions.decide(self.now)
        self._keep(made)
        while ready := self._decisions.ready(self.now):
            self._hand_over(ready[0])
        return made

    def wait(self, minutes: float, every: float = 1) -> None:
        """Time goes by, with a round every so many minutes."""
        end = self.now + timedelta(minutes=minutes)
        while self.now < end:
            self.now = min(end, self.now + timedelta(minutes=every))
            self.round()

    def until(self, moment: datetime, every: float = 1) -> None:
        """Time goes by until then."""
        self.wait((moment - self.now).total_seconds() / 60, every)

    def _hand_over(self, delivery: Delivery) -> None:
        who = self.people[delivery.subscriber]
        self._keep([replace(delivery, state="sending")])
        way = way_for(delivery, who) or 0
        ok = who.ways[way].address not in self.dead
        tried = Attempt(at=self.now, way=way, channel=who.ways[way].kind, ok=ok)
        self._keep([outcome(delivery, tried, who, self.now)])

    def _keep(self, deliveries: Sequence[Delivery]) -> None:
        self.kept.update({d.id: d for d in deliveries})
        self._decisions.kept(deliveries)

    # ── who was told what ─────────────────────────────────────────────────────────────────
    def sent(self, person: str, what: str = "alert") -> list[Delivery]:
        """What a channel accepted for somebody, in that order."""
        mine = [d for d in self.kept.values() if d.subscriber == person and d.sent and d.what == what]
        return sorted(mine, key=lambda d: d.sent or d.made)

    def told(self, person: str) -> list[list[str]]:
        """Of each message what it said of which incident, its most urgent news first."""
        return [[f"{n.incident} {n.what} {n.level}" for n in d.news] for d in self.sent(person)]

    def times(self, person: str) -> list[str]:
        """When each message was accepted, by the town's clocks."""
        return [d.sent.astimezone(MADRID).strftime("%m-%d %H:%M") for d in self.sent(person) if d.sent]

    def waiting(self, person: str) -> list[Delivery]:
        """What waits for its time."""
        return [d for d in self.kept.values() if d.subscriber == person and d.open]

    def dropped(self, person: str) -> list[str]:
        """Why messages to somebody were never sent."""
        return [d.why for d in self.kept.values() if d.subscriber == person and d.state == "dropped"]
