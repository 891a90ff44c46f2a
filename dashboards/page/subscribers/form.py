"""The form of a subscriber, read strictly. Pure."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar, get_args

import msgspec

from corrillo.alerts import LEVELS
from corrillo.institution import Institution
from corrillo.model import SERVICES
from corrillo.notices import Hours, Period, Subscriber, Way
from corrillo.people import LONGEST_NAME
from corrillo.subscribers import hours_of, way_of
from corrillo.text import fold, words
from dashboards.page.address import BadFilter, Pairs, Problem, one_of, single
from dashboards.page.forms import needed, written
from dashboards.page.i18n import LANGUAGES

MOST_WAYS = 4
MOST_HOURS = 10
WAYS = tuple(f"way{n}" for n in range(MOST_WAYS))
DROPS = tuple(f"drop{n}" for n in range(MOST_WAYS))
WHATS = ("change", "remove", "ask", "feed", "no_feed")
FIELDS = (
    "seal", "lang", "what", "name", *WAYS, *DROPS, "way", "institutions", "service", "district", "least", "language",
    "quiet", "quiet_holidays", "shifts", "next", "after", "per_hour", "digest", "digest_at",
)  # fmt: skip
MOST_FIELDS = 400
"""Of this form: it has a tick for every service and every district."""
LEAST = LEVELS[1:]
PERIODS: tuple[Period, ...] = get_args(Period)
T = TypeVar("T")


def read(
    given: Pairs,
    before: Subscriber,
    institutions: Sequence[Institution],
    others: Sequence[Subscriber],
) -> Subscriber:
    """``before`` with what the form says. Raises BadFilter for the first field that cannot be used."""
    ids = [i.id for i in institutions]
    districts = [d.name for i in institutions for d in i.districts]
    found = msgspec.structs.replace(
        before,
        name=written(given, "name", LONGEST_NAME, must=True),
        ways=_ways(given, before.ways),
        institutions=_ticked(given, "institutions", ids),
        services=_ticked(given, "service", SERVICES),
        districts=_ticked(given, "district", districts),
        least=next(level for level in LEAST if level == needed(given, "least", LEAST)),
        language="en" if needed(given, "language", LANGUAGES) == "en" else "es",
        quiet=_hours(given, "quiet"),
        quiet_holidays=bool(single(given, "quiet_holidays")),
        shifts=_hours(given, "shifts"),
        next=one_of(given, "next", [s.id for s in others if s.id != before.id]),
        after=_number(given, "after", before.after, 1440),
        per_hour=_number(given, "per_hour", before.per_hour, 60),
        digests=tuple(p for p in PERIODS if p in _ticked(given, "digest", PERIODS)),
        digest_at=_clock(given, before.digest_at),
    )
    taken = [s.name for s in others if s.id != before.id]
    if found.name in taken:
        raise BadFilter("name", found.name, "taken")
    return found


def fresh(given: Pairs, now: datetime) -> Subscriber:
    """Somebody new, of whom nothing is known but a name: their id was never anybody's, so that no old link is theirs."""
    name = written(given, "name", LONGEST_NAME, must=True)
    plain = "-".join(w for w in words(fold(name)) if w.isascii())[:40] or "x"
    return Subscriber(id=f"{plain}-{secrets.token_hex(4)}", name=name, created=now, origin="page")


def _ways(given: Pairs, before: Sequence[Way]) -> tuple[Way, ...]:
    """What is left empty stays as it was; what is new is not confirmed."""
    found: dict[str, Way] = {}
    for number, name in enumerate(WAYS):
        kept = before[number] if number < len(before) and not single(given, DROPS[number]) else None
        address = single(given, name)
        way = _tried(name, address, way_of, "not_a_way") if address else kept
        if way is not None:
            found.setdefault(way.address, next((b for b in before if b.address == way.address), way))
    return (*found.values(), *before[MOST_WAYS:])


def _hours(given: Pairs, name: str) -> tuple[Hours, ...]:
    parts = [part for part in single(given, name).split(";") if part.strip()]
    if len(parts) > MOST_HOURS:
        raise BadFilter(name, parts[MOST_HOURS], "too_long")
    return tuple(_tried(name, part, hours_of, "not_hours") for part in parts)


def _tried(name: str, value: str, made: Callable[[str], T], problem: Problem) -> T:
    """An address may hold a secret: it is not repeated."""
    try:
        return made(value)
    except ValueError:
        raise BadFilter(name, "" if name in WAYS else value, problem) from None


def _ticked(given: Pairs, name: str, allowed: Sequence[str]) -> tuple[str, ...]:
    chosen = [value for field, value in given if field == name]
    for value in chosen:
        if value not in allowed:
            raise BadFilter(name, value, "not_one_of", allowed)
    return tuple(dict.fromkeys(one for one in allowed if one in chosen))


def _number(given: Pairs, name: str, usual: int, most: int) -> int:
    text = single(given, name)
    if not text:
        return usual
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    if not 1 <= number <= most:
        raise BadFilter(name, text, "not_a_number", [f"1–{most}"])
    return number


def _clock(given: Pairs, usual: str) -> str:
    text = single(given, "digest_at")
    if not text:
        return usual
    return _tried("digest_at", f"{text}-{text}", hours_of, "not_hours").begin
