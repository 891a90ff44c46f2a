"""What somebody does about an incident: a form, read strictly, becomes an act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import get_args
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from corrillo.alerts import Act, ActKind, Life
from corrillo.text import clean
from dashboards.page.address import BadFilter, Pairs, one_of, single, usable

FIELDS = ("seal", "who", "what", "until", "note", "lang")
WHO, NOTE = 80, 500
"""Characters of a name and of a note."""
MAX_FORM = 10_000
"""Bytes of a form."""
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


def decode(body: bytes) -> Pairs:
    """The fields of a form. Raises BadFilter when there is too much of it, or it cannot be read."""
    if len(body) > MAX_FORM:
        raise BadFilter("form", "", "too_long")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError:
        raise BadFilter("form", "", "unprintable") from None
    return usable([(name, _one_line(value)) for name, value in pairs], FIELDS)


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())


def read(given: Pairs, incident: str, now: datetime, zone: ZoneInfo) -> Act:
    """The act that a form says. Raises BadFilter for the first field that is missing or cannot be used."""
    asked = _needed(given, "what", KINDS)
    what = next(kind for kind in KINDS if kind == asked)
    note = _text(given, "note", NOTE)
    if what == "note" and not note:
        raise BadFilter("note", "", "missing")
    until = _needed(given, "until", tuple(SILENCES)) if what == "silence" else ""
    who = _text(given, "who", WHO)
    if not who:
        raise BadFilter("who", "", "missing")
    return Act(incident=incident, at=now, who=who, what=what, until=silent_until(until, now, zone), note=note)


def _needed(given: Pairs, name: str, allowed: Sequence[str]) -> str:
    value = one_of(given, name, allowed)
    if not value:
        raise BadFilter(name, "", "missing", allowed)
    return value


def _text(given: Pairs, name: str, limit: int) -> str:
    text = clean(single(given, name))
    if len(text) > limit:
        raise BadFilter(name, text[:40] + "…", "longer", [str(limit)])
    return text


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
