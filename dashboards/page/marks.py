"""The words that caused a tag, marked where they stand in the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from corrillo.text import at_word_borders, fold


@dataclass(frozen=True)
class Evidence:
    """Words of a text, and the names of what they are evidence for."""

    words: str
    label: str


@dataclass(frozen=True)
class Span:
    """A stretch ``[start, end)`` of the text and its labels, in the order in which they were given."""

    start: int
    end: int
    labels: tuple[str, ...]


def mark(text: str, evidence: Sequence[Evidence]) -> Markup:
    """``text`` escaped, with each evidence in a <mark> wherever it stands at word borders.

    Case and accents do not matter. Stretches that overlap become one mark that names them all.
    """
    pieces, at = [Markup()], 0
    for span in merge(find(text, evidence)):
        pieces += [escape(text[at : span.start]), _marked(text[span.start : span.end], span.labels)]
        at = span.end
    return Markup().join([*pieces, escape(text[at:])])


def _marked(words: str, labels: Sequence[str]) -> Markup:
    return Markup('<mark title="{}">{}</mark>').format(", ".join(labels), words)


def find(text: str, evidence: Sequence[Evidence]) -> list[Span]:
    """Every occurrence of every evidence, in any order."""
    folded = fold(text)
    return [
        Span(start, start + len(wanted), (one.label,))
        for one in evidence
        if (wanted := fold(one.words.strip()))
        for start in _places(folded, wanted)
    ]


def _places(folded: str, wanted: str) -> list[int]:
    places, start = [], folded.find(wanted)
    while start >= 0:
        if at_word_borders(folded, start, start + len(wanted)):
            places.append(start)
        start = folded.find(wanted, start + 1)
    return places


def merge(spans: Sequence[Span]) -> list[Span]:
    """``spans`` in order, those that overlap made one with the labels of all."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        if merged and span.start < merged[-1].end:
            last = merged.pop()
            labels = tuple(dict.fromkeys(last.labels + span.labels))
            span = Span(last.start, max(last.end, span.end), labels)
        merged.append(span)
    return merged
