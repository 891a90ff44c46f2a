"""What the lexicons, the rules and the classes of ``senses.toml`` find in texts, as numbers beside the hashed ones.

A class alone says little (``gracias`` is also irony's); what stands beside it and what else the
text has say more, so pairs of classes are features of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corrillo.model import TAG_KINDS
from processors.learned.letters import Places
from processors.learned.lookup import OF_TAGS, Looked
from processors.learned.style import NAMES
from processors.rules import read, score
from processors.terms import Hit

Table = npt.NDArray[np.float32]

_UNRULED = ("public", "government", "administration", "sense")
_GRADES = ("sure", "strong", "medium", "weak", "against", "terms")
LABELS: tuple[str, ...] = tuple(f"{section}.{grade}" for section in OF_TAGS for grade in _GRADES)
SENSES: tuple[str, ...] = (
    "bad", "anger", "insult", "graft", "waste_of_money", "lies", "duty", "defect", "dirt", "noise", "danger", "delay",
    "lack", "no_answer", "my_own", "good", "thanks", "cheers", "helped", "irony", "rhetoric", "ask_info", "ask_word",
    "modal", "propose", "wish", "order", "you_plural", "they", "politics", "institution", "things", "news", "agenda",
    "sport", "talk", "sale", "contrast", "negated", "strongly", "emergency", "happening", "storm", "damage", "warning",
    "agree", "disagree", "decided", "compare", "civics",
)  # fmt: skip
"""The classes of ``senses.toml``; their order is the columns'."""
COLUMNS: tuple[str, ...] = (
    *LABELS,
    *(f"rules {kind}" for kind in TAG_KINDS),
    *(f"sense {name}" for name in SENSES),
    *(f"sense {name} twice" for name in SENSES),
)
"""Classes of terms, what the rules make of them, and what a text does with its words."""
FIRST = len(NAMES)
"""The column of the first of them in a row of features."""
PAIRS = 2 * len(SENSES) ** 2
"""How many pairs there are: of neighbours in their order, and of classes of the same text."""
HIT = 0.35
SCORE = 0.7
NEIGHBOURS = 0.2
TOGETHER = 0.1
GAP = 20
"""Characters at most between neighbours."""
REACH = 5
"""Hits at most from a hit to its neighbour, counting by where they end."""

_RULES = len(LABELS)
_SENSE = _RULES + len(TAG_KINDS)
_NUMBER = {label: number for number, label in enumerate(LABELS)} | {
    f"sense.{name}": _SENSE + number for number, name in enumerate(SENSES)
}
_RULED = frozenset(label for label in LABELS if not label.startswith(_UNRULED))
"""What the rules read."""

_KINDS: Places = np.array(
    [
        TAG_KINDS.index(section) if section in TAG_KINDS and grade != "against" else -1
        for section, _, grade in (column.partition(".") for column in COLUMNS)
    ]
)
"""For each column the number of the kind that its terms speak for, -1 where they speak for none."""
_LATER = np.triu(np.ones((len(SENSES), len(SENSES)), dtype=np.bool_), 1)
"""Of each two classes once: the second comes later in their order."""


@dataclass(frozen=True)
class Found:
    """Terms that were found: the text, the number of its column, begin and end of each; by text."""

    row: Places
    number: Places
    begin: Places
    end: Places

    def of(self, texts: npt.NDArray[np.bool_]) -> Found:
        """Those of the texts that are wanted."""
        kept = texts[self.row]
        return Found(self.row[kept], self.number[kept], self.begin[kept], self.end[kept])


@dataclass(frozen=True)
class Signs:
    """A row of ``COLUMNS`` for each text; the pairs of classes: row, number and value of each; what was found."""

    table: Table
    row: Places
    pair: Places
    value: Table
    found: Found


def signs(texts: Sequence[str], languages: Sequence[str], looked: Sequence[Looked]) -> Signs:
    """What is found in each text; ``languages`` as detected, ``looked`` as they were looked up."""
    table = np.zeros((len(texts), len(COLUMNS)), dtype=np.float32)
    found = _of_tags(table, texts, languages, looked)
    said = found.number >= _SENSE
    row, number, begin, end = found.row[said], found.number[said] - _SENSE, found.begin[said], found.end[said]
    counts = np.bincount(row * len(SENSES) + number, minlength=len(texts) * len(SENSES)).reshape(-1, len(SENSES))
    some = counts > 0
    table[:, _SENSE : _SENSE + len(SENSES)] = HIT * some
    table[:, _SENSE + len(SENSES) :] = HIT * (counts > 1)
    beside = _neighbours(row, number, begin, end)
    together = np.flatnonzero(some[:, :, None] & some[:, None, :] & _LATER)
    keys = np.concatenate((beside, together + (together // len(SENSES) ** 2 + 1) * len(SENSES) ** 2))
    values = np.repeat(np.array([NEIGHBOURS, TOGETHER], np.float32), [len(beside), len(together)])
    return Signs(table, keys // PAIRS, keys % PAIRS, values, found)


def carried(found: Found, weights: Table) -> npt.NDArray[np.float64]:
    """What each term carries for each column of ``weights``: a row for each of ``found``.

    A class, and what the rules make of a kind's terms, is shared by the terms that were found for it.
    """
    shares = HIT * weights[FIRST + found.number] / _alike(found.row, found.number)[:, None]
    kind = _KINDS[found.number]
    ruled = kind >= 0
    made = weights[FIRST + _RULES + kind[ruled]] / _alike(found.row[ruled], kind[ruled])[:, None]
    shares[ruled] += SCORE * made
    return np.asarray(shares, np.float64)


def _alike(row: Places, number: Places) -> Places:
    """For each, how many of the same row have its number."""
    which = row * len(COLUMNS) + number
    return np.asarray(np.bincount(which)[which])


def _of_tags(table: Table, texts: Sequence[str], languages: Sequence[str], looked: Sequence[Looked]) -> Found:
    """Fills the columns of the lexicons and the rules; gives what was found, the classes of ``senses.toml`` too."""
    found: list[int] = []
    for at, (text, language, (_, hits)) in enumerate(zip(texts, languages, looked, strict=True)):
        ruled = []
        for hit in hits:
            number = _NUMBER.get(hit.label, -1)
            if number >= 0:
                found += (at, number, hit.start, hit.end)
                if hit.label in _RULED:
                    ruled.append(hit)
        _rules(table[at], text, ruled, language)
    four = np.array(found, dtype=np.int64).reshape(-1, 4)
    terms = Found(four[:, 0], four[:, 1], four[:, 2], four[:, 3])
    of_rules = terms.number < _SENSE
    table[terms.row[of_rules], terms.number[of_rules]] = HIT
    return terms


def _rules(row: Table, text: str, hits: Sequence[Hit], language: str) -> None:
    """What the rules make of their terms, before thresholds."""
    found, shares = read(text, hits, language)
    for kind, marks in found.items():
        row[_RULES + TAG_KINDS.index(kind)] = SCORE * score(marks, shares.get(kind, 1.0))


def _neighbours(row: Places, number: Places, begin: Places, end: Places) -> Places:
    """Row and pair as one number, each once: a class and one that follows it closely."""
    keys = [np.zeros(0, np.int64)]
    for step in range(1, min(REACH + 1, len(row))):
        gap = begin[step:] - end[:-step]
        near = (row[step:] == row[:-step]) & (gap >= 0) & (gap <= GAP)
        pair = number[:-step] * len(SENSES) + number[step:]
        keys.append((row[step:] * PAIRS + pair)[near])
    return np.unique(np.concatenate(keys))
