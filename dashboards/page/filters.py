"""What the page is asked to show, as one value: its Query, its address, and the addresses beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import get_args
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from corrillo.model import LANGUAGES, SERVICES, Place, Target
from corrillo.ports import Field, Query

FIELDS: tuple[Field, ...] = (
    "network", "venue", "place", "tag", "service", "district", "language", "target", "story", "thread",
)  # fmt: skip
"""What can be filtered by, under the name that it has in the address; values may be repeated."""

CLOSED: Mapping[str, tuple[str, ...]] = {
    "place": get_args(Place),
    "service": SERVICES,
    "language": (*LANGUAGES, "und"),
    "target": get_args(Target),
}
"""Fields whose values are known beforehand; networks, venues, tags and districts grow."""

PERIODS: Mapping[str, int | None] = {"1d": 1, "7d": 7, "14d": 14, "30d": 30, "all": None}
"""Periods with a name, in days up to and including today; None: everything that is kept."""

DEFAULT_PERIOD = "14d"
CITIZENS: tuple[str, ...] = ("on_page", "off_page")
"""The places of what the institution did not say itself."""


@dataclass(frozen=True)
class Filters:
    """One view of one institution. ``period`` is '' when ``first`` or ``last`` (both included) say it."""

    institution: str
    where: Mapping[Field, tuple[str, ...]] = field(default_factory=dict)
    text: str = ""
    period: str = DEFAULT_PERIOD
    first: date | None = None
    last: date | None = None
    page: str = ""
    language: str = ""
    view: str = ""
    """Path of the view, without its slash; '' is the first one."""
    incident: str = ""
    """Only what an incident rests on; the store knows which posts those are."""

    def days(self, today: date) -> tuple[date | None, date | None]:
        """First and last day shown, both included; None where it is open."""
        length = PERIODS.get(self.period)
        if length is None:
            return self.first, self.last
        return today - timedelta(days=length - 1), today

    def query(self, zone: ZoneInfo, today: date) -> Query:
        """The question for the store; days begin at midnight in ``zone``."""
        first, last = self.days(today)
        return Query(
            text=self.text,
            where={"institution": (self.institution,), **self.where},
            since=midnight(first, zone) if first else None,
            until=midnight(last + timedelta(days=1), zone) if last else None,
        )

    @property
    def chosen(self) -> tuple[tuple[Field, str], ...]:
        """Every active filter, in the order of FIELDS."""
        return tuple((name, value) for name in FIELDS for value in self.where.get(name, ()))

    @property
    def narrowed(self) -> bool:
        """Whether anything but the period takes mentions away."""
        return bool(self.text or self.where or self.incident)

    def has(self, name: Field, value: str) -> bool:
        """Whether this filter is active."""
        return value in self.where.get(name, ())

    def only(self, name: Field, *values: str) -> Filters:
        """The same view with these values of one field instead of the ones it has; none: without it."""
        kept = {key: value for key, value in self.where.items() if key != name}
        return replace(self, where={**kept, name: values} if values else kept, page="")

    def without(self, name: Field, value: str) -> Filters:
        """The same view without one value of one field."""
        return self.only(name, *(v for v in self.where.get(name, ()) if v != value))

    def citizens(self) -> Filters:
        """The same view without what the institution itself said."""
        asked = self.where.get("place", CITIZENS)
        return self.only("place", *(p for p in CITIZENS if p in asked))

    def alone(self, name: Field, value: str) -> Filters:
        """Everything ever kept that has this one value, whatever is filtered now."""
        return Filters(self.institution, {name: (value,)}, period="all", language=self.language)

    def over(self, period: str) -> Filters:
        """The same view over one of PERIODS."""
        return replace(self, period=period, first=None, last=None, page="")

    def between(self, first: date | None, last: date | None) -> Filters:
        """The same view over these days, both included."""
        return replace(self, period="", first=first, last=last, page="")

    def until(self, last: date) -> Filters:
        """The same view over as many days as go without saying, up to ``last``."""
        return self.between(last - timedelta(days=(PERIODS[DEFAULT_PERIOD] or 1) - 1), last)

    def saying(self, text: str) -> Filters:
        """The same view with another search text."""
        return replace(self, text=text, page="")

    def cleared(self) -> Filters:
        """The same period without search and filters."""
        return replace(self, where={}, text="", incident="", page="")

    def of_incident(self, incident: str) -> Filters:
        """The same view of what one incident rests on; '' of everything."""
        return replace(self, incident=incident, page="")

    def at_page(self, token: str) -> Filters:
        """The same view, another page of posts."""
        return replace(self, page=token)

    def at(self, view: str) -> Filters:
        """The same question in another view: to ``posts``, to see what is behind a figure."""
        return replace(self, view=view, page="")

    def in_language(self, language: str) -> Filters:
        """The same view in another language of the page."""
        return replace(self, language=language)

    def pairs(self) -> list[tuple[str, str]]:
        """The fields of the address, in a fixed order, without what goes without saying."""
        single = [
            ("institution", self.institution),
            ("q", self.text),
            ("period", "" if self.period == DEFAULT_PERIOD else self.period),
            ("from", self.first.isoformat() if self.first else ""),
            ("to", self.last.isoformat() if self.last else ""),
            ("incident", self.incident),
        ]
        ends = [("lang", self.language), ("page", self.page)]
        return [pair for pair in [*single, *self.chosen, *ends] if pair[1]]

    def link(self, part: str = "") -> str:
        """Address of this view, at the element with id ``part``."""
        return f"/{self.view}?{urlencode(self.pairs())}" + (f"#{part}" if part else "")


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The moment (UTC) at which ``day`` begins in ``zone``."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def narrow(query: Query, name: Field, *values: str) -> Query | None:
    """``query`` with one field limited to ``values``; None when nothing can satisfy it."""
    asked = query.where.get(name)
    kept = values if asked is None else tuple(v for v in values if v in asked)
    return replace(query, where={**query.where, name: kept}) if kept else None


def widen(query: Query, name: Field) -> Query:
    """``query`` without any condition on one field."""
    return replace(query, where={key: value for key, value in query.where.items() if key != name})
