"""The tagger that reads words: lexicons, question marks, shouting, negation and irony.

A kind's score is the noisy-or of the weights of what was found for it, so two middling signs
make a tag and one does not; what speaks against a kind leaves only a share of its score. Every
tag shows the words that it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from corrillo.model import TAG_KINDS, Mention, Tag, Tagging, TagKind
from corrillo.text import fold
from processors.terms import Hit, TermFinder, lexicon_terms, with_loans

WEIGHTS: Mapping[str, float] = {"sure": 0.9, "strong": 0.75, "medium": 0.45, "weak": 0.2}
OTHER_LANGUAGE = 0.85
"""Share of its weight that a term keeps where the text's language is another or unknown."""
AGAINST = 0.4
"""Share of a kind's score that is left by each term that speaks against it."""
THRESHOLDS: Mapping[TagKind, float] = {
    "complaint": 0.5, "question": 0.5, "criticism": 0.5, "praise": 0.5, "suggestion": 0.5, "crisis": 0.6,
}  # fmt: skip
"""The score from which a kind becomes a tag."""
IN_A_CRISIS = 0.7
"""Share of a complaint's score that is left where the same text reports an emergency."""
QUESTION_MARK = 0.3
UNMARKED = 0.6
"""Share of a question's score that is left where there is no question mark."""
SHOUTED = 0.15
"""What capitals or ``!!`` add to a judgement that was found in words."""
NEGATION_REACH = 18
"""Characters after a negation within which praise becomes criticism."""
OWN_KINDS: tuple[TagKind, ...] = ("crisis",)
"""All that an institution's own posts can be: it does not judge or ask itself."""

PRESS = ("newspaper", "agency")
"""Kinds of venue that report what others say: as little of it is theirs as of any news."""

MARK = re.compile(r"\[[\w-]{3,9}\]|~[0-9a-f]{16}")
"""What protection has put in the place of personal data: no word of anybody's."""

_SIGNS: Mapping[str, tuple[TagKind, float]] = {
    "irony": ("criticism", 0.45),
    "rhetorical": ("criticism", 0.5),
}
_DAMPED: Mapping[str, tuple[TagKind, ...]] = {
    "irony": ("praise", "suggestion"),
    "rhetorical": ("question", "praise"),
    "news": ("complaint", "question", "criticism", "praise", "suggestion"),
}
NEGATION = "negation.terms"
_JUDGEMENTS: tuple[TagKind, ...] = ("complaint", "criticism", "praise")
_QUESTION = re.compile(r"(?:[^\s.!?¿][^.!?¿\n]{0,79})?\?(?![\w=&%/])")
_SHOUT = re.compile(r"!!|\b[A-ZÁÉÍÓÚÀÈÒÑÇ]{4,}[^\w\n]+[A-ZÁÉÍÓÚÀÈÒÑÇ]{3,}\b")

Sign = tuple[int, int, float]
"""Where something that speaks for a kind starts and ends in the text, and its weight from 0 to 1."""


class RuleTagger:
    """Tags by the packaged lexicons; the first one that is made reads them."""

    def __init__(self) -> None:
        self._finder = _finder()

    def __call__(self, mention: Mention) -> Tagging:
        text = f"{mention.title}\n{mention.text}" if mention.title else mention.text
        folded = fold(MARK.sub(lambda m: " " * len(m.group()), text))
        hits = self._finder.hits(folded, with_loans(mention.language))
        signs, shares = read(text, hits, mention.language)
        if mention.venue_kind in PRESS:
            shares |= {kind: shares.get(kind, 1.0) * AGAINST for kind in _DAMPED["news"]}
        kinds = OWN_KINDS if mention.place == "own" else TAG_KINDS
        scores: dict[str, float] = dict.fromkeys(TAG_KINDS, 0.0)
        for kind in kinds:
            if kind in signs:
                scores[kind] = score(signs[kind], shares.get(kind, 1.0))
        if scores["crisis"] >= THRESHOLDS["crisis"]:
            scores["complaint"] = round(scores["complaint"] * IN_A_CRISIS, 4)
        tags = tuple(
            Tag(kind=kind, score=scores[kind], evidence=evidence(text, signs[kind]))
            for kind in kinds
            if scores[kind] >= THRESHOLDS[kind]
        )
        return Tagging(tags=tags, scores=scores)


def rule_tagger() -> RuleTagger:
    """The tagger that needs nothing but the packaged lexicons."""
    return RuleTagger()


@cache
def _finder() -> TermFinder:
    return TermFinder(lexicon_terms(*TAG_KINDS, "negation", *_DAMPED))


def read(text: str, hits: Iterable[Hit], language: str) -> tuple[dict[TagKind, list[Sign]], dict[TagKind, float]]:
    """The signs for each kind, and the share that what speaks against each kind leaves of it."""
    signs: dict[TagKind, list[Sign]] = {}
    shares: dict[TagKind, float] = {}
    damped_at: set[tuple[TagKind, int]] = set()
    negated = -1 - NEGATION_REACH
    for _, label, term_language, start, end in hits:
        kind, weight, damped = _meaning(label)
        for other in damped:
            if (other, start) not in damped_at:
                damped_at.add((other, start))
                shares[other] = shares.get(other, 1.0) * AGAINST
        if label == NEGATION:
            negated = end
        elif kind is not None:
            reach = start - negated
            if kind == "crisis" and 0 <= reach <= 1:
                continue
            if kind == "praise" and 0 <= reach <= NEGATION_REACH:
                kind, weight = "criticism", WEIGHTS["weak"]
            share = 1.0 if term_language == language else OTHER_LANGUAGE
            signs.setdefault(kind, []).append((start, end, weight * share))
    _read_marks(text, signs, shares)
    return signs, shares


@cache
def _meaning(label: str) -> tuple[TagKind | None, float, tuple[TagKind, ...]]:
    """What a class of terms speaks for, how much, and what it speaks against."""
    section, _, grade = label.partition(".")
    for kind in TAG_KINDS:
        if section == kind:
            return (None, 0.0, (kind,)) if grade == "against" else (kind, WEIGHTS[grade], ())
    sign, weight = _SIGNS.get(section, (None, 0.0))
    return sign, weight, _DAMPED.get(section, ())


def _read_marks(text: str, signs: dict[TagKind, list[Sign]], shares: dict[TagKind, float]) -> None:
    if "?" in text and (asked := _QUESTION.search(text)):
        signs.setdefault("question", []).append((*asked.span(), QUESTION_MARK))
    else:
        shares["question"] = shares.get("question", 1.0) * UNMARKED
    judged = [kind for kind in _JUDGEMENTS if kind in signs]
    if judged and (shouted := _SHOUT.search(text)):
        for kind in judged:
            signs[kind].append((*shouted.span(), SHOUTED))


def score(signs: Iterable[Sign], share: float) -> float:
    """Noisy-or of the weights, times ``share``; of signs that begin or end together the heaviest counts."""
    starts: set[int] = set()
    ends: set[int] = set()
    doubt = 1.0
    for start, end, weight in sorted(signs, key=_weight, reverse=True):
        if start in starts or end in ends:
            continue
        starts.add(start)
        ends.add(end)
        doubt *= 1.0 - weight
    return round((1.0 - doubt) * share, 4)


def _weight(sign: Sign) -> float:
    return sign[2]


def evidence(text: str, signs: Iterable[Sign]) -> tuple[str, ...]:
    """The words behind the signs as the text writes them, each once, in the text's order, none inside another."""
    words: list[str] = []
    reached = 0
    for start, end, _ in sorted(signs, key=_longest_first):
        if end > reached:
            words.append(text[start:end])
            reached = end
    return tuple(dict.fromkeys(words))


def _longest_first(sign: Sign) -> tuple[int, int]:
    return sign[0], -sign[1]
