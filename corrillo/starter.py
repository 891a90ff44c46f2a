"""The commented ``corrillo.toml`` that ``init`` writes: what can be known from a name is filled in."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from corrillo.errors import ConfigError
from corrillo.institution import REGIONS
from corrillo.registry import SourceKind, source_kind, source_kinds
from corrillo.text import clean, fold, words

_KINDS: tuple[tuple[str, str, str], ...] = (
    # pattern, language of the word, the same in Spanish
    (r"ayuntamiento (de|del)\s+(.+)", "es", "Ayuntamiento de {}"),
    (r"ajuntament (de\s+|d['’]|del\s+|dels\s+)(.+)", "ca", "Ayuntamiento de {}"),
    (r"concello (de|da|do|das|dos)\s+(.+)", "gl", "Ayuntamiento de {}"),
    (r"(.+?)ko udala", "eu", "Ayuntamiento de {}"),
    (r"(.+?)\s+udala", "eu", "Ayuntamiento de {}"),
    (r"diputaci[oó]n? (?:foral |provincial )?de\s+(.+)", "es", "Diputación de {}"),
    (r"cabildo (?:insular )?de\s+(.+)", "es", "Cabildo de {}"),
)
_ARTICLES = {
    "es": {"del": "El"},
    "ca": {"del": "El", "dels": "Els"},
    "gl": {"da": "A", "do": "O", "das": "As", "dos": "Os"},
}
"""What stands in a contraction: "Concello da Coruña" is the one of A Coruña."""
_LOCAL = {
    "ca": "Ajuntament de {}",
    "gl": "Concello de {}",
    "eu": "{}ko Udala",
}
_CALLED = {called: code for code, called in REGIONS.items()} | {
    "Generalitat Valenciana": "VC", "Gobierno Vasco": "PV", "Eusko Jaurlaritza": "PV", "Cataluña": "CT", "Baleares": "IB", "Murcia": "MC",
}  # fmt: skip
"""How a region is called in the name of its government."""


Explained = Literal["es", "en"]


@dataclass(frozen=True)
class Place:
    """A place with two names, or with namesakes that people mean more often than not; and the region where it lies."""

    spanish: str
    region: str
    local: str = ""
    language: str = ""
    homonyms: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = ()


def _club(*phrases: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    return (phrases[0], phrases[1:], ("gol", "partido de liga", "alineación", "fichaje", "entrenador", "penalti"))


def _abroad(where: str, *context: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    return (where, (), context)


PLACES: tuple[Place, ...] = (
    Place("Valencia", "VC", "València", "ca", (
        _club("Valencia CF", "València CF", "Valencia Basket", "Levante-Valencia"),
        _abroad("Valencia (Venezuela)", "Carabobo", "Venezuela", "Naguanagua", "bolívares"),
    )),
    Place("Córdoba", "AN", homonyms=(
        _club("Córdoba CF"), _abroad("Córdoba (Argentina)", "Argentina", "Llaryora", "cordobesa argentina", "Villa Carlos Paz", "Río Cuarto"),
    )),
    Place("Mérida", "EX", homonyms=(
        _club("AD Mérida"), _abroad("Mérida (México)", "Yucatán", "México", "Progreso Yucatán"), _abroad("Mérida (Venezuela)", "Venezuela", "ULA"),
    )),
    Place("León", "CL", homonyms=(
        ("león (animal)", ("Club León", "rey león", "Ponce de León", "Cultural Leonesa"), ("Liga MX", "Guanajuato", "zoo")),
        _abroad("León (México, Nicaragua)", "Guanajuato", "Nicaragua"),
    )),
    Place("Cartagena", "MC", homonyms=(
        _club("FC Cartagena"), _abroad("Cartagena de Indias", "Cartagena de Indias", "Colombia", "Getsemaní"),
    )),
    Place("Toledo", "CM", homonyms=(_abroad("Toledo (Ohio)", "Ohio", "Alejandro Toledo"),)),
    Place("Guadalajara", "CM", homonyms=(_abroad("Guadalajara (México)", "Jalisco", "México", "Chivas", "tapatío"),)),
    Place("Granada", "AN", homonyms=(
        _club("Granada CF"), _abroad("Granada (Nicaragua)", "Nicaragua", "zumo de granada", "granada de mano"),
    )),
    Place("Santiago de Compostela", "GA", "Santiago de Compostela", "gl", (
        _abroad("Santiago (Chile, Cuba, Argentina)", "Santiago de Chile", "Santiago del Estero", "Santiago de Cuba", "Santiago Bernabéu"),
    )),
    Place("Barcelona", "CT", "Barcelona", "ca", (
        _club("FC Barcelona", "Barcelona SC", "Fútbol Club Barcelona", "Futbol Club Barcelona"),
        _abroad("Barcelona (Venezuela)", "Anzoátegui", "Guayaquil"),
    )),
    Place("Madrid", "MD", homonyms=(_club("Real Madrid", "Atlético de Madrid", "Rayo Vallecano"),)),
    Place("Sevilla", "AN", homonyms=(_club("Sevilla FC", "Sevilla Fútbol Club"),)),
    Place("Alicante", "VC", "Alacant", "ca"),
    Place("Castellón de la Plana", "VC", "Castelló de la Plana", "ca", (_club("CD Castellón"),)),
    Place("Elche", "VC", "Elx", "ca", (_club("Elche CF"),)),
    Place("Lérida", "CT", "Lleida", "ca"),
    Place("Gerona", "CT", "Girona", "ca", (_club("Girona FC"),)),
    Place("Tarragona", "CT", "Tarragona", "ca"),
    Place("Palma", "IB", "Palma", "ca", (("La Palma", ("La Palma", "Las Palmas", "palma de la mano"), ()),)),
    Place("La Coruña", "GA", "A Coruña", "gl", (_club("Deportivo de La Coruña"),)),
    Place("Orense", "GA", "Ourense", "gl"),
    Place("Lugo", "GA", "Lugo", "gl", (_club("CD Lugo"),)),
    Place("Vigo", "GA", "Vigo", "gl", (_club("Celta de Vigo"),)),
    Place("Bilbao", "PV", "Bilbo", "eu", (_club("Athletic de Bilbao", "Athletic Club"),)),
    Place("San Sebastián", "PV", "Donostia", "eu", (("San Sebastián de los Reyes", ("San Sebastián de los Reyes", "San Sebastián de La Gomera"), ()),)),
    Place("Vitoria", "PV", "Gasteiz", "eu", (_club("Deportivo Alavés", "Baskonia"),)),
    Place("Pamplona", "NC", "Iruña", "eu", (_abroad("Pamplona (Colombia)", "Norte de Santander", "Colombia"),)),
)  # fmt: skip
CANARY = re.compile(
    r"\b(canarias?|las palmas|tenerife|lanzarote|fuerteventura|la gomera|el hierro|la palma(?! del)|arrecife|la laguna"
    r"|telde|arona|adeje|puerto del rosario|los realejos|la orotava|granadilla de abona)\b"
)


_HOMONYM: dict[Explained, tuple[str, str]] = {
    "en": (
        "a name of ours inside these, or inside name, does not count, nor one that goes on as they do",
        "speak against a post with nothing else",
    ),
    "es": (
        "un nombre nuestro dentro de estas, o de name, no cuenta, ni el que sigue como ellas",
        "hablan en contra de una publicación que no tiene nada más",
    ),
}
"""What stands beside the example of a homonym."""
NEEDS = (
    "ayuntamiento", "ajuntament", "concello", "udala", "alcalde", "alcaldesa", "concejal", "concejala", "regidor",
    "regidora", "pleno", "municipal", "municipales", "policía local", "padrón", "limpieza", "basura", "contenedor",
    "contenedores", "obras", "autobús", "parque", "barrio", "calle", "carrer", "vecinos", "veïns", "multa",
)  # fmt: skip
"""Words of which one makes a big place's name mean its town hall."""


def starter(name: str, language: Explained = "es") -> str:
    """The configuration for the institution called ``name``, its comments in ``language``.

    Raises ConfigError for an empty name.
    """
    name = " ".join(clean(name).split())
    if not words(fold(name)):
        raise ConfigError(f"name {name!r} is empty", 'write it out: corrillo init "Ayuntamiento de …"')
    place, spoken, spanish = _read(name)
    known = _place(place)
    local = known.local if known and known.local else place
    spoken = known.language if known and known.language else spoken
    names = {"es": [spanish.format(known.spanish if known else place)]} if spanish else {"es": [name]}
    if spoken in _LOCAL and spanish.startswith("Ayuntamiento"):
        names[spoken] = [_local(spoken, local)]
    if fold(name) not in (fold(n) for listed in names.values() for n in listed):
        names.setdefault(spoken or "es", []).insert(0, name)
    aliases = list(dict.fromkeys([local, known.spanish if known else place])) if spanish else []
    canary = CANARY.search(fold(name)) is not None
    region = known.region if known else "CN" if canary else "GA" if spoken == "gl" else ""
    if not (region or spanish):
        region = _governed(name)
    text = (files("corrillo") / f"starter.{language}.toml").read_text(encoding="utf-8")
    for key, value in {
        "id": _identifier(place),
        "name": _quoted(name),
        "names": "{ " + ", ".join(f"{k} = {_list(v)}" for k, v in names.items()) + " }",
        "aliases": _list(aliases),
        "needs": f"{'' if known else '# '}alias_needs = {_list(NEEDS)}",
        "hashtag": _quoted(_hashtag(local)),
        "place": place,
        "zone": "Atlantic/Canary" if canary else "Europe/Madrid",
        "region": f'{"" if region else "# "}region = "{region or "VC"}"',
        "regions": _comment(f"{code} {called}" for code, called in REGIONS.items()),
        "homonyms": _homonyms(place, known, language),
        "sources": "\n".join(_example(source_kind(k), language) for k in source_kinds()),
    }.items():
        text = text.replace("{" + key + "}", value)
    return text.replace("{id}", _identifier(place))


def _example(kind: SourceKind, language: Explained) -> str:
    return kind.example.get(language) or kind.example["en"]


def _read(name: str) -> tuple[str, str, str]:
    """The place, the language of the word for the institution, and its Spanish form ('' if neither is known)."""
    for pattern, language, spanish in _KINDS:
        if match := re.fullmatch(pattern, name, re.IGNORECASE):
            *joined, place = match.groups()
            article = _ARTICLES.get(language, {}).get("".join(joined).strip().lower(), "")
            return f"{article} {place}".lstrip(), language, spanish
    return name, "", ""


def _place(place: str) -> Place | None:
    wanted = fold(place)
    return next((p for p in PLACES if wanted in (fold(p.spanish), fold(p.local))), None)


def _governed(name: str) -> str:
    """The region whose name stands in that of its government; '' when none does."""
    said = _spaced(name)
    return next((code for called, code in _CALLED.items() if _spaced(called) in said), "")


def _spaced(name: str) -> str:
    return f" {' '.join(words(fold(name)))} "


def _local(language: str, place: str) -> str:
    article, _, rest = place.partition(" ")
    for contracted, written in _ARTICLES.get(language, {}).items():
        if rest and article == written:
            return _LOCAL[language].replace("de {}", f"{contracted} {rest}")
    if language == "ca" and fold(place)[0] in "aeiouh":
        return f"Ajuntament d'{place}"
    return _LOCAL[language].format(place)


def _hashtag(place: str) -> str:
    """As people write it: letters and digits only, each word beginning with a capital."""
    return "#" + "".join(w[0].upper() + w[1:] for w in re.findall(r"\w+", place))


def _identifier(place: str) -> str:
    return "-".join(words(fold(place)))[:63].strip("-").replace("_", "-") or "institution"


def _homonyms(place: str, known: Place | None, language: Explained) -> str:
    listed = known.homonyms if known else ()
    if not listed:
        phrases, context = _HOMONYM[language]
        return (
            "# [[institution.homonym]]\n"
            f'# name = "CF {place}"\n# phrases = ["{place} CF"]     # {phrases}\n'
            f'# context = ["gol", "penalti", "alineación"]   # {context}'
        )
    return "\n".join(
        f"[[institution.homonym]]\nname = {_quoted(name)}\nphrases = {_list(phrases)}\ncontext = {_list(context)}\n"
        for name, phrases, context in listed
    ).rstrip()


def _comment(listed: Iterable[str]) -> str:
    whole = ", ".join(entry.replace(" ", "\N{NO-BREAK SPACE}") for entry in listed)
    lines = textwrap.fill(whole, 110, initial_indent="# ", subsequent_indent="# ")
    return lines.replace("\N{NO-BREAK SPACE}", " ")


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _list(values: tuple[str, ...] | list[str]) -> str:
    return "[" + ", ".join(map(_quoted, values)) + "]"
