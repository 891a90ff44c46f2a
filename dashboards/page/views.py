"""The views of the page: what each shows, read from the store as frozen values before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dashboards.page.figures import Figures, figures
from dashboards.page.frame import Ask, Frame, frame
from dashboards.page.posts import Cards, cards
from dashboards.page.timeline import Timeline, timeline
from dashboards.page.topics import Topics, topics
from dashboards.page.venues import Venues, venues


@dataclass(frozen=True)
class Overview(Frame):
    """The first view: the answer in a few numbers, and the beginning of everything else."""

    figures: Figures
    timeline: Timeline
    venues: Venues
    topics: Topics
    posts: Cards

    @property
    def empty(self) -> bool:
        """Whether the filters find nothing."""
        return not (self.figures.citizens or self.figures.own)


def overview(ask: Ask) -> Overview:
    """Ask the store everything that the first view shows. StoreError and ConfigError of the store pass through."""
    store, query = ask.store, ask.query
    return Overview(
        **vars(frame(ask)),
        figures=figures(store, query),
        timeline=timeline(store, query, ask.zone, ask.now),
        venues=venues(store, query),
        topics=topics(store, query),
        posts=cards(store, query, ask.filters.page, ask.zone, ask.texts),
    )


VIEWS: Mapping[str, Callable[[Ask], Frame]] = {"": overview}
"""By their path: what builds each. Its template has the same name; the first one's is overview.html."""
