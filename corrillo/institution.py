"""The institution that is listened for, as its people describe it in ``corrillo.toml``."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from corrillo.dates import a_day, as_text, is_yearly, length
from corrillo.errors import ConfigError
from corrillo.model import Service
from corrillo.query import parse
from corrillo.text import fold, words

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
REGIONS = {
    "AN": "Andalucía", "AR": "Aragón", "AS": "Asturias", "CB": "Cantabria", "CE": "Ceuta", "CL": "Castilla y León",
    "CM": "Castilla-La Mancha", "CN": "Canarias", "CT": "Catalunya", "EX": "Extremadura", "GA": "Galicia",
    "IB": "Illes Balears", "MC": "Región de Murcia", "MD": "Comunidad de Madrid", "ML": "Melilla", "NC": "Navarra",
    "PV": "Euskadi", "RI": "La Rioja", "VC": "Comunitat Valenciana",
}  # fmt: skip
"""Those with public holidays of their own, by their code (ISO 3166-2, without ES-)."""
LONGEST_FIESTA = 100
"""Days. What lasts longer than a season is no exception any more: it is learnt like everything else."""


class Strict(BaseModel):
    """A part of the configuration: unknown keys and wrong types are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _a_word(text: str) -> str:
    if not words(fold(text)):
        raise ValueError("must contain a letter or a digit; write the name, or remove the entry")
    return text


def zone_name(name: str) -> str:
    """``name`` where it is a time zone; ValueError with a remedy where not."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(
            "is not a time zone; use Europe/Madrid (peninsula, Balearics, Ceuta, Melilla) or Atlantic/Canary"
        ) from None
    return name


def _boolean(text: str) -> str:
    try:
        parse(text)
    except ConfigError as error:
        raise ValueError(f"{error.message}; {error.remedy}") from None
    return text


def _hours(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)", text) or text[:5] >= text[6:]:
        raise ValueError('must be opening and closing time, such as "09:00-14:00"')
    return text


def _region(code: str) -> str:
    if code and code not in REGIONS:
        listed = ", ".join(f"{known} ({name})" for known, name in REGIONS.items())
        raise ValueError(f"is not a region; leave it out, or use one of: {listed}")
    return code


Name = Annotated[str, AfterValidator(_a_word)]
Hours = Annotated[str, AfterValidator(_hours)]
Day = Annotated[str, BeforeValidator(as_text), AfterValidator(a_day)]


def normal_handle(handle: str) -> str:
    """How a handle is compared: no leading ``@`` or ``u/``, no case, no blanks around."""
    return handle.strip().removeprefix("u/").lstrip("@").casefold()


class Account(Strict):
    """One account of the register: who speaks there for the institution."""

    network: str
    handle: Name
    department: str = ""
    answered_by: str = ""


class Platform(Strict):
    """A place that the institution runs: everything on it is on page."""

    network: str = ""
    host: str = ""
    venue: str = ""

    @model_validator(mode="after")
    def _named(self) -> Platform:
        if not self.host and not self.venue:
            raise ValueError("needs a host (participa.example.es) or a venue (the page's name in its network)")
        return self


class Homonym(Strict):
    """Something else with the same name.

    ``phrases`` take away a name found inside them; ``context`` are words that speak against the
    whole post unless something unmistakable (full name, handle, hashtag) speaks for it.
    """

    name: Name
    phrases: tuple[Name, ...] = ()
    context: tuple[Name, ...] = ()


class District(Strict):
    """A place inside the territory, with the other ways people call it."""

    name: Name
    aliases: tuple[Name, ...] = ()


class ServiceLevel(Strict):
    """Who answers for a service here."""

    name: Service
    department: str = ""
    level: str = ""


class Commitment(Strict):
    """What the institution has publicly promised."""

    answer_within_hours: Annotated[float, Field(gt=0, strict=True)] | None = None


class Fiesta(Strict):
    """Days on which much is said though nothing is wrong: the town's own festivities, a fair, a pilgrimage.

    ``begin`` and ``end``, both included, are days in the institution's zone: of every year (over the
    new year too), or of one. What moves from year to year stands there once for each year.
    """

    name: Name
    begin: Day = Field(alias="from")
    end: Day = Field(alias="to")

    @model_validator(mode="after")
    def _a_span(self) -> Fiesta:
        span = f"from {self.begin} to {self.end}"
        if is_yearly(self.begin) != is_yearly(self.end):
            raise ValueError(f"{span}: one is of every year and one is not; write both with the year, or both without")
        days = length(self.begin, self.end)
        if days < 1:
            raise ValueError(f"{span}: ends before it begins; swap them")
        if days > LONGEST_FIESTA:
            raise ValueError(
                f"{span}: lasts {days} days, more than {LONGEST_FIESTA}; swap them, or write a shorter one"
            )
        return self


class Institution(Strict):
    """An administration, how people call it, where it speaks itself, and which days are not like others there.

    ``holidays`` are public ones besides those of ``country`` ('': none are known) and ``region``.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    name: Name
    names: dict[Literal["es", "ca", "gl", "eu", "pt", "en"], tuple[Name, ...]] = {}
    aliases: tuple[Name, ...] = ()
    nicknames: tuple[Name, ...] = ()
    alias_needs: tuple[Name, ...] = ()
    handles: tuple[Name, ...] = ()
    hashtags: tuple[Name, ...] = ()
    query: Annotated[str, AfterValidator(_boolean)] = ""
    government: tuple[Name, ...] = ()
    time_zone: Annotated[str, AfterValidator(zone_name)] = "Europe/Madrid"
    homonyms: tuple[Homonym, ...] = Field(default=(), alias="homonym")
    accounts: tuple[Account, ...] = Field(default=(), alias="account")
    platforms: tuple[Platform, ...] = Field(default=(), alias="platform")
    districts: tuple[District, ...] = Field(default=(), alias="district")
    services: tuple[ServiceLevel, ...] = Field(default=(), alias="service")
    opening_hours: dict[Weekday, tuple[Hours, ...]] = {}
    commitment: Commitment = Commitment()
    country: Literal["ES", ""] = "ES"
    region: Annotated[str, AfterValidator(_region)] = ""
    holidays: tuple[Day, ...] = ()
    fiestas: tuple[Fiesta, ...] = Field(default=(), alias="fiesta")
    retention_days: Annotated[int, Field(ge=1, strict=True)] = 730

    @model_validator(mode="after")
    def _somewhere(self) -> Institution:
        if self.region and not self.country:
            raise ValueError(f'region {self.region} is in Spain; write country = "ES", or leave the region out')
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The institution's own time zone."""
        return ZoneInfo(self.time_zone)
