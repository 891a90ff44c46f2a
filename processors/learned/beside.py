"""What is said of a text beside its tags, whom it is aimed at and which service it is about: the columns for it.

Both are read from the tagger's columns and from terms and handles of their own, which stand in
plain columns that the tagger leaves free.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corrillo.model import SERVICES, TAG_KINDS
from processors.learned.features import BITS, PLAIN, WIDTH, Sparse
from processors.learned.heads import Heads
from processors.learned.letters import Places
from processors.learned.lookup import ABOUT, AIM, Looked
from processors.target import AIMED
from processors.terms import Hit

NARROW_BITS = 15
NARROW = PLAIN + (1 << NARROW_BITS)
"""Columns of a narrowed row: there are many services, and words tell them apart."""

Table = npt.NDArray[np.float32]

_JUDGED = tuple(kind for kind in TAG_KINDS if kind in AIMED)
_GRADES = (
    f"{AIM}government.strong", f"{AIM}government.weak", f"{AIM}administration.strong", f"{AIM}administration.weak",
    f"{AIM}public.terms",
)  # fmt: skip
_HANDLES = ("a party's handle", "a politician's handle", "a service's handle")
_AIMS = (*_GRADES, *_HANDLES, "politics only", "services only", "neither", *_JUDGED)
_SERVICES = tuple(service for service in SERVICES if service != "other")
_FIRST_AIM = PLAIN - len(_AIMS)
_FIRST_SERVICE = _FIRST_AIM - 2 * len(_SERVICES)
_STEP = 0.5
_MOST = 3
_PARTY = re.compile(
    r"@\w*?(?:(?<![a-z])(?:pp(?:gal|cv?|cyl|andaluz|madrid|m|clm|rm)?|cc|psoe|psc|psdeg|pspv|pse|psn|vox|cs|iu|iuc?m|bng|erc|cup|eaj|pnv|cdu|psd|ehbildu|jxcat)(?![a-z])"
    r"|(?<![a-z])(?:ppde?|pp_|psoe|psdeg|vox_|psc_|bng|erc_)|ciudadanos|podem|izqunida|esquerra|junts|bildu|comuns|encomu|compromis|sumar|"
    r"masmadrid|adelante|populares|socialist|jeltzale|ahora|mareas?)\w*"
)
_POLITICIAN = re.compile(
    r"@\w*?(?:alcald|alkate|alcade|concej|conceller|regidor|conselle|consejer|delegad|candidat|teniente|presiden|diputad|portavo|ministr|president)\w*"
)
_SERVICE = re.compile(
    r"@\w*?(?:ayto|ayunt|aytto|ajunt|concello|udala|diput|dipu|cabildo|consell|junta|xunta|gva|gencat|policia|bomber|emergen|metro|emt|tmb|"
    r"renfe|adif|linea\w{0,3}madrid|limpi|aguas|canal|sanidad|salud|educa|cultura|biblio|transport|trafic|dgt|emasa|lipasam|tussam|aemet|"
    r"112|080|061|012|010)\w*"
)


def aims(looked: Sequence[Looked], scores: Table) -> Table:
    """For each text what tells whom it is aimed at; ``scores`` are those of all kinds of tags."""
    table = np.zeros((len(looked), len(_AIMS)), dtype=np.float32)
    for row, (folded, hits) in zip(table, looked, strict=True):
        _graded(row, [hit for hit in hits if hit.label.startswith(AIM)])
        if "@" in folded:
            row[len(_GRADES) : len(_GRADES) + len(_HANDLES)] = [
                _counted(len(found.findall(folded))) for found in (_PARTY, _POLITICIAN, _SERVICE)
            ]
        politics, services = row[[0, 1, 5, 6]].any(), row[[2, 3, 7]].any()
        row[8:11] = politics and not services, services and not politics, not politics and not services
    table[:, -len(_JUDGED) :] = scores[:, [TAG_KINDS.index(kind) for kind in _JUDGED]]
    return table


def _graded(row: Table, hits: Sequence[Hit]) -> None:
    for number, grade in enumerate(_GRADES):
        row[number] = _counted(len({hit.end for hit in hits if hit.label == grade}))


def _counted(number: int) -> float:
    return _STEP * min(number, _MOST)


def services(looked: Sequence[Looked]) -> Table:
    """For each text how many terms, sure ones and hints, it has of each service but `other`."""
    table = np.zeros((len(looked), 2 * len(_SERVICES)), dtype=np.float32)
    for row, (_, hits) in zip(table, looked, strict=True):
        for label, _ in {(hit.label, hit.term) for hit in hits if hit.label in _NUMBERS}:
            row[_NUMBERS[label]] += _STEP
    return np.minimum(table, _STEP * _MOST)


_NUMBERS = {
    f"{ABOUT}{section}.{service}": number
    for number, (section, service) in enumerate(
        (section, service) for section in ("service", "service_hint") for service in _SERVICES
    )
}


def with_aims(rows: Sparse, table: Table) -> Sparse:
    """The rows with the columns of ``aims``."""
    return _with(rows, table, _FIRST_AIM)


def with_services(rows: Sparse, table: Table) -> Sparse:
    """The rows, narrowed, with the columns of ``services``."""
    return _with(narrowed(rows), table, _FIRST_SERVICE)


def narrowed(rows: Sparse) -> Sparse:
    """The rows with fewer hashed columns."""
    return Sparse(_narrow(rows.indices).astype(np.int32), rows.values, rows.starts)


def _narrow(columns: npt.NDArray[Any]) -> Places:
    return np.where(columns < PLAIN, columns, PLAIN + ((columns - PLAIN) >> (BITS - NARROW_BITS)))


def aim_points(heads: Heads, points: Table, table: Table) -> Table:
    """What the heads make of ``with_aims``, from what they make of the rows without its columns."""
    return np.asarray(points + table @ heads.weights[_FIRST_AIM:PLAIN], np.float32)


@dataclass(frozen=True)
class Compact:
    """Heads over narrowed rows, of which only the columns that weigh something are kept.

    ``place`` has the row of ``heads`` for each column of a row that is not narrowed, -1 where it weighs nothing.
    """

    heads: Heads
    place: npt.NDArray[np.int32]
    beside: Table


def compact(wide: Heads) -> Compact:
    """The heads of ``with_services`` without the columns that weigh nothing."""
    kept = np.flatnonzero(wide.weights.any(axis=1))
    place = np.full(len(wide.weights), -1, np.int32)
    place[kept] = np.arange(len(kept))
    place = place[_narrow(np.arange(WIDTH))]
    return Compact(
        Heads(np.ascontiguousarray(wide.weights[kept]), wide.intercepts), place, wide.weights[_FIRST_SERVICE:_FIRST_AIM]
    )


def service_points(heads: Compact, rows: Sparse, table: Table) -> Table:
    """What the heads make of ``with_services``, without making it."""
    place = heads.place.take(rows.indices)
    kept = np.flatnonzero(place >= 0)
    few = Sparse(place.take(kept), rows.values.take(kept), np.searchsorted(kept, rows.starts))
    return np.asarray(heads.heads.points(few) + table @ heads.beside, np.float32)


def _with(rows: Sparse, table: Table, first: int) -> Sparse:
    row, column = np.nonzero(table)
    at = np.concatenate((np.repeat(np.arange(len(rows)), np.diff(rows.starts)), row))
    order = np.argsort(at, kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(at, minlength=len(rows)))))
    indices = np.concatenate((rows.indices, (column + first).astype(np.int32)))[order]
    values = np.concatenate((rows.values, table[row, column]))[order]
    return Sparse(indices, values.astype(np.float32), starts.astype(np.int64))
