"""Subscribers as people write them into ``corrillo.toml``: ``[[subscriber]]``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from corrillo.alerts import Level
from corrillo.errors import ConfigError
from corrillo.institution import Institution, Name, Strict
from corrillo.model import SERVICES, Service
from corrillo.notices import EVERY_DAY, Hours, Period, Subscriber, Way

WAYS = "CORRILLO_WAYS_"
"""Environment variables of addresses that hold secrets: CORRILLO_WAYS_ALCALDIA for the subscriber alcaldia."""
_DAYS: Mapping[str, int] = {
    name: number
    for names in (("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("lun", "mar", "mie", "jue", "vie", "sab", "dom"))
    for number, name in enumerate(names)
}
_HOURS = re.compile(r"(?:([a-z,-]+) )?([0-2]?\d:\d\d)-([0-2]?\d:\d\d)")
_MAIL = re.compile(r"[^@\s:/<>,;]+@[^@\s:/<>,;]+\.[^@\s:/<>,;]+")


def way_of(address: str) -> Way:
    """The way that an address is: of mail, of the web, or as Apprise writes it. ValueError where it is none."""
    address = address.strip()
    mail = address.removeprefix("mailto:")
    if _MAIL.fullmatch(mail):
        return Way(kind="email", address=mail)
    scheme, sign, rest = address.partition("://")
    if not sign or not rest or not re.fullmatch(r"[a-z][a-z0-9+]*", scheme):
        raise ValueError("must be an address of mail, of the web (https://…), or one that Apprise knows (tgram://…)")
    if scheme not in ("http", "https"):
        return Way(kind="apprise", address=address)
    if not urlsplit(address).hostname:
        raise ValueError("must be a whole address of the web, such as https://example.es/alerts")
    return Way(kind="webhook", address=address)


def hours_of(text: str) -> Hours:
    """Hours of the week of ``22:00-08:00``, ``mon-fri 08:00-15:00`` or ``sat,sun 00:00-24:00``. ValueError where they are none."""
    plain = text.strip().casefold().replace("é", "e").replace("á", "a")
    found = _HOURS.fullmatch(plain)
    begin, end = (_clock(found[2]), _clock(found[3])) if found else ("", "")
    days = _days(found[1] or "") if found else ()
    if not (begin and end and days):
        raise ValueError('must be hours, such as "22:00-08:00" or "sat,sun 00:00-24:00" (mon … sun, or lun … dom)')
    return Hours(begin=begin, end=end, days=days)


def said(hours: Hours) -> str:
    """Hours as they are written in the file."""
    names = list(_DAYS)[:7]
    days = "" if hours.days == EVERY_DAY else ",".join(names[d] for d in hours.days) + " "
    return f"{days}{hours.begin}-{'24:00' if hours.end == '00:00' else hours.end}"


def _clock(text: str) -> str:
    text = text.zfill(5)
    if text == "24:00":
        return "00:00"
    return text if text[:2] < "24" and text[3:] < "60" else ""


def _days(text: str) -> tuple[int, ...]:
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            return ()
        begin, end = _DAYS[first], _DAYS[last or first]
        found |= {day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)}
    return tuple(sorted(found)) if text else EVERY_DAY


def leak(address: str) -> str:
    """What to say of an address that holds a token or a password, and so must not stand in the file; '' of others."""
    scheme, sign, rest = address.partition("://")
    if not sign or (scheme in ("http", "https") and "@" not in rest.partition("/")[0]):
        return ""
    return f"{scheme}://… holds a secret; write it into a file of its own, and name that under ways_file"


def _address(text: str) -> str:
    way_of(text)
    return text


def _hours_text(text: str) -> str:
    hours_of(text)
    return text


Identity = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
HoursText = Annotated[str, AfterValidator(_hours_text)]


class SubscriberEntry(Strict):
    """Somebody who is told, and who has confirmed it by standing here (``corrillo.notices.Subscriber`` says what each key is).

    ``ways_file``: more addresses, one a line, for those that hold a token; relative to the configuration.
    """

    id: Identity
    name: Annotated[Name, Field(max_length=80)]
    ways: tuple[Annotated[str, AfterValidator(_address)], ...] = ()
    ways_file: str = ""
    institutions: tuple[str, ...] = ()
    services: tuple[Service, ...] = ()
    districts: tuple[str, ...] = ()
    least: Level = "warning"
    language: Literal["es", "en"] = "es"
    quiet: tuple[HoursText, ...] = ()
    quiet_holidays: bool = False
    shifts: tuple[HoursText, ...] = ()
    next: str = ""
    after: Annotated[int, Field(ge=1, le=1440, strict=True)] = 15
    per_hour: Annotated[int, Field(ge=1, le=60, strict=True)] = 6
    digests: tuple[Period, ...] = ()
    digest_at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "08:00"


def subscriber(entry: SubscriberEntry, folder: Path, environment: Mapping[str, str], created: datetime) -> Subscriber:
    """The subscriber that an entry says, its ways confirmed since ``created``. Raises ConfigError for a way that is none."""
    addresses = [*entry.ways, *_kept_apart(entry, folder, environment)]
    ways = []
    for address in dict.fromkeys(addresses):
        try:
            way = way_of(address)
        except ValueError as error:  # it may hold a secret: it is not repeated
            raise ConfigError(
                f"subscriber {entry.id!r}: an address outside of corrillo.toml {error}", "mend it"
            ) from None
        ways.append(Way(kind=way.kind, address=way.address, confirmed=created))
    return Subscriber(
        **entry.model_dump(include=_ALIKE),
        ways=tuple(ways),
        quiet=tuple(map(hours_of, entry.quiet)),
        shifts=tuple(map(hours_of, entry.shifts)),
        origin="file",
        created=created,
    )


_ALIKE = {
    "id", "name", "institutions", "services", "districts", "least", "language", "quiet_holidays", "next", "after",
    "per_hour", "digests", "digest_at",
}  # fmt: skip


def _kept_apart(entry: SubscriberEntry, folder: Path, environment: Mapping[str, str]) -> list[str]:
    """Addresses out of the environment and the named file."""
    variable = WAYS + entry.id.upper().replace("-", "_")
    found = environment.get(variable, "").split()
    if not entry.ways_file:
        return found
    file = folder / entry.ways_file
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is no UTF-8 text"
        raise ConfigError(
            f"subscriber {entry.id!r}: ways_file {str(file)!r} cannot be read: {reason}",
            f"write the addresses there, one a line, or set {variable}",
        ) from None
    return found + [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


# ── what is said of institutions, services, districts and others has to be there ──────────
def wrong(entries: Sequence[SubscriberEntry], institutions: Sequence[Institution]) -> str:
    """What is wrong between the entries and the rest of the file; '' when nothing is."""
    ids, names = [e.id for e in entries], [e.name for e in entries]
    for entry in entries:
        if ids.count(entry.id) > 1:
            return f"two of [[subscriber]] are called {entry.id!r}; give each an id of its own"
        if names.count(entry.name) > 1:
            return f"two of [[subscriber]] share the name {entry.name!r}; give each a name of its own, by which the others know who acknowledged"
        if key := unknown(entry, institutions, ids):
            return f"subscriber {entry.id!r}: {key[0]}; {key[1]}"
    return ""


def unknown(
    one: SubscriberEntry | Subscriber, institutions: Sequence[Institution], ids: Sequence[str]
) -> tuple[str, str] | None:
    """Which of what ``one`` names is not there, and what may stand instead; ``ids`` of all subscribers."""
    known = {i.id: [d.name for d in i.districts] for i in institutions}
    about = [i for i in (one.institutions or known) if i in known]
    for key, values, there in (
        ("institutions", one.institutions, list(known)),
        ("services", one.services, list(SERVICES)),
        ("districts", one.districts, [name for i in about for name in known[i]]),
        ("next", (one.next,) if one.next else (), [i for i in ids if i != one.id]),
    ):
        if strange := next((v for v in values if v not in there), None):
            listed = f"use one of: {', '.join(there)}" if there else "leave it out: there is none yet"
            return f"{key}: {strange!r} is not known", listed
    return None
