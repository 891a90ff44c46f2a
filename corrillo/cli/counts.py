"""``corrillo export --counts``: which daily counts are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from corrillo.daily import FEWEST, PARTS, Part, Per, cells
from corrillo.errors import ConfigError
from corrillo.export import Record
from corrillo.ports import Query, Reader


def parts(written: str) -> tuple[Part, ...]:
    """What counts are told apart by, as ``network,service``. Raises ConfigError for what they cannot be."""
    named = [name.strip() for name in written.split(",") if name.strip()]
    for name in named:
        if name not in PARTS:
            raise ConfigError(f"--by {name!r}: daily counts are not kept by that", f"use some of: {', '.join(PARTS)}")
    return cast("tuple[Part, ...]", tuple(dict.fromkeys(named)))


def counted(
    reader: Reader, query: Query, institutions: Sequence[str], zone: ZoneInfo, by: Sequence[Part], per: Per
) -> Iterator[Record]:
    """The cells that ``query`` asks for. Raises ConfigError where it asks what is not counted by day."""
    if query.text:
        raise ConfigError("daily counts know no words", "leave the text out, or export the mentions (without --counts)")
    where: dict[str, Sequence[str]] = {n: values for n, values in query.where.items() if n != "institution"}
    for name in where:
        if name not in PARTS:
            raise ConfigError(f"--where {name}: daily counts are not kept by that", f"use some of: {', '.join(PARTS)}")
    since, until = _day("--since", query.since, zone), _day("--until", query.until, zone)
    found = (count for institution in institutions for count in reader.day_counts(institution, since, until))
    return cells(found, by, where, per)


def in_words(by: Sequence[Part], per: Per, small: int) -> str:
    """What stands in the manifest besides the query. ``small``: how many cells are told without their number."""
    return f"counts by {', '.join((per, *by))}; {small} cells of fewer than {FEWEST} are suppressed"


def _day(option: str, moment: datetime | None, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone) if moment else None
    if local and local.timetz().replace(tzinfo=None).isoformat() != "00:00:00":
        raise ConfigError(f"{option}: daily counts are of whole days", "write a day, as 2026-11-21")
    return local.date().isoformat() if local else ""
