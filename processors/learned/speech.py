"""Pieces of texts that tell a language: every stretch of one to five letters, and words.

Unlike the tagger's, these run over the ends of words, and accents stay: ``ção`` and ``s d``
say more of a language than any word does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from processors.learned.grams import mixed, words
from processors.learned.letters import SPACE, Places, in_word, page

VERSION = 1
"""Of the meaning of the columns; weights that were learned with another do not fit."""
BITS = 17
WIDTH = 1 << BITS
"""Columns that pieces are hashed to."""
SIZES = 5
"""The longest stretch, in letters."""
_BASE = np.uint64(0x9E3779B97F4A7C15)
_WORDS = 11
_NAMES = re.compile(
    r"https?://\S*|www\.\S+|\S*@[\w.]*|#\w+|~[0-9a-f]{16}|\[[\w-]{3,9}\]|\bRT\b|\b(?i:(?:[jh][aei]){2,}[jh]?|a?(?:ja|ha){2,}j?)\b"
)

Weights = npt.NDArray[np.float32]


def bare(text: str) -> str:
    """``text`` without what speaks no language: links, handles, hashtags, laughter, what redaction has put there."""
    return _NAMES.sub(" ", text)


def pieces(texts: Sequence[str]) -> tuple[Places, Places]:
    """Row and column of each piece of ``texts``, which are bare, ordered by row; a piece may come twice."""
    letters = page([text + " " for text in texts])
    kept = in_word(letters.lowered) & (letters.lowered != ord("0")) | (letters.lowered == ord("'"))
    spoken = np.where(kept, letters.lowered, SPACE)
    again = np.zeros(len(spoken), dtype=np.bool_)
    again[1:] = (spoken[1:] == SPACE) & (spoken[:-1] == SPACE) & (letters.row[1:] == letters.row[:-1])
    again |= letters.row == len(texts)
    spoken, rows = spoken[~again], letters.row[~again]
    row, column = [], []
    stretch = np.zeros(len(spoken), dtype=np.uint64)
    for size in range(1, SIZES + 1):
        if size > len(spoken):
            break
        stretch = stretch[: len(spoken) - size + 1] * _BASE + spoken[size - 1 :] + np.uint64(1)
        whole = rows[size - 1 :] == rows[: len(rows) - size + 1]
        row.append(rows[: len(whole)][whole])
        column.append(_columns(mixed(stretch[whole], size)))
    found = words(letters)
    alphabetic = in_word(letters.lowered[found.first]) & (letters.lowered[found.first] != ord("0"))
    row.append(letters.row[found.first[alphabetic]])
    column.append(_columns(mixed(found.hashes[alphabetic], _WORDS)))
    together = np.concatenate(row)
    order = np.argsort(together, kind="stable")
    return together[order], np.concatenate(column)[order]


def _columns(hashes: npt.NDArray[np.uint64]) -> Places:
    return (hashes >> np.uint64(64 - BITS)).astype(np.int64)


def sums(texts: Sequence[str], weights: Weights) -> Weights:
    """For each text the weights of its pieces, added up and divided by the root of how many they are."""
    row, column = pieces(texts)
    starts = np.searchsorted(row, np.arange(len(texts) + 1))
    counts = np.diff(starts)
    added = np.zeros((len(texts), weights.shape[1]), dtype=np.float32)
    if len(row):
        spoken = counts > 0
        added[spoken] = np.add.reduceat(weights[column], starts[:-1][spoken], axis=0)
    roots = np.sqrt(np.maximum(counts, 1)).astype(np.float32)
    return np.asarray(added / roots[:, None], np.float32)
