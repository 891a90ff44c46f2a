"""Public holidays of an institution: its country's and region's, and those that its people have listed."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from functools import lru_cache

from corrillo.dates import covers
from corrillo.institution import Institution


class Holidays:
    """The days that are public holidays for one institution, of any year: ``day in holidays``."""

    def __init__(self, institution: Institution) -> None:
        self._public = _public(institution.country, institution.region)
        self._listed = institution.holidays

    def __contains__(self, day: date) -> bool:
        return day in self._public or any(covers(listed, listed, day) for listed in self._listed)


@lru_cache
def _public(country: str, region: str) -> Container[date]:
    """The public holidays of the whole country, and of the region where one is named, of any year."""
    if not country:
        return frozenset()
    from holidays import country_holidays  # it brings every country in the world: only for those who ask

    return country_holidays(country, subdiv=region or None)
