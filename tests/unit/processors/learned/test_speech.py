"""Pieces of texts that tell a language, and the artefact that weighs them."""

from __future__ import annotations

import numpy as np
import pytest

from corrillo.model import LANGUAGES
from processors.learned.artefact import Artefact, ArtefactError
from processors.learned.card import Card
from processors.learned.speech import VERSION, WIDTH, bare, pieces, sums
from processors.learned.tongues import TONGUES, Tongues, packaged_tongues, quantised


@pytest.mark.parametrize(
    "noise", ["@ayto_x", "https://t.co/Ab1", "#NoALaTala", "~0123456789abcdef", "[phone]", "RT", "jajaja", "hahaha"]
)
def test_what_speaks_no_language_is_left_out(noise):
    """And what stands beside it stays."""
    assert bare(f"Bon dia {noise} a tothom").split() == ["Bon", "dia", "a", "tothom"]


def test_a_text_has_the_same_pieces_in_any_company():
    """None runs over from one text into the next."""
    texts = ["non podo máis", "", "no puc més", "a"]
    row, column = pieces(texts)
    assert (np.diff(row) >= 0).all()
    for number, text in enumerate(texts):
        alone, found = pieces([text])
        assert sorted(column[row == number]) == sorted(found)
        assert set(alone) <= {0}


def test_accents_digits_and_marks():
    """An accent makes another piece; digits, marks and capitals make none."""
    plain = set(pieces(["unha nova"])[1])
    assert plain == set(pieces(["UNHA  nova!"])[1]) == set(pieces(["unha nova 2026"])[1])
    assert plain != set(pieces(["unhá nova"])[1])


def test_long_and_short_texts_weigh_alike():
    """A text that is said twice gets no more than the root of two times as much."""
    weights = np.ones((WIDTH, 1), np.float32)
    once, twice = sums(["a casa", "a casa a casa"], weights)[:, 0]
    assert once < twice < 2 * once
    assert sums([""], weights)[0, 0] <= 1


def test_whole_numbers_stand_for_weights():
    """To the hundredth of the largest."""
    weights = np.array([[0.5, -1.0], [0.25, 2.0], [0.0, 0.0]])
    whole, scale = quantised(weights)
    assert whole.dtype == np.int8
    assert np.allclose(whole * scale, weights, atol=0.02)


def test_the_packaged_artefact_knows_the_six():
    """Likelihoods are logarithms that add up to one."""
    logs = packaged_tongues().logs(["aquesta nit toca sopar amb les nenes", ""])
    assert logs.shape == (2, len(TONGUES))
    assert np.allclose(np.exp(logs).sum(axis=1), 1, atol=1e-4)
    assert TONGUES[int(logs[0].argmax())] == "ca"


def test_an_artefact_for_other_pieces_is_refused():
    """It would read nonsense."""
    card = Card(recipe=1, features=VERSION + 1, seed=7, languages=LANGUAGES)
    with pytest.raises(ArtefactError, match="does not fit"):
        Tongues(Artefact({}, card))
