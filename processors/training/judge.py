"""How good a tagger is on labelled texts that somebody gives: figures, mistakes, and against another tagger."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from corrillo.errors import ConfigError
from corrillo.model import LANGUAGES, TAG_KINDS, Mention, Tagging, TagKind
from corrillo.ports import Tagger, TagsMany
from processors.language import language_of
from processors.learned.card import Accuracy, Bin, Interval, Quality
from processors.training.examples import Example, of_record, parsed
from processors.training.quality import Judged, accuracy, difference, quality, reliability

SHOWN = 5
"""Mistakes that are shown of each kind and sort."""
_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Mistake:
    """A text whose tag is wrong (``given`` though nobody says so, or the other way round), and its score."""

    kind: TagKind
    given: bool
    score: float
    id: str
    text: str


@dataclass(frozen=True)
class Better:
    """By how much the average precision of a kind is higher than the other tagger's."""

    kind: TagKind
    by: Interval


@dataclass(frozen=True)
class Verdict:
    """All that is known of a tagger from one file."""

    texts: int
    quality: tuple[Quality, ...]
    reliability: tuple[Bin, ...]
    accuracy: tuple[Accuracy, ...]
    mistakes: tuple[Mistake, ...]
    against: tuple[Better, ...] = ()


def read_labelled(text: str, name: str) -> list[Example]:
    """JSON Lines or CSV with text and tags (in CSV apart by ; or ,), and if there are, id, lang, target, service, group.

    Raises ConfigError naming the line that is not so.
    """
    found = parsed(text, name) if not name.lower().endswith((".csv", ".tsv")) else list(_table(text, name))
    if not found:
        raise ConfigError(f"{name}: there is no labelled text in it", "write JSON Lines or CSV with text and tags")
    return found


def _table(text: str, name: str) -> Iterator[Example]:
    mark = "\t" if name.lower().endswith(".tsv") else ","
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=mark)
    if not {"text", "tags"} <= set(rows.fieldnames or ()):
        raise ConfigError(f"{name}: its first line does not name text and tags", "name the columns in the first line")
    for number, row in enumerate(rows, 2):
        tags = [tag.strip() for tag in (row["tags"] or "").replace(",", ";").split(";") if tag.strip()]
        yield of_record({k: v for k, v in row.items() if k and v} | {"tags": tags}, name, number)


def tagged(tagger: Tagger, examples: Sequence[Example]) -> list[Tagging]:
    """What the tagger says of each example as a mention off page; languages that nobody gave are detected."""
    mentions = [_mention(e) for e in examples]
    return tagger.many(mentions) if isinstance(tagger, TagsMany) else [tagger(m) for m in mentions]


def _mention(example: Example) -> Mention:
    language = example.language if example.language != "und" else language_of(example.text, "und")
    return Mention(
        id=example.id, institution="i", reasons=(), network="n", venue="v", venue_kind="other", source="s",
        published=_MOMENT, first_seen=_MOMENT, revision=0, text=example.text, place="off_page", thread="0",
        language=language,
    )  # fmt: skip


def judged(tagger: Tagger, examples: Sequence[Example], against: Tagger | None = None, seed: int = 1) -> Verdict:
    """What is known of ``tagger`` from the examples, and how it stands ``against`` another one."""
    taggings = tagged(tagger, examples)
    scores, right = _scores(taggings), np.array([[k in e.tags for k in TAG_KINDS] for e in examples])
    given = np.array([[any(t.kind == k for t in g.tags) for k in TAG_KINDS] for g in taggings])
    groups = [e.group for e in examples]
    languages = np.array([m.language for m in map(_mention, examples)])
    other = _scores(tagged(against, examples)) if against else None
    found: list[Quality] = []
    for part in ("", *LANGUAGES, "und"):
        inside = (languages == part) if part else np.ones(len(examples), np.bool_)
        if inside.any() and not (part and inside.all()):
            names = [g for g, wanted in zip(groups, inside, strict=True) if wanted]
            for n, kind in enumerate(TAG_KINDS):
                cut = Judged(scores[inside, n], right[inside, n], given[inside, n], names)
                found.append(quality(kind, part, cut, seed))
    return Verdict(
        texts=len(examples),
        quality=tuple(found),
        reliability=tuple(b for n, k in enumerate(TAG_KINDS) for b in reliability(k, scores[:, n], right[:, n])),
        accuracy=tuple(_answers(examples, taggings, groups, seed)),
        mistakes=tuple(_mistakes(examples, scores, right, given)),
        against=() if other is None else tuple(_better(other, scores, right, groups, seed)),
    )


def _scores(taggings: Sequence[Tagging]) -> Floats:
    return np.array([[t.scores.get(kind, 0.0) for kind in TAG_KINDS] for t in taggings], np.float64)


def _better(
    before: Floats, after: Floats, right: npt.NDArray[np.bool_], groups: Sequence[str], seed: int
) -> Iterator[Better]:
    for n, kind in enumerate(TAG_KINDS):
        if right[:, n].any():
            yield Better(kind, difference(before[:, n], after[:, n], right[:, n], groups, seed))


def _answers(
    examples: Sequence[Example], taggings: Sequence[Tagging], groups: Sequence[str], seed: int
) -> Iterator[Accuracy]:
    """Target where it is the administration or the government, and the service, where both sides say something."""
    for what, wanted in (("target", ("administration", "government")), ("service", ())):
        pairs = [
            (getattr(e, what), getattr(t, what), g)
            for e, t, g in zip(examples, taggings, groups, strict=True)
            if getattr(e, what) and getattr(t, what) and (not wanted or getattr(e, what) in wanted)
        ]
        if pairs:
            right = np.array([said == true for true, said, _ in pairs])
            yield accuracy(what, "", right, [g for _, _, g in pairs], seed)


def _mistakes(
    examples: Sequence[Example], scores: Floats, right: npt.NDArray[np.bool_], given: npt.NDArray[np.bool_]
) -> Iterator[Mistake]:
    """Of each kind the wrong ones that the tagger is surest of, and the missing ones that it is surest are none."""
    for n, kind in enumerate(TAG_KINDS):
        for sort in (True, False):
            wrong = np.flatnonzero((given[:, n] != right[:, n]) & (given[:, n] == sort))
            for at in wrong[np.argsort(scores[wrong, n] * (-1 if sort else 1), kind="stable")][:SHOWN]:
                yield Mistake(kind, sort, float(scores[at, n]), examples[at].id, examples[at].text)
