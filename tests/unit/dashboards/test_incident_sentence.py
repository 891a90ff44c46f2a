"""Why it is an incident, in a sentence that a press officer would say.

All combinations stand in ``incident_sentences.*.txt``, to be read by people who speak the language; running
this file writes them anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from math import log10
from pathlib import Path
from string import Formatter
from typing import get_args
from zoneinfo import ZoneInfo

import msgspec
import pytest

from corrillo.alerts import CHANNELS, LEVELS, Change, ChangeKind, Evidence, Incident, Life, Subject
from corrillo.model import SERVICES
from dashboards.incidents.naming import in_district, of, service_name, with_article
from dashboards.incidents.sentence import reason, told
from dashboards.incidents.words import words
from dashboards.page.i18n import LANGUAGES, texts

HERE = Path(__file__).parent
MADRID = ZoneInfo("Europe/Madrid")
TOWN = Subject(institution="valdeprado")
WATER = Subject(institution="valdeprado", service="water")
SUBJECTS = (
    TOWN,
    WATER,
    Subject(institution="valdeprado", district="Triana"),
    Subject(institution="valdeprado", service="cleaning", district="Barrio de la Luz"),
)
AT = datetime(2026, 11, 21, 18, 10, tzinfo=UTC)
NETWORKS = (("mastodon", 9), ("bluesky", 8), ("press", 6))
BLIND = ("fediverse", "prensa", "foro", "vídeos", "canales")


def evidence(**values) -> Evidence:
    usual = {"channel": "volume", "minutes": 60, "voices": 23.0, "expected": 1.0, "low": 0.0, "high": 3.0}
    return Evidence(**{**usual, "surprise": 3.7, "networks": NETWORKS, **values})


def said(lang="es", subject=TOWN, level="warning", name="Ayuntamiento de Valdeprado", at=AT, zone=MADRID, **values):
    return reason(evidence(**values), subject, level, lang, name=name, zone=zone, at=at)


def sentences(lang: str) -> Iterator[str]:
    """Every channel × subject × now and then × number of voices × what is blind."""
    voices = ((0.0, ()), (1.0, NETWORKS[2:]), (23.0, NETWORKS))
    blind = ((1.0, ()), (0.62, BLIND[:1]), (0.0, BLIND))
    for channel, subject, level, (number, networks), (heard, deaf) in product(
        CHANNELS, SUBJECTS, ("warning", "calm"), voices, blind
    ):
        high = 3.0 if number > 1 else 0.4
        yield said(
            lang, subject, level, channel=channel, voices=number, networks=networks, heard=heard, blind=deaf, high=high
        )


# ── grammar ───────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_is_as_it_was_read_and_found_good(lang: str) -> None:
    assert list(sentences(lang)) == (HERE / f"incident_sentences.{lang}.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_is_well_formed(lang: str) -> None:
    """For every service, time scale and range of what is normal too."""
    services = [said(lang, Subject(institution="v", service=s), channel=c) for s in SERVICES for c in CHANNELS]
    scales = [
        said(lang, level=v, minutes=m, at=a) for v in LEVELS for m in (5, 60, 90, 360, 720, 1440) for a in (AT, None)
    ]
    ranges = [
        said(lang, level=v, low=low, high=high)
        for v in LEVELS
        for low, high in ((0, 0), (0, 1), (1, 1), (2, 2), (2, 9))
    ]
    for sentence in (*sentences(lang), *services, *scales, *ranges):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert not re.search(
            r"  | [,;.]|[,;]{2}|\.\.|[{}]|\bde el\b|\bde de\b|\ba el\b|\babout about\b|None", sentence
        ), sentence


def test_one_voice_is_singular_and_more_are_plural() -> None:
    assert "una voz independiente en la prensa se queja en" in said(
        channel="complaint", voices=1.2, networks=NETWORKS[2:]
    )
    assert "2 voces independientes en 3 redes se quejan en" in said(channel="complaint", voices=1.6)
    assert "una voz independiente" in said(voices=0.3, high=0.0)
    assert said(voices=0.0).startswith("Desde las 18:10, ninguna voz independiente en 3 redes habla del")
    assert "one independent voice on news sites has been talking" in said("en", voices=1.0, networks=NETWORKS[2:])


def test_networks_are_named_while_there_are_few() -> None:
    both = said(networks=(("press", 9), ("instagram", 2)))
    assert "en la prensa e Instagram hablan" in both
    assert "en 3 redes" in said()
    assert "voces independientes hablan" in said(networks=())


def test_an_emergency_is_not_to_do_with_emergencies() -> None:
    emergency = said(channel="crisis", subject=Subject(institution="v", service="emergency"))
    assert emergency == said(channel="crisis")
    assert "relacionada con el agua" in said(channel="crisis", subject=WATER)


@pytest.mark.parametrize(
    ("name", "spoken", "after"),
    [
        ("Ayuntamiento de Valdeprado", "el Ayuntamiento de Valdeprado", "del Ayuntamiento de Valdeprado"),
        ("Diputación de Jaén", "la Diputación de Jaén", "de la Diputación de Jaén"),
        ("Renfe", "Renfe", "de Renfe"),
        ("El Cabañal", "El Cabañal", "de El Cabañal"),
    ],
)
def test_names_have_the_article_that_they_need(name: str, spoken: str, after: str) -> None:
    es = words("es")
    assert (with_article(es, name), of(es, with_article(es, name))) == (spoken, after)


def test_districts_are_places() -> None:
    es, en = words("es"), words("en")
    assert [in_district(es, n) for n in ("Triana", "Centro")] == ["en la zona de Triana", "en el Centro"]
    assert [in_district(en, n) for n in ("Triana", "Barrio de la Luz")] == ["around Triana", "in the Barrio de la Luz"]


def test_services_that_the_catalogue_does_not_know_are_called_as_they_are_given() -> None:
    names = {"beaches": "las playas", "water": "x"}
    assert [service_name(words("es"), s, names) for s in ("beaches", "water", "odd")] == [
        "las playas",
        "el agua",
        "odd",
    ]


# ── numbers and times ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("low", "high", "spanish", "english"),
    [
        (0.0, 0.9, "lo normal es que no haya ninguna", "none at all would be normal"),
        (0.0, 1.0, "lo normal es una o ninguna", "one at most would be normal"),
        (0.6, 1.2, "lo normal es una", "one would be normal"),
        (3.5, 4.2, "lo normal son 4", "4 would be normal"),
        (0.2, 3.9, "lo normal son de 1 a 3", "1 to 3 would be normal"),
        (1200.0, 1400.0, "lo normal son de 1.200 a 1.400", "1,200 to 1,400 would be normal"),
    ],
)
def test_what_is_normal_is_said_in_whole_voices(low: float, high: float, spanish: str, english: str) -> None:
    assert f", cuando a estas horas {spanish}; por azar" in said(low=low, high=high, voices=2345.6)
    assert f", when {english} at this time of day; chance" in said("en", low=low, high=high, voices=2345.6)


@pytest.mark.parametrize(
    ("days", "spanish", "english"),
    [
        (0.5, "", ""), (1, "al día", "once a day"), (7, "a la semana", "once a week"), (30, "al mes", "once a month"),
        (364, "al mes", "once a month"), (365, "al año", "once a year"), (5000, "en diez años", "once in ten years"),
        (10**9, "en diez años", "once in ten years"),
    ],
)  # fmt: skip
def test_how_rare_it_is_is_said_in_human_words(days: float, spanish: str, english: str) -> None:
    """The longest usual time that is true."""
    assert said(surprise=log10(days)).partition("; por azar")[2].endswith(f"{spanish}." if spanish else "")
    assert english in said("en", surprise=log10(days))
    assert ("azar" in said(surprise=log10(days))) == bool(spanish)


def test_what_is_no_more_than_normal_is_not_called_rare() -> None:
    assert said(voices=2.0).endswith("del Ayuntamiento de Valdeprado; a estas horas lo normal son de 0 a 3.")


def test_a_day_is_compared_with_days() -> None:
    assert "cuando en un día como este lo normal" in said(minutes=1440)
    assert "cuando a estas horas lo normal" in said(minutes=360)


@pytest.mark.parametrize(
    ("at", "minutes", "level", "spanish", "english"),
    [
        (AT, 60, "crisis", "Desde las 18:10,", "Since 18:10,"),
        (AT, 1440, "crisis", "Desde las 19:10 del 20 nov,", "Since 19:10 on 20 Nov,"),
        (AT + timedelta(hours=6), 5, "watch", "Desde la 01:05,", "Since 01:05,"),
        (AT, 60, "calm", "El 21 nov, entre las 18:10 y las 19:10,", "On 21 Nov, between 18:10 and 19:10,"),
        (AT + timedelta(hours=6), 120, "calm", "Entre las 23:10 del 21 nov y la 01:10 del 22 nov,", "Between 23:10 on 21 Nov and 01:10 on 22 Nov,"),
        (None, 60, "watch", "En la última hora,", "In the last hour,"),
        (None, 90, "watch", "En los últimos 90 minutos,", "In the last 90 minutes,"),
        (None, 360, "calm", "En 6 horas,", "Within 6 hours,"),
    ],
)  # fmt: skip
def test_times_are_of_the_institution(at, minutes, level, spanish, english) -> None:
    assert said(at=at, minutes=minutes, level=level).startswith(spanish)
    assert said("en", at=at, minutes=minutes, level=level).startswith(english)


def test_an_hour_is_an_hour_in_the_night_when_clocks_go_back() -> None:
    """03:10 after the change is two hours after 02:10 before it."""
    at = datetime(2026, 10, 25, 2, 10, tzinfo=UTC)
    assert said(at=at, minutes=120).startswith("Desde las 02:10,")
    assert said(at=at, minutes=120, zone=ZoneInfo("Atlantic/Canary")).startswith("Desde la 01:10,")


def test_what_is_not_heard_is_said_in_a_second_sentence() -> None:
    assert said(blind=BLIND[:1]).endswith(". No se oye: fediverse; puede haber más.")
    assert said(blind=BLIND[:2], heard=0.6).endswith(
        ". No se oyen: fediverse y prensa, de donde suele llegar cerca del 40\u00a0% de lo que se dice."
    )
    assert "No se oyen: fediverse, prensa, foro y otras 2; no llega nada" in said(blind=BLIND, heard=0.0)
    assert said(heard=0.5).endswith(". Solo se oye cerca del 50\u00a0% de lo que suele decirse.")
    assert "No se oía" in said(level="calm", blind=BLIND[:1])


# ── incidents ─────────────────────────────────────────────────────────────────────────────
def incident(**values) -> Incident:
    quiet, loud = evidence(voices=5.0), evidence(voices=40.0, channel="crisis")
    changes = (
        Change(at=AT, what="opened", level="watch", subjects=(TOWN,), evidence=quiet),
        Change(at=AT + timedelta(hours=1), what="escalated", level="crisis", subjects=(WATER, TOWN), evidence=loud),
        Change(at=AT + timedelta(hours=2), what="eased", level="watch", subjects=(TOWN,), evidence=quiet),
    )
    usual = Incident(
        id="i", institution="valdeprado", opened=AT, updated=AT + timedelta(hours=2), level="watch", peak="crisis",
        leading=TOWN, subjects=(TOWN,), evidence=quiet, changes=changes,
    )  # fmt: skip
    return msgspec.structs.replace(usual, **values)


def test_an_open_incident_is_told_as_it_is_now() -> None:
    now = told(incident(), "es", name="Renfe", zone=MADRID)
    assert now.startswith("Desde las 20:10, 5 voces independientes en 3 redes hablan de Renfe, cuando")


def test_one_that_is_over_is_told_as_it_was_at_its_height() -> None:
    over = incident(level="calm", resolved=AT + timedelta(hours=3))
    assert told(over, "es", name="Renfe", zone=MADRID).startswith(
        "El 21 nov, entre las 19:10 y las 20:10, 40 voces independientes en 3 redes hablaron de una posible emergencia "
        "relacionada con el agua en publicaciones sobre Renfe, cuando a esas horas lo normal eran de 0 a 3;"
    )


# ── catalogues ────────────────────────────────────────────────────────────────────────────
def own(lang: str) -> dict[str, str]:
    """What the page's catalogue does not have, or has otherwise."""
    return {key: text for key, text in words(lang).entries.items() if texts(lang).entries.get(key) != text}


def test_both_languages_say_the_same_and_nothing_that_the_page_says_otherwise() -> None:
    def shape(lang: str) -> dict[str, set[str | None]]:
        return {key: {name for _, name, _, _ in Formatter().parse(text)} - {None} for key, text in own(lang).items()}

    spanish, english = shape("es"), shape("en")
    assert spanish.keys() == english.keys()
    assert {key for key in own("es") if key in texts("es").entries} == set()
    spoken = ("clock.", "about_incident.")  # where each language takes what it needs
    assert {key for key in spanish if spanish[key] != english[key] and not key.startswith(spoken)} == set()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "values"),
    [("level", LEVELS), ("life", get_args(Life)), ("change", get_args(ChangeKind)), ("channel", CHANNELS), ("spoken_service", SERVICES)],
)  # fmt: skip
def test_every_word_of_every_vocabulary_has_a_name(lang: str, kind: str, values: tuple[str, ...]) -> None:
    assert [v for v in values if f"{kind}.{v}" not in words(lang).entries] == []


if __name__ == "__main__":
    for language in LANGUAGES:
        (HERE / f"incident_sentences.{language}.txt").write_text("\n".join([*sentences(language), ""]), "utf-8")
