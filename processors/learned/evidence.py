"""The words of a text that carried a decision: each word's share of what the weights made of the text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from processors.learned.features import Reading
from processors.learned.grams import Words
from processors.learned.letters import SPACE, Page, Places
from processors.learned.signs import Found, carried

Shares = npt.NDArray[np.float64]

ENOUGH = 0.6
"""Share of all that speaks for a tag that the shown words carry together."""
WORTH = 0.3
"""A word is shown from this share of the heaviest one's on."""
MOST = 5
"""Words that are shown at most."""
SHORT = 3
"""Letters below which what pieces of a word, or a mark, carry counts for ``LITTLE``: not much is seen by looking at it."""
LITTLE = 0.25


def evidence(
    texts: Sequence[str], reading: Reading, weights: npt.NDArray[np.float32], asked: npt.NDArray[np.bool_]
) -> list[list[tuple[str, ...]]]:
    """For each text and each head that is ``asked``, the words that spoke for it most, as the text writes them.

    () where none did, and where nobody asked. Words side by side are one piece of evidence; handles, links and
    what protection left are none.
    """
    found: list[list[tuple[str, ...]]] = [[()] * weights.shape[1] for _ in texts]
    if not asked.any():
        return found
    wanted, letters = np.asarray(asked.any(axis=1)), reading.letters
    spoken = _of(reading, wanted)
    row = letters.row.take(spoken.first)
    shares = _shares(reading, spoken, weights, asked)
    shares[spoken.last - spoken.first < SHORT - 1] *= LITTLE
    begins, ends = letters.begin.take(spoken.first), letters.end.take(spoken.last)
    terms = reading.found.of(wanted)
    _add_terms(shares, terms, carried(terms, weights), row, begins, ends)
    shares[_nobodys(letters, spoken)] = 0.0
    stops = np.searchsorted(row, np.arange(len(texts) + 1)).tolist()
    for text, head in np.argwhere(asked).tolist():
        part = slice(stops[text], stops[text + 1])
        found[text][head] = _said(texts[text], shares[part, head], begins[part], ends[part])
    return found


def _of(reading: Reading, wanted: npt.NDArray[np.bool_]) -> Words:
    """The words of the texts that are ``wanted``."""
    spoken = reading.spoken
    kept = np.flatnonzero(wanted[reading.letters.row.take(spoken.first)])
    return Words(spoken.hashes.take(kept), spoken.first.take(kept), spoken.last.take(kept))


def _shares(reading: Reading, spoken: Words, weights: npt.NDArray[np.float32], asked: npt.NDArray[np.bool_]) -> Shares:
    """A row for each word, a column for each head, 0 where nobody asked for it; a pair of words gives half to either."""
    letters, wanted = reading.letters, np.asarray(asked.any(axis=1))
    shares = np.zeros((len(spoken.first), weights.shape[1]))
    for block in reading.blocks:
        kept = np.flatnonzero(wanted[block.row])
        row, first, last = block.row.take(kept), block.first.take(kept), block.last.take(kept)
        sizes = np.sqrt(np.maximum(np.bincount(row, minlength=letters.rows), 1))
        carried = weights.take(block.column.take(kept), axis=0) / sizes.take(row)[:, None] / 2
        for place in (
            first + (letters.lowered.take(first) == SPACE),
            last - (letters.lowered.take(last) == SPACE),
        ):
            word = np.searchsorted(spoken.first, place, side="right") - 1
            for head in np.flatnonzero(asked.any(axis=0)).tolist():
                shares[:, head] += np.bincount(word, carried[:, head], len(shares))
    return shares


def _add_terms(shares: Shares, terms: Found, carried: Shares, row: Places, begins: Places, ends: Places) -> None:
    """What each term carries, in equal parts to the words that it touches."""
    wide = 1 + max(int(ends.max(initial=0)), int(terms.end.max(initial=0)))
    first = np.searchsorted(row * wide + ends, terms.row * wide + terms.begin, side="right")
    last = np.searchsorted(row * wide + begins, terms.row * wide + terms.end, side="left")
    touched = np.maximum(last - first, 0)
    within = np.arange(touched.sum()) - np.repeat(np.cumsum(touched) - touched, touched)
    np.add.at(
        shares,
        np.repeat(first, touched) + within,
        np.repeat(carried / np.maximum(touched, 1)[:, None], touched, axis=0),
    )


def _nobodys(letters: Page, spoken: Words) -> npt.NDArray[np.bool_]:
    """Handles, links and marks of redaction: they stand for more than one letter of the text, as no mark does."""
    first = letters.folded[spoken.first]
    return np.asarray((first >= 0xE000) & (first < 0xF900))


def _said(text: str, shares: Shares, begins: Places, ends: Places) -> tuple[str, ...]:
    order = np.argsort(-shares, kind="stable")[:MOST]
    best = shares[order[0]] if len(order) else 0.0
    if best <= 0.0:
        return ()
    wanted = ENOUGH * shares[shares > 0].sum()
    before = np.concatenate(([0.0], np.cumsum(shares[order])[:-1]))
    chosen = np.sort(order[(shares[order] >= WORTH * best) & (before < wanted)])
    return _joined(text, [(int(begins[n]), int(ends[n])) for n in chosen])


def _joined(text: str, places: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """The words at ``places``; those with nothing but one blank between them as one."""
    spans: list[tuple[int, int]] = []
    for begin, end in places:
        if spans and text[spans[-1][1] : begin] in ("", " "):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begin, end))
    found = (text[begin:end].strip() for begin, end in spans)
    return tuple(dict.fromkeys(word for word in found if word))
