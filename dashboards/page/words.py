"""Sentences and names that are put together from values, in the page's language."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from corrillo.text import clean
from dashboards.page.figures import Figures
from dashboards.page.i18n import Texts
from dashboards.page.timeline import Column, Timeline

WHOLE_NETWORK: Mapping[str, str] = {"x": "x.com", "bluesky": "bsky.app"}
"""Venues that say no more than their network does."""


def place_name(texts: Texts, network: str, venue: str) -> str:
    """How a venue is called in a sentence: Veïns de Benialba (Facebook); X."""
    name = texts.name("network", network)
    return f"{clean(venue)} ({name})" if says_more(network, venue) else name


def says_more(network: str, venue: str) -> bool:
    """Whether a venue is a place inside its network, and not the whole of it."""
    return bool(venue) and venue not in (network, WHOLE_NETWORK.get(network))


def headline(texts: Texts, figures: Figures) -> Markup:
    """The answer in one sentence: how many, how much of it away from our pages, where, and about what."""
    if not figures.citizens:
        return texts.markup("headline.own_only" if figures.own else "headline.none", own=texts.number(figures.own))
    said = texts.markup(
        "headline.one" if figures.citizens == 1 else "headline.many",
        n=texts.number(figures.citizens),
        share=texts.percent(figures.share or 0),
    )
    if figures.places:
        places = [place_name(texts, network, venue) for network, venue in figures.places]
        said += texts("headline.places", places=texts.join(places))
    if figures.topic:
        said += texts.markup("headline.topic", topic=topic_name(texts, *figures.topic))
    return said + texts("headline.end")


def topic_name(texts: Texts, tag: str, service: str) -> str:
    """Such as: quejas de limpieza."""
    named = texts.name("service", service).lower()
    for key in (f"about.{tag}_{service}", f"about.{tag}"):
        if key in texts.entries:
            return texts(key, service=named)
    return texts("headline.of", tag=clean(tag), service=named)


def column_label(texts: Texts, timeline: Timeline, column: Column, *, short: bool = False) -> str:
    """When a column is, in words; ``short`` for under the axis."""
    day = column.start.date()
    if timeline.interval == "hour":
        hour = f"{column.start:%H:%M}"
        return hour if short and column.start.hour else f"{texts.short_day(day)} {hour}"
    if timeline.interval == "month":
        return texts.month(day)
    if short:
        return texts.short_day(day)
    named = f"{texts.weekday(day)} {texts.day(day)}"
    return texts("timeline.week_of", day=named) if timeline.interval == "week" else named
