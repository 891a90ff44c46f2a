"""How the heads are fitted: one regularised logistic regression for each kind of tag.

Found by leaving whole places out (comments on proposals, tweets of crises, tweets of politicians,
posts written for this project), not by cross-validation inside them: what is only learned by heart
does not help there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corrillo.model import TagKind
from processors.learned.features import PLAIN, WIDTH, Sparse
from processors.training.wanted import training_packages

RECIPE = 5
"""Version: what was learned with another is another tagger."""
STRENGTHS: Mapping[TagKind, float] = {
    "complaint": 0.75, "question": 0.75, "criticism": 0.75, "praise": 0.75, "suggestion": 0.75, "crisis": 1.5,
}  # fmt: skip
"""Inverse of the regularisation: what judges differs from place to place, what tells of an emergency less."""
WEIGHTS: Mapping[str, float] = {
    "es1": 0.4, "es2": 0.4, "es3": 0.4, "ca": 0.6, "gl": 0.6, "eu": 0.6, "pt": 0.6, "en": 0.6,
    "es-neighbours": 0.7, "es-replies": 0.7,
}  # fmt: skip
"""How much a text of a set counts, where it is not 1: most of these were written richer and wittier than life."""
RARE = 2
"""Texts that a hashed column must be in to be learned from."""
USUAL = 4.0
"""The rarity at which a hashed column counts as it is; rarer ones count more, common ones less."""
STEPS = 50
NEVER = -10.0
"""Intercept of a head that has seen no example."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """A column of weights and an intercept for each head."""

    weights: npt.NDArray[np.float32]
    intercepts: npt.NDArray[np.float32]


def fit(
    rows: Sparse,
    labels: npt.NDArray[np.int8],
    domains: Sequence[str],
    strengths: Sequence[float],
    seed: int,
) -> Fitted:
    """Heads for the columns of ``labels`` (1 right, 0 wrong, -1 unknown), a strength for each.

    Raises MissingExtra without scikit-learn.
    """
    weights = np.zeros((WIDTH, labels.shape[1]), np.float32)
    intercepts = np.full(labels.shape[1], NEVER, np.float32)
    used, sizes = _sizes(rows)
    counts = np.array([WEIGHTS.get(domain, 1.0) for domain in domains])
    table = _table(rows, used, sizes)
    for head, (column, strength) in enumerate(zip(labels.T, strengths, strict=True)):
        known = np.flatnonzero(column >= 0)
        right = column[known] == 1
        if right.any() and not right.all():
            found, intercepts[head] = _head(table[known], right, counts[known], strength, seed)
            weights[used, head] = found * sizes
    return Fitted(weights, intercepts)


def _sizes(rows: Sparse) -> tuple[npt.NDArray[np.int64], Floats]:
    """The columns that are learned from, and how much each counts: hashed ones by how rare they are."""
    texts = np.bincount(rows.indices, minlength=WIDTH)
    used = np.flatnonzero((texts >= RARE) | ((texts > 0) & (np.arange(WIDTH) < PLAIN)))
    rarity = (np.log((1 + len(rows)) / (1 + texts[used])) + 1.0) / USUAL
    return used, np.where(used < PLAIN, 1.0, rarity)


def _table(rows: Sparse, used: npt.NDArray[np.int64], sizes: Floats) -> Any:
    (csr_matrix,) = training_packages("scipy.sparse.csr_matrix")
    place = np.full(WIDTH, -1)
    place[used] = np.arange(len(used))
    column = place[rows.indices]
    kept = column >= 0
    starts = np.concatenate(([0], np.cumsum(kept)))[rows.starts]
    values = rows.values[kept].astype(np.float64) * sizes[column[kept]]
    return csr_matrix((values, column[kept], starts), shape=(len(rows), len(used)))


def _head(table: Any, right: npt.NDArray[np.bool_], counts: Floats, strength: float, seed: int) -> tuple[Floats, float]:
    """Weights and intercept; in the dual form, which is quick where columns are many."""
    (regression,) = training_packages("sklearn.linear_model.LogisticRegression")
    model = regression(
        C=strength, solver="liblinear", dual=True, tol=0.1, max_iter=STEPS, intercept_scaling=3.0, random_state=seed
    )
    model.fit(table, right, sample_weight=counts)
    return model.coef_[0], float(model.intercept_[0])
