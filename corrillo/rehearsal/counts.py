"""A file of counts (``timestamp,value``) → its points, strictly: a row that says something else is refused by its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from math import isfinite

from corrillo.errors import ParseError
from corrillo.rehearsal.table import Table
from ingest.moments import moment_of

SHAPE = "write the file as timestamp,value and then rows such as 2026-11-21 18:05,7"
_HOUR_EAST = timezone(timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Counted:
    """One row: its time as it is written, the moment that this means, and the count (None: not known)."""

    written: str
    at: datetime
    count: float | None


def counts(lines: Iterable[str], zone: tzinfo) -> Iterator[Counted]:
    """The rows in their order; times without a zone of their own are read in ``zone``.

    Where cells are not separated by commas, a decimal comma is understood. An empty value is not
    known, which is not zero. Raises ParseError naming the line.
    """
    table = Table(lines, SHAPE)
    time_at, count_at = table.column("timestamp"), table.column("value", "count")
    before: Counted | None = None
    for line, row in table.rows():
        at = _moment(line, row[time_at].strip(), zone, before)
        before = Counted(row[time_at], at, _count(line, row[count_at].strip(), table.delimiter))
        yield before


def _count(line: int, value: str, delimiter: str) -> float | None:
    if not value:
        return None
    try:
        number = float(value if delimiter == "," else value.replace(",", "."))
    except ValueError:
        number = -1.0
    if not isfinite(number) or number < 0:
        remedy = "write 0 or more, such as 7 or 7.5; leave it empty when it is not known"
        raise ParseError(f"line {line}: {value!r} is no count", remedy)
    return number


def _moment(line: int, written: str, zone: tzinfo, before: Counted | None) -> datetime:
    """The moment of a row, which comes after the one of the row before."""
    moment = moment_of(written, zone)
    if moment is None:
        raise ParseError(f"line {line}: {written!r} is no time", "write it as 2026-11-21 18:05 or 2026-11-21T18:05:00Z")
    zoneless = moment_of(written, UTC) != moment_of(written, _HOUR_EAST)
    if zoneless and moment.astimezone(zone).replace(tzinfo=UTC) != moment_of(written, UTC):
        raise ParseError(
            f"line {line}: there is no {written!r} in {zone}: clocks go forward over it",
            "is it in UTC? add: --zone UTC",
        )
    if before is None or moment > before.at:
        return moment
    again = moment.astimezone(zone).replace(fold=1).astimezone(UTC)
    if zoneless and again > before.at:  # the second of the two hours when clocks go back
        return again
    wrong = f"{written!r} is there twice" if moment == before.at else f"{written!r} stands after {before.written!r}"
    raise ParseError(f"line {line}: {wrong}", "sort the file by time, and keep one row of each time")
