"""What somebody does about an incident: a form, read strictly, becomes an act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from corrillo.alerts import Act, ActKind, Life
from dashboards.page.address import BadFilter, Pairs
from dashboards.page.forms import NOTE, WHO, needed, written

FIELDS = ("seal", "who", "what", "until", "note", "lang")
KINDS: tuple[ActKind, ...] = get_args(ActKind)
SILENCES: Mapping[str, timedelta | None] = {"1h": timedelta(hours=1), "8h": timedelta(hours=8), "morning": None}
"""How long an incident can be silenced; None: until the morning."""
MORNING = time(8)
POSSIBLE: Mapping[Life, tuple[ActKind, ...]] = {
    "open": ("acknowledge", "silence", "note"),
    "acknowledged": ("silence", "reopen", "note"),
    "silenced": ("acknowledge", "silence", "reopen", "note"),
    "resolved": ("note",),
}
"""What can be done about an incident where it stands."""


def read(given: Pairs, incident: str, now: datetime, zone: ZoneInfo, name: str = "") -> Act:
    """The act that a form says, by whoever has logged in, else by whom it names.

    Raises BadFilter for the first field that is missing or cannot be used.
    """
    asked = needed(given, "what", KINDS)
    what = next(kind for kind in KINDS if kind == asked)
    note = written(given, "note", NOTE)
    if what == "note" and not note:
        raise BadFilter("note", "", "missing")
    until = needed(given, "until", tuple(SILENCES)) if what == "silence" else ""
    who = name or written(given, "who", WHO, must=True)
    return Act(incident=incident, at=now, who=who, what=what, until=silent_until(until, now, zone), note=note)


def silent_until(silence: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When one of SILENCES ends, in UTC; None for ''. The morning is the next one that is at least an hour away."""
    if not silence:
        return None
    span = SILENCES[silence]
    return now + span if span else next_morning(now, zone)


def next_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """The next time that clocks in ``zone`` show MORNING, an hour away or more."""
    day = (now + timedelta(hours=1)).astimezone(zone)
    morning = datetime.combine(day.date(), MORNING, tzinfo=zone)
    if morning < day:
        morning = datetime.combine(day.date() + timedelta(days=1), MORNING, tzinfo=zone)
    return morning.astimezone(UTC)
