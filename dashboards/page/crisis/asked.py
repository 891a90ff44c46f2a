"""What the view is asked to show, read strictly from the address and written back as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from corrillo.alerts import Subject
from corrillo.institution import Institution
from corrillo.model import SERVICES
from dashboards.page.address import Pairs, one_of, usable
from dashboards.page.i18n import LANGUAGES

HOURS: Mapping[str, int] = {"1d": 24, "7d": 7 * 24, "30d": 30 * 24}
"""Periods, in hours back from now."""
DEFAULT_PERIOD = "1d"
FIELDS = ("institution", "subject", "period", "lang")
SERVICE, DISTRICT = "service:", "district:"
"""How a subject that is not the whole institution begins in the address."""


@dataclass(frozen=True)
class Asked:
    """One subject over one period. ``about`` is '' for the institution as a whole, service:… or district:…."""

    institution: str
    about: str = ""
    period: str = DEFAULT_PERIOD
    language: str = ""

    @property
    def subject(self) -> Subject:
        """What is looked at."""
        return Subject(
            institution=self.institution,
            service=self.about.removeprefix(SERVICE) if self.about.startswith(SERVICE) else "",
            district=self.about.removeprefix(DISTRICT) if self.about.startswith(DISTRICT) else "",
        )

    @property
    def hours(self) -> int:
        """How long the period is."""
        return HOURS[self.period]

    def over(self, period: str) -> Asked:
        """The same subject over another period."""
        return replace(self, period=period)

    def whole(self) -> Asked:
        """The same period of the institution as a whole."""
        return replace(self, about="")

    def at(self, subject: Subject) -> Asked:
        """The same period of another subject of the institution."""
        return replace(self, about=about(subject))

    def in_language(self, language: str) -> Asked:
        """The same view in another language of the page."""
        return replace(self, language=language)

    def link(self, part: str = "") -> str:
        """Address of this view, at the element with id ``part``."""
        period = "" if self.period == DEFAULT_PERIOD else self.period
        values = (self.institution, self.about, period, self.language)
        pairs = [pair for pair in zip(FIELDS, values, strict=True) if pair[1]]
        return f"/crisis?{urlencode(pairs)}" + (f"#{part}" if part else "")


@dataclass(frozen=True)
class AskedIncident:
    """The page of one incident."""

    incident: str
    language: str = ""

    def in_language(self, language: str) -> AskedIncident:
        """The same incident in another language of the page."""
        return replace(self, language=language)

    def link(self, part: str = "") -> str:
        """Address of its page."""
        lang = f"?lang={self.language}" if self.language else ""
        return f"/crisis/{quote(self.incident, safe='')}{lang}" + (f"#{part}" if part else "")

    def picture(self, language: str) -> str:
        """Address of its picture, with its words in that language."""
        return f"/crisis/{quote(self.incident, safe='')}.svg?lang={language}"


def about(subject: Subject) -> str:
    """How a subject is called in the address."""
    if subject.service:
        return SERVICE + subject.service
    return DISTRICT + subject.district if subject.district else ""


def read(pairs: Pairs, institutions: Sequence[Institution]) -> Asked:
    """The view that the address asks for. Raises BadFilter for the first field or value that cannot be used."""
    given = usable(pairs, FIELDS)
    identity = one_of(given, "institution", [i.id for i in institutions]) or institutions[0].id
    institution = next(i for i in institutions if i.id == identity)
    return Asked(
        institution=identity,
        about=one_of(given, "subject", subjects(institution)),
        period=one_of(given, "period", tuple(HOURS)) or DEFAULT_PERIOD,
        language=one_of(given, "lang", LANGUAGES),
    )


def subjects(institution: Institution) -> Sequence[str]:
    """Everything of an institution that can be looked at apart, as it is called in the address."""
    return [*(SERVICE + s for s in SERVICES), *(DISTRICT + d.name for d in institution.districts)]
