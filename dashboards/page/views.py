"""The views of the page: what each shows, read from the store as frozen values before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dashboards.page.charts.shown import Shown, shown
from dashboards.page.figures import Figures, figures
from dashboards.page.frame import Ask, Frame, frame
from dashboards.page.posts import Cards, cards
from dashboards.page.posts_view import posts
from dashboards.page.timeline import Timeline, timeline
from dashboards.page.venues import Venues, venues
from dashboards.page.waits.view import waits
from dashboards.page.what.view import what
from dashboards.page.where.view import where
from dashboards.page.work.board import work

NEWEST = 10
"""Posts at the end of the first view."""


@dataclass(frozen=True)
class Overview(Frame):
    """The first view: the answer in a few numbers, and the beginning of everything else."""

    figures: Figures
    timeline: Timeline
    venues: Venues
    charts: Mapping[str, Shown]
    posts: Cards

    @property
    def empty(self) -> bool:
        """Whether the filters find nothing."""
        return not (self.figures.citizens or self.figures.own)


def overview(ask: Ask) -> Overview:
    """Ask the store everything that the first view shows. StoreError and ConfigError of the store pass through."""
    store, query, around = ask.store, ask.query, frame(ask)
    there = venues(store, query)
    return Overview(
        **vars(around),
        figures=figures(store, query, there.loudest),
        timeline=timeline(store, query, ask.zone, ask.now),
        venues=there,
        charts=shown(ask, around.sources, ("tags_by_service",)),
        posts=cards(store, query, ask.filters.page, ask.zone, ask.texts, NEWEST),
    )


VIEWS: Mapping[str, Callable[[Ask], Frame]] = {
    "": overview,
    "where": where,
    "what": what,
    "waits": waits,
    "work": work,
    "posts": posts,
    "sources": frame,
}
"""By their path: what builds each. Its template has the same name; the first one's is overview.html."""
