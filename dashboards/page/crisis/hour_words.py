"""What the hours say, in the page's language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import ceil, floor

from dashboards.page.crisis.hours import LEARNING, USABLE, Hour, Hours
from dashboards.page.i18n import Texts

EDGE = 1e-9
"""What is nearly whole is whole."""


def normal(texts: Texts, low: float, high: float) -> str:
    """What is normal, in whole voices: de 2 a 7; ninguna."""
    least, most = ceil(low - EDGE), max(floor(high + EDGE), 0)
    if most <= least:
        return texts("crisis.normal_one", n=texts.number(most)) if most else texts("crisis.normal_none")
    return texts("crisis.normal", low=texts.number(least), high=texts.number(most))


def normal_of(texts: Texts, hour: Hour) -> str:
    """What is normal in an hour; where that is not told, that it is not known."""
    return normal(texts, hour.count.low, hour.count.high) if hour.count else texts("hours.not_known")


def voices(texts: Texts, value: float) -> str:
    """Such as: 3 voces independientes; ninguna voz independiente."""
    return texts.count("crisis.voices", round(value)) if round(value) else texts("crisis.voices_none")


def expected(texts: Texts, value: float) -> str:
    """An expectation: one place below ten, whole above."""
    if value >= 10 or value == int(value):
        return texts.number(round(value))
    return f"{value:.1f}".replace(".", texts("number.decimal"))


def moment(texts: Texts, local: datetime) -> str:
    """Such as sáb 21 nov, 14:00: the year goes without saying."""
    return f"{texts.weekday(local.date())} {texts.short_day(local.date())}, {local:%H:%M}"


def end(hour: Hour) -> datetime:
    """When an hour is over, local; right also in the nights when clocks change."""
    return (hour.start.astimezone(UTC) + timedelta(hours=1)).astimezone(hour.start.tzinfo)


def last_hour(texts: Texts, hours: Hours) -> str:
    """What the newest hour that is known says, '' where there is nothing to compare it with."""
    hour = hours.last
    if hour is None or hour.count is None:
        return ""
    key = "crisis.last_over" if hour.over else "crisis.last_under" if hour.under else "crisis.last"
    since, until = f"{hour.start:%H:%M}", f"{end(hour):%H:%M}"
    said = texts(key, since=since, until=until, voices=voices(texts, hour.voices), normal=normal_of(texts, hour))
    return said if hour is hours.hours[-1] else _earlier(texts, hour, said)


def _earlier(texts: Texts, hour: Hour, said: str) -> str:
    day = f"{texts.weekday(hour.start.date())} {texts.short_day(hour.start.date())}"
    return texts("crisis.last_known", day=day, said=said[0].lower() + said[1:])


def learnt(texts: Texts, hours: Hours) -> str:
    """How far what is normal is known, '' once it is known well."""
    if hours.learnt >= LEARNING * 0.9:
        return ""
    if hours.learnt < USABLE:
        return texts.count("crisis.learnt", hours.learnt)
    return texts.count("crisis.learnt_days", hours.learnt // 24)


def counted(texts: Texts, hours: Hours) -> str:
    """Up to when is counted."""
    if hours.behind:
        return texts("hours.behind", hour=moment(texts, end(hours.last))) if hours.last else ""
    return texts("hours.until", hour=f"{end(hours.hours[-1]):%H:%M}") if hours.hours else ""


def described(texts: Texts, hours: Hours) -> str:
    """The chart in words, for whoever does not see it."""
    busiest = hours.busiest
    return texts(
        "hours.describe",
        since=moment(texts, hours.hours[0].start),
        until=moment(texts, end(hours.hours[-1])),
        most=voices(texts, busiest.voices if busiest else 0),
        when=moment(texts, busiest.start if busiest else hours.hours[0].start),
        over=texts.count("hours.describe_over", hours.over),
        unknown=texts.count("hours.describe_unknown", hours.unknown),
    )


def pointed_at(texts: Texts, hour: Hour) -> str:
    """What an hour says when it is pointed at."""
    when = moment(texts, hour.start)
    if not hour.known:
        return texts("hours.tooltip_unknown", when=when)
    key = "hours.tooltip_partial" if hour.partial else "hours.tooltip"
    said, usual = voices(texts, hour.voices), normal_of(texts, hour)
    return texts(key, when=when, voices=said, normal=usual, heard=texts.percent(hour.heard))


def tick(texts: Texts, start: datetime, *, by_day: bool) -> str:
    """A label under the axis: the day, or the hour of a single day."""
    return f"{texts.weekday(start.date())} {start.day}" if by_day else f"{start:%H:%M}"
