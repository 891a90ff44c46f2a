"""The query string of the page, read strictly: what is not understood is said, never passed over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from corrillo.errors import ConfigError
from corrillo.institution import Institution
from corrillo.ports import Field
from corrillo.query import parse
from dashboards.page.filters import CLOSED, DEFAULT_PERIOD, FIELDS, PERIODS, Filters
from dashboards.page.i18n import LANGUAGES

Problem = Literal[
    "unknown_field", "repeated", "too_long", "unprintable", "not_one_of", "not_a_day", "order", "not_a_query", "page",
    "missing", "longer", "not_a_week", "own_name", "no_incident", "not_a_way", "not_hours", "not_a_number", "taken",
]  # fmt: skip
"""What can be wrong; each has a text and a remedy in the catalogues (``bad.…``, ``remedy.…``)."""

SINGLE = ("institution", "q", "period", "from", "to", "incident", "lang", "page")
MAX_VALUE = 500
"""Characters of one value."""
MAX_VALUES = 50
"""Values in one address."""

Pairs = Sequence[tuple[str, str]]
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class BadFilter(ConfigError):
    """A field or a value of the address that cannot be used; ``allowed`` lists what could be."""

    def __init__(self, field: str, value: str, problem: Problem, allowed: Sequence[str] = (), detail: str = "") -> None:
        super().__init__(f"{field}={value!r}: {problem.replace('_', ' ')}", ", ".join(allowed))
        self.field = field
        self.value = value
        self.problem = problem
        self.allowed = tuple(allowed)
        self.detail = detail


def read(pairs: Pairs, institutions: Sequence[Institution], view: str = "") -> Filters:
    """What the address asks of a ``view``; days win over a period with a name, blanks say nothing.

    Raises BadFilter for the first field or value that cannot be used.
    """
    given = usable(pairs, (*SINGLE, *FIELDS))
    first, last = _day(given, "from"), _day(given, "to")
    if first and last and last < first:
        raise BadFilter("to", last.isoformat(), "order", [first.isoformat()])
    period = one_of(given, "period", tuple(PERIODS)) or DEFAULT_PERIOD
    return Filters(
        institution=one_of(given, "institution", [i.id for i in institutions]) or institutions[0].id,
        where={name: values for name in FIELDS if (values := _several(given, name))},
        text=_search(given),
        period="" if first or last else period,
        first=first,
        last=last,
        page=single(given, "page"),
        language=one_of(given, "lang", LANGUAGES),
        view=view,
        incident=single(given, "incident"),
    )


def usable(pairs: Pairs, names: Sequence[str], most: int = MAX_VALUES) -> Pairs:
    """What of ``pairs`` says something, stripped. Raises BadFilter for a name that is none of ``names`` or a bad value."""
    for name, value in pairs:
        _check(name, value, names)
    given = [(name, value.strip()) for name, value in pairs if value.strip()]
    if len(given) > most:
        raise BadFilter(given[most][0], given[most][1], "too_long")
    return given


def _check(name: str, value: str, names: Sequence[str]) -> None:
    if name not in names:
        raise BadFilter(name[:MAX_VALUE], value[:MAX_VALUE], "unknown_field", names)
    if len(value) > MAX_VALUE:
        raise BadFilter(name, value[:40] + "…", "too_long")
    if _CONTROL.search(value):
        raise BadFilter(name, _CONTROL.sub("\ufffd", value), "unprintable")


def single(given: Pairs, name: str) -> str:
    """The one value of a field, '' where it is not given. Raises BadFilter where it is given twice."""
    values = [v for n, v in given if n == name]
    if len(values) > 1:
        raise BadFilter(name, ", ".join(values), "repeated")
    return values[0] if values else ""


def one_of(given: Pairs, name: str, allowed: Sequence[str]) -> str:
    """As ``single``. Raises BadFilter for a value that is none of ``allowed``."""
    value = single(given, name)
    if value and value not in allowed:
        raise BadFilter(name, value, "not_one_of", allowed)
    return value


def _several(given: Pairs, name: Field) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(v for n, v in given if n == name))
    for value in values:
        if name in CLOSED and value not in CLOSED[name]:
            raise BadFilter(name, value, "not_one_of", CLOSED[name])
    return values


def _day(given: Pairs, name: str) -> date | None:
    value = single(given, name)
    if not value:
        return None
    try:
        day = date.fromisoformat(value) if _DAY.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None or not 1990 <= day.year <= 2199:
        raise BadFilter(name, value, "not_a_day")
    return day


def _search(given: Pairs) -> str:
    text = single(given, "q")
    if not text:
        return ""
    try:
        parse(text)
    except ConfigError as error:
        raise BadFilter("q", text, "not_a_query", detail=f"{error.message}; {error.remedy}") from None
    except RecursionError:
        raise BadFilter("q", text, "not_a_query") from None
    return text
