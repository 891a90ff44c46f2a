"""The page's languages: catalogues of texts, and numbers, dates and lists as each language writes them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup, escape

LANGUAGES: tuple[str, ...] = ("es", "en")
"""The first one is spoken when nothing else is asked for."""

_CATALOGUES = Path(__file__).parent / "catalogues"
_ACCEPTED = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*")


@dataclass(frozen=True)
class Texts:
    """One language: calling it with a key gives the text; KeyError for a key that the catalogue does not have."""

    language: str
    entries: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        return self.entries[key].format(**values) if values else self.entries[key]

    def markup(self, key: str, **values: object) -> Markup:
        """The text escaped, with each value escaped and made strong."""
        strong = {name: Markup("<strong>{}</strong>").format(value) for name, value in values.items()}
        return escape(self.entries[key]).format(**strong)

    def count(self, key: str, number: int, **values: object) -> str:
        """The text ``key.one`` or ``key.many``; its {n} is the number as it is written."""
        return self(f"{key}.{'one' if number == 1 else 'many'}", n=self.number(number), **values)

    def name(self, kind: str, value: str) -> str:
        """What people call ``value`` of ``kind``; the value itself where the catalogue has no name."""
        return self.entries.get(f"{kind}.{value}", value)

    def number(self, value: int) -> str:
        """An integer with thousands apart."""
        return f"{value:,}".replace(",", self.entries["number.thousands"])

    def decimal(self, value: float) -> str:
        """A score between 0 and 1, with two places."""
        return f"{value:.2f}".replace(".", self.entries["number.decimal"])

    def percent(self, share: float) -> str:
        """A share between 0 and 1 in whole percent; only all is 100, only none is 0."""
        whole = round(share * 100)
        if 0 < share < 1:
            whole = min(99, max(1, whole))
        return self("number.percent", n=whole)

    def day(self, day: date) -> str:
        """Such as 21 nov 2026."""
        return f"{day.day} {self._of('months', day.month - 1)} {day.year}"

    def short_day(self, day: date) -> str:
        """Such as 21 nov."""
        return f"{day.day} {self._of('months', day.month - 1)}"

    def weekday(self, day: date) -> str:
        """Such as sáb."""
        return self._of("weekdays", day.weekday())

    def month(self, day: date) -> str:
        """Such as nov 2026."""
        return f"{self._of('months', day.month - 1)} {day.year}"

    def moment(self, local: datetime) -> str:
        """Such as 21 nov 2026 14:05; ``local`` is already in the zone that is meant."""
        return f"{self.day(local.date())} {local:%H:%M}"

    def join(self, words: Sequence[str]) -> str:
        """A list in words: a, b and c. Spanish y becomes e before the sound i."""
        if len(words) < 2:
            return "".join(words)
        *first, last = words
        return ", ".join(first) + f" {self._and(last)} {last}"

    def _and(self, word: str) -> str:
        sounds_i = re.match(r"h?[ií](?![aeou])", word, re.IGNORECASE)
        return self.entries["list.and_i" if sounds_i else "list.and"]

    def _of(self, key: str, index: int) -> str:
        return self.entries[f"calendar.{key}"].split()[index]


@lru_cache
def texts(language: str) -> Texts:
    """The catalogues of one of LANGUAGES: what all views share, and one for each (es.toml, es.where.toml …)."""
    found: dict[str, str] = {}
    for file in sorted(_CATALOGUES.glob(f"{language}*.toml")):
        some = entries(file)
        if twice := sorted(found.keys() & some.keys()):
            raise ValueError(f"{file.name}: these texts are in another catalogue too: {', '.join(twice)}")
        found |= some
    return Texts(language, found)


def entries(catalogue: Path) -> dict[str, str]:
    """The texts of a catalogue by their dotted keys."""
    return dict(_flat(tomllib.loads(catalogue.read_text("utf-8")), ""))


def _flat(table: Mapping[str, object], prefix: str) -> list[tuple[str, str]]:
    entries: list[tuple[str, str]] = []
    for key, value in table.items():
        entries += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(prefix + key, str(value))]
    return entries


def choose(asked: str, accepted: str) -> str:
    """One of LANGUAGES: the one asked for, else the best of an Accept-Language header, else the first."""
    if asked in LANGUAGES:
        return asked
    best, best_weight = LANGUAGES[0], 0.0
    for part in accepted[:1000].split(","):
        found = _ACCEPTED.fullmatch(part)
        weight = float(found[2] or 1) if found else 0.0
        if found and found[1].lower() in LANGUAGES and weight > best_weight:
            best, best_weight = found[1].lower(), weight
    return best
