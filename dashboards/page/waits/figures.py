"""How many wait, how long it takes until there is an answer, and what was kept of what was promised. Pure.

Times are of those for which answers were looked for: where nobody looked, only answers can come to be
known, and an office would look faster the less is known of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from corrillo.attention import Attention
from corrillo.opening import Opening
from corrillo.waiting import Wait, within

SHARES = (0.25, 0.5, 0.9)
"""The shares that have their answer within the times that are shown."""


@dataclass(frozen=True)
class Spread:
    """Within how many seconds a quarter, half and nine in ten have their answer; None where fewer have one so far."""

    quarter: float | None = None
    half: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Promise:
    """What became of those whose time is up: ``seconds`` of opening hours after they asked.

    ``due``: of how many it is known whether they had their answer by then; ``untold``: of how many it is not.
    """

    seconds: float
    due: int = 0
    kept: int = 0
    untold: int = 0


@dataclass(frozen=True)
class Figures:
    """Of some questions and complaints.

    ``looked``: for how many of them answers were looked for; ``told``: how many of those were answered.
    """

    asked: int = 0
    answered: int = 0
    waiting: int = 0
    unknown: int = 0
    looked: int = 0
    told: int = 0
    working: Spread = field(default_factory=Spread)
    overall: Spread = field(default_factory=Spread)

    @property
    def share(self) -> float | None:
        """Part (0–1) of those looked after that has an answer so far; None where nobody looked after any."""
        return self.told / self.looked if self.looked else None


@dataclass(frozen=True)
class Group:
    """The figures of one network, service or department; '' where the register names none."""

    name: str
    figures: Figures


@dataclass(frozen=True)
class Known:
    """What was asked, and how long it waited, in opening hours and by the clock.

    None where nobody looked, and where it was answered but of one of the two only the day is known.
    """

    attention: Attention
    working: Wait | None = None
    overall: Wait | None = None


def known(found: Iterable[Attention], opening: Opening) -> list[Known]:
    """What is known of the waits; one that goes on is known until answers were last looked for."""
    return [_known(one, one.looked, opening) for one in found]


def _known(one: Attention, looked: datetime | None, opening: Opening) -> Known:
    if looked is None:
        return Known(one)
    if one.answered is None:
        until = max(one.asked, looked)
        working, overall = opening.seconds(one.asked, until), (until - one.asked).total_seconds()
        return Known(one, Wait(working, goes_on=True), Wait(overall, goes_on=True))
    if one.wait is None or one.working_wait is None:
        return Known(one)
    return Known(one, Wait(one.working_wait), Wait(one.wait))


def figures(found: Sequence[Known]) -> Figures:
    """The figures of what was asked."""
    states = Counter(one.attention.state for one in found)
    looked = [one for one in found if one.attention.looked is not None]
    return Figures(
        asked=len(found),
        answered=states["answered"],
        waiting=states["waiting"],
        unknown=states["unknown"],
        looked=len(looked),
        told=sum(one.attention.answered is not None for one in looked),
        working=Spread(*within((one.working for one in looked if one.working), SHARES)),
        overall=Spread(*within((one.overall for one in looked if one.overall), SHARES)),
    )


def groups(found: Sequence[Known], by: str) -> tuple[Group, ...]:
    """The figures by one field of what was asked: where most wait first, then where most was asked, and '' last."""
    apart: dict[str, list[Known]] = {}
    for one in found:
        apart.setdefault(getattr(one.attention, by), []).append(one)
    found_of = [Group(name, figures(some)) for name, some in apart.items()]
    return tuple(sorted(found_of, key=lambda g: (not g.name, -g.figures.waiting, -g.figures.asked, g.name)))


def promise(found: Sequence[Known], hours: float | None, opening: Opening, now: datetime) -> Promise | None:
    """What was kept of an answer within so many opening hours; None where nothing is promised.

    Only what was asked so long ago that its time is up, answered or not: among newer ones those with
    an answer would be counted and those without could not be.
    """
    if hours is None:
        return None
    seconds = hours * 3600
    looked = (one for one in up(found, seconds, opening, now) if one.attention.looked is not None)
    inside = [_in_time(one.working, seconds) for one in looked]
    return Promise(seconds, len(inside) - inside.count(None), inside.count(True), inside.count(None))


def up(found: Sequence[Known], seconds: float, opening: Opening, now: datetime) -> Sequence[Known]:
    """Those that were asked at least so many seconds of opening hours ago, oldest first."""
    ordered = sorted(found, key=lambda one: one.attention.asked)
    return ordered[: bisect_right(ordered, -seconds, key=lambda one: -opening.seconds(one.attention.asked, now))]


def _in_time(wait: Wait | None, seconds: float) -> bool | None:
    """Whether it had its answer within that time; None where nobody looked so late, or only the day is known."""
    if wait is None:
        return None
    if wait.goes_on:
        return False if wait.seconds >= seconds else None
    return wait.seconds <= seconds
