"""What every view is asked with, and what every view shows around its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from corrillo.institution import Institution
from corrillo.ports import Query, Store
from dashboards.page.crisis.incidents import IncidentRow, open_incidents
from dashboards.page.figures import MANY
from dashboards.page.filters import Filters
from dashboards.page.i18n import Texts
from dashboards.page.sources import Listening, Sources, sources


@dataclass(frozen=True)
class Ask:
    """One view of one institution at one moment, in one language."""

    store: Store
    institution: Institution
    filters: Filters
    now: datetime
    texts: Texts
    coverage: Sequence[Listening]

    @property
    def zone(self) -> ZoneInfo:
        """The institution's own."""
        return self.institution.zone

    @property
    def today(self) -> date:
        """The day that it is there."""
        return self.now.astimezone(self.zone).date()

    @property
    def query(self) -> Query:
        """What the filters ask of the store."""
        return self.filters.query(self.zone, self.today)


@dataclass(frozen=True)
class Frame:
    """What surrounds a view. ``kept`` tells whether anything is stored for the institution at all.

    ``alarms``: its open incidents, most urgent first, whatever is filtered.
    """

    sources: Sources
    networks: tuple[str, ...]
    languages: tuple[str, ...]
    kept: bool
    alarms: tuple[IncidentRow, ...]


def frame(ask: Ask) -> Frame:
    """Ask the store for it. StoreError of the store passes through."""
    everything = Query(where={"institution": (ask.institution.id,)})
    networks = ask.store.terms(everything, ["network"], limit=MANY, authors=False)
    of_ours = [c for c in ask.coverage if c.institution in ("", ask.institution.id)]
    return Frame(
        sources=sources(ask.store, of_ours, ask.now, ask.query.since, ask.query.until),
        networks=tuple(b.values[0] for b in networks),
        languages=tuple(b.values[0] for b in ask.store.terms(everything, ["language"], authors=False)),
        kept=bool(networks),
        alarms=open_incidents(ask.store, ask.institution.id, ask.now),
    )
