"""The model card says what the artefact says, in plain words of two languages."""

from __future__ import annotations

import numpy as np
import pytest

from corrillo.model import TAG_KINDS
from processors.learned.artefact import packed, unpacked
from processors.learned.card import Accuracy, Card, DataSet, Interval, Quality
from processors.training.answers import LEFT_OUT
from processors.training.model_card import model_card
from processors.training.model_card_words import WORDS
from processors.training.train import PLACES

HALF = Interval(value=0.5, low=0.4321, high=0.6)
PLACE = "real: comments on proposals"


def a_card(**given):
    """Praise was measured in Spanish and in one place; of a crisis there are too few."""
    known = {
        "texts": 1000,
        "positives": 45,
        "precision": HALF,
        "recall": HALF,
        "f1": HALF,
        "average_precision": HALF,
        "calibration_error": 0.03,
    }
    few = {"texts": 1000, "positives": 3}
    quality = [Quality(kind="praise", part=part, **known) for part in ("", "es", PLACE)]
    quality += [Quality(kind="crisis", part=part, **few) for part in ("", "es", PLACE)]
    return Card(
        recipe=2, features=3, seed=1, languages=("es",), thresholds={"praise": 0.4, "crisis": 0.25},
        data=(DataSet(name="decide-madrid", texts=5383, licence="Apache-2.0", sha256="ab" * 32),),
        quality=tuple(quality), accuracy=(Accuracy(what="target", part="", texts=1200, right=HALF),), **given,
    )  # fmt: skip


def an_artefact(**given):
    """With that card and nothing else."""
    return unpacked(packed({"x": np.zeros(1, np.float32)}, a_card(**given)))


@pytest.mark.parametrize(
    ("language", "figure", "share", "few", "texts", "place"),
    [
        ("en", "**0.50 [0.43–0.60]** (4.5 %)", "0.3 %", "too few", "| 5,383 |", PLACE),
        ("es", "**0,50 [0,43–0,60]** (4,5 %)", "0,3 %", "muy pocos", "| 5.383 |", "real: comentarios a propuestas"),
    ],
)
def test_figures_stand_there_as_the_language_writes_them(language, figure, share, few, texts, place):
    """With their intervals, how often the tag is there, and where too few speak of it."""
    card = model_card(an_artefact(), language, "picture.svg")
    assert card.count(figure) == 3
    assert f"{few} ({share})" in card
    assert texts in card
    assert f"| {place} |" in card
    assert "](picture.svg)" in card
    assert "abababababab" in card


def test_an_institution_s_own_says_so():
    """Whose corrections, on top of what; the packaged one says nothing of the kind."""
    own = model_card(an_artefact(corrections=24, based_on="0123456789ab"), "es", "p.svg")
    assert "24 correcciones a partir de `0123456789ab`" in own
    assert "correcciones a partir de" not in model_card(an_artefact(), "es", "p.svg")


def test_both_languages_say_the_same_things():
    """Every sentence has its other; a name that is not translated is written as it is."""
    english, spanish = WORDS["en"], WORDS["es"]
    assert set(english) <= set(spanish)
    assert all(kind in english and kind in spanish for kind in TAG_KINDS)
    headings = [[line.count("#") for line in WORDS[w]["title"].splitlines()] for w in ("en", "es")]
    assert headings[0] == headings[1]
    assert {*PLACES.values(), *LEFT_OUT} <= set(spanish)
