"""Calm or blind: what is known of every source, and an honest word for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from corrillo.ports import Keeper, SourceHealth

State = Literal["failing", "waiting", "silent", "fresh"]
"""Worst first: it cannot be read; not read yet; nothing new for long; all well."""
STATES: tuple[State, ...] = ("failing", "waiting", "silent", "fresh")
SILENCE = timedelta(hours=24)
"""Without a new post for longer than this a source is called silent; not every source is meant to be."""


@dataclass(frozen=True)
class Listening:
    """One place that the configuration says is listened to: its source, network, and its name for people."""

    source: str
    network: str
    label: str


@dataclass(frozen=True)
class SourceRow:
    """A source, the word for it, and for how many hours nothing new has come (None: nothing ever)."""

    state: State
    hours: int | None
    label: str
    health: SourceHealth


@dataclass(frozen=True)
class Sources:
    """All sources, worst first, and how many items lie in quarantine."""

    rows: tuple[SourceRow, ...] = ()
    quarantined: int = 0

    def those(self, *states: State) -> tuple[SourceRow, ...]:
        """The sources in one of these states."""
        return tuple(row for row in self.rows if row.state in states)


def sources(keeper: Keeper, coverage: Sequence[Listening], now: datetime) -> Sources:
    """Every source that is configured; where none is, every one that was ever read.

    What is not listened to any more is neither calm nor blind.
    """
    known = {h.source: h for h in keeper.health()}
    if coverage:
        known = {c.source: known.get(c.source, SourceHealth(c.source, c.network)) for c in coverage}
    labels = {place.source: place.label for place in coverage}
    rows = [_row(health, labels, now) for health in known.values()]
    rows.sort(key=lambda r: (STATES.index(r.state), r.health.network, r.health.source))
    return Sources(tuple(rows), len(keeper.quarantined()))


def _row(health: SourceHealth, labels: Mapping[str, str], now: datetime) -> SourceRow:
    hours = int((now - health.newest_post) / timedelta(hours=1)) if health.newest_post else None
    return SourceRow(state(health, now), hours, labels.get(health.source, ""), health)


def state(health: SourceHealth, now: datetime) -> State:
    """The word for a source: failures in a row count before silence, silence before anything good."""
    if health.failures > 0:
        return "failing"
    if health.last_success is None:
        return "waiting"
    if health.newest_post is None or now - health.newest_post > SILENCE:
        return "silent"
    return "fresh"
