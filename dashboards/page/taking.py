"""Taking a view along: the addresses of what can be downloaded, asked again, or sent to a colleague."""

from __future__ import annotations

from datetime import date

from corrillo.attention import ASKING
from corrillo.export import LINES
from dashboards.charts.listed import CHARTS
from dashboards.page.filters import Filters

FORMATS: tuple[str, ...] = tuple(LINES)
LIMIT = 100_000
"""Posts in one file, the newest ones: what is more is said in its name and its manifest."""
WITH_FIGURES: frozenset[str] = frozenset(chart.view for chart in CHARTS.values())
"""The views whose figures can be downloaded."""
WITH_POSTS: tuple[str, ...] = ("", "where", "what", "waits", "posts")
"""The views of which the posts can be downloaded."""
EVERY = 20_000
"""Milliseconds after which a page asks what is new."""
LIVE: tuple[str, ...] = ("", "posts")
"""The views that hear of what is new: those with a list of posts, newest first."""


def download_at(filters: Filters, form: str) -> str:
    """Where the posts of a view are downloaded: of who waits, only what asks for an answer."""
    asking = filters.view == "waits" and "tag" not in filters.where
    return (filters.only("tag", *ASKING) if asking else filters).at(f"export.{form}.zip").link()


def figures_at(filters: Filters) -> str:
    """Where the figures of a view are downloaded."""
    return filters.at(f"export.{filters.view}.zip").link()


def news_at(filters: Filters) -> str:
    """Where the script of a view asks; it adds the ids that the page has."""
    return filters.at("news").link()


def lasting(filters: Filters, days: tuple[date | None, date | None]) -> Filters:
    """The same view for somebody who opens it another day: over the days that it shows now."""
    return filters.between(*days) if filters.period and days[0] else filters
