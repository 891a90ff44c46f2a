"""How good the trained tagger is where it saw nothing of: ``python -m bench.eval_tagger DATA [--only events …]``.

sets       whole sets are left out (what to expect of a new network or town)
events     each crisis is left out in turn, then judged among ordinary posts that were left out as well
languages  each language is left out whole
groups     threads, events and near twins stay on one side

Average precision with 95 % intervals; for events also the share found where 1 % of ordinary posts are flagged, and
the best F1. The same recipe as ``corrillo train``; the rules' figures stand beside it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corrillo.model import LANGUAGES, TAG_KINDS
from processors.rules import rule_tagger
from processors.training.examples import Example, licensed, written
from processors.training.judge import tagged
from processors.training.quality import LEAST, average_precision, draws, interval
from processors.training.train import Lesson, fold_of, is_whole, lesson, place_of, unseen

CRISIS = TAG_KINDS.index("crisis")
Points = npt.NDArray[np.float64]
Say = Callable[[str], None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", nargs="*", choices=tuple(VIEWS), default=tuple(VIEWS))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    taught = lesson([*written(), *licensed(options.data)])
    for view in options.only:
        print(f"\n{view}\n", flush=True)
        for line in VIEWS[view](taught, options.seed):
            print(line, flush=True)


def sets(taught: Lesson, seed: int) -> Iterator[str]:
    """Each place of the model card, left out whole."""
    yield from _tables(taught, place_of, seed)


def languages(taught: Lesson, seed: int) -> Iterator[str]:
    """Each language, left out whole; Spanish too, though nobody would."""
    yield from _tables(taught, lambda e: e.language if e.language in LANGUAGES and is_whole(e) else "", seed)


def groups(taught: Lesson, seed: int) -> Iterator[str]:
    """Every text judged once; a row for each set."""
    points = unseen(taught, lambda e: fold_of(e, seed) if is_whole(e) else "", seed, _quiet)
    yield from _rows(taught, points, [e.of if is_whole(e) else "" for e in taught.examples], seed)


def _tables(taught: Lesson, part_of: Callable[[Example], str], seed: int) -> Iterator[str]:
    points = unseen(taught, part_of, seed, _quiet)
    yield from _rows(taught, points, [part_of(e) for e in taught.examples], seed)


def _rows(taught: Lesson, points: Points, parts: Sequence[str], seed: int) -> Iterator[str]:
    named = np.array([part if is_whole(e) else "" for part, e in zip(parts, taught.examples, strict=True)])
    yield f"{'':34}{'texts':>6} " + " ".join(f"{kind:>23}" for kind in TAG_KINDS)
    for part in sorted(set(parts) - {""}):
        which = named == part
        some = [e for e, wanted in zip(taught.examples, which, strict=True) if wanted]
        rules = np.array([[t.scores[k] for k in TAG_KINDS] for t in tagged(rule_tagger(), some)])
        for name, scores in ((part, points[which]), ("  rules", rules)):
            cells = [_cell(scores[:, n], taught.labels[which, n] == 1, some, seed) for n in range(len(TAG_KINDS))]
            yield f"{name:34}{len(some):>6} " + " ".join(f"{cell:>23}" for cell in cells)


def _cell(scores: Points, right: npt.NDArray[np.bool_], some: Sequence[Example], seed: int) -> str:
    """Average precision, its interval, and the share of texts that have the tag."""
    if right.sum() < LEAST:
        return "too few"
    found = interval(lambda w: average_precision(scores, right, w), draws([e.group for e in some], seed, 200))
    return f"{found.value:.2f} {found.low:.2f}–{found.high:.2f} /{right.mean():.3f}"


def events(taught: Lesson, seed: int) -> Iterator[str]:
    """Each crisis among a fifth of all ordinary posts, none of which its model has seen."""
    ordinary = [_ordinary(e) and fold_of(e, seed) == "part 1" for e in taught.examples]
    yield f"{'':34}{'of it':>6}{'F1 best':>9}{'average precision':>19}{'found at 1 % false':>20}"
    for event in sorted({e.group for e in taught.examples if e.of == "crisislex-t26"}):
        which = np.array([e.group == event or plain for e, plain in zip(taught.examples, ordinary, strict=True)])
        points = unseen(taught, _inside(taught, which), seed, _quiet)[which, CRISIS]
        known, right = taught.labels[which, CRISIS] >= 0, taught.labels[which, CRISIS] == 1
        away = np.array([e.group != event for e, inside in zip(taught.examples, which, strict=True) if inside])
        yield _event(event.removeprefix("crisislex-t26-"), points[known], right[known], away[known])


def _inside(taught: Lesson, which: npt.NDArray[np.bool_]) -> Callable[[Example], str]:
    left_out = {id(e) for e, wanted in zip(taught.examples, which, strict=True) if wanted}
    return lambda example: "judged" if id(example) in left_out else ""


def _ordinary(example: Example) -> bool:
    return is_whole(example) and "crisis" not in example.tags and example.of != "crisislex-t26"


def _event(name: str, points: Points, right: npt.NDArray[np.bool_], away: npt.NDArray[np.bool_]) -> str:
    limit = np.quantile(points[away], 0.99)
    found = float((points[right] > limit).mean()) if right.any() else float("nan")
    return (
        f"{name:34}{int(right.sum()):>6}{_best_f1(points[~away], right[~away]):>9.2f}"
        f"{average_precision(points, right):>19.2f}{found:>20.0%}"
    )


def _best_f1(points: Points, right: npt.NDArray[np.bool_]) -> float:
    """Of the event's own texts, at whatever threshold is best."""
    order = np.argsort(-points, kind="stable")
    hits = np.cumsum(right[order])
    scores = 2 * hits / (np.arange(1, len(hits) + 1) + right.sum())
    return float(scores.max()) if len(scores) else float("nan")


def _quiet(text: str) -> None:
    """The tables say enough."""


VIEWS: dict[str, Callable[[Lesson, int], Iterator[str]]] = {
    "sets": sets, "events": events, "languages": languages, "groups": groups,
}  # fmt: skip

if __name__ == "__main__":
    main()
