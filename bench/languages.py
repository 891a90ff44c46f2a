"""Train the detector of languages, and say how often it is right on sets that it has not seen.

python -m bench.languages --data FOLDER [--out FILE]; minutes on one core, needs the extra `train`.
Sets are left out whole, a quarter of them at a time; what is printed counts `und` as wrong.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest.mock import patch

import numpy as np

from corrillo.model import LANGUAGES
from processors import language
from processors.language import languages_of
from processors.learned.artefact import packed
from processors.learned.card import Accuracy, Interval
from processors.learned.speech import bare
from processors.learned.tongues import MODEL, OTHER, Tongues
from processors.training import speech
from processors.training.speech import Spoken

FOLDS = 4
SHORT = 6
"""Words of the short cuts."""
DRAWS = 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("processors/learned") / MODEL)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    spoken = speech.known(asked.data, asked.seed)
    figures = tuple(measured(spoken, asked.seed))
    for figure in figures:
        r = figure.right
        print(f"{figure.part:24} {figure.texts:6} {r.value:.3f} [{r.low:.3f}, {r.high:.3f}]")
    made = speech.artefact(speech.learned(spoken, asked.seed), asked.seed, speech.described(spoken), figures)
    asked.out.write_bytes(packed(made.arrays, made.card))


def measured(spoken: Sequence[Spoken], seed: int) -> Iterator[Accuracy]:
    """Figures for each language and for all, of whole texts and of their first words."""
    whole = [answer for fold in range(FOLDS) for answer in _unseen(spoken, fold, seed)]
    for words in (0, SHORT):
        name = f"first {words} words" if words else "whole"
        for tongue in (*LANGUAGES, OTHER):
            said = "other language" if tongue == OTHER else tongue
            yield _figure([right for t, w, right in whole if t == tongue and w == words], f"{name}, {said}")
        yield _figure([right for t, w, right in whole if t != OTHER and w == words], name)


def _unseen(spoken: Sequence[Spoken], fold: int, seed: int) -> Iterator[tuple[str, int, bool]]:
    """Language, words and whether it was right, for texts of the sets of one fold."""
    folds = _folds(spoken)
    kept = [s for s in spoken if folds[s.tongue, s.of] != fold]
    asked = [s for s in spoken if folds[s.tongue, s.of] == fold and len(bare(s.text).split()) > 1]
    tongues = Tongues(speech.artefact(speech.learned(kept, seed), seed, ()))
    with patch.object(language, "packaged_tongues", lambda: tongues):
        for words in (0, SHORT):
            texts = [" ".join(bare(s.text).split()[:words]) if words else s.text for s in asked]
            for s, found in zip(asked, languages_of(texts, ["und"] * len(texts)), strict=True):
                yield s.tongue, words, found == ("und" if s.tongue == OTHER else s.tongue)


def _folds(spoken: Sequence[Spoken]) -> dict[tuple[str, str], int]:
    """All that a set has in one language is together, for it has one manner; the sets of a language are spread."""
    sets: dict[str, list[str]] = {}
    for tongue, of in sorted({(s.tongue, s.of) for s in spoken}):
        sets.setdefault(tongue, []).append(of)
    return {(tongue, of): number % FOLDS for tongue, each in sets.items() for number, of in enumerate(each)}


def _figure(right: Sequence[bool], part: str) -> Accuracy:
    answers = np.array(right or [False], dtype=np.float64)
    drawn = np.random.default_rng(7).choice(answers, (DRAWS, len(answers))).mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Accuracy("language", part, len(right), Interval(float(answers.mean()), float(low), float(high)))


if __name__ == "__main__":
    main()
