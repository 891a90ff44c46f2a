"""The recipe: heads that read what they were shown, the same ones each time."""

from __future__ import annotations

import numpy as np
import pytest

from processors.learned.features import WIDTH, Features
from processors.learned.heads import Heads
from processors.training.recipe import NEVER, Fitted, fit

ASKED = [f"¿A qué hora abre {place}?" for place in ("la piscina", "el museo", "la oficina", "el mercado")]
THANKED = [f"Gracias por {thing}" for thing in ("la rapidez", "el arreglo", "atendernos", "la ayuda")]
TEXTS = ASKED + THANKED
LABELS = np.array([[1, 0, -1]] * len(ASKED) + [[0, 1, -1]] * len(THANKED), np.int8)


def fitted(
    labels: np.ndarray = LABELS, domains: list[str] | None = None, strengths: tuple[float, ...] = (1, 1, 1)
) -> Fitted:
    rows = Features().rows(TEXTS, ["es"] * len(TEXTS))
    return fit(rows, labels, domains or ["es-x"] * len(TEXTS), strengths, 7)


def test_heads_tell_apart_what_they_were_shown() -> None:
    found = fitted()
    said = Heads(found.weights, found.intercepts).points(
        Features().rows(["¿A qué hora cierra?", "Gracias por todo"], ["es"] * 2)
    )
    assert said[0, 0] > said[1, 0]
    assert said[1, 1] > said[0, 1]


def test_the_same_texts_and_seed_give_the_same_numbers() -> None:
    one, two = fitted(), fitted()
    assert one.weights.tobytes() == two.weights.tobytes()
    assert one.intercepts.tobytes() == two.intercepts.tobytes()


def test_a_head_that_saw_no_example_never_speaks() -> None:
    found = fitted()
    assert found.intercepts[2] == pytest.approx(NEVER)
    assert not found.weights[:, 2].any()


def test_unknown_labels_teach_nothing() -> None:
    unsure = LABELS.copy()
    unsure[0, 0] = -1
    contrary = unsure.copy()
    contrary[0, 0] = 0
    assert fitted(unsure).weights[:, 0].tobytes() != fitted(contrary).weights[:, 0].tobytes()
    assert fitted(unsure).weights[:, 1].tobytes() == fitted(contrary).weights[:, 1].tobytes()


def test_lively_sets_count_for_less() -> None:
    lively = fitted(domains=["es1"] * len(ASKED) + ["es-x"] * len(THANKED))
    assert np.abs(lively.weights[:, 0]).sum() < np.abs(fitted().weights[:, 0]).sum()


def test_each_head_has_a_strength_of_its_own() -> None:
    strong = fitted(strengths=(4, 1, 1))
    assert np.abs(strong.weights[:, 0]).sum() > np.abs(fitted().weights[:, 0]).sum()
    assert strong.weights[:, 1].tobytes() == fitted().weights[:, 1].tobytes()


def test_hashed_columns_of_one_text_alone_are_not_learned() -> None:
    rows = Features().rows(TEXTS, ["es"] * len(TEXTS))
    once = np.flatnonzero(np.bincount(rows.indices, minlength=WIDTH) == 1)
    assert not fitted().weights[once[once >= 512]].any()
