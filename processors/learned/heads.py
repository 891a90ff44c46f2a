"""Linear heads over rows of features, and their scores as probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from processors.learned.features import WIDTH, Sparse

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Heads:
    """A column of weights and an intercept for each head; 32-bit numbers, a row of weights side by side."""

    weights: Scores
    intercepts: Scores

    def points(self, rows: Sparse) -> Scores:
        """What each head makes of each row: a table of rows by heads."""
        table = np.zeros((len(rows), len(self.intercepts)), np.float32)
        filled = np.flatnonzero(np.diff(rows.starts))
        if len(filled):
            shares = self.weights.take(rows.indices, axis=0)
            shares *= rows.values[:, None]
            table[filled] = np.add.reduceat(shares, rows.starts[filled], axis=0)
        return table + self.intercepts


def heads(weights: NDArray[Any], intercepts: NDArray[Any]) -> Heads:
    """From arrays as an artefact has them."""
    return Heads(np.ascontiguousarray(weights, np.float32), intercepts.astype(np.float32))


def side_by_side(one: Heads, other: Heads) -> Heads:
    """The heads of both, which read a row once."""
    return Heads(np.hstack([one.weights, other.weights]), np.append(one.intercepts, other.intercepts))


def calibrated(points: Scores, curve: NDArray[Any]) -> Scores:
    """Points as probabilities: ``curve`` has, for each head, what they are multiplied by and what is added (Platt)."""
    odds = np.clip(points * curve[:, 0] + curve[:, 1], -30.0, 30.0)
    return np.asarray(1.0 / (1.0 + np.exp(-odds)), np.float32)


__all__ = ["WIDTH", "Heads", "Scores", "calibrated", "heads", "side_by_side"]
