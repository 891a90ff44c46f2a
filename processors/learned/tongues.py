"""Which language a text is in, as an artefact of its own has learned it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corrillo.model import LANGUAGES
from processors.learned.artefact import Artefact, ArtefactError, read
from processors.learned.speech import VERSION, WIDTH, sums

MODEL = "languages.model"
"""The packaged artefact, beside this file."""
OTHER = "other"
TONGUES: tuple[str, ...] = (*LANGUAGES, OTHER)
"""What the columns of a table of likelihoods stand for."""

Likelihoods = NDArray[np.float32]


class Tongues:
    """Likelihoods by an artefact. Raises ArtefactError when it was made for other pieces of texts."""

    def __init__(self, artefact: Artefact) -> None:
        if artefact.card.features != VERSION:
            raise ArtefactError("the languages' artefact does not fit this Corrillo", "install Corrillo again")
        weights = artefact.array("languages/weights", WIDTH, len(TONGUES))
        scale = artefact.array("languages/scale", len(TONGUES))
        self._weights = weights.astype(np.float32) * scale.astype(np.float32)
        self._intercepts = artefact.array("languages/intercepts", len(TONGUES)).astype(np.float32)

    def logs(self, texts: Sequence[str]) -> Likelihoods:
        """The logarithm of how likely each of ``TONGUES`` is for each text; texts are bare."""
        points = sums(texts, self._weights) + self._intercepts
        points -= points.max(axis=1, keepdims=True)
        return np.asarray(points - np.log(np.exp(points).sum(axis=1, keepdims=True)), np.float32)


def quantised(weights: NDArray[Any]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Weights as whole numbers to 127, and what each column is multiplied by."""
    scale = np.clip(np.abs(weights).max(axis=0), 1e-6, 3.0) / 127
    return np.clip(np.round(weights / scale), -127, 127).astype(np.int8), scale.astype(np.float32)


@cache
def packaged_languages() -> Artefact:
    """The artefact that comes with Corrillo. Raises ArtefactError."""
    with as_file(files("processors.learned").joinpath(MODEL)) as file:
        return read(file)


@cache
def packaged_tongues() -> Tongues:
    """What comes with Corrillo. Raises ArtefactError."""
    return Tongues(packaged_languages())
