"""What really happened, as people know it afterwards, and what of it the rules would have found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from corrillo.alerts import Level
from corrillo.errors import ParseError
from corrillo.rehearsal.replay import Episode
from corrillo.rehearsal.table import Table
from ingest.moments import DATE_ONLY, moment_of

SHAPE = "write the file as from,to,what and then rows such as 2026-11-14 18:00,2026-11-15 02:00,burst water main"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Real:
    """A crisis that there was, from ``since`` to before ``until``."""

    since: datetime
    until: datetime
    what: str


@dataclass(frozen=True)
class Found:
    """A real crisis, the first incident that told of it, and how long after its beginning (negative: before)."""

    real: Real
    incident: str
    at: datetime
    lead: timedelta


@dataclass(frozen=True)
class Verdict:
    """How the incidents that came to a level stand against what really happened."""

    level: Level
    found: tuple[Found, ...]
    missed: tuple[Real, ...]
    false: tuple[str, ...]


def truth_of(lines: Iterable[str], zone: tzinfo) -> list[Real]:
    """The rows of a CSV file ``from,to,what``; a day as ``to`` is included. Raises ParseError naming the line."""
    table = Table(lines, SHAPE)
    columns = table.column("from"), table.column("to"), table.column("what")
    return [_real(line, [row[c].strip() for c in columns], zone) for line, row in table.rows()]


def judge(episodes: Sequence[Episode], truth: Sequence[Real], level: Level) -> Verdict:
    """Of each real crisis, whether an incident was at ``level`` while it lasted; an incident that was during none is false."""
    found = [_found(real, episodes, level) for real in truth]
    false = [e.incident.id for e in episodes if e.times(level) and not any(_during(real, e, level) for real in truth)]
    missed = [real for real, one in zip(truth, found, strict=True) if one is None]
    return Verdict(level, tuple(f for f in found if f), tuple(missed), tuple(false))


def _found(real: Real, episodes: Sequence[Episode], level: Level) -> Found | None:
    told = [(since, e.incident.id) for e in episodes for since in _during(real, e, level)]
    if not told:
        return None
    at, incident = min(told)
    return Found(real, incident, at, at - real.since)


def _during(real: Real, episode: Episode, level: Level) -> list[datetime]:
    """When the times began in which an incident was at ``level`` during a real crisis."""
    times = episode.times(level)
    return [since for since, until in times if since < real.until and (until is None or until > real.since)]


def _real(line: int, row: Sequence[str], zone: tzinfo) -> Real:
    since, until = (_moment(line, written, zone) for written in row[:2])
    if DATE_ONLY.fullmatch(row[1]):
        until = (until.astimezone(zone) + DAY).astimezone(UTC)  # the next midnight there, whatever clocks do
    if until <= since:
        raise ParseError(f"line {line}: {row[0]} – {row[1]} ends before it begins", "swap them")
    return Real(since, until, row[2])


def _moment(line: int, written: str, zone: tzinfo) -> datetime:
    moment = moment_of(written, zone)
    if moment is None:
        raise ParseError(f"line {line}: {written!r} is no time", "write it as 2026-11-21 18:05, or 2026-11-21")
    return moment
