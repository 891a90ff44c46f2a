"""What an address of the API may carry: declared once, for whoever reads it and whoever describes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from corrillo.institution import Institution
from corrillo.ports import Field
from dashboards.page.address import MAX_VALUE, BadFilter, Pairs, one_of, single
from dashboards.page.filters import CLOSED, DEFAULT_PERIOD, FIELDS, PERIODS

Kind = Literal["text", "day", "whole"]


@dataclass(frozen=True)
class Parameter:
    """One field of the address. ``allowed``: the values there are ((): any text); ``several``: it may be repeated.

    ``least`` and ``most`` bound a ``whole`` number, and how often a field may be repeated.
    """

    name: str
    about: str
    kind: Kind = "text"
    allowed: tuple[str, ...] = ()
    several: bool = False
    default: str = ""
    least: int = 0
    most: int = 0

    def read(self, given: Pairs) -> tuple[str, ...]:
        """What the address gives it, or its default; () where there is none. Raises BadFilter."""
        if self.several:
            return self._repeated(given)
        value = one_of(given, self.name, self.allowed) if self.allowed else single(given, self.name)
        if value and self.kind == "whole":
            self._count(value)
        return tuple(v for v in (value or self.default,) if v)

    def _count(self, value: str) -> None:
        if not (value.isascii() and value.isdecimal() and self.least <= int(value[:9]) <= self.most):
            raise BadFilter(self.name, value, "not_one_of", [f"{self.least}–{self.most}"])

    def _repeated(self, given: Pairs) -> tuple[str, ...]:
        values = tuple(dict.fromkeys(v for n, v in given if n == self.name))
        for value in values:
            if self.allowed and value not in self.allowed:
                raise BadFilter(self.name, value, "not_one_of", self.allowed)
        if self.most and len(values) > self.most:
            raise BadFilter(self.name, ", ".join(values), "repeated", [f"{self.least}–{self.most} values"])
        return values

    def schema(self) -> Mapping[str, object]:
        """As JSON Schema."""
        if self.kind == "whole":
            bounds = {"type": "integer", "minimum": self.least, "maximum": self.most}
            return {**bounds, "default": int(self.default)} if self.default else bounds
        one: dict[str, object] = {"type": "string"}
        if self.allowed:
            one["enum"] = list(self.allowed)
        elif self.kind == "day":
            one["format"] = "date"
        else:
            one["maxLength"] = MAX_VALUE
        if self.several:
            return {
                "type": "array",
                "items": one,
                "uniqueItems": True,
                **({"maxItems": self.most} if self.most else {}),
            }
        return {**one, "default": self.default} if self.default else one


ABOUT: Mapping[Field, str] = {
    "network": "Where it was said: bluesky, mastodon, press …",
    "venue": "The place inside the network: an instance, a newspaper, a channel.",
    "place": "On the institution's own pages, elsewhere, or by the institution itself.",
    "tag": "What it is: complaint, question … (one of the tagger's kinds).",
    "service": "What it is about.",
    "district": "A place inside the territory, as the configuration calls it.",
    "language": "Its language; und where that is not known.",
    "target": "Whom it is aimed at.",
    "story": "Posts with nearly the same text: the story of one of them.",
    "thread": "A conversation: the thread of one of its posts.",
}


def filters(
    institutions: Sequence[Institution], fields: Sequence[Field] = FIELDS, *, text: bool = True
) -> list[Parameter]:
    """The same filters as the page's, read by the same rules (``dashboards.page.address``)."""
    known = tuple(i.id for i in institutions)
    asked = [
        Parameter(
            "institution", "The institution; the first one unless said otherwise.", allowed=known, default=known[0]
        ),
        Parameter("q", 'Words, "exact phrases", OR, NOT (or -word), brackets, beginnings*.'),
        Parameter(
            "period", "Up to today, unless from or to say otherwise.", allowed=tuple(PERIODS), default=DEFAULT_PERIOD
        ),
        Parameter("from", "First day, in the institution's time zone.", "day"),
        Parameter("to", "Last day, included.", "day"),
    ]
    said = [Parameter(f, ABOUT.get(f, ""), allowed=CLOSED.get(f, ()), several=True) for f in fields]
    return [p for p in asked if text or p.name != "q"] + said
