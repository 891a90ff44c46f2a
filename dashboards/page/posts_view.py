"""The view "Posts": everything that the filters find, newest first, each post with its thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboards.page.frame import Ask, Frame, frame
from dashboards.page.posts import Cards, cards
from dashboards.page.threads import Thread, threads


@dataclass(frozen=True)
class Posts(Frame):
    """One page of posts. ``found``: how many there are in all; ``threads``: by the id of the first post of each."""

    posts: Cards
    found: int
    threads: Mapping[str, Thread]

    @property
    def empty(self) -> bool:
        """Whether the filters find nothing."""
        return not self.found


def posts(ask: Ask) -> Posts:
    """Ask the store for them. StoreError passes through; BadFilter for a page that continues nothing."""
    here = cards(ask.store, ask.query, ask.filters.page, ask.zone, ask.texts)
    alone = "thread" in ask.filters.where
    return Posts(
        **vars(frame(ask)),
        posts=here,
        found=ask.store.count(ask.query),
        threads={} if alone else threads(ask.store, ask.institution.id, here.cards, ask.zone),
    )
