"""The trained tagger: what rules, words and style say together, as calibrated scores with their evidence.

The rules are features of it, beside pieces of words and how a text is written; the artefact holds
what each of them weighs. What no text says is added here: the press tells what others say, an
institution does not judge itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import as_file, files

import msgspec
import numpy as np

from corrillo.model import TAG_KINDS, Mention, Service, Tag, Tagging, TagKind, Target
from corrillo.ports import TaggerWishes
from processors.learned.answers import Answers, Tags
from processors.learned.artefact import Artefact, ArtefactError, read
from processors.learned.evidence import evidence
from processors.learned.features import VERSION, WIDTH, Features
from processors.learned.heads import Scores, calibrated, heads, side_by_side
from processors.learned.voices import QUOTED, own_words, reports, says_something
from processors.rules import AGAINST, OWN_KINDS, PRESS

MODEL = "model.tagger"
"""The packaged artefact, beside this file."""
AT_ONCE = 256
"""Mentions that are tagged together."""
MISSED: Mapping[TagKind, float] = {
    "complaint": 1.5, "question": 1.5, "criticism": 1.5, "praise": 1.5, "suggestion": 1.5, "crisis": 3.0,
}  # fmt: skip
"""How many wrong tags a missing one is worth: people look at what is tagged, a crisis must not be missed."""


def threshold(missed: float) -> float:
    """The likelihood from which giving a tag costs less than leaving it out."""
    return round(1.0 / (1.0 + missed), 4)


class LearnedTagger:
    """Tags by an artefact. Raises ArtefactError when its arrays do not fit these features."""

    def __init__(self, artefact: Artefact, missed: Mapping[TagKind, float] = MISSED) -> None:
        if artefact.card.features != VERSION:
            raise ArtefactError(
                f"the tagger was trained on features {artefact.card.features}, not {VERSION}",
                "train it again with: corrillo train",
            )
        kinds = len(TAG_KINDS)
        self._features = Features()
        self._tags = heads(artefact.array("tags/weights", WIDTH, kinds), artefact.array("tags/intercepts", kinds))
        self._curve = artefact.array("tags/curve", kinds, 2)
        self._answers = Answers(artefact) if "target/weights" in artefact.arrays else None
        self._heads = side_by_side(self._tags, self._answers.aims) if self._answers else self._tags
        self._thresholds = np.array([threshold({**MISSED, **missed}[kind]) for kind in TAG_KINDS], np.float64)
        self.artefact = artefact

    def __call__(self, mention: Mention) -> Tagging:
        return self.many([mention])[0]

    def many(self, mentions: Sequence[Mention]) -> list[Tagging]:
        """What is to be said of each, in their order."""
        return [
            tagging
            for start in range(0, len(mentions), AT_ONCE)
            for tagging in self._batch(mentions[start : start + AT_ONCE])
        ]

    def _batch(self, mentions: Sequence[Mention]) -> list[Tagging]:
        texts = [own_words(f"{m.title}\n{m.text}" if m.title else m.text) for m in mentions]
        reading = self._features.read(texts, [m.language for m in mentions])
        points = self._heads.points(reading.rows)
        alone = calibrated(points[:, : len(TAG_KINDS)], self._curve)
        shares = _shares(mentions, texts)
        scores = np.round((alone * shares).astype(np.float64), 4)
        given = scores >= self._thresholds
        words = evidence(texts, reading, self._tags.weights, given)
        said = [_tagging(*each) for each in zip(scores.tolist(), given.tolist(), words, strict=True)]
        if self._answers is None:
            return said
        tags = Tags(given, likely=(shares == 1.0).all(axis=1))
        aimed = points[:, len(TAG_KINDS) :]
        return _answered(
            said,
            self._answers.targets(aimed, reading.looked, alone, tags),
            self._answers.named_services(reading.rows, reading.looked),
        )


def _answered(said: Sequence[Tagging], targets: Sequence[Target], services: Sequence[Service]) -> list[Tagging]:
    """With whom each is aimed at and what it is about."""
    return [
        msgspec.structs.replace(tagging, target=target, service=service)
        for tagging, target, service in zip(said, targets, services, strict=True)
    ]


def _tagging(scores: Sequence[float], given: Sequence[bool], words: Sequence[tuple[str, ...]]) -> Tagging:
    """The kinds over their thresholds, if there are words to show for them, and the scores of all."""
    found = zip(TAG_KINDS, scores, given, words, strict=True)
    return Tagging(
        tags=tuple(Tag(kind=kind, score=score, evidence=said) for kind, score, over, said in found if over and said),
        scores=dict(zip(TAG_KINDS, scores, strict=True)),
    )


def _shares(mentions: Sequence[Mention], texts: Sequence[str]) -> Scores:
    """What is left of each score by who says it where: for each mention and each kind."""
    table = np.ones((len(mentions), len(TAG_KINDS)), np.float32)
    for row, mention, text in zip(table, mentions, texts, strict=True):
        if not says_something(text):
            row[:] = 0.0
        elif mention.place == "own":
            row *= _OWN
        elif mention.venue_kind in PRESS:
            row *= _PRESS
        elif reports(text):
            row *= _QUOTED
    return table


def _but_crisis(share: float) -> Scores:
    return np.array([1.0 if kind in OWN_KINDS else share for kind in TAG_KINDS], np.float32)


_OWN, _PRESS, _QUOTED = _but_crisis(0.0), _but_crisis(AGAINST), _but_crisis(QUOTED)


def learned_tagger(wishes: TaggerWishes) -> LearnedTagger:
    """The tagger of the packaged artefact, or of the file that is wished for. Raises ArtefactError."""
    return LearnedTagger(packaged() if wishes.model is None else read(wishes.model), wishes.missed)


@cache
def packaged() -> Artefact:
    """The artefact that comes with Corrillo."""
    with as_file(files("processors.learned").joinpath(MODEL)) as file:
        return read(file)
