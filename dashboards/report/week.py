"""What a week was like, beside the week before: read from a store as frozen values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from corrillo.alerts import rank
from corrillo.attention import Attention
from corrillo.institution import Institution
from corrillo.marked import away
from corrillo.model import TAG_KINDS
from corrillo.opening import Opening
from corrillo.ports import Field, Query, Reader, Store
from dashboards.page.crisis.incidents import MOST_OPEN, IncidentRow, row
from dashboards.page.filters import CITIZENS, midnight, narrow
from dashboards.page.sources import Listening, Sources, sources
from dashboards.page.waits import figures as waiting
from dashboards.page.waits.asked import asked
from dashboards.page.waits.closed import closed
from dashboards.report.calendar import CalendarWeek

SHOWN = 6
"""Venues and services on the page."""


@dataclass(frozen=True)
class Pair:
    """A count of the week, and the same of the week before: None where nothing was kept yet then."""

    now: int
    before: int | None


@dataclass(frozen=True)
class Ranked:
    """One venue (network, name) or service with its counts."""

    values: tuple[str, ...]
    count: Pair


@dataclass(frozen=True)
class Waits:
    """Questions and complaints of the week; ``longest``: the oldest that still waits, asked then or before.

    ``earlier``: how many wait that were asked before the week.
    """

    figures: waiting.Figures
    earlier: int
    longest: Attention | None


@dataclass(frozen=True)
class Week:
    """One institution's week, up to ``until`` where it is not over: then the week before is taken up to the same moment.

    ``days``: Monday to Sunday off page, on page, by the institution; None for days that have not come.
    """

    calendar: CalendarWeek
    until: datetime
    over: bool
    mentions: Pair
    authors: Pair
    off_page: Pair
    own: Pair
    days: tuple[tuple[date, tuple[int, int, int] | None], ...]
    venues: tuple[Ranked, ...]
    services: tuple[Ranked, ...]
    tags: Mapping[str, Pair]
    waits: Waits
    incidents: tuple[IncidentRow, ...]
    sources: Sources
    before_partial: bool
    """Whether a source did not hear all of the week before."""


PLACES = ("off_page", "on_page", "own")


def read(
    store: Store,
    institution: Institution,
    calendar: CalendarWeek,
    now: datetime,
    coverage: Sequence[Listening],
) -> Week:
    """Ask the store for a week; what is marked as not about the institution is left out. StoreError passes through."""
    marked = away(store, institution.id, midnight(calendar.before().first, institution.zone))
    query = _query(institution, calendar, now, marked.ids)
    earlier = _earlier(query, calendar, institution)
    known = bool(store.find(replace(earlier, since=None, until=query.since), limit=1).mentions)
    both = _Both(store, query, earlier if known else None)
    of_ours = [c for c in coverage if c.institution in ("", institution.id)]
    assert query.until is not None
    return Week(
        calendar=calendar,
        until=query.until,
        over=query.until == midnight(calendar.last + timedelta(days=1), institution.zone),
        mentions=both.counted(*CITIZENS),
        authors=both.authors(),
        off_page=both.counted("off_page"),
        own=both.counted("own"),
        days=_days(store, query, calendar, institution, now),
        venues=both.ranked(("network", "venue"), "off_page"),
        services=both.ranked(("service",), *CITIZENS),
        tags=both.tags(),
        waits=_waits(store, institution, query),
        incidents=_incidents(store, institution, query, now),
        sources=sources(store, of_ours, now, query.since, query.until),
        before_partial=bool(sources(store, of_ours, now, earlier.since, earlier.until).partial),
    )


def _query(institution: Institution, calendar: CalendarWeek, now: datetime, without: tuple[str, ...]) -> Query:
    zone = institution.zone
    since, end = midnight(calendar.first, zone), midnight(calendar.last + timedelta(days=1), zone)
    where: dict[Field, tuple[str, ...]] = {"institution": (institution.id,)}
    return Query(where=where, since=since, until=max(since, min(end, now)), without=without)


def _earlier(query: Query, calendar: CalendarWeek, institution: Institution) -> Query:
    """The week before, up to the same hour of the same day where this one is not over."""
    assert query.until is not None
    zone = institution.zone
    until = (query.until.astimezone(zone) - timedelta(weeks=1)).astimezone(query.until.tzinfo)
    return replace(query, since=midnight(calendar.before().first, zone), until=until)


@dataclass(frozen=True)
class _Both:
    """The same questions asked of the week and of the one before."""

    reader: Reader
    now: Query
    before: Query | None

    def counted(self, *places: str) -> Pair:
        return self._pair(lambda query: self.reader.count(_at(query, *places)))

    def authors(self) -> Pair:
        return self._pair(lambda query: self.reader.distinct_authors(_at(query, *CITIZENS)))

    def tags(self) -> Mapping[str, Pair]:
        found = self.ranked(("tag",), *CITIZENS, shown=len(TAG_KINDS))
        counts = {r.values[0]: r.count for r in found}
        return {kind: counts.get(kind, Pair(0, None if self.before is None else 0)) for kind in TAG_KINDS}

    def ranked(self, fields: tuple[Field, ...], *places: str, shown: int = SHOWN) -> tuple[Ranked, ...]:
        """Most first; of the week before only those that are shown."""
        found = self.reader.terms(_at(self.now, *places), fields, limit=shown + 1, authors=False)
        kept = [b for b in found if b.values != ("other",)][:shown]
        earlier = self._earlier(fields, places, [b.values for b in kept])
        return tuple(
            Ranked(b.values, Pair(b.count, None if earlier is None else earlier.get(b.values, 0))) for b in kept
        )

    def _earlier(
        self, fields: tuple[Field, ...], places: Sequence[str], wanted: Sequence[tuple[str, ...]]
    ) -> Mapping[tuple[str, ...], int] | None:
        if self.before is None or not wanted:
            return None if self.before is None else {}
        asked_for = replace(self.before, where={**self.before.where, fields[-1]: tuple({w[-1] for w in wanted})})
        found = self.reader.terms(_at(asked_for, *places), fields, limit=SHOWN * 10, authors=False)
        return {b.values: b.count for b in found}

    def _pair(self, count: Callable[[Query], int]) -> Pair:
        return Pair(count(self.now), None if self.before is None else count(self.before))


def _at(query: Query, *places: str) -> Query:
    return narrow(query, "place", *places) or query


def _days(
    reader: Reader, query: Query, calendar: CalendarWeek, institution: Institution, now: datetime
) -> tuple[tuple[date, tuple[int, int, int] | None], ...]:
    counts: dict[str, dict[str, int]] = {}
    for bucket in reader.histogram(query, "day", institution.zone.key, "place", authors=False):
        counts.setdefault(bucket.values[0][:10], {})[bucket.values[1]] = bucket.count
    today = now.astimezone(institution.zone).date()

    def of(day: date) -> tuple[int, int, int] | None:
        found = counts.get(day.isoformat(), {})
        return (found.get("off_page", 0), found.get("on_page", 0), found.get("own", 0)) if day <= today else None

    return tuple((day, of(day)) for day in calendar.days)


def _waits(store: Store, institution: Institution, query: Query) -> Waits:
    found = asked(store, query, institution.id)
    open_ones = [a for a in (*found.found, *found.earlier) if a.state == "waiting"]
    shut = closed(store, institution.id, open_ones)
    still = sorted((a for a in open_ones if a.mention not in shut), key=lambda a: a.asked)
    return Waits(
        figures=waiting.figures(waiting.known(found.found, Opening(institution))),
        earlier=sum(query.since is not None and a.asked < query.since for a in still),
        longest=still[0] if still else None,
    )


def _incidents(store: Store, institution: Institution, query: Query, now: datetime) -> tuple[IncidentRow, ...]:
    """Those that were there at any time of the week, the highest first."""
    still = store.incidents(institution.id, open_only=True, limit=MOST_OPEN)
    changed = store.incidents(institution.id, since=query.since, limit=MOST_OPEN)
    found = {i.id: i for i in (*still, *changed)}.values()
    there = [i for i in found if not i.into and query.until is not None and i.opened < query.until]
    there = [i for i in there if i.resolved is None or query.since is None or i.resolved >= query.since]
    return tuple(sorted((row(store, i, now) for i in there), key=lambda r: (-rank(r.incident.peak), r.incident.opened)))
