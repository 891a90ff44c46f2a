"""Learning targets and services: only from who said them, judged on sets that were left out."""

from __future__ import annotations

import numpy as np

from corrillo.model import SERVICES, TAG_KINDS
from processors.learned.answers import Answers
from processors.learned.lookup import looked_up
from processors.training.answers import aim_labels, figures, service_labels
from processors.training.examples import Example
from processors.training.train import lesson


def example(number, text, of, **said):
    """An example of a set."""
    return Example(str(number), text, "es", frozenset(), of, f"{of}-{number}", **said)


def test_a_label_is_asked_only_where_it_arises():
    """Government or not: of what is aimed at one of two; somebody else or nobody: of what is not."""
    said = [example(n, "x", "a", target=t) for n, t in enumerate(("administration", "government", "other", "none", ""))]
    assert aim_labels(said).tolist() == [[1, 0, -1], [1, 1, -1], [0, -1, 1], [0, -1, 0], [-1, -1, -1]]


def test_an_example_has_one_service():
    """A column for each."""
    labels = service_labels([example(1, "x", "a", service="water")])
    assert [s for s, mark in zip(SERVICES, labels[0], strict=True) if mark] == ["water"]


def test_the_artefact_answers_both(artefact, few):
    """Three hundred posts teach what a bus is."""
    answers = Answers(artefact)
    texts = [
        "El autobús de la línea 7 no pasa por la parada, otro autobús con retraso",
        "El alcalde miente, que dimita el alcalde",
    ]
    taught = lesson([example(n, text, "a") for n, text in enumerate(texts)])
    assert answers.named_services(taught.rows, looked_up(texts, ["es", "es"]))[0] == "transport"
    sizes = {name: array.shape for name, array in artefact.arrays.items()}
    assert sizes["target/weights"][1] == 3
    assert sizes["service/weights"][1] == len(SERVICES)


def test_the_card_says_how_often_they_are_right(artefact):
    """On sets that were left out, with an interval."""
    told = {(a.what, a.part): a for a in artefact.card.accuracy}
    assert {what for what, _ in told} == {"target", "service"}
    for figure in told.values():
        assert 0 <= figure.right.low <= figure.right.value <= figure.right.high <= 1


def test_a_set_that_is_all_there_is_cannot_be_left_out():
    """Nothing would be left to learn from."""
    examples = [example(n, "hola", "es4-plain", target="none") for n in range(3)]
    scores = np.zeros((3, len(TAG_KINDS)), np.float32)
    assert list(figures(examples, lesson(examples).rows, scores, scores > 1, 7)) == []
