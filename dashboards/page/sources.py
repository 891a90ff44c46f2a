"""Calm or blind: how every source is, and what of a period was not heard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from corrillo.health import STATES, Judgement, State, judge, unheard
from corrillo.model import Gap
from corrillo.ports import Keeper, Quarantined, SourceHealth

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Listening:
    """One place that the configuration says is listened to: its source, network, and its name for people."""

    source: str
    network: str
    label: str
    institution: str = ""
    """The one that it is narrowed to, '' for all."""
    abilities: tuple[str, ...] = ()
    """What it is able to do besides being read (``corrillo.ports.ABILITIES``)."""


@dataclass(frozen=True)
class SourceRow:
    """A source, how it is, its name for people, and what it did not hear in the period, newest first."""

    judgement: Judgement
    label: str
    health: SourceHealth
    gaps: tuple[Gap, ...] = ()
    unheard: timedelta = timedelta()
    """How much of the period it did not hear, and nobody has filled."""
    abilities: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        """The word for it."""
        return self.judgement.state

    @property
    def ended(self) -> bool:
        """Whether it was read to its end, as a file is: of what was said later it tells nothing."""
        return self.judgement.proof == "ended"


@dataclass(frozen=True)
class Heap:
    """Items of one source that lie in quarantine for one reason: how many, and since and until when they came."""

    source: str
    reason: str
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Sources:
    """All sources, worst first, and what lies in quarantine, the largest heap first."""

    rows: tuple[SourceRow, ...] = ()
    quarantine: tuple[Heap, ...] = ()
    imported: bool = False
    """Whether none of them is listened to: they are files that were read once."""
    files: tuple[SourceRow, ...] = ()
    """Files that were imported besides what is listened to, by name."""

    @property
    def quarantined(self) -> int:
        """How many items lie in quarantine."""
        return sum(heap.count for heap in self.quarantine)

    @property
    def not_listening(self) -> tuple[SourceRow, ...]:
        """Those from which nothing is heard now."""
        return tuple(row for row in self.rows if not row.judgement.listening)

    @property
    def partial(self) -> tuple[SourceRow, ...]:
        """Those that did not hear all of the period: counts are at least what they say."""
        return tuple(row for row in self.rows if row.unheard)

    def whole(self, network: str) -> bool:
        """Whether every source of a network has heard the whole period."""
        return all(row.health.network != network for row in self.partial)

    def unknown(self, since: datetime, until: datetime) -> tuple[SourceRow, ...]:
        """The sources that did not hear that time, or a part of it."""
        return tuple(
            row for row in self.rows if any(_overlap(g, since, until, until) for g in row.gaps if not g.filled)
        )


def sources(
    keeper: Keeper,
    coverage: Sequence[Listening],
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Sources:
    """Every source that is configured; where none is, every one that was ever read.

    What is not listened to any more is neither calm nor blind. ``since`` and ``until`` are the
    period that is looked at.
    """
    ever = {h.source: h for h in keeper.health()}
    known = {c.source: ever.get(c.source, SourceHealth(c.source, c.network)) for c in coverage} or ever
    named = {place.source: place for place in coverage}
    period = (since or EARLIEST, min(until or now, now))
    rows = [_row(health, named, now, period) for health in known.values()]
    rows.sort(key=lambda r: (STATES.index(r.state), r.health.network, r.health.source))
    files = bool(rows) and not coverage and all(row.health.every == 0 for row in rows)
    besides = [_row(h, named, now, period) for name, h in sorted(ever.items()) if name not in known and _is_file(h)]
    return Sources(tuple(rows), heaps(keeper.quarantined()), imported=files, files=tuple(besides))


def _is_file(health: SourceHealth) -> bool:
    return health.every == 0 and health.last_success is not None


def heaps(items: Iterable[Quarantined]) -> tuple[Heap, ...]:
    """The items of a quarantine by source and reason."""
    times: dict[tuple[str, str], list[datetime]] = {}
    for item in items:
        times.setdefault((item.source, item.reason), []).append(item.at)
    found = (Heap(*key, len(at), min(at), max(at)) for key, at in times.items())
    return tuple(sorted(found, key=lambda h: (-h.count, h.source, h.reason)))


def _row(
    health: SourceHealth, named: Mapping[str, Listening], now: datetime, period: tuple[datetime, datetime]
) -> SourceRow:
    judgement = judge(health, now)
    gaps = unheard(health, *period, now)
    if health.last_success is None and not judgement.listening:
        gaps = (Gap(since=period[0], until=None, why=health.last_error or judgement.proof),)
    lost = _union((g for g in gaps if not g.filled), *period, now)
    place = named.get(health.source, Listening(health.source, health.network, ""))
    return SourceRow(judgement, place.label, health, gaps, lost, place.abilities)


def _overlap(gap: Gap, since: datetime, until: datetime, now: datetime) -> timedelta:
    return max(min(gap.until or now, until) - max(gap.since, since), timedelta())


def _union(gaps: Iterable[Gap], since: datetime, until: datetime, now: datetime) -> timedelta:
    """How long the gaps last together within the period; what two of them share counts once."""
    total, reached = timedelta(), since
    for gap in sorted(gaps, key=lambda g: g.since):
        total += _overlap(gap, max(reached, since), until, now)
        reached = max(reached, min(gap.until or now, until))
    return total
