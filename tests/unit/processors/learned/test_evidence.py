"""Evidence: the words that carried a decision, with weights that are known."""

from __future__ import annotations

import numpy as np
import pytest

from processors.learned.evidence import MOST, evidence
from processors.learned.features import WIDTH, Features
from processors.learned.signs import COLUMNS, FIRST

ALL = np.array([[True]])


def shown(texts, weights, asked=ALL):
    """The evidence in texts that are read as the tagger reads them."""
    return evidence(texts, Features().read(texts, ["es"] * len(texts)), weights, asked)


def weights_for(*words):
    """Weights of one head that speak for these words and against nothing."""
    weights = np.zeros((WIDTH, 1), np.float32)
    rows = Features().rows(list(words), ["es"] * len(words))
    plain = rows.indices < 512
    weights[rows.indices[~plain]] = 1.0
    return weights


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Menuda VERGÜENZA de alcalde", ("VERGÜENZA",)),
        ("qué\nvergüenza", ("vergüenza",)),
        ("@verguenza_x qué vergüenza https://verguenza.example", ("vergüenza",)),
        ("XIXILI", ()),
        ("", ()),
    ],
)
def test_the_word_that_counts_is_shown_as_it_is_written(text, words):
    """Whatever its capitals; never inside a handle or an address; and nothing where nothing counted."""
    ((found,),) = shown([text], weights_for("vergüenza"), ALL)
    assert found == words


def test_words_side_by_side_are_one_piece():
    """But not over the end of a line: a title and a text are two."""
    weights = weights_for("apagón general")
    assert shown(["aquí apagón general otra vez"], weights, ALL) == [[("apagón general",)]]
    ((found,),) = shown(["aquí apagón\ngeneral otra vez"], weights, ALL)
    assert "apagón" in found
    assert "general" in found


def test_what_a_lexicon_found_is_shown_whole():
    """What the rules make of a kind's terms weighs by its number in the row, and counts for the words of the term."""
    weights = np.zeros((WIDTH, 1), np.float32)
    weights[FIRST + COLUMNS.index("rules crisis")] = 1.0
    ((found,),) = shown(["la zona norte sin luz desde las 6"], weights, ALL)
    assert " ".join(found).startswith("sin luz")
    assert "norte" not in " ".join(found)


def test_nobody_is_shown_a_whole_text():
    """A few words, each once."""
    words = "uno dos tres cuatro cinco seis siete ocho nueve diez"
    ((found,),) = shown([f"{words} {words}"], weights_for(words), ALL)
    assert 0 < len(" ".join(found).split()) <= MOST
    assert len(set(found)) == len(found)


def test_only_what_was_asked_is_looked_for():
    """A head that gave no tag has nothing to show."""
    weights = np.hstack([weights_for("vergüenza")] * 2)
    found = shown(["vergüenza", "vergüenza"], weights, np.array([[True, False], [False, False]]))
    assert found == [[("vergüenza",), ()], [(), ()]]


def test_texts_do_not_mix():
    """Each in a batch has the evidence that it has alone."""
    weights = weights_for("vergüenza")
    texts = ["vergüenza", "", "otra vergüenza más", "nada"]
    together = shown(texts, weights, np.ones((4, 1), np.bool_))
    assert together == [shown([t], weights, ALL)[0] for t in texts]
