"""What grew most against the period before: the service that so many more people speak about that it is no chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import comb, erfc, sqrt
from zoneinfo import ZoneInfo

from corrillo.ports import Query, Reader
from dashboards.page.figures import MANY
from dashboards.page.filters import midnight

LEAST = 5
"""Fewer authors are no growth, whatever was before."""
CHANCE = 0.01
"""How often something seems to have grown where nothing has."""
_SUMMED = 2000
"""Up to so many authors the probability is summed; above, the normal distribution is as good."""


@dataclass(frozen=True)
class Span:
    """A time, from ``since`` (included) to ``until`` (not)."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Grown:
    """Authors who speak about a service, now and in the period before."""

    service: str
    now: int
    before: int


def span_before(query: Query, now: datetime, zone: ZoneInfo) -> Span | None:
    """As many days before the period as it has, up to the hour that it has reached; None where it has no beginning."""
    if query.since is None or query.since >= now:
        return None
    end = query.until or now
    first, last = (m.astimezone(zone).date() for m in (query.since, end - timedelta(seconds=1)))
    since = midnight(first - (last - first) - timedelta(days=1), zone)
    return Span(since, min(since + (min(end, now) - query.since), query.since))


def grown(reader: Reader, query: Query, before: Span, now: Mapping[str, int] | None = None) -> Grown | None:
    """What grew most of what ``query`` finds; None where nothing stands out. ``now``: its authors, where they are known."""
    then = replace(query, since=before.since, until=before.until)
    return most_grown(now or _authors(reader, query), _authors(reader, then))


def most_grown(now: Mapping[str, int], before: Mapping[str, int]) -> Grown | None:
    """The service with most authors more, of those whose growth is no chance; "other" is nothing that can grow.

    That several services are looked at is allowed for (Bonferroni).
    """
    looked_at = [Grown(s, n, before.get(s, 0)) for s, n in now.items() if s != "other" and n >= LEAST]
    sure = [g for g in looked_at if chance(g.now, g.before) < CHANCE / len(looked_at)]
    return max(sure, key=lambda g: (g.now - g.before, g.service), default=None)


def chance(now: int, before: int) -> float:
    """How probable so many now, or more, are where nothing has grown in a time of the same length.

    Both are Poisson counts; given their sum, the first is binomial (Przyborowski and Wilenski 1940).
    """
    total = now + before
    if now <= before:
        return 1.0
    if total > _SUMMED:
        return erfc((now - 0.5 - total / 2) / sqrt(total / 2)) / 2
    return float(sum(comb(total, k) for k in range(now, total + 1)) / 2**total)


def _authors(reader: Reader, query: Query) -> Mapping[str, int]:
    return {b.values[0]: b.authors for b in reader.terms(query, ["service"], limit=MANY)}
