"""Daily counts for people outside: by day and what is asked for, without the cells in which somebody could be found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal, get_args

from corrillo.export import Record
from corrillo.ports import DayCount

Part = Literal["network", "venue", "place", "service", "district", "tag"]
PARTS: tuple[Part, ...] = get_args(Part)
"""What daily counts can be told apart by."""
Per = Literal["day", "week", "month"]
FEWEST = 5
"""Mentions of a cell that is told. Of a smaller one it is only said that there is something: who knows the place and
the day would know the person. Sums are told by nobody, so that none can be reckoned back from a single file."""


def columns(by: Sequence[Part]) -> tuple[str, ...]:
    """Of an export by these; ``day`` is the first of its week or month."""
    return ("institution", "day", *by, "count", "suppressed")


def cells(
    counts: Iterable[DayCount], by: Sequence[Part], where: Mapping[str, Sequence[str]], per: Per = "day"
) -> Iterator[Record]:
    """A record for each cell in which something was said, by day (week, month) and then by its values.

    By ``tag``, and where one is asked for, a mention counts once for each of its tags. ``where``: only
    these values of these parts.
    """
    tagged = "tag" in (*by, *where)
    found: Counter[tuple[str, ...]] = Counter()
    for count in counts:
        if bool(count.tag) is tagged and all(getattr(count, name) in values for name, values in where.items()):
            found[(count.institution, _first(count.day, per), *(getattr(count, name) for name in by))] += count.count
    for cell, number in sorted(found.items()):
        small = number < FEWEST
        yield dict(zip(columns(by), (*cell, None if small else number, small), strict=True))


def _first(day: str, per: Per) -> str:
    """The first day of the day's week (a Monday) or month."""
    if per == "week":
        written = date.fromisoformat(day)
        return (written - timedelta(days=written.weekday())).isoformat()
    return f"{day[:7]}-01" if per == "month" else day
