"""Sentences and names that are put together from values, in the page's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from markupsafe import Markup

from corrillo.model import SERVICES
from corrillo.ports import Interval
from corrillo.text import clean, fold
from dashboards.page.figures import Figures
from dashboards.page.i18n import Texts
from dashboards.page.timeline import Column, Timeline

WHOLE_NETWORK: Mapping[str, str] = {"x": "x.com", "bluesky": "bsky.app"}
"""Venues that say no more than their network does."""


def service_meant(texts: Texts, text: str) -> str:
    """The service whose name was searched for as words: Limpieza; '' where it is none's."""
    words = fold(text.strip().strip('"'))
    return next((s for s in SERVICES if words and fold(texts.name("service", s)) == words), "")


def place_name(texts: Texts, network: str, venue: str) -> str:
    """How a venue is called in a sentence: Veïns de Benialba (Facebook); X."""
    name = texts.name("network", network)
    return f"{clean(venue)} ({name})" if says_more(network, venue) else name


def says_more(network: str, venue: str) -> bool:
    """Whether a venue is a place inside its network, and not the whole of it."""
    return bool(venue) and venue not in (network, WHOLE_NETWORK.get(network))


def headline(texts: Texts, figures: Figures, least: str = "") -> Markup:
    """The answer in one sentence: how many, how much of it away from our pages, where, and about what."""
    if not figures.citizens:
        return texts.markup("headline.own_only" if figures.own else "headline.none", own=texts.number(figures.own))
    said = texts.markup(
        "headline.one" if figures.citizens == 1 else "headline.many",
        n=least + texts.number(figures.citizens),
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
    return time_name(texts, timeline.interval, column.start, short=short)


def time_name(texts: Texts, interval: Interval, start: datetime, *, short: bool = False) -> str:
    """When an hour, a day, a week or a month is that begins then (local), in words; ``short`` for under an axis."""
    day = start.date()
    if interval == "hour":
        hour = f"{start:%H:%M}"
        return hour if short and start.hour else f"{texts.short_day(day)} {hour}"
    if interval == "month":
        return texts.month(day)
    if short:
        return texts.short_day(day)
    named = f"{texts.weekday(day)} {texts.day(day)}"
    return texts("timeline.week_of", day=named) if interval == "week" else named


def hours_of(texts: Texts, time: timedelta) -> str:
    """A length of time in hours, in days from two days on; never 0 for something."""
    hours = max(1, round(time / timedelta(hours=1)))
    return texts.count("span.days", round(hours / 24)) if hours >= 48 else texts.count("span.hours", hours)


def amount(texts: Texts, value: float) -> str:
    """Money or units: cents are written where there are some."""
    if value == int(value):
        return texts.number(int(value))
    cents = round(value * 100)
    return f"{texts.number(cents // 100)}{texts('number.decimal')}{cents % 100:02d}"
