"""What a link is about, as it stands now: whether it can still be done, and what there is to see of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from corrillo.alerts import Incident
from corrillo.institution import Institution
from corrillo.links import Grant, Purpose, about_way
from corrillo.notices import Subscriber, Way
from corrillo.ports import Store
from dashboards.page.crisis.acts import POSSIBLE
from dashboards.page.crisis.incidents import IncidentRow, row

DRILL = "drill-"
"""How the id of an incident begins that is only a drill."""

State = Literal["ready", "over", "taken", "already", "by_file", "no_incident", "no_way"]
"""It can be done; the incident is over; somebody has taken it; it is done; the configuration decides it; what it was
about is not there any more."""


@dataclass(frozen=True)
class About:
    """One link of one subscriber. ``row`` and ``institution``: the incident (None in a drill, and of other purposes).

    ``number`` and ``way``: the way that is to be confirmed.
    """

    purpose: Purpose
    subscriber: Subscriber
    state: State = "ready"
    incident: str = ""
    row: IncidentRow | None = None
    institution: Institution | None = None
    number: int = -1
    way: Way | None = None

    @property
    def drill(self) -> bool:
        """Whether it is about a drill, and nothing has happened."""
        return self.incident.startswith(DRILL)

    def zone(self, institutions: Sequence[Institution]) -> ZoneInfo:
        """Whose clocks are meant."""
        wanted = self.subscriber.institutions
        near = next((i for i in institutions if i.id in wanted), institutions[0])
        return (self.institution or near).zone


def about(
    grant: Grant, subscriber: Subscriber, store: Store, institutions: Sequence[Institution], now: datetime
) -> About:
    """What a link is about. StoreError of the store passes through."""
    if grant.purpose == "confirm":
        return _confirmation(grant, subscriber)
    if grant.purpose == "unsubscribe":
        return About("unsubscribe", subscriber, "by_file" if subscriber.origin == "file" else "ready")
    if grant.about.startswith(DRILL):
        done = any(a.who == subscriber.name and a.what == grant.purpose for a in store.acts([grant.about]))
        return About(grant.purpose, subscriber, "already" if done else "ready", grant.about)
    incident = _as_it_became(store, grant.about)
    of = next((i for i in institutions if incident and i.id == incident.institution), None)
    if incident is None or of is None:
        return About(grant.purpose, subscriber, "no_incident", grant.about)
    found = row(store, incident, now)
    return About(grant.purpose, subscriber, _state(grant.purpose, found, subscriber), incident.id, found, of)


def _as_it_became(store: Store, identity: str) -> Incident | None:
    """The incident; where it was merged since, the one that it is part of now."""
    seen: set[str] = set()
    incident = store.incident(identity)
    while incident is not None and incident.into and incident.into not in seen:
        seen.add(incident.into)
        incident = store.incident(incident.into)
    return incident


def _state(purpose: Purpose, found: IncidentRow, subscriber: Subscriber) -> State:
    if not found.open:
        return "over"
    if purpose in POSSIBLE[found.life]:
        return "ready"
    return "already" if found.standing and found.standing.who == subscriber.name else "taken"


def _confirmation(grant: Grant, subscriber: Subscriber) -> About:
    for number, way in enumerate(subscriber.ways):
        if about_way(number, way.address) == grant.about:
            return About("confirm", subscriber, "already" if way.confirmed else "ready", number=number, way=way)
    return About("confirm", subscriber, "no_way")
