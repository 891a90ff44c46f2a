"""Where they talk: on which networks and in which venues, how much of it off our pages, and where lately for the first time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from corrillo.institution import Institution
from dashboards.charts.table import Table
from dashboards.page.charts.shown import Shown, shown
from dashboards.page.filters import CITIZENS
from dashboards.page.frame import Ask, Frame, frame
from dashboards.page.venues import Venues, venues

CHARTS = ("places_over_time", "networks", "venues_new", "districts")
SEEN = 8
"""New venues that are seen at once; the others are behind a fold."""
NO_ACCOUNTS = ("press", "blog")
"""Networks on which the institution cannot have an account of its own: being there is something else."""


@dataclass(frozen=True)
class NewVenue:
    """One venue that is new: since when (local), how much, by how many.

    ``ours``: whether the register has an account or a platform in its network; None where there are none to have.
    """

    network: str
    venue: str
    first: datetime | None
    count: int
    authors: int
    ours: bool | None


@dataclass(frozen=True)
class Talk:
    """How much citizens say: all of it, off page, and on the network where most is said."""

    citizens: int = 0
    off_page: int = 0
    own: int = 0
    network: str = ""
    there: int = 0

    @property
    def share(self) -> float:
        """Part (0–1) of it that is off page."""
        return self.off_page / self.citizens if self.citizens else 0.0


@dataclass(frozen=True)
class Where(Frame):
    """The view. ``new`` is None where what is new cannot be told yet."""

    charts: Mapping[str, Shown]
    venues: Venues
    talk: Talk
    new: tuple[NewVenue, ...] | None

    @property
    def empty(self) -> bool:
        """Whether the filters find nothing."""
        return not (self.talk.citizens or self.talk.own)

    @property
    def without_us(self) -> int:
        """New venues in whose network the institution is not."""
        return sum(one.ours is False for one in self.new or ())


def where(ask: Ask) -> Where:
    """Ask the store for it. StoreError and ConfigError of the store pass through."""
    around = frame(ask)
    charts = shown(ask, around.sources, CHARTS)
    return Where(
        **vars(around),
        charts=charts,
        venues=venues(ask.store, ask.query),
        talk=talk(charts["networks"].table),
        new=new_venues(charts["venues_new"].table, ask.institution, ask.zone),
    )


def talk(networks: Table) -> Talk:
    """What the figures by network and place amount to."""
    by_network: dict[str, int] = {}
    by_place: dict[str, int] = {}
    for row in networks.rows:
        network, place = row.at
        count = round(row.values[0] or 0)
        by_place[place] = by_place.get(place, 0) + count
        if place in CITIZENS:
            by_network[network] = by_network.get(network, 0) + count
    most = max(by_network, key=lambda n: by_network[n], default="")
    citizens = sum(by_network.values())
    return Talk(citizens, by_place.get("off_page", 0), by_place.get("own", 0), most, by_network.get(most, 0))


def new_venues(table: Table, institution: Institution, zone: ZoneInfo) -> tuple[NewVenue, ...] | None:
    """The rows of the chart of new venues, with whether we are there: where we are not comes first, as most can be done there."""
    if not table.known:
        return None
    ours = {a.network for a in institution.accounts} | {p.network for p in institution.platforms}
    found = []
    for row in table.rows:
        count, authors, first = row.values
        since = None if first is None else datetime.fromtimestamp(first, tz=zone)
        there = None if row.at[0] in NO_ACCOUNTS else row.at[0] in ours
        found.append(NewVenue(row.at[0], row.at[1], since, round(count or 0), round(authors or 0), there))
    return tuple(sorted(found, key=lambda one: ((False, True, None).index(one.ours), -one.count)))
