"""Learning languages: from the corpus, from word lists, and from the licensed sets in a folder."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corrillo.model import LANGUAGES
from processors.learned.artefact import Artefact
from processors.learned.card import Accuracy, Card, DataSet
from processors.learned.speech import VERSION, WIDTH, bare, pieces
from processors.learned.tongues import OTHER, TONGUES, quantised
from processors.training.examples import LICENCES, OURS, SETS, Example, Found, written
from processors.training.wanted import training_packages

RECIPE = 1
DRAWN = 800
"""Lines that are drawn from the word list of each language."""
DRAWN_OTHER = 400
AT_MOST = 2500
"""Texts of a licensed set that are learned from in one language: no set is to be the language."""
STRENGTH = 1.0
LEANING = {"es": 0.15, OTHER: -2.0}
"""What is added to the intercepts: most posts are in Spanish, few in none of the six."""
MIXED = ("crisislex-t26",)
"""Sets whose texts are in several languages, whatever they are filed under."""
SURE_OF_OTHER = 0.9
SURE_OF_KNOWN = 0.6


@dataclass(frozen=True)
class Spoken:
    """A text, the language of ``TONGUES`` that it is in, and the set that it belongs to."""

    text: str
    tongue: str
    of: str


def known(folder: Path, seed: int) -> list[Spoken]:
    """Everything that can be learned from, with the licensed sets in ``folder``."""
    return [*ours(written()), *licensed(folder, seed)]


def learned(spoken: Sequence[Spoken], seed: int) -> dict[str, NDArray[Any]]:
    """The arrays that come of it, with cuts and word lists."""
    return fit([*cut(spoken, seed), *drawn(seed)], seed)


def described(spoken: Iterable[Spoken]) -> tuple[DataSet, ...]:
    """Each set: how many texts, its licence, a hash of texts and languages in their order."""
    by_set: dict[str, list[Spoken]] = {}
    for each in spoken:
        by_set.setdefault(each.of, []).append(each)
    return tuple(
        DataSet(name=name, texts=len(of), licence=LICENCES.get(name, OURS), sha256=_hash(of))
        for name, of in sorted(by_set.items())
    )


def _hash(spoken: Iterable[Spoken]) -> str:
    lines = (f"{each.tongue}\t{each.text}\n".encode() for each in spoken)
    return hashlib.sha256(b"".join(lines)).hexdigest()


def ours(examples: Iterable[Example]) -> list[Spoken]:
    """The corpus, and the short posts that were written for this alone."""
    found = [Spoken(e.text, e.language, e.of) for e in examples if e.language in LANGUAGES]
    for language in LANGUAGES:
        text = files("processors").joinpath(f"corpus/spoken/{language}.txt").read_text(encoding="utf-8")
        found += [Spoken(line, language, "spoken") for line in text.splitlines()] * 2
    return found


def drawn(seed: int) -> list[Spoken]:
    """Lines of words from the lists: neighbours in the list, or any."""
    chance = random.Random(seed)  # noqa: S311 - the same draw each time
    found = []
    for file in sorted(files("processors").joinpath("corpus/words").iterdir(), key=lambda f: f.name):
        known, name = file.read_text(encoding="utf-8").split(), file.name.removesuffix(".txt")
        tongue = name if name in LANGUAGES else OTHER
        for _ in range(DRAWN if tongue == name else DRAWN_OTHER):
            size, start = chance.randint(3, 8), chance.randrange(len(known))
            near = known[start : start + size]
            found.append(
                Spoken(" ".join(near if chance.random() < 0.5 else chance.choices(known, k=size)), tongue, "words")
            )
    return found


def licensed(folder: Path, seed: int) -> list[Spoken]:
    """Texts of the licensed sets in ``folder`` whose language is known, or plain enough to a broad detector."""
    found: list[Spoken] = []
    for name, read in SETS.items():
        if (folder / name).is_dir():
            texts = list(read(folder / name))
            random.Random(seed).shuffle(texts)  # noqa: S311 - the same order each time
            found += _at_most(_told(name, texts))
    return found


def _told(name: str, texts: Sequence[Found]) -> Iterator[Spoken]:
    guess = _guesser()
    for text in texts:
        if text.language in LANGUAGES and name not in MIXED:
            yield Spoken(text.text, text.language, name)
            continue
        language, confidence = guess(" ".join(bare(text.text).lower().split()))
        if language in LANGUAGES and confidence >= SURE_OF_KNOWN:
            yield Spoken(text.text, language, name)
        elif language not in LANGUAGES and confidence >= SURE_OF_OTHER:
            yield Spoken(text.text, OTHER, name)


def _guesser() -> Callable[[str], tuple[str, float]]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    classify: Callable[[str], tuple[str, float]] = LanguageIdentifier.from_model_file(
        MODEL_FILE, norm_probs=True
    ).classify
    return classify


def _at_most(spoken: Iterable[Spoken]) -> Iterator[Spoken]:
    seen: Counter[str] = Counter()
    for each in spoken:
        seen[each.tongue] += 1
        if seen[each.tongue] <= AT_MOST:
            yield each


def cut(spoken: Iterable[Spoken], seed: int) -> list[Spoken]:
    """All of them, and of most a stretch of two to eight words: posts are short."""
    chance = random.Random(seed)  # noqa: S311 - the same draw each time
    found = []
    for each in spoken:
        found.append(each)
        words = bare(each.text).split()
        if len(words) > 4 and chance.random() < 0.7:
            size = chance.randint(2, 8)
            start = chance.randrange(max(1, len(words) - size))
            found.append(Spoken(" ".join(words[start : start + size]), each.tongue, each.of))
    return found


def fit(spoken: Sequence[Spoken], seed: int) -> dict[str, NDArray[Any]]:
    """The arrays of an artefact; the same texts and seed give the same. Raises MissingExtra without scikit-learn."""
    regression, limits = training_packages("sklearn.linear_model.LogisticRegression", "threadpoolctl.threadpool_limits")
    tongues = np.array([TONGUES.index(each.tongue) for each in spoken])
    counts = np.bincount(tongues, minlength=len(TONGUES))
    weights = (len(spoken) / np.maximum(counts, 1) / len(TONGUES))[tongues]
    used, rows = _rows([each.text for each in spoken])
    model = regression(C=STRENGTH, max_iter=150, tol=1e-3, random_state=seed)
    with limits(1):
        model.fit(rows, tongues, sample_weight=weights)
    table = np.zeros((WIDTH, len(TONGUES)))
    intercepts = np.full(len(TONGUES), -20.0)
    table[np.ix_(used, model.classes_)] = model.coef_.T
    intercepts[model.classes_] = model.intercept_
    intercepts += [LEANING.get(tongue, 0.0) for tongue in TONGUES]
    whole, scale = quantised(table)
    return {
        "languages/weights": whole,
        "languages/scale": scale,
        "languages/intercepts": intercepts.astype(np.float32),
    }


def _rows(texts: Sequence[str]) -> tuple[NDArray[np.int64], Any]:
    """The columns that occur, and a sparse table of them."""
    (matrix,) = training_packages("scipy.sparse.csr_matrix")
    row, column = pieces([bare(text) for text in texts])
    counts = np.bincount(row, minlength=len(texts))
    values = (1.0 / np.sqrt(counts[row])).astype(np.float32)
    used, at = np.unique(column, return_inverse=True)
    return used, matrix((values, (row, at)), shape=(len(texts), len(used)))


def artefact(
    arrays: Mapping[str, NDArray[Any]], seed: int, data: Sequence[DataSet], accuracy: Sequence[Accuracy] = ()
) -> Artefact:
    """The arrays with what is known of them."""
    card = Card(
        recipe=RECIPE, features=VERSION, seed=seed, languages=LANGUAGES, data=tuple(data), accuracy=tuple(accuracy)
    )
    return Artefact(arrays, card)
