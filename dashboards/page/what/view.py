"""The view "What they say": read from the store before anything is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboards.charts.table import Table
from dashboards.page.charts.shown import Shown, shown
from dashboards.page.filters import CITIZENS, narrow
from dashboards.page.frame import Ask, Frame, frame
from dashboards.page.what.movement import Growth, News, growth, news
from dashboards.page.what.stories import Story, stories

CHARTS = ("services", "tags_by_service", "tags_over_time", "targets", "tags_by_target", "languages")


@dataclass(frozen=True)
class Leading:
    """The service that most is said about. ``authors``: distinct ones, 0 where none is known."""

    service: str
    count: int
    authors: int


@dataclass(frozen=True)
class What(Frame):
    """What citizens say. ``said``: their mentions, None where the filters ask only for what the institution says.

    ``leading``: None where nothing is about a service.
    """

    charts: Mapping[str, Shown]
    said: int | None
    leading: Leading | None
    growth: Growth
    news: News
    stories: tuple[Story, ...]

    @property
    def empty(self) -> bool:
        """Whether the filters find nothing that a citizen said."""
        return not self.said


def what(ask: Ask) -> What:
    """Ask the store everything that the view shows. StoreError and ConfigError of the store pass through."""
    around = frame(ask)
    citizens = narrow(ask.query, "place", *CITIZENS)
    if citizens is None:
        return What(**vars(around), charts={}, said=None, leading=None, growth=Growth(), news=News(), stories=())
    charts = shown(ask, around.sources, CHARTS)
    services = charts["services"].table
    authors = {row.at[0]: round(row.values[1] or 0) for row in services.rows}
    return What(
        **vars(around),
        charts=charts,
        said=ask.store.count(citizens),
        leading=leading(services),
        growth=growth(ask, citizens, authors),
        news=news(ask, citizens),
        stories=stories(ask.store, citizens, ask.zone),
    )


def leading(services: Table) -> Leading | None:
    """The one with most mentions; "other" is none."""
    found = (Leading(row.at[0], *(round(value or 0) for value in row.values)) for row in services.rows)
    return next((one for one in found if one.service != "other"), None)
