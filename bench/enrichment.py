"""Enrichment on one core against language identification alone (target: a third or more).

Both go over the same mentions in turn, several rounds; the ratio is of medians of one run.
"""

from __future__ import annotations

from time import perf_counter

from bench.corpus import median, pipeline_and_mentions
from processors.language import language_of

ROUNDS = 9


def main() -> None:
    pipeline, mentions = pipeline_and_mentions()
    alone, whole = [], []
    for _ in range(ROUNDS):
        begin = perf_counter()
        for mention in mentions:
            language_of(mention.text, mention.language)
        middle = perf_counter()
        for mention in mentions:
            pipeline.enrich(mention)
        alone.append(middle - begin)
        whole.append(perf_counter() - middle)
    each = 1e6 / len(mentions)
    length = sum(len(m.text) for m in mentions) / len(mentions)
    print(f"{len(mentions)} mentions of {length:.0f} characters, median of {ROUNDS} rounds")
    print(f"language identification alone  {median(alone) * each:7.1f} µs a mention")
    print(f"whole enrichment               {median(whole) * each:7.1f} µs a mention")
    print(f"ratio of speeds                {median(alone) / median(whole):7.2f}   (target 0.33)")


if __name__ == "__main__":
    main()
