"""Choosing among rows of features."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from processors.learned.features import Sparse


def taken(rows: Sparse, which: npt.NDArray[np.bool_]) -> Sparse:
    """The rows where ``which`` says so."""
    lengths = np.diff(rows.starts)
    inside = np.repeat(which, lengths)
    return Sparse(
        rows.indices[inside], rows.values[inside], np.concatenate(([0], np.cumsum(lengths[which]))).astype(np.int64)
    )
