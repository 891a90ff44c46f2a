"""Sentences and addresses of the view "What they say", in the page's language."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from corrillo.errors import ConfigError
from corrillo.query import parse
from dashboards.page.address import MAX_VALUE
from dashboards.page.filters import PERIODS, Filters
from dashboards.page.heard import source_name
from dashboards.page.i18n import Texts
from dashboards.page.sources import SourceRow
from dashboards.page.what.movement import Growth, News
from dashboards.page.what.stories import Story
from dashboards.page.what.view import What
from dashboards.page.what.words import NewWord
from dashboards.page.words import place_name

FEW = 0.1
"""Fewer a day than this are written as fewer than this."""


def most_said(texts: Texts, view: What) -> Markup:
    """What most is about, out of how many mentions, by how many people."""
    least = "≥\u00a0" if view.sources.partial else ""
    every = least + texts.number(view.said or 0)
    if view.leading is None:
        return texts.markup("what.no_service", all=every)
    authors = view.leading.authors
    key = "what.most_by" if authors > 1 else "what.most_by_one" if authors else "what.most"
    return texts.markup(
        key,
        service=texts.name("service", view.leading.service).lower(),
        n=least + texts.number(view.leading.count),
        all=every,
        authors=least + texts.number(authors),
    )


def grown_said(texts: Texts, view: What) -> Markup:
    """What grew most against the period before, or that nothing stands out; nothing where that is not known."""
    growth, least = view.growth, "≥\u00a0" if view.sources.partial else ""
    if growth.unknown:
        return Markup()
    length, days = _length(growth), texts.number(growth.days)
    if growth.grown is None:
        return texts.markup(f"what.{'steady_heard' if least else 'steady'}.{length}", days=days)
    service, before = growth.grown.service, growth.grown.before
    too = view.leading is not None and view.leading.service == service
    return texts.markup(
        f"what.{'grown_too' if too else 'grown'}.{length}",
        service=texts.name("service", service).lower(),
        now=least + texts.number(growth.grown.now),
        before=texts.count("what.authors", before) if before else texts("what.nobody"),
        days=days,
    )


def not_known_said(texts: Texts, growth: Growth) -> str:
    """Why nobody knows what grew; '' where it is known, and for all that is kept."""
    if growth.unknown in ("", "no_beginning"):
        return ""
    return texts(f"what.{growth.unknown}.{_length(growth)}", days=texts.number(growth.days))


def _length(growth: Growth) -> str:
    return "one" if growth.days == 1 else "many"


def rate(texts: Texts, a_day: float) -> str:
    """So many a day: one decimal up to ten."""
    if a_day < FEW:
        return texts("new_words.few", n=_decimal(texts, FEW))
    return _decimal(texts, a_day) if a_day < 9.95 else texts.number(round(a_day))


def about_said(texts: Texts, word: NewWord) -> str:
    """The service that a word is mostly about, where its tag does not say the same."""
    named = texts.name("service", word.service) if word.service else ""
    return "" if named == texts.name("tags", word.tag) else named


def before_said(texts: Texts, news: News, word: NewWord) -> str:
    """How many a day used a word before; nobody, as far as that was read."""
    if word.before:
        return rate(texts, word.a_day_before)
    return texts("new_words.nobody_read" if news.sampled else "new_words.nobody")


def read_said(texts: Texts, news: News) -> str:
    """What was compared with what."""
    if news.since is None or news.begun is None:
        return ""
    said = texts.count("new_words.against", news.days, begun=texts.day(news.begun.date()))
    if news.newest:
        said += " " + texts("new_words.newest", n=texts.number(news.read), since=texts.moment(news.since))
    if news.sampled:
        said += " " + texts("new_words.sampled", n=texts.number(news.known))
    return said


def deaf_said(texts: Texts, deaf: Sequence[SourceRow]) -> str:
    """Which sources are left out of a comparison though they have been heard since; '' where none is."""
    names = [source_name(row) for row in deaf if row.health.last_success]
    return texts("what.left_out", names=texts.join(names)) if names else ""


def saying(filters: Filters, word: NewWord) -> Filters:
    """The posts with a word among those that the view shows."""
    posts = filters.citizens().at("posts")
    both = f"({filters.text}) {word.query}" if filters.text else word.query
    return posts.saying(both if len(both) <= MAX_VALUE and _understood(both) else word.query)


def comparable(filters: Filters, news: News) -> tuple[str, ...]:
    """The named periods that may have something to be compared with, where the one that is shown has not."""
    named = tuple(name for name, days in PERIODS.items() if days)
    if news.unknown == "not_kept":
        return named[: named.index(filters.period)] if filters.period in named else named[:2]
    return named if news.unknown == "no_beginning" else ()


def where_said(texts: Texts, story: Story) -> str:
    """In how many venues a story stands, and in which most."""
    named = [place_name(texts, network, venue) for network, venue in story.named]
    rest = story.venues - len(named)
    if rest > 0:
        named.append(texts.count("stories.more", rest))
    return texts.count("stories.venues", story.venues, names=texts.join(named))


def _decimal(texts: Texts, value: float) -> str:
    return f"{value:.1f}".replace(".", texts("number.decimal"))


def _understood(query: str) -> bool:
    try:
        return parse(query) is not None
    except ConfigError:
        return False
