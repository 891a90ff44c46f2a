"""How points become likelihoods: two numbers for each head (Platt), from texts that it had not seen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

STEPS = 50
STIFF = 1e-3
"""Keeps the curve finite where everything is right or everything wrong."""


def curve_of(points: Floats, labels: npt.NDArray[np.int8], weights: Floats) -> npt.NDArray[np.float32]:
    """For each column of ``points`` what they are multiplied by and what is added; unknown labels (-1) say nothing."""
    found = []
    for column, right in zip(points.T, labels.T, strict=True):
        known = (right >= 0) & np.isfinite(column)
        found.append(_fitted(column[known], (right[known] == 1).astype(np.float64), weights[known]))
    return np.array(found, np.float32).reshape(-1, 2)


def _fitted(points: Floats, right: Floats, weights: Floats) -> Floats:
    """Newton's steps towards the likeliest two numbers, beginning with points as they are."""
    line = np.array([1.0, 0.0])
    table = np.column_stack([points, np.ones(len(points))])
    for _ in range(STEPS if len(points) else 0):
        said = 1.0 / (1.0 + np.exp(-np.clip(points * line[0] + line[1], -30.0, 30.0)))
        slope = (table * (weights * (said - right))[:, None]).sum(axis=0) + STIFF * (line - [1.0, 0.0])
        heavy = table * (weights * said * (1.0 - said))[:, None]
        bend = (heavy[:, :, None] * table[:, None, :]).sum(axis=0) + STIFF * np.eye(2)
        step = np.linalg.solve(bend, slope)
        line = line - np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-9:
            break
    return line if line[0] > 0 else np.array([1e-3, line[1]])
