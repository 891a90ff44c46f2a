"""Pieces of texts as hashes: character n-grams inside words, words and pairs of words.

All arithmetic is on unsigned 64-bit whole numbers that wrap, so every machine gets the same.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from processors.learned.letters import SPACE, Letters, Marks, Page, Places, in_word

Hashes = npt.NDArray[np.uint64]

SIZES = (2, 3, 4, 5)
"""Lengths of the character n-grams, the spaces at a word's ends included."""
_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_PAIR = np.uint64(0xA0761D6478BD642F)


class Grams(NamedTuple):
    """Hashes, the first and the last letter of the page that each comes from."""

    hashes: Hashes
    first: Places
    last: Places


class Words(NamedTuple):
    """Words and single punctuation marks of a page in order: hash, first and last letter."""

    hashes: Hashes
    first: Places
    last: Places


def characters(page: Page) -> list[Grams]:
    """The n-grams of every length; a space stands only at either end of one."""
    sums = _Sums(page.lowered)
    spaces = np.concatenate(([0], np.cumsum(page.lowered == SPACE)))
    return [_of_size(sums, spaces, size) for size in SIZES]


def _of_size(sums: _Sums, spaces: Places, size: int) -> Grams:
    inside = spaces[size - 1 : -1] - spaces[1 : len(spaces) - size + 1] if size < len(spaces) else spaces[:0]
    first = np.flatnonzero(inside == 0)
    if size == 2:
        first = first[spaces[first + 2] - spaces[first] < 2]
    return Grams(mixed(sums.of(first, first + size), size), first, first + size - 1)


def words(page: Page) -> Words:
    """Runs of letters and digits, without accents, and every other mark by itself."""
    letters = in_word(page.folded)
    begins = page.folded != SPACE
    begins[1:] &= ~(letters[1:] & letters[:-1])
    first = np.flatnonzero(begins)
    last = _ends(letters, first)
    return Words(mixed(_Sums(page.folded).of(first, last + 1), 1), first, last)


def _ends(letters: Marks, first: Places) -> Places:
    """The last letter of the word that begins at each of ``first``."""
    stops = np.flatnonzero(~letters)
    after = stops[np.searchsorted(stops, first)]
    return np.where(letters[first], after - 1, first)


def pairs(page: Page, found: Words) -> Grams:
    """Every word with the one that follows it in the same text."""
    if len(found.hashes) < 2:
        return Grams(found.hashes[:0], found.first[:0], found.last[:0])
    together = page.row[found.first[1:]] == page.row[found.first[:-1]]
    hashes = mixed(found.hashes[:-1] * _PAIR + found.hashes[1:], 7)
    return Grams(hashes[together], found.first[:-1][together], found.last[1:][together])


def mixed(hashes: Hashes, seed: int) -> Hashes:
    """Hashes whose upper bits depend on all bits and on ``seed``."""
    turned = (hashes ^ np.uint64(seed * 0x2545F491)) * _MIX
    return (turned ^ (turned >> np.uint64(32))) * _MIX


class _Sums:
    """The hash of any stretch of letters: a sum of letters times powers, moved to the start."""

    def __init__(self, letters: Letters) -> None:
        powers = _powers(_BASE, len(letters))
        self._sums = np.zeros(len(letters) + 1, dtype=np.uint64)
        np.cumsum((letters.astype(np.uint64) + np.uint64(1)) * powers, out=self._sums[1:])
        self._back = _powers(_INVERSE, len(letters))

    def of(self, first: Places, stop: Places) -> Hashes:
        return (self._sums[stop] - self._sums[first]) * self._back[first]


_KEPT: dict[int, Hashes] = {}


def _powers(base: int, count: int) -> Hashes:
    """``base`` to the powers 0 … ``count`` - 1, kept for the next time."""
    known = _KEPT.get(base)
    if known is None or len(known) < count:
        factors = np.full(max(count, 1 << 16), base, dtype=np.uint64)
        factors[0] = 1
        known = _KEPT[base] = np.cumprod(factors)
    return known[:count]
