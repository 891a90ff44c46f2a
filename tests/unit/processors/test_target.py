"""Whom a judgement or a request is aimed at."""

from __future__ import annotations

import pytest

from corrillo.model import Target
from corrillo.text import fold
from processors.target import target_of


@pytest.mark.parametrize(
    ("language", "text", "kinds", "target"),
    [
        ("es", "El alcalde miente, que dimita", {"criticism"}, "government"),
        ("es", "Llevamos un mes sin recogida de basura", {"complaint"}, "administration"),
        ("es", "¿Alguien sabe si abre la piscina?", {"question"}, "other"),
        ("es", "¿A qué hora abre la piscina, @aytx?", {"question"}, "administration"),
        ("ca", "L'alcaldessa no té vergonya", {"criticism"}, "government"),
        ("gl", "O concelleiro minte sempre", {"criticism"}, "government"),
        ("eu", "Alkateak gezurra dio", {"criticism"}, "government"),
        ("pt", "O vereador mente sempre", {"criticism"}, "government"),
        ("en", "The mayor lied again", {"criticism"}, "government"),
        ("en", "The bins are full, street lights broken", {"complaint"}, "administration"),
    ],
)
def test_politics_is_aimed_at_the_government_and_services_at_the_administration(
    language: str, text: str, kinds: set[str], target: Target
) -> None:
    assert target_of(fold(text), language, kinds) == target


@pytest.mark.parametrize("kinds", [set[str](), {"crisis"}])
def test_without_judgement_or_request_there_is_no_target(kinds: set[str]) -> None:
    assert target_of("el alcalde visita el mercado", "es", kinds) == "none"


def test_names_that_the_institution_gives_count_as_government() -> None:
    text = fold("Menudo papelón del servicio de limpieza con Ibarrola y los suyos")
    assert target_of(text, "es", {"criticism"}, ("ibarrola",)) == "government"
    assert target_of(text, "es", {"criticism"}) == "administration"


def test_a_name_inside_a_longer_word_is_not_that_name() -> None:
    assert target_of(fold("El servicio de limpieza solanero, fatal"), "es", {"criticism"}, ("sol",)) == "administration"
