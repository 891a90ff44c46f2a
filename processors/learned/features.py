"""Texts as sparse rows of numbers, the same where the tagger learns and where it reads.

The first columns say how a text is written and what the lexicons find in it; the others are
hashed: pieces of words, words and pairs of words. Whole numbers throughout, so that a text
gives the same columns on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from processors.learned.grams import Grams, Hashes, Words, characters, mixed, pairs, words
from processors.learned.letters import Page, Places, page
from processors.learned.lookup import Looked, looked_up
from processors.learned.signs import Found, Signs, signs
from processors.learned.style import style

VERSION = 3
"""Of the meaning of the columns; weights that were learned with another do not fit."""
BITS = 18
PLAIN = 512
"""Columns that are not hashed, some of them unused."""
WIDTH = PLAIN + (1 << BITS)
_AT_ONCE = 1024
"""Texts that are read together; bounds the memory that a call takes."""
_STYLE_WEIGHT = 0.075

Columns = npt.NDArray[np.int32]
Values = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Sparse:
    """Rows of numbers: row i has ``values[starts[i]:starts[i + 1]]`` at ``indices`` of the same."""

    indices: Columns
    values: Values
    starts: Places

    def __len__(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True)
class Block:
    """A batch's features one by one: row, column and block of each, and its letters on the page."""

    row: Places
    column: Places
    first: Places
    last: Places


@dataclass(frozen=True)
class Reading:
    """All that was read of a batch: its rows, and what they came from."""

    rows: Sparse
    letters: Page
    spoken: Words
    blocks: tuple[Block, Block]
    looked: Sequence[Looked]
    found: Found


class Features:
    """The columns of texts; holds nothing but the lexicons that it looks words up in."""

    WIDTH = WIDTH
    VERSION = VERSION

    def rows(self, texts: Sequence[str], languages: Sequence[str]) -> Sparse:
        """A row for each text; ``languages`` as detected, 'und' where unknown."""
        parts = [
            self.read(texts[start : start + _AT_ONCE], languages[start : start + _AT_ONCE]).rows
            for start in range(0, len(texts), _AT_ONCE)
        ]
        if not parts:
            return Sparse(np.zeros(0, np.int32), np.zeros(0, np.float32), np.zeros(1, np.int64))
        return joined(parts)

    def read(self, texts: Sequence[str], languages: Sequence[str]) -> Reading:
        """The same, all at once, with what was found on the way."""
        letters = page(texts)
        spoken = words(letters)
        looked = looked_up(texts, languages)
        said = signs(texts, languages, looked)
        plain = np.hstack([style(letters, spoken) * np.float32(_STYLE_WEIGHT), said.table])
        pieces = blocks(letters, spoken)
        rows = _assembled(plain, [_paired(said, len(texts)), *(_counted(block, len(texts)) for block in pieces)])
        return Reading(rows, letters, spoken, pieces, looked, said.found)


def joined(parts: Sequence[Sparse]) -> Sparse:
    """All rows of ``parts``, in order."""
    starts = [np.zeros(1, np.int64)]
    for part in parts:
        starts.append(part.starts[1:] + starts[-1][-1])
    return Sparse(
        np.concatenate([part.indices for part in parts]),
        np.concatenate([part.values for part in parts]),
        np.concatenate(starts),
    )


def blocks(letters: Page, spoken: Words) -> tuple[Block, Block]:
    """Pieces of words, and words with pairs of them: each block is brought to length one."""
    alone = Grams(spoken.hashes, spoken.first, spoken.last)
    return _read(letters, characters(letters)), _read(letters, [alone, pairs(letters, spoken)])


def _read(letters: Page, grams: Sequence[Grams]) -> Block:
    hashes: Hashes = np.concatenate([gram.hashes for gram in grams])
    first = np.concatenate([gram.first for gram in grams])
    last = np.concatenate([gram.last for gram in grams])
    column = (hashes >> np.uint64(64 - BITS)).astype(np.int64) + PLAIN
    return Block(letters.row[first], column, first, last)


def _paired(said: Signs, rows: int) -> Sparse:
    """Pairs of classes, hashed as words are."""
    order = np.argsort(said.row, kind="stable")
    column = (mixed(said.pair[order].astype(np.uint64), 11) >> np.uint64(64 - BITS)).astype(np.int32) + np.int32(PLAIN)
    starts = np.searchsorted(said.row[order], np.arange(rows + 1))
    return Sparse(column, said.value[order], starts.astype(np.int64))


def _counted(block: Block, rows: int) -> Sparse:
    """Each row's columns once, by how often they occur, brought to length one."""
    keys = np.sort((block.row * WIDTH + block.column).astype(np.uint32))
    begins = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))) if len(keys) else np.zeros(0, np.int64)
    counts = np.diff(np.append(begins, len(keys)))
    row, column = np.divmod(keys[begins], np.uint32(WIDTH))
    values = _damped(counts)
    starts = np.searchsorted(row, np.arange(rows + 1))
    lengths = np.sqrt(np.bincount(row, weights=values * values, minlength=rows))
    return Sparse(column.astype(np.int32), (values / lengths[row]).astype(np.float32), starts.astype(np.int64))


def _damped(counts: Places) -> npt.NDArray[np.float64]:
    """One and the logarithm: the tenth time says less than the first."""
    return _LOGS[np.minimum(counts, len(_LOGS) - 1)]


_LOGS: npt.NDArray[np.float64] = np.round(np.append(0.0, 1.0 + np.log(np.arange(1.0, 4096.0))), 6)


def _assembled(plain: Values, hashed: Sequence[Sparse]) -> Sparse:
    """Plain columns first, then the hashed blocks, row by row."""
    row, column = np.nonzero(plain)
    parts = [
        (row, column.astype(np.int32), plain[row, column]),
        *((np.repeat(np.arange(len(s)), np.diff(s.starts)), s.indices, s.values) for s in hashed),
    ]
    rows = np.concatenate([part[0] for part in parts])
    order = np.argsort(rows, kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=len(plain)))))
    indices = np.concatenate([part[1] for part in parts])[order]
    values = np.concatenate([part[2] for part in parts])[order]
    return Sparse(indices, values.astype(np.float32), starts.astype(np.int64))
