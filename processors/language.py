"""Which language a short text is in: one of six, or ``und`` rather than wrong.

py3langid (Lui and Baldwin 2012, retrained) restricted to the six languages, with a threshold on
its posterior. Links, handles and hashtags are left out: they speak no language. What the network
says counts as a vote where the text alone is unsure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from corrillo.model import LANGUAGES, Language

MIN_LETTERS = 8
MIN_CONFIDENCE = 0.75
MIN_CONFIDENCE_HINTED = 0.2
"""Enough for a language that the network names as well."""

_NOISE = re.compile(r"https?://\S+|\S*@\S+|#\w+|~[0-9a-f]{16}|\[[\w-]+\]")
_LETTERS = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]")
"""Latin ones: none of the six languages is written with others, and the model would guess one all the same."""


def language_of(text: str, hint: str = "und") -> Language:
    """The language of ``text``; ``hint`` is what the network says of it."""
    bare = _NOISE.sub(" ", text) if any(c in text for c in "@#:[") else text
    if len(_LETTERS.findall(bare[:200])) < MIN_LETTERS:
        return "und"
    ranked = _ranked(bare)
    best, confidence = ranked[0]
    if confidence >= MIN_CONFIDENCE:
        return best
    for language, probability in ranked:
        if language == hint and probability >= MIN_CONFIDENCE_HINTED:
            return language
    return "und"


def _ranked(text: str) -> Sequence[tuple[Language, float]]:
    """Languages with their posterior, likeliest first."""
    scores: list[tuple[Language, float]] = _model().rank(text)
    top = scores[0][1]
    weights = [(language, math.exp(score - top)) for language, score in scores]
    total = sum(w for _, w in weights)
    return [(language, w / total) for language, w in weights]


@cache
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    model.set_languages(list(LANGUAGES))
    return model
