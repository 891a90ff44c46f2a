"""The figures, against ones counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from processors.training.quality import (
    Judged,
    accuracy,
    average_precision,
    calibration_error,
    difference,
    draws,
    quality,
    reliability,
)

SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
RIGHT = np.array([True, False, True, True, False])


def test_average_precision_is_the_mean_of_precisions_at_each_hit():
    """1/1, 2/3 and 3/4."""
    assert average_precision(SCORES, RIGHT) == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)


def test_equal_scores_are_taken_together():
    """No order among them is better than another; nothing right is no figure at all."""
    level = np.full(5, 0.5)
    assert average_precision(level, RIGHT) == pytest.approx(0.6)
    assert average_precision(level, RIGHT[::-1]) == pytest.approx(0.6)
    assert np.isnan(average_precision(SCORES, np.zeros(5, bool)))


def test_weights_are_repetitions():
    """A text that was drawn three times counts as three."""
    weights = np.array([3, 1, 0, 2, 1.0])
    repeated = np.repeat(np.arange(5), weights.astype(int))
    assert average_precision(SCORES, RIGHT, weights) == pytest.approx(
        average_precision(SCORES[repeated], RIGHT[repeated])
    )


def test_precision_recall_and_f1_are_the_usual_ones():
    """Of 60 given 40 are right; of 50 that are right 40 are given."""
    right = np.array([True] * 40 + [False] * 20 + [True] * 10 + [False] * 30)
    given = np.array([True] * 60 + [False] * 40)
    found = quality("praise", "es", Judged(given * 1.0, right, given, [str(n) for n in range(100)]))
    assert (found.texts, found.positives) == (100, 50)
    assert found.precision.value == pytest.approx(40 / 60, abs=1e-4)
    assert found.recall.value == pytest.approx(0.8)
    assert found.f1.value == pytest.approx(80 / 110, abs=1e-4)
    for figure in (found.precision, found.recall, found.f1, found.average_precision):
        assert figure.low < figure.value < figure.high


def test_what_too_few_texts_speak_of_is_unknown():
    """Not zero: nobody knows it."""
    found = quality("crisis", "pt", Judged(SCORES, RIGHT, SCORES > 0.6, list("abcde")))
    assert (found.positives, found.precision, found.average_precision) == (3, None, None)


def test_intervals_are_wider_where_texts_belong_together():
    """A hundred texts of five threads say less than a hundred of their own."""
    random = np.random.default_rng(1)
    right = np.repeat(random.random(20) < 0.5, 20)
    alone = accuracy("service", "", right, [str(n) for n in range(400)])
    together = accuracy("service", "", right, [str(n // 20) for n in range(400)])
    assert alone.right.value == together.right.value
    assert together.right.high - together.right.low > 2 * (alone.right.high - alone.right.low)


def test_samples_are_of_whole_groups_and_always_the_same():
    """The first one is the texts as they are; the seed decides about the others."""
    drawn = draws(["a", "a", "b", "c", "c"], 4, 50)
    assert drawn[0].tolist() == [1] * 5
    assert np.array_equal(drawn[:, 0], drawn[:, 1])
    assert np.array_equal(drawn[:, 3], drawn[:, 4])
    assert np.array_equal(drawn, draws(["a", "a", "b", "c", "c"], 4, 50))
    assert not np.array_equal(drawn, draws(["a", "a", "b", "c", "c"], 5, 50))


def test_scores_that_mean_what_they_say_are_not_off():
    """Of texts with 0.8, eight in ten are right."""
    scores, right = np.full(100, 0.8), np.arange(100) % 10 < 8
    assert calibration_error(scores, right) == pytest.approx(0.0, abs=1e-9)
    assert calibration_error(np.full(100, 0.3), right) == pytest.approx(0.5, abs=1e-9)
    bins = reliability("praise", scores, right)
    assert sum(b.texts for b in bins) == 100
    assert {(b.said, b.true) for b in bins} == {(0.8, 0.8)}


def test_a_difference_is_drawn_in_pairs():
    """Against itself nothing differs; against chance something does, beyond doubt."""
    random = np.random.default_rng(2)
    right = random.random(300) < 0.3
    good, names = right + random.random(300), [str(n) for n in range(300)]
    assert difference(good, good, right, names).high == 0
    assert difference(random.random(300), good, right, names).low > 0
