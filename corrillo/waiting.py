"""How long people wait for an answer, where some of them still wait: the estimator of Kaplan and Meier. Pure.

E. L. Kaplan, P. Meier, "Nonparametric estimation from incomplete observations", Journal of the American
Statistical Association 53 (1958) 457–481. Who still waits counts for as long as it is known that they did:
left out, every office would look fast; counted as answered now, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

EQUAL = 1e-9
"""Shares that differ by less are the same one."""


class Wait(NamedTuple):
    """Seconds until the answer came; where it ``goes_on``, for how long it is known that none came."""

    seconds: float
    goes_on: bool = False


def within(waits: Iterable[Wait], shares: Sequence[float]) -> tuple[float | None, ...]:
    """Seconds within which each of these shares (0–1, ascending) of all have their answer.

    None where so many have not got one. An answer at the very moment until which others are known to
    wait came while they waited.
    """
    ordered = sorted(waits)
    found: list[float | None] = []
    without = 1.0
    for passed, wait in enumerate(ordered):
        if not wait.goes_on:
            left = len(ordered) - passed
            without *= (left - 1) / left
            while len(found) < len(shares) and without <= 1 - shares[len(found)] + EQUAL:
                found.append(wait.seconds)
    return (*found, *[None] * (len(shares) - len(found)))
