"""Which language a short text is in: one of six, or ``und``.

What was learned from short posts in the six languages decides where it is sure; where it is not,
py3langid (Lui and Baldwin 2012, retrained), which knows less of posts and more of languages, has
the larger say. Links, handles and hashtags are left out: they speak no language. What the network
says counts as a vote. A text in another language, and one that says too little, is ``und``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from corrillo.model import LANGUAGES, Language
from processors.learned.speech import bare
from processors.learned.tongues import TONGUES, Likelihoods, packaged_tongues

MIN_LETTERS = 8
MIN_LETTERS_SHORT = 5
"""Letters that are enough for two words of which one language is ``LIKELY``."""
LIKELY = 0.6
SURE = 0.95
"""Enough for a single word, said once or more: it may be a name."""
MIN_CONFIDENCE = 0.3
"""Of six: less is no better than a guess."""
CLEAR = 3.0
"""The lead (of logarithms) from which what was learned decides alone."""
LEARNED, BROAD = 0.5, 0.8
"""The say of what was learned here and of py3langid, where both are asked."""
HINT = 1.2
"""What a language gains that the network names: its odds are a little more than tripled."""
MAX_READ = 400
"""Letters that are read of a text."""

_LETTERS = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]")
"""Latin ones: none of the six languages is written with others, and the model would guess one all the same."""
_NEIGHBOURS = ("fr", "it", "de", "nl", "ro", "oc", "tl", "sv", "pl", "tr", "id", "la", "af", "da", "an")
"""Other languages that are met in posts, for the doubtful ones."""


def language_of(text: str, hint: str = "und") -> Language:
    """The language of ``text``; ``hint`` is what the network says of it."""
    return languages_of([text], [hint])[0]


def languages_of(texts: Sequence[str], hints: Sequence[str]) -> list[Language]:
    """The language of each text; ``hints`` are what the network says of them."""
    said = [bare(text[:MAX_READ]) for text in texts]
    letters = [_LETTERS.findall(each[:200]) for each in said]
    told = [n for n, found in enumerate(letters) if len(found) >= MIN_LETTERS_SHORT]
    if not told:
        return ["und"] * len(texts)
    enough = {n: _enough(said[n], len(letters[n])) for n in told}
    votes = [hints[n] if enough[n] == MIN_CONFIDENCE else "und" for n in told]
    found: list[Language] = ["und"] * len(texts)
    for n, row in zip(told, _points([said[n] for n in told], votes), strict=True):
        found[n] = _decided(row, enough[n])
    return found


def _enough(text: str, letters: int) -> float:
    """How likely a language has to be: a hint is no text, so it has no vote where this is more than the least."""
    if len(set(text.lower().split())) == 1:
        return SURE
    return LIKELY if letters < MIN_LETTERS else MIN_CONFIDENCE


def _points(texts: Sequence[str], hints: Sequence[str]) -> Likelihoods:
    """For each text a point for each of ``TONGUES``, as logarithms of odds."""
    logs = packaged_tongues().logs(texts)
    ordered = np.sort(logs, axis=1)
    for n in np.flatnonzero(ordered[:, -1] - ordered[:, -2] < CLEAR).tolist():
        logs[n] = LEARNED * logs[n] + BROAD * _broad(texts[n])
    for at, hint in enumerate(hints):
        if hint in LANGUAGES:
            logs[at, TONGUES.index(hint)] += HINT
    return logs


def _decided(points: Likelihoods, enough: float) -> Language:
    """The likeliest of the six, or ``und`` where that is another or it is too little of the whole."""
    odds = np.exp(points - points.max())
    best = int(odds.argmax())
    return LANGUAGES[best] if best < len(LANGUAGES) and odds[best] / odds.sum() >= enough else "und"


def _broad(text: str) -> Likelihoods:
    """What py3langid makes of ``text``: a point for each of ``TONGUES``, none above 0."""
    plain = " ".join(text.lower().split())
    scores: dict[str, float] = dict(_model().rank(plain))
    others = [score for language, score in scores.items() if language not in LANGUAGES]
    points = np.array([*(scores[language] for language in LANGUAGES), max(others)])
    return np.asarray((points - points.max()) / math.sqrt(max(len(plain), 4)), np.float32)


@cache
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    model.set_languages([*LANGUAGES, *_NEIGHBOURS])
    return model
