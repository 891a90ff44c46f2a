"""What somebody has to be told of one incident, by how it stands and what they know: nothing, or one thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from corrillo.alerts import Level, rank
from corrillo.duty import concerns
from corrillo.notices import News, NewsKind, Subscriber
from notify.decide.standing import Standing
from notify.decide.told import ALARMS, BEGINNING, Told

SPACING = timedelta(minutes=30)
"""Between two messages about what is new of one incident; it doubles with each, up to sixteen times that."""
SPACING_IN_CRISIS = timedelta(minutes=10)
DOUBLINGS = 4


@dataclass(frozen=True)
class Owed:
    """News for somebody; not before ``after``. ``last``: the message about it that this one follows.

    ``crisis``: it is one at this moment, so quiet hours do not count. ``first``: its first word, which no cap holds up.
    ``at_any_hour``: though they are off duty.
    """

    news: News
    institution: str
    after: datetime
    last: str
    crisis: bool = False
    first: bool = False
    at_any_hour: bool = False


@dataclass(frozen=True)
class Asked:
    """Of whom and when is asked: ``since`` notification is on at all; ``heir``: nobody who was told has answered in time,
    and it is their turn; ``at_any_hour``: they are off duty, and so is everybody else whose turn it could be."""

    subscriber: Subscriber
    now: datetime
    since: datetime
    heir: bool = False
    at_any_hour: bool = False


def owed(asked: Asked, stands: Standing, told: Told) -> Owed | None:
    """None where they know all that they want to know. An incident that is part of another now is told with that one."""
    who, incident = asked.subscriber, stands.incident
    if incident.into or (who.institutions and incident.institution not in who.institutions):
        return None
    if stands.over:
        return _news(asked, stands, told, "resolved", "calm") if told.knows else None
    if stands.life == "silenced":
        return None
    if asked.heir and stands.life == "open":
        return _news(asked, stands, told, "unacknowledged", incident.level)
    return _more(asked, stands, told) if told.knows else _opening(asked, stands, told)


def _opening(asked: Asked, stands: Standing, told: Told) -> Owed | None:
    """It is there, or is there again after they were told that it is over; of how high it was, what they could have known."""
    who, incident = asked.subscriber, stands.incident
    reached = stands.reached(told.at if told.last else who.created)
    if rank(reached) < rank(who.least) or stands.is_old(asked.since) or not concerns(who, incident):
        return None
    if incident.changes[-1].at <= told.at:
        return None
    again = told.last and not stands.crisis
    return _news(asked, stands, told, "opened", reached, told.when + spacing(stands, told) if again else None)


def _more(asked: Asked, stands: Standing, told: Told) -> Owed | None:
    """It is higher than they know, or something is new."""
    incident, least = stands.incident, rank(asked.subscriber.least)
    reached = stands.reached(told.at)
    if rank(reached) > rank(told.level) and rank(reached) >= least:
        return _news(asked, stands, told, "escalated", reached)
    if incident.changes[-1].at <= told.at or rank(incident.level) < least or stands.life != "open":
        return None
    what: NewsKind = "kept_back" if told.when < stands.spoke_again else "changed"
    return _news(asked, stands, told, what, reached, told.when + spacing(stands, told))


def spacing(stands: Standing, told: Told) -> timedelta:
    """How long after the last message about an incident the next one about what is new may go."""
    least = SPACING_IN_CRISIS if stands.crisis else SPACING
    return least * (1 << min(told.updates, DOUBLINGS))


def _news(
    asked: Asked, stands: Standing, told: Told, what: NewsKind, level: Level, after: datetime | None = None
) -> Owed:
    incident = stands.incident
    return Owed(
        News(incident=incident.id, what=what, level=level, at=incident.changes[-1].at),
        incident.institution,
        after or BEGINNING,
        told.last,
        crisis=stands.crisis,
        first=stands.crisis and what in ALARMS,
        at_any_hour=asked.at_any_hour and stands.crisis and what == "unacknowledged",
    )
