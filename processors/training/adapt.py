"""A tagger made an institution's own: learned on what its people corrected, beginning from the weights in use.

People correct what is wrong, so corrections alone would teach that everything is. They are learned
beside texts of the packaged corpus, and every weight stays near what it was unless they ask for it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from corrillo.errors import ConfigError
from corrillo.model import TAG_KINDS
from processors.learned.artefact import Artefact, packed
from processors.learned.features import WIDTH
from processors.learned.heads import Heads, heads
from processors.training.examples import Example, described, some, written
from processors.training.train import Labels, Lesson, Say, lesson
from processors.training.wanted import training_packages

LEAST = 20
"""Corrections below which nothing is learned of them."""
ANCHORS = 3000
"""Texts of the corpus that are learned beside them."""
WEIGHT = 3.0
"""How much a correction weighs against a text of the corpus."""
NEAR = 2.0
"""How strongly each weight is held where it was."""
STEPS = 60

Floats = npt.NDArray[np.float64]


def adapted(artefact: Artefact, corrections: Sequence[Example], say: Say) -> bytes:
    """The artefact with ``corrections`` learned on top. Raises ConfigError when there are too few, MissingExtra."""
    if len(corrections) < LEAST:
        raise ConfigError(
            f"people have corrected {len(corrections)} mentions that still stand; {LEAST} are needed",
            "correct tags on the page, where they are wrong and also where they are right",
        )
    say(f"Learning {len(corrections):,} corrections on top of {artefact.identity} …")
    before = heads(
        artefact.array("tags/weights", WIDTH, len(TAG_KINDS)), artefact.array("tags/intercepts", len(TAG_KINDS))
    )
    taught = lesson([*corrections, *some(written(), ANCHORS)])
    weights = np.array([WEIGHT] * len(corrections) + [1.0] * (len(taught.examples) - len(corrections)))
    after = _moved(before, taught, weights, say)
    card = msgspec.structs.replace(
        artefact.card,
        corrections=len(corrections),
        based_on=artefact.card.based_on or artefact.identity,
        data=(*artefact.card.data, *described(corrections)),
    )
    arrays = {**artefact.arrays, "tags/weights": after.weights.astype(np.float16), "tags/intercepts": after.intercepts}
    return packed(arrays, card)


def _moved(before: Heads, taught: Lesson, weights: Floats, say: Say) -> Heads:
    csr_matrix, minimize, limits = training_packages(
        "scipy.sparse.csr_matrix", "scipy.optimize.minimize", "threadpoolctl.threadpool_limits"
    )
    rows = taught.rows
    table = csr_matrix((rows.values.astype(np.float64), rows.indices, rows.starts), shape=(len(rows), WIDTH))
    used = np.unique(rows.indices)
    table, points = table[:, used], before.points(rows).astype(np.float64)
    moved, intercepts = before.weights.copy(), before.intercepts.copy()
    for head, kind in enumerate(TAG_KINDS):
        say(f"  {kind}")
        known, right = _known(taught.labels, head)
        given = (table[known], points[known, head], right, weights[known])
        with limits(1):
            found = minimize(
                _loss, np.zeros(len(used) + 1), given, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}
            )
        moved[used, head] += found.x[:-1]
        intercepts[head] += found.x[-1]
    return Heads(moved, intercepts)


def _known(labels: Labels, head: int) -> tuple[npt.NDArray[np.int64], Floats]:
    known = np.flatnonzero(labels[:, head] >= 0)
    return known, (labels[known, head] == 1).astype(np.float64)


def _loss(
    moves: Floats, table: npt.NDArray[np.float64], points: Floats, right: Floats, weights: Floats
) -> tuple[float, Floats]:
    """Logistic loss of the points after ``moves`` (the last one is the intercept's), and its slope."""
    now = points + table @ moves[:-1] + moves[-1]
    lost = np.logaddexp(0.0, now) - right * now
    off = weights * (1.0 / (1.0 + np.exp(-np.clip(now, -30.0, 30.0))) - right)
    slope = np.append(table.T @ off, off.sum()) + NEAR * moves
    return float((weights * lost).sum() + NEAR / 2 * (moves * moves).sum()), slope
