"""The view's answer in a sentence."""

from __future__ import annotations

from markupsafe import Markup

from dashboards.page.filters import Filters
from dashboards.page.i18n import Texts
from dashboards.page.where.view import NewVenue, Where
from dashboards.page.words import place_name, says_more


def where_headline(texts: Texts, view: Where, least: str = "") -> Markup:
    """Where most is said, how much of it all off our pages, and in which venue off page most."""
    talk = view.talk
    if not talk.citizens:
        return texts.markup("headline.own_only", own=texts.number(talk.own))
    said = texts.markup(
        "where.most" if talk.there < talk.citizens else "where.all_of_it",
        network=texts.name("network", talk.network),
        share=texts.percent(talk.there / talk.citizens),
        n=least + texts.number(talk.citizens),
        off=texts.percent(talk.share),
    )
    loudest = max(view.venues.rows, key=lambda row: row.off_page, default=None)
    if loudest and loudest.off_page and says_more(loudest.network, loudest.venue):
        said += texts.markup("where.loudest", venue=place_name(texts, loudest.network, loudest.venue))
    return said + texts("headline.end")


def new_sentence(texts: Texts, view: Where) -> Markup:
    """How many venues are new, and in how many of them we are not; '' where none is or it cannot be told."""
    if not view.new:
        return Markup("")
    said = texts.markup("where.new_one" if len(view.new) == 1 else "where.new_many", n=texts.number(len(view.new)))
    if view.without_us:
        key = "where.without_one" if view.without_us == 1 else "where.without_many"
        said += texts.markup(key, n=texts.number(view.without_us))
    return said + texts("headline.end")


def new_at(filters: Filters, one: NewVenue) -> Filters:
    """The posts of a new venue, from its first day on."""
    found = filters.at("posts").over("all").only("network", one.network).only("venue", one.venue)
    return found.between(one.first.date(), None) if one.first else found
