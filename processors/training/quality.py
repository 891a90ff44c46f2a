"""How good scores are: figures with intervals from samples that are drawn again by group.

A text's neighbours (a thread, an event, a pair of near twins) are drawn together, as they would
not be counted as many independent ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from processors.learned.card import Accuracy, Bin, Interval, Quality

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]

AGAIN = 400
"""How often samples are drawn."""
LEAST = 10
"""Texts with a tag, and without, below which nothing is said of it."""
BINS = 10


@dataclass(frozen=True)
class Judged:
    """Scores of one kind, whether the kind was right, whether it was given, and what belongs together."""

    scores: Floats
    right: Marks
    given: Marks
    groups: Sequence[str]


def average_precision(scores: Floats, right: Marks, weights: Floats | None = None) -> float:
    """Mean of the precisions at each step of recall, ties taken together; nan where nothing is right."""
    counted = np.ones(len(scores)) if weights is None else weights
    return _area(_steps(scores, right), counted)


@dataclass(frozen=True)
class _Steps:
    """Texts from the highest score down, and where each run of equal scores ends."""

    order: npt.NDArray[np.int64]
    right: Floats
    ends: npt.NDArray[np.int64]


def _steps(scores: Floats, right: Marks) -> _Steps:
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    return _Steps(order, right[order].astype(np.float64), ends)


def _area(steps: _Steps, weights: Floats) -> float:
    drawn = weights[steps.order]
    hits = np.cumsum(drawn * steps.right)[steps.ends]
    seen = np.cumsum(drawn)[steps.ends]
    if not len(hits) or hits[-1] == 0:
        return float("nan")
    return float((np.diff(hits, prepend=0.0) * hits / np.maximum(seen, 1e-9)).sum() / hits[-1])


def quality(kind: str, part: str, judged: Judged, seed: int = 0) -> Quality:
    """The figures of one kind in one part; None for those that too few texts speak of."""
    texts, positives = len(judged.right), int(judged.right.sum())
    if positives < LEAST or texts - positives < LEAST:
        return Quality(kind=kind, part=part, texts=texts, positives=positives)
    drawn = draws(judged.groups, seed)
    steps = _steps(judged.scores, judged.right)
    hits = (judged.right & judged.given).astype(np.float64)
    given, right = judged.given.astype(np.float64), judged.right.astype(np.float64)
    return Quality(
        kind=kind,
        part=part,
        texts=texts,
        positives=positives,
        precision=interval(lambda w: _ratio(_sum(w, hits), _sum(w, given)), drawn) if judged.given.any() else None,
        recall=interval(lambda w: _ratio(_sum(w, hits), _sum(w, right)), drawn),
        f1=interval(lambda w: _ratio(2 * _sum(w, hits), _sum(w, given) + _sum(w, right)), drawn),
        average_precision=interval(lambda w: _area(steps, w), drawn),
        calibration_error=round(calibration_error(judged.scores, judged.right), 4),
    )


def _sum(weights: Floats, marks: Floats) -> float:
    """How many are marked; added up in one order, so that every machine finds the same."""
    return float((weights * marks).sum())


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def draws(groups: Sequence[str], seed: int, times: int = 0) -> Floats:
    """Weights of the texts in ``times`` samples of whole groups (0: ``AGAIN``); the first row is the sample itself."""
    _, which = np.unique(np.asarray(groups), return_inverse=True)
    count = int(which.max()) + 1
    random = np.random.Generator(np.random.PCG64(seed))
    picked = random.multinomial(count, np.full(count, 1.0 / count), size=times or AGAIN)
    return np.concatenate([np.ones((1, len(which))), picked[:, which]]).astype(np.float64)


def interval(figure: Callable[[Floats], float], drawn: Floats) -> Interval:
    """The figure of the sample itself, and between what it lies in 95 of 100 drawn ones."""
    figures = np.array([figure(weights) for weights in drawn])
    known = figures[1:][np.isfinite(figures[1:])]
    low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (figures[0], figures[0])
    return Interval(value=_short(figures[0]), low=_short(low), high=_short(high))


def _short(figure: float) -> float:
    return round(float(figure), 4) if np.isfinite(figure) else 0.0


def calibration_error(scores: Floats, right: Marks) -> float:
    """How far what is said lies from what is true, over ``BINS`` bins of as many texts each."""
    parts = [(abs(said - true), texts) for said, true, texts in _binned(scores, right)]
    return sum(off * texts for off, texts in parts) / max(sum(texts for _, texts in parts), 1)


def reliability(kind: str, scores: Floats, right: Marks) -> list[Bin]:
    """What is said and what is true, for each tenth of what can be said of which there are ``LEAST`` texts."""
    tenth = np.minimum((scores * BINS).astype(np.int64), BINS - 1)
    parts = [np.flatnonzero(tenth == number) for number in range(BINS)]
    return [
        Bin(kind=kind, said=round(float(scores[p].mean()), 4), true=round(float(right[p].mean()), 4), texts=len(p))
        for p in parts
        if len(p) >= LEAST
    ]


def _binned(scores: Floats, right: Marks) -> list[tuple[float, float, int]]:
    order = np.argsort(scores, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    return [(float(scores[p].mean()), float(right[p].mean()), len(p)) for p in parts]


def accuracy(what: str, part: str, right: Marks, groups: Sequence[str], seed: int = 0) -> Accuracy:
    """Of how many texts the one right answer was given."""
    drawn = draws(groups, seed)
    hits = right.astype(np.float64)
    return Accuracy(
        what=what, part=part, texts=len(right), right=interval(lambda w: _ratio(_sum(w, hits), float(w.sum())), drawn)
    )


def difference(before: Floats, after: Floats, right: Marks, groups: Sequence[str], seed: int = 0) -> Interval:
    """By how much the average precision of the same texts has become better, drawn in pairs."""
    first, then = _steps(before, right), _steps(after, right)
    return interval(lambda w: _area(then, w) - _area(first, w), draws(groups, seed))
