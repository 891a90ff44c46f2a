"""How good the rules are: ``python bench/eval_rules.py DATA [--half even|odd]``.

Prints, per language and tag, precision, recall, F1 and average precision, then false alarms,
target and service. ``--half odd`` are the lines (from 0) that the lexicons were not written from.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast

from corrillo.model import TAG_KINDS, Language, Mention, Tagging
from corrillo.text import fold
from processors.rules import rule_tagger
from processors.service import service_of
from processors.target import target_of

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
Half = Literal["all", "even", "odd"]


@dataclass(frozen=True)
class Example:
    """A text as it was labelled; ``service`` is '' where nobody labelled it."""

    group: str
    language: Language
    text: str
    tags: frozenset[str]
    target: str
    service: str


@dataclass(frozen=True)
class Judged:
    """An example and what the rules say of it, target and service included."""

    example: Example
    tagging: Tagging
    target: str
    service: str


def examples(path: Path, group: str, half: Half) -> Iterator[Example]:
    """The labelled lines of a file; ``group`` '' takes the language for it."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        if half == "all" or (number % 2 == 0) == (half == "even"):
            row = json.loads(line)
            language = row.get("lang", "es")
            tags = frozenset(row["tags"])
            yield Example(group or language, language, row["text"], tags, row["target"], row.get("service", ""))


def read_all(data: Path, half: Half) -> list[Example]:
    """Everything that is labelled under ``data``."""
    found = [e for path in sorted((data / "corpus").glob("*.jsonl")) for e in examples(path, "", half)]
    found += examples(data / "decide-madrid" / "labelled.jsonl", "decide", half)
    found += examples(data / "crisislex-t26" / "labelled-es.jsonl", "t26", half)
    return found


def mention(example: Example) -> Mention:
    """The example as a mention off page, of nobody in particular."""
    return Mention(
        id="0", institution="i", reasons=(), network="n", venue="v", venue_kind="other", source="s",
        published=MOMENT, first_seen=MOMENT, revision=0, text=example.text, place="off_page", thread="0",
        language=example.language,
    )  # fmt: skip


def judge(found: Iterable[Example]) -> list[Judged]:
    """What tagger, target and service say of each example."""
    tagger = rule_tagger()
    judged = []
    for example in found:
        tagging = tagger(mention(example))
        folded = fold(example.text)
        target = target_of(folded, example.language, {tag.kind for tag in tagging.tags})
        judged.append(Judged(example, tagging, target, service_of(folded, example.language)))
    return judged


def average_precision(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Mean of the precisions at each recall step, ties taken together; 0 where nothing is positive."""
    by_score: dict[float, list[bool]] = defaultdict(list)
    for score, label in zip(scores, labels, strict=True):
        by_score[score].append(label)
    hits = seen = 0
    area = 0.0
    for score in sorted(by_score, reverse=True):
        gained = sum(by_score[score])
        seen += len(by_score[score])
        hits += gained
        area += gained * hits / seen
    return area / hits if hits else 0.0


def tag_line(group: str, kind: str, judged: Sequence[Judged]) -> str:
    """One row of the table."""
    labels = [kind in j.example.tags for j in judged]
    given = [any(tag.kind == kind for tag in j.tagging.tags) for j in judged]
    right = sum(a and b for a, b in zip(labels, given, strict=True))
    precision = right / sum(given) if any(given) else 0.0
    recall = right / sum(labels) if any(labels) else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    area = average_precision([j.tagging.scores[kind] for j in judged], labels)
    return f"{group:7} {kind:11} n={sum(labels):5} P={precision:.2f} R={recall:.2f} F1={f1:.2f} AP={area:.2f}"


def summary(group: str, judged: Sequence[Judged]) -> str:
    """False alarms on untagged examples, target and service accuracy."""
    plain = [j for j in judged if not j.example.tags]
    alarms = sum(any(tag.kind == "crisis" for tag in j.tagging.tags) for j in plain)
    tagged = sum(bool(j.tagging.tags) for j in plain)
    target = sum(j.target == j.example.target for j in judged) / len(judged)
    served = [j for j in judged if j.example.service]
    service = sum(j.service == j.example.service for j in served) / len(served) if served else float("nan")
    return (
        f"{group:7} untagged={len(plain)} crisis alarms={alarms / max(len(plain), 1):.3f} "
        f"any tag={tagged / max(len(plain), 1):.2f} target={target:.2f} service={service:.2f}"
    )


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--half", choices=("all", "even", "odd"), default="all")
    options = parser.parse_args()
    judged = judge(read_all(options.data, cast(Half, options.half)))
    groups: dict[str, list[Judged]] = defaultdict(list)
    for j in judged:
        groups[j.example.group].append(j)
        if j.example.group not in ("decide", "t26"):
            groups["corpus"].append(j)
    for group, members in groups.items():
        for kind in TAG_KINDS:
            print(tag_line(group, kind, members))
        print(summary(group, members))


if __name__ == "__main__":
    main()
