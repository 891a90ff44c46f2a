"""Which service a text is about."""

from __future__ import annotations

import pytest

from corrillo.model import LANGUAGES, SERVICES, Service
from corrillo.text import fold
from processors.service import service_of
from processors.terms import lexicon


@pytest.mark.parametrize(
    ("language", "text", "service"),
    [
        ("es", "Dos farolas fundidas en el callejón", "lighting"),
        ("es", "El pediatra del centro de salud no da citas", "health"),
        ("ca", "El contenidor d'orgànica està ple de brossa", "waste"),
        ("gl", "Hai unha focha na estrada, a obra non remata", "roadworks"),
        ("eu", "Autobusa ez da geltokira iritsi", "transport"),
        ("pt", "O comboio parou na estação outra vez", "transport"),
        ("en", "Dog mess and pigeons, and the shelter is full of cats", "animals"),
        ("und", "Biblioteca i museu oberts", "culture"),
        ("es", "Buenos días a todos", "other"),
    ],
)
def test_the_service_that_is_named_most_is_what_a_text_is_about(language: str, text: str, service: Service) -> None:
    assert service_of(fold(text), language) == service


def test_a_handle_names_a_service_too() -> None:
    assert service_of(fold("@bibliotecas_vm gracias"), "es") == "culture"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lexicon_speaks_of_every_service_and_of_no_other(language: str) -> None:
    assert set(lexicon(language)["service"]) == set(SERVICES) - {"other"}
