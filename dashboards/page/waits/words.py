"""What waits, in words: how long, and what is known of it."""

from __future__ import annotations

from datetime import timedelta

from markupsafe import Markup

from corrillo.attention import Attention
from dashboards.page.i18n import Texts
from dashboards.page.waits.figures import Figures
from dashboards.page.waits.view import Waits

MINUTE, HOUR, DAY = 60, 3600, 86400
ROWS = 10
"""Rows of a table that are seen at once; the others are behind a fold."""
FEW = 10 * HOUR
"""Seconds up to which a wait is told with its minutes."""


def lasts(texts: Texts, seconds: float, *, working: bool = False) -> str:
    """A wait in words: 45 min; 3 h 20 min; 31 h; 4 days. Opening hours make no days."""
    minutes = round(seconds / MINUTE)
    if not minutes:
        return texts("waits.at_once")
    hours, rest = divmod(minutes, 60)
    if not hours:
        return texts("span.minutes", n=minutes)
    if seconds < FEW and rest:
        return texts("span.hours_minutes", hours=hours, minutes=rest)
    if working or seconds < 2 * DAY:
        return texts.count("span.hours", round(seconds / HOUR))
    return texts.count("span.days", round(seconds / DAY))


def aged(texts: Texts, age: timedelta) -> str:
    """How long ago it was asked: 3 h; 9 days."""
    seconds = max(age.total_seconds(), HOUR)
    if seconds < 2 * DAY:
        return texts.count("span.hours", int(seconds // HOUR))
    return texts.count("span.days", int(seconds // DAY))


def half_of(texts: Texts, found: Figures) -> str:
    """Within which opening hours half have their answer; what is known instead where so many have none."""
    if not found.looked:
        return texts("waits.not_known")
    if found.working.half is None:
        return texts("waits.over_half_wait")
    return lasts(texts, found.working.half, working=True)


def looked_for(texts: Texts, found: Figures) -> str:
    """For how many of them answers were looked for: all; none; 12 of 30."""
    if found.looked == found.asked:
        return texts("waits.looked_all")
    if not found.looked:
        return texts("waits.looked_none")
    return texts("waits.looked_some", n=texts.number(found.looked), of=texts.number(found.asked))


def kinds(texts: Texts, one: Attention) -> str:
    """What it is: question; complaint; both."""
    return texts.join([texts.name("tag", kind) for kind in one.kinds])


def answer_of(texts: Texts, view: Waits) -> Markup:
    """The answer in a sentence: how many wait, and which of them longest."""
    found = view.figures
    if not found.looked:
        key = "waits.nobody_looked_some" if found.answered else "waits.nobody_looked"
        return texts.markup(key, n=texts.number(found.asked), answered=texts.number(found.answered))
    if not view.open:
        if found.unknown:
            looked, unknown = texts.number(found.looked), texts.number(found.unknown)
            return texts.markup("waits.nobody_of_looked", looked=looked, unknown=unknown)
        return texts.markup("waits.nobody")
    least = "≥\u00a0" if view.bounded or view.sources.partial else ""
    said = texts.markup("waits.one" if view.open == 1 else "waits.many", n=least + texts.number(view.open))
    if view.longest is None:
        return said + texts("headline.end")
    key = "waits.longest_here" if view.earlier else "waits.longest"
    return said + texts.markup(key, age=aged(texts, view.longest.age))


def takes(texts: Texts, found: Figures) -> str:
    """How long it takes until there is an answer, in opening hours and by the clock."""
    working, overall = found.working, found.overall

    def both(key: str, open_for: float, until: float | None) -> str:
        clock = texts("waits.not_known") if until is None else lasts(texts, until)
        return texts(key, working=lasts(texts, open_for, working=True), overall=clock)

    if working.half is None:
        if working.quarter is None:
            return texts("waits.takes_over_most")
        return texts("waits.takes_over_half") + both("waits.takes_quarter", working.quarter, overall.quarter)
    said = both("waits.takes_half", working.half, overall.half)
    if working.most is None:
        return said + texts("waits.takes_over_tenth")
    return said + both("waits.takes_most", working.most, overall.most)
