"""What institutions, services and districts are called inside a sentence, with the article that they need."""

from __future__ import annotations

from collections.abc import Mapping

from corrillo.alerts import Subject
from corrillo.text import clean, fold
from dashboards.page.i18n import Texts

_MASCULINE = ["ajuntament", "ayuntamiento", "barrio", "cabildo", "casco", "centro", "concejo", "concello", "consejo", "consell", "consorcio", "distrito", "ensanche", "gobierno", "govern", "hospital", "instituto", "ministerio", "parlamento", "parque", "poligono", "puerto", "servicio"]  # fmt: skip
_FEMININE = ["agencia", "alcaldia", "autoridad", "barriada", "ciudad", "colonia", "comarca", "comunidad", "conselleria", "consejeria", "delegacion", "diputacion", "direccion", "generalitat", "junta", "mancomunidad", "parroquia", "pedania", "plaza", "playa", "presidencia", "provincia", "region", "subdelegacion", "universidad", "universitat", "urbanizacion", "xunta", "zona"]  # fmt: skip
_ENGLISH = ["city", "council", "department", "government", "ministry", "province", "region", "town", "university"]
_ARTICLES: Mapping[str, Mapping[str, str]] = {
    "es": dict.fromkeys(_MASCULINE, "el") | dict.fromkeys(_FEMININE, "la"),
    "en": dict.fromkeys([*_MASCULINE, *_FEMININE, *_ENGLISH], "the"),
}
"""First words of names that take an article; any other name (Renfe, Triana) stands alone."""


def with_article(texts: Texts, name: str) -> str:
    """Such as: el Ayuntamiento de Valdeprado; Renfe; the Ministry of Health."""
    article = _article(texts, name)
    return f"{article} {name}" if article else name


def of(texts: Texts, name: str) -> str:
    """A Spanish *de* before it: del Ayuntamiento; de la limpieza; de El Cabañal, whose article is its own."""
    return f"del {name[3:]}" if texts.language == "es" and name.startswith("el ") else f"de {name}"


def service_name(texts: Texts, service: str, names: Mapping[str, str]) -> str:
    """Such as la limpieza; as ``names`` has it where the catalogue has nothing."""
    return texts.entries.get(f"spoken_service.{service}") or names.get(service, service)


def in_district(texts: Texts, district: str) -> str:
    """Such as: en la zona de Triana; en el Barrio de la Luz."""
    named = with_article(texts, district)
    return texts("in_district.zone" if named == district else "in_district.named", district=named)


def network_name(texts: Texts, network: str) -> str:
    """Such as: Mastodon; la prensa."""
    return texts.entries.get(f"spoken_network.{network}") or clean(texts.name("network", network))


def subject_parts(texts: Texts, subject: Subject, name: str, names: Mapping[str, str]) -> dict[str, str]:
    """All that a sentence may say of a subject; the key ``which`` tells what it has."""
    institution = with_article(texts, clean(name))
    service = service_name(texts, subject.service, names)
    which = "both" if subject.service and subject.district else "service" if subject.service else "district"
    return {
        "which": which if subject.service or subject.district else "whole",
        "institution": institution,
        "of_institution": of(texts, institution),
        "service": service,
        "of_service": of(texts, service),
        "in_district": in_district(texts, clean(subject.district)),
    }


def _article(texts: Texts, name: str) -> str:
    first = fold(name).split(" ", 1)[0]
    return _ARTICLES.get(texts.language, {}).get(first, "")
