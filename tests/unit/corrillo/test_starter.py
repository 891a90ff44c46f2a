"""What ``corrillo init`` writes can be used as it is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from corrillo.errors import ConfigError
from corrillo.institution import REGIONS
from corrillo.settings import parse
from corrillo.starter import PLACES, starter

LANGUAGES = ("es", "en")
PENINSULA, CANARIES = "Europe/Madrid", "Atlantic/Canary"


def institution(name, language="es"):
    settings = parse(tomllib.loads(starter(name, language)), Path("corrillo.toml"))
    assert settings.sources == ()
    (found,) = settings.institutions
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "identity", "names", "aliases", "hashtag", "zone"),
    [
        ("Ajuntament de València", "valencia", {"es": "Ayuntamiento de Valencia", "ca": "Ajuntament de València"}, "València Valencia", "#València", PENINSULA),
        ("Ayuntamiento de Córdoba", "cordoba", {"es": "Ayuntamiento de Córdoba"}, "Córdoba", "#Córdoba", PENINSULA),
        ("Ayuntamiento de Mérida", "merida", {"es": "Ayuntamiento de Mérida"}, "Mérida", "#Mérida", PENINSULA),
        ("Concello de Lugo", "lugo", {"es": "Ayuntamiento de Lugo", "gl": "Concello de Lugo"}, "Lugo", "#Lugo", PENINSULA),
        ("Donostiako Udala", "donostia", {"es": "Ayuntamiento de San Sebastián", "eu": "Donostiako Udala"}, "Donostia San_Sebastián", "#Donostia", PENINSULA),
        ("Ayuntamiento de La Laguna", "la-laguna", {"es": "Ayuntamiento de La Laguna"}, "La_Laguna", "#LaLaguna", CANARIES),
        ("Ajuntament d'Alacant", "alacant", {"es": "Ayuntamiento de Alicante", "ca": "Ajuntament d'Alacant"}, "Alacant Alicante", "#Alacant", PENINSULA),
        ("Concello da Coruña", "a-coruna", {"es": "Ayuntamiento de La Coruña", "gl": "Concello da Coruña"}, "A_Coruña La_Coruña", "#ACoruña", PENINSULA),
        ("Vitoria-Gasteizko Udala", "vitoria-gasteiz", {"es": "Ayuntamiento de Vitoria-Gasteiz", "eu": "Vitoria-Gasteizko Udala"}, "Vitoria-Gasteiz", "#VitoriaGasteiz", PENINSULA),
        ("Cabildo de Gran Canaria", "gran-canaria", {"es": "Cabildo de Gran Canaria"}, "Gran_Canaria", "#GranCanaria", CANARIES),
        ("Junta de Andalucía", "junta-de-andalucia", {"es": "Junta de Andalucía"}, "", "#JuntaDeAndalucía", PENINSULA),
    ],
)  # fmt: skip
def test_what_follows_from_a_name_is_filled_in(name, identity, names, aliases, hashtag, zone, language):
    """Both official names where there are two, what people say, the hashtag, the time zone."""
    found = institution(name, language)
    assert (found.id, found.name, found.time_zone) == (identity, name, zone)
    assert {spoken: listed[0] for spoken, listed in found.names.items()} == names
    assert found.aliases == tuple(a.replace("_", " ") for a in aliases.split())
    assert found.hashtags == (hashtag,)


@pytest.mark.parametrize(
    ("name", "phrase", "context"),
    [
        ("Ajuntament de València", "Valencia CF", "Carabobo"),
        ("Ayuntamiento de Córdoba", "Córdoba CF", "Argentina"),
        ("Ayuntamiento de Mérida", "AD Mérida", "Yucatán"),
        ("Concello de Lugo", "CD Lugo", "gol"),
        ("Donostiako Udala", "San Sebastián de los Reyes", ""),
    ],
)
def test_known_homonyms_are_written_down(name, phrase, context):
    """The club, the namesake abroad: what would drown the town otherwise."""
    homonyms = institution(name).homonyms
    assert phrase in {p for h in homonyms for p in (h.name, *h.phrases)}
    assert not context or context in {c for h in homonyms for c in h.context}


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Ayuntamiento de San Cristóbal de La Laguna", CANARIES),
        ("Ayuntamiento de Las Palmas de Gran Canaria", CANARIES),
        ("Cabildo de La Palma", CANARIES),
        ("Ayuntamiento de Granadilla de Abona", CANARIES),
        ("Gobierno de Canarias", CANARIES),
        ("Ayuntamiento de Laguna de Duero", PENINSULA),
        ("Ayuntamiento de La Palma del Condado", PENINSULA),
        ("Ayuntamiento de Palma", PENINSULA),
        ("Ayuntamiento de Palmas de Arriba", PENINSULA),
    ],
)
def test_the_canaries_have_their_own_time(name, zone):
    """And nobody else has it, whatever a place is called."""
    assert institution(name).time_zone == zone


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("Ajuntament de València", "VC"),
        ("Ayuntamiento de Pamplona", "NC"),
        ("Diputación de Granada", "AN"),
        ("Concello de Mos", "GA"),
        ("Cabildo de La Palma", "CN"),
        ("Xunta de Galicia", "GA"),
        ("Generalitat Valenciana", "VC"),
        ("Junta de Comunidades de Castilla-La Mancha", "CM"),
        ("Junta de Castilla y León", "CL"),
        ("Eusko Jaurlaritza", "PV"),
        ("Ayuntamiento de Molina de Aragón", ""),
        ("Ayuntamiento de Coria", ""),
        ("Ajuntament de Benialba", ""),
    ],
)
def test_the_region_is_named_where_the_name_says_it(name, region):
    """Its holidays are not another's: where the name leaves it open, it stays open."""
    assert institution(name).region == region


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_file_proposes_for_the_calendar_can_be_used(language):
    """Without the # before it; all regions are listed."""
    text = starter("Ayuntamiento de Coria", language)
    assert all(f"{code} {called}" in re.sub(r"\s+#?\s*", " ", text) for code, called in REGIONS.items())
    for line in (
        'region = "VC"',
        "[[institution.fiesta]]",
        'name = "Fiestas patronales"',
        'from = "08-14"',
        'to = "08-18"',
    ):
        assert text.count(f"# {line}") == 1
        text = text.replace(f"# {line}", line)
    (found,) = parse(tomllib.loads(text), Path("corrillo.toml")).institutions
    assert (found.region, [(f.begin, f.end) for f in found.fiestas]) == ("VC", [("08-14", "08-18")])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES, ids=[p.spanish for p in PLACES])
def test_every_place_that_is_known_gives_a_configuration(place, language):
    """None of its phrases is a mistake in its own file."""
    found = institution(f"Ayuntamiento de {place.spanish}", language)
    assert place.spanish in found.aliases
    assert len(found.homonyms) == len(place.homonyms)


@pytest.mark.parametrize(
    "name", ['Ayuntamiento de "Villa" \\ {id}', "Ayuntamiento de X\n[[source]]", "Ayuntamiento de #Hash = [", "2030", "Ñ", "a" * 300]
)  # fmt: skip
def test_odd_names_give_a_configuration_too(name):
    """Quotes, brackets and line breaks do not get out of their place."""
    assert institution(name).hashtags[0].startswith("#")


@pytest.mark.parametrize("name", ["", "  ", "…", "\u200b"])
def test_an_empty_name_is_refused(name):
    """With what to write."""
    with pytest.raises(ConfigError, match="empty") as raised:
        starter(name)
    assert "corrillo init" in raised.value.remedy


@pytest.mark.parametrize(("language", "said"), [("es", "no cuenta"), ("en", "does not count")])
def test_homonyms_are_explained_in_the_language_of_the_file(language, said):
    """Where none is known, an example stands there."""
    (line,) = [n for n in starter("Ayuntamiento de Villarreja", language).splitlines() if n.startswith("# phrases")]
    assert said in line
