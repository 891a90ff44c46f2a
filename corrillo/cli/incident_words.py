"""What only a terminal says of incidents; everything else is in the page's catalogues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from corrillo.institution import Institution
from dashboards.page.i18n import Texts

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "all_heard.one": "The only source is heard.",
        "all_heard.many": "All {n} sources are heard.",
        "deceptive": "What is said there is not known: calm may only be silence.",
        "none_open": "No incident is open.",
        "all": "All incidents that are over",
        "all_none": "None is over yet.",
        "part": "part of {id}",
        "blind": "Not heard",
        "legend": "█ voices each quarter of an hour · ─ usual at most · ░ not heard, not known",
    },
    "es": {
        "all_heard.one": "La única fuente se oye.",
        "all_heard.many": "Se oyen las {n} fuentes.",
        "deceptive": "Lo que se dice ahí no se sabe: la calma puede ser solo silencio.",
        "none_open": "No hay ningún incidente abierto.",
        "all": "Todos los incidentes que han terminado",
        "all_none": "Todavía no ha terminado ninguno.",
        "part": "parte de {id}",
        "blind": "No se oía",
        "legend": "█ voces cada cuarto de hora · ─ lo más que es normal · ░ no se oyó, no se sabe",
    },
}


@dataclass(frozen=True)
class Speech:
    """A language, the institution that is spoken of, and how its incidents are called for short."""

    texts: Texts
    institution: Institution
    ids: Mapping[str, str]

    @property
    def zone(self) -> ZoneInfo:
        """The institution's own."""
        return self.institution.zone

    def word(self, key: str, **values: object) -> str:
        """What only a terminal says."""
        return WORDS[self.texts.language][key].format(**values)
