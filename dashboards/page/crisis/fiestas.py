"""The fiestas of the last weeks, and how high anything was on those days: much was said, and was anything the matter?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from corrillo.alerts import Level, Subject, rank
from corrillo.dates import covers
from corrillo.health import hour_of
from corrillo.institution import Fiesta, Institution
from corrillo.ports import Reader
from dashboards.page.crisis.incidents import RECENT, IncidentRow, Incidents
from dashboards.page.filters import midnight


@dataclass(frozen=True)
class Festive:
    """A fiesta, its days (of the last weeks, up to today), and the highest that anything was on them."""

    name: str
    first: date
    last: date
    peak: Level
    lasts: bool


def fiestas(reader: Reader, institution: Institution, found: Incidents, now: datetime) -> tuple[Festive, ...]:
    """Those that were listened to, the newest first; of days of which no hour was counted nothing is said.

    StoreError passes through.
    """
    today = now.astimezone(institution.zone).date()
    spans = [(f, days) for f in institution.fiestas if (days := _days(f, today))]
    rows = (*found.open, *found.over, *found.elsewhere)
    told = [_festive(f, days, rows, institution, today) for f, days in spans if _counted(reader, institution, days)]
    return tuple(sorted(told, key=lambda f: f.first, reverse=True))


def _days(fiesta: Fiesta, today: date) -> Sequence[date]:
    """Its days of the last weeks, in their order."""
    lately = (today - timedelta(days=n) for n in range(RECENT.days, -1, -1))
    return [day for day in lately if covers(fiesta.begin, fiesta.end, day)]


def _counted(reader: Reader, institution: Institution, days: Sequence[date]) -> bool:
    since, until = _span(days, institution)
    return bool(reader.hour_counts(Subject(institution=institution.id), hour_of(since), hour_of(until)))


def _span(days: Sequence[date], institution: Institution) -> tuple[datetime, datetime]:
    return midnight(days[0], institution.zone), midnight(days[-1] + timedelta(days=1), institution.zone)


def _festive(
    fiesta: Fiesta, days: Sequence[date], rows: Iterable[IncidentRow], institution: Institution, today: date
) -> Festive:
    since, until = _span(days, institution)
    then = [c.level for r in rows for c in r.incident.changes if since <= c.at < until]
    return Festive(fiesta.name, days[0], days[-1], max(then, key=rank, default="calm"), days[-1] == today)
