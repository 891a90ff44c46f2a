"""What the charts beside the page's count, as entries: the values of each thing, and what is measured of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from corrillo.alerts import HourCount, Incident, Subject
from corrillo.attention import Attention
from corrillo.health import hour_of, judge
from corrillo.model import TaggedMention
from corrillo.ports import Quarantined, Query, SourceHealth, Store
from corrillo.work import Deed
from dashboards.charts import attended
from dashboards.charts.catalogue import By, Chart, Of
from dashboards.charts.narrow import narrowed
from dashboards.charts.spans import beginning

PAGE = 500
"""Mentions that are looked at together."""
ALL = 100_000
"""Incidents and deeds that are looked at, newest first."""
ALWAYS = 24 * 366 * 200
"""An hour since 1970 that is later than all."""


@dataclass(frozen=True)
class Entry:
    """One thing. A dimension that it does not have has no value; a measure that is not known is None."""

    by: Mapping[By, Sequence[str]] = field(default_factory=dict)
    of: Mapping[Of, float | None] = field(default_factory=dict)
    author: str = ""


def entries(chart: Chart, store: Store, query: Query, zone: ZoneInfo, now: datetime) -> Iterator[Entry]:
    """What a chart counts, for what ``query`` asks. Sources and what is set aside belong to no institution and no time."""
    (institution,) = query.where.get("institution", ("",))
    if chart.origin == "mentions":
        yield from map(_mention, _each_mention(store, narrowed(query, chart.where)))
    elif chart.origin == "attention":
        yield from map(_attention, attended.asked(store, query))
    elif chart.origin == "hours":
        yield from (_hour(count, zone) for count in _hours(store, institution, query) if _usable(count, chart))
    elif chart.origin == "incidents":
        found = store.incidents(institution, since=query.since, limit=ALL)
        yield from (_incident(i) for i in found if query.until is None or i.updated < query.until)
    elif chart.origin == "sources":
        yield from (_source(health, now) for health in store.health())
    elif chart.origin == "quarantine":
        yield from map(_set_aside, (q for q in store.quarantined() if _within(query, q.at)))
    else:
        done = store.done(institution, since=query.since, limit=ALL)
        yield from (_deed(deed) for deed in done if _within(query, deed.at))


def _within(query: Query, at: datetime) -> bool:
    return (query.since is None or at >= query.since) and (query.until is None or at < query.until)


def _each_mention(store: Store, query: Query | None) -> Iterator[TaggedMention]:
    page = ""
    while query is not None:
        found = store.find(query, limit=PAGE, page=page)
        yield from found.mentions
        page = found.next_page
        if not page:
            return


def _hours(store: Store, institution: str, query: Query) -> Sequence[HourCount]:
    """Those of the institution as a whole that began in the period."""
    since = hour_of(query.since) if query.since else 0
    until = hour_of(query.until) if query.until else ALWAYS
    return store.hour_counts(Subject(institution=institution), since, until)


def _usable(count: HourCount, chart: Chart) -> bool:
    """What nobody heard is not known: only how much was heard is."""
    return count.heard > 0 or chart.measures[0].of == "heard"


def _mention(mention: TaggedMention) -> Entry:
    told = mention.backfilled or mention.date_only
    lag = None if told else max(0.0, (mention.first_seen - mention.published).total_seconds())
    of: dict[Of, float | None] = {"last": mention.published.timestamp(), "lag": lag, "lag_within": lag}
    by: dict[By, Sequence[str]] = {
        "network": (mention.network,),
        "source": (mention.source,),
        "account": (mention.author,),
    }
    return Entry(by, of, mention.author)


def _attention(one: Attention) -> Entry:
    return Entry({"state": (one.state,)})


def _hour(count: HourCount, zone: ZoneInfo) -> Entry:
    at = datetime.fromtimestamp(count.hour * 3600, tz=zone)
    named: tuple[Of, ...] = ("voices", "expected", "low", "high", "heard")
    return Entry({"time": (beginning(at, "hour").isoformat(),)}, {of: getattr(count, of) for of in named})


def _incident(incident: Incident) -> Entry:
    seen, leading = incident.evidence, incident.leading
    over = bool(incident.resolved or incident.into)
    by: dict[By, Sequence[str]] = {
        "incident": (incident.id,),
        "level": (incident.level,),
        "peak": (incident.peak,),
        "service": (leading.service,),
        "district": (leading.district,),
        "life": ("over" if over else "open",),
    }
    return Entry(by, {"voices_then": seen.voices, "high_then": seen.high, "authors_then": seen.authors})


def _source(health: SourceHealth, now: datetime) -> Entry:
    state = judge(health, now).state
    spent = health.budget
    by: dict[By, Sequence[str]] = {
        "network": (health.network,),
        "source": (health.source,),
        "hearing": (state if state in ("failing", "blind") else "heard",),
        "unit": (spent.unit,) if spent else (),
    }
    of: dict[Of, float | None] = {
        "read": health.last_success.timestamp() if health.last_success else None,
        "newest": health.newest_post.timestamp() if health.newest_post else None,
        "failures": health.failures,
        "seen": health.seen,
        "kept": health.kept,
        "rejected": health.rejected,
        "spent": spent.spent if spent else None,
        "limit": spent.limit if spent else None,
    }
    return Entry(by, of)


def _set_aside(item: Quarantined) -> Entry:
    return Entry({"source": (item.source,)})


def _deed(deed: Deed) -> Entry:
    return Entry({"deed": (deed.what,), "was": deed.was, "right": deed.tags})
