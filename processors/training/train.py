"""Examples → artefact: features, weights, calibration, and what is known of how good it is.

Whatever is published was measured on texts that the measured model had not seen: once with every
group (a thread, an event, near twins) on one side only, once with whole kinds of places left out.
The same examples and seed give the same artefact.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corrillo.model import LANGUAGES, TAG_KINDS
from processors.learned.artefact import packed
from processors.learned.card import Bin, Card, Quality
from processors.learned.features import VERSION, Features, Sparse
from processors.learned.heads import Heads, calibrated
from processors.learned.tagger import MISSED, threshold
from processors.training import answers
from processors.training.curve import curve_of
from processors.training.examples import Example, described
from processors.training.quality import Judged, quality, reliability
from processors.training.recipe import RECIPE, STRENGTHS, fit
from processors.training.rows import taken
from processors.training.wanted import training_packages

FOLDS = 5
Say = Callable[[str], None]
Points = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Lesson:
    """What is learned from: examples, their rows, and what is right (1), wrong (0) or unknown (-1) of each."""

    examples: Sequence[Example]
    rows: Sparse
    labels: Labels

    def of(self, which: npt.NDArray[np.bool_]) -> Lesson:
        """The part of it where ``which`` says so."""
        chosen = [e for e, wanted in zip(self.examples, which.tolist(), strict=True) if wanted]
        return Lesson(chosen, taken(self.rows, which), self.labels[which])


def lesson(examples: Sequence[Example]) -> Lesson:
    """The examples with their rows."""
    rows = Features().rows([e.text for e in examples], [e.language for e in examples])
    labels = [[_label(e, kind) for kind in TAG_KINDS] for e in examples]
    return Lesson(examples, rows, np.array(labels, np.int8).reshape(-1, len(TAG_KINDS)))


def _label(example: Example, kind: Any) -> int:
    return int(kind in example.tags) if kind in example.known else -1


def learned(taught: Lesson, seed: int) -> Heads:
    """The heads that the recipe makes of it, with the numbers that an artefact will have. Raises MissingExtra."""
    (limits,) = training_packages("threadpoolctl.threadpool_limits")
    with limits(1):  # with several threads sums come out otherwise, and small ones take ten times as long
        fitted = fit(
            taught.rows,
            taught.labels,
            [e.of for e in taught.examples],
            [STRENGTHS[kind] for kind in TAG_KINDS],
            seed,
        )
    return Heads(fitted.weights.astype(np.float16).astype(np.float32), fitted.intercepts.astype(np.float32))


def unseen(taught: Lesson, part_of: Callable[[Example], str], seed: int, say: Say) -> Points:
    """For each example, what a model says of it that saw nothing of its part; parts called '' are never judged."""
    parts = np.array([part_of(e) for e in taught.examples])
    points = np.full(taught.labels.shape, np.nan)
    for name in sorted(set(parts) - {""}):
        say(f"  without {name}: {int((parts == name).sum()):,} texts")
        judged = learned(taught.of(parts != name), seed).points(taken(taught.rows, parts == name))
        points[parts == name] = judged
    return points


def fold_of(example: Example, seed: int) -> str:
    """One of ``FOLDS``, the same for all of a group."""
    said = hashlib.blake2b(f"{seed}/{example.group}".encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return f"part {int.from_bytes(said, 'big') % FOLDS + 1}"


MOSTLY_CRISES = frozenset({"crisis", "storms"})
"""Parts of our own corpus: as little says how likely a crisis is."""
PLACES = {
    "decide-madrid": "real: comments on proposals", "crisislex-t26": "real: tweets of crises",
    "sentimp-es": "real: tweets of politicians", "es4-plain": "written: ordinary posts in Spanish",
    "es5-plain": "written: ordinary posts in Spanish", "es-x": "written: ordinary posts in Spanish",
}  # fmt: skip
"""Sets that are left out whole in turn, as places that nothing was learned from, and how the card calls them."""
CRISES = "crisislex-t26"


def place_of(example: Example) -> str:
    """The kind of place that an example stands for; '' where it is never left out."""
    return PLACES.get(example.of, "")


def trained(examples: Sequence[Example], seed: int, say: Say) -> bytes:
    """The artefact. ``say`` hears how far it is."""
    say(f"Reading {len(examples):,} texts …")
    taught = lesson(examples)
    say("Judging by groups …")
    inside = unseen(taught, lambda e: fold_of(e, seed), seed, say)
    say("Judging kinds of places that nothing was learned from …")
    outside = unseen(taught, place_of, seed, say)
    curve = _calibration(taught, inside, outside)
    say("Learning from all of it …")
    heads = learned(taught, seed)
    arrays: dict[str, npt.NDArray[Any]] = {
        "tags/weights": heads.weights.astype(np.float16),
        "tags/intercepts": heads.intercepts,
        "tags/curve": curve,
    }
    say("Learning targets and services …")
    alone = _scores(inside, curve).astype(np.float32)
    arrays |= answers.arrays(examples, taught.rows, alone, seed)
    say("Measuring …")
    thresholds: dict[str, float] = {kind: threshold(MISSED[kind]) for kind in TAG_KINDS}
    card = Card(
        recipe=RECIPE,
        features=VERSION,
        seed=seed,
        languages=LANGUAGES,
        data=described(examples),
        thresholds=thresholds,
        quality=tuple(figures(taught, inside, outside, curve, seed)),
        reliability=tuple(_reliability(taught, outside, curve)),
        accuracy=tuple(answers.figures(examples, taught.rows, alone, _given(alone), seed)),
    )
    return packed(arrays, card)


def _given(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    return scores >= np.array([threshold(MISSED[kind]) for kind in TAG_KINDS], np.float32)


def _calibration(taught: Lesson, inside: Points, outside: Points) -> npt.NDArray[Any]:
    """The curve, by texts of places that nothing was learned from where there are any, and by what is like real posts.

    Where nearly everything is of a crisis, little is learned of how likely one is: such a set hardly counts.
    """
    crises = np.array([e.of == CRISES for e in taught.examples])[:, None]
    points = np.where(np.isnan(outside) | crises, inside, outside)
    return curve_of(points, taught.labels, np.array([_weight(e) for e in taught.examples]))


def _weight(example: Example) -> float:
    if example.of == CRISES:
        return 0.1 * is_whole(example)
    if example.of in MOSTLY_CRISES:
        return 0.05
    return 1.0 if place_of(example) or "plain" in example.of else 0.2


def is_whole(example: Example) -> bool:
    """Whether somebody decided about every kind of tag of it."""
    return len(example.known) == len(TAG_KINDS)


def figures(taught: Lesson, inside: Points, outside: Points, curve: npt.NDArray[Any], seed: int) -> Iterator[Quality]:
    """Each kind, in all and in each language by groups, and in each place that was left out."""
    languages = np.array([e.language for e in taught.examples])
    places = np.array([place_of(e) for e in taught.examples])
    full = (taught.labels >= 0).all(axis=1)
    parts: list[tuple[str, Points, npt.NDArray[np.bool_]]] = [("", inside, np.asarray(full))]
    parts += [(language, inside, full & np.asarray(languages == language)) for language in LANGUAGES]
    parts += [(place, outside, full & np.asarray(places == place)) for place in dict.fromkeys(PLACES.values())]
    for part, points, which in parts:
        if which.any():
            yield from part_figures(part, taught.of(which), _scores(points[which], curve), seed)


def part_figures(part: str, taught: Lesson, scores: Points, seed: int) -> Iterator[Quality]:
    """Each kind in one part."""
    groups = [e.group for e in taught.examples]
    for number, kind in enumerate(TAG_KINDS):
        right, said = taught.labels[:, number] == 1, scores[:, number]
        yield quality(kind, part, Judged(said, right, said >= threshold(MISSED[kind]), groups), seed)


def _reliability(taught: Lesson, outside: Points, curve: npt.NDArray[Any]) -> Iterator[Bin]:
    ordinary = np.array([e.of != CRISES for e in taught.examples])
    seen = ordinary & ~np.isnan(outside).any(axis=1) & (taught.labels >= 0).all(axis=1)
    scores, labels = _scores(outside[seen], curve), taught.labels[seen]
    for number, kind in enumerate(TAG_KINDS):
        if seen.any():
            yield from reliability(kind, scores[:, number], labels[:, number] == 1)


def _scores(points: Points, curve: npt.NDArray[Any]) -> Points:
    said: Points = calibrated(points.astype(np.float32), curve).astype(np.float64)
    return said.round(4)
