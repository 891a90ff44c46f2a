"""The trained tagger on one core: posts a second in batches, one post alone, memory.

``python -m bench.tagging [MODEL]``; aims: 5,000 posts a second, 1 ms for one alone, 300 MB. The posts are
those of the packaged corpus; the figures are medians of several rounds.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from time import process_time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

from bench.corpus import median  # noqa: E402 — numpy counts its threads when it is imported
from corrillo.model import Mention  # noqa: E402
from corrillo.ports import Tagger, TaggerWishes  # noqa: E402
from corrillo.testing.tagger import said  # noqa: E402
from processors.learned.tagger import learned_tagger  # noqa: E402
from processors.rules import rule_tagger  # noqa: E402
from processors.training.examples import some, written  # noqa: E402

POSTS = 2560
BATCH = 256
ALONE = 200
ROUNDS = 7


def main() -> None:
    wishes = TaggerWishes(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    tagger, rules = learned_tagger(wishes), rule_tagger()
    mentions = [said(e.text, e.language) for e in some(written(), POSTS)[:POSTS]]
    tagger.many(mentions[:BATCH])
    batches, alone, by_rules = [], [], []
    for _ in range(ROUNDS):
        batches.append(_timed(lambda: [tagger.many(mentions[n : n + BATCH]) for n in range(0, POSTS, BATCH)]))
        alone.append(_timed(lambda: _each(tagger, mentions[:ALONE])))
        by_rules.append(_timed(lambda: _each(rules, mentions[:ALONE])))
    length = sum(len(m.text) for m in mentions) / len(mentions)
    print(f"{len(mentions)} posts of {length:.0f} characters, median of {ROUNDS} rounds, seconds of one core")
    print(f"in batches of {BATCH}   {len(mentions) / median(batches):8,.0f} posts a second   (aim 5,000)")
    print(f"one alone          {1000 * median(alone) / ALONE:8.2f} ms                 (aim 1)")
    print(f"rules, one alone   {1000 * median(by_rules) / ALONE:8.2f} ms")
    print(
        f"memory, at most    {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB                 (aim 300)"
    )


def _timed(work: object) -> float:
    begin = process_time()
    work()  # type: ignore[operator]
    return process_time() - begin


def _each(tagger: Tagger, mentions: list[Mention]) -> None:
    for mention in mentions:
        tagger(mention)


if __name__ == "__main__":
    main()
