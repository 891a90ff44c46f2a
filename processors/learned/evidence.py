"""The words of a text that carried a decision: each word's share of what the weights made of the text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from processors.learned.features import blocks
from processors.learned.grams import Words, words
from processors.learned.letters import SPACE, Page, Places, page
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
    texts: Sequence[str], terms: Found, weights: npt.NDArray[np.float32], asked: npt.NDArray[np.bool_]
) -> list[list[tuple[str, ...]]]:
    """For each text and each head that is ``asked``, the words that spoke for it most, as the text writes them.

    ``terms`` are those that were found in the texts. () where none did, and where nobody asked. Words side by side are one piece of evidence; handles, links and
    what protection left are none.
    """
    letters = page(texts)
    spoken = words(letters)
    shares = _shares(letters, spoken, weights)
    shares[spoken.last - spoken.first < SHORT - 1] *= LITTLE
    stops = np.searchsorted(letters.row[spoken.first], np.arange(len(texts) + 1))
    begins, ends = letters.begin[spoken.first], letters.end[spoken.last]
    _add_terms(shares, terms, carried(terms, weights), letters.row[spoken.first], begins, ends)
    shares[_nobodys(letters, spoken)] = 0.0
    found: list[list[tuple[str, ...]]] = [[()] * weights.shape[1] for _ in texts]
    for row, head in np.argwhere(asked).tolist():
        part = slice(stops[row], stops[row + 1])
        found[row][head] = _said(texts[row], shares[part, head], begins[part], ends[part])
    return found


def _shares(letters: Page, spoken: Words, weights: npt.NDArray[np.float32]) -> Shares:
    """A row for each word, a column for each head; a pair of words gives half to either."""
    shares = np.zeros((len(spoken.first), weights.shape[1]))
    for block in blocks(letters, spoken):
        sizes = np.sqrt(np.maximum(np.bincount(block.row, minlength=letters.rows), 1))
        carried = weights[block.column] / sizes[block.row, None] / 2
        for place in (
            block.first + (letters.lowered[block.first] == SPACE),
            block.last - (letters.lowered[block.last] == SPACE),
        ):
            word = np.searchsorted(spoken.first, place, side="right") - 1
            for head in range(weights.shape[1]):
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
