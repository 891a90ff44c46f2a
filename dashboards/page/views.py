"""Everything that one page shows, read from the store as frozen values before anything is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from corrillo.institution import Institution
from corrillo.ports import Query, Store
from dashboards.page.crisis.incidents import IncidentRow, open_incidents
from dashboards.page.figures import MANY, Figures, figures
from dashboards.page.filters import Filters
from dashboards.page.i18n import Texts
from dashboards.page.posts import Cards, cards
from dashboards.page.sources import Listening, Sources, sources
from dashboards.page.timeline import Timeline, timeline
from dashboards.page.topics import Topics, topics
from dashboards.page.venues import Venues, venues

__all__ = ["Listening", "View", "build"]


@dataclass(frozen=True)
class View:
    """One view of one institution at one moment. ``kept`` tells whether anything is stored for it at all.

    ``alarms``: its open incidents, most urgent first, whatever is filtered.
    """

    figures: Figures
    timeline: Timeline
    venues: Venues
    topics: Topics
    sources: Sources
    posts: Cards
    networks: tuple[str, ...]
    languages: tuple[str, ...]
    kept: bool
    alarms: tuple[IncidentRow, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the filters find nothing."""
        return not (self.figures.citizens or self.figures.own)


def build(
    store: Store,
    institution: Institution,
    filters: Filters,
    now: datetime,
    texts: Texts,
    coverage: Sequence[Listening],
) -> View:
    """Ask the store everything that the page shows. StoreError and ConfigError of the store pass through."""
    zone = institution.zone
    query = filters.query(zone, now.astimezone(zone).date())
    everything = Query(where={"institution": (institution.id,)})
    networks = store.terms(everything, ["network"], limit=MANY, authors=False)
    return View(
        figures=figures(store, query),
        timeline=timeline(store, query, zone, now),
        venues=venues(store, query),
        topics=topics(store, query),
        sources=sources(
            store, [c for c in coverage if c.institution in ("", institution.id)], now, query.since, query.until
        ),
        posts=cards(store, query, filters.page, zone, texts),
        networks=tuple(b.values[0] for b in networks),
        languages=tuple(b.values[0] for b in store.terms(everything, ["language"], authors=False)),
        kept=bool(networks),
        alarms=open_incidents(store, institution.id, now),
    )
