"""What every view is asked with, and what every view shows around its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from corrillo.institution import Institution
from corrillo.marked import NOTHING, Away, in_view
from corrillo.model import TaggedMention
from corrillo.ports import Query, Store
from dashboards.page.crisis.incidents import IncidentRow, open_incidents, posts_of
from dashboards.page.figures import MANY
from dashboards.page.filters import Filters
from dashboards.page.i18n import Texts
from dashboards.page.people.visitor import NOBODY, Visitor
from dashboards.page.seal import Seal
from dashboards.page.sources import Listening, Sources, sources

RECENT = timedelta(days=90)
"""Of a longer period, what is offered to choose from is of its last so many days: a filter is drawn without reading years."""
NO_FORMS = Seal(b"")
"""Of a view that is drawn for nobody: what is sent with it is refused."""


@dataclass(frozen=True)
class Ask:
    """One view of one institution at one moment, in one language."""

    store: Store
    institution: Institution
    filters: Filters
    now: datetime
    texts: Texts
    coverage: Sequence[Listening]
    public: str = ""
    """Address under which people reach the page, without a slash at its end; '' where nobody has said it."""
    visitor: Visitor = NOBODY
    seal: Seal = NO_FORMS
    """Of the forms that are drawn for them."""
    away: Away = NOTHING
    """What is marked as not about us, and so left out."""
    incident: IncidentRow | None = None
    """The one that the filters name."""

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
        """What the filters ask of the store, without what is marked as not about us."""
        asked = replace(self.filters.query(self.zone, self.today), without=self.away.ids)
        return replace(asked, ids=posts_of(self.incident.incident)) if self.incident else asked


@dataclass(frozen=True)
class Frame:
    """What surrounds a view. ``kept`` tells whether anything is stored for the institution at all.

    ``networks`` and ``languages``: those of the period (at most its last ``RECENT``), to choose from, whatever is filtered.
    ``alarms``: its open incidents, most urgent first, whatever is filtered. ``left_out``: how many mentions
    of the view are marked as not about us.
    """

    sources: Sources
    networks: tuple[str, ...]
    languages: tuple[str, ...]
    kept: bool
    alarms: tuple[IncidentRow, ...]
    left_out: int
    incident: IncidentRow | None
    """The one whose posts the view shows."""
    before: date | None
    """The day of the newest post, where all that is kept is older than the period."""


def frame(ask: Ask) -> Frame:
    """Ask the store for it. StoreError of the store passes through."""
    everything = Query(where={"institution": (ask.institution.id,)})
    networks, languages = _choices(ask, everything)
    newest = () if networks else ask.store.find(everything, limit=1).mentions
    return Frame(
        sources=listening(ask),
        networks=networks,
        languages=languages,
        kept=bool(networks or newest),
        alarms=open_incidents(ask.store, ask.institution.id, ask.now),
        left_out=in_view(ask.store, ask.query),
        incident=ask.incident,
        before=_before(ask, newest),
    )


def _before(ask: Ask, newest: Sequence[TaggedMention]) -> date | None:
    if not newest or ask.query.since is None or newest[0].published >= ask.query.since:
        return None
    return newest[0].published.astimezone(ask.zone).date()


def _choices(ask: Ask, everything: Query) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The networks and the languages of the period, of no more than its last ``RECENT``: most said first."""
    until = ask.query.until or ask.now
    since = max(ask.query.since or until - RECENT, until - RECENT)
    networks: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    recent = replace(everything, since=since, until=ask.query.until)
    for bucket in ask.store.terms(recent, ["network", "language"], limit=MANY, authors=False):
        networks[bucket.values[0]] += bucket.count
        languages[bucket.values[1]] += bucket.count
    return tuple(name for name, _ in networks.most_common()), tuple(name for name, _ in languages.most_common())


def listening(ask: Ask) -> Sources:
    """How well the institution's sources were heard in the period. StoreError of the store passes through."""
    of_ours = [c for c in ask.coverage if c.institution in ("", ask.institution.id)]
    return sources(ask.store, of_ours, ask.now, ask.query.since, ask.query.until)
