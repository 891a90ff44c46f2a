"""What ties alerts to each other and to the incidents that are open: the words of ``groups`` and ``incidents``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product

from corrillo.alerts import Alert, Subject


@dataclass(frozen=True)
class IncidentRules:
    """When alerts are one incident, when two incidents become one, and when one becomes two."""

    same: float = 0.5
    """Alerts are one where the larger has this share of the smaller one's mentions."""
    still: float = 0.2
    """Alerts of one incident stay together down to this share: between the two nothing moves."""
    part: float = 0.25
    """What explains this share of what is unusual of the whole institution tells the same as it. No more is asked,
    for a part may be known by its complaints alone, the whole by all that is said."""
    rest: float = 0.1
    """The whole stays with its part down to this share."""
    enough: int = 8
    """Mentions without which neither two incidents are merged nor one is split: fewer say it by chance."""
    news: float = 0.85
    """How rare (see Evidence.surprise) it has to be for what is new about it to be told: rarer than once a week."""
    together: timedelta = timedelta(hours=1)
    """Parts of one burst begin within this time, and incidents of one burst are merged only that early."""
    settled: timedelta = timedelta(hours=1)
    """For so long an incident that took in or let go a subject is not split, nor merged with what it let go."""
    recent: timedelta = timedelta(hours=6)
    """What comes back within this time is the same incident."""
    refresh: timedelta = timedelta(minutes=15)
    """How often an open incident is told with its present evidence though nothing is new."""
    changes: int = 200
    """Steps of its life that an incident keeps besides the first: the newest."""
    mentions: int = 500
    """Mentions that an incident keeps: the newest."""


@dataclass(frozen=True)
class Ties:
    """What is known from before: which open incident has which subject, which of them have not ``settled`` yet,
    which have only just begun, and which pairs were split not long ago."""

    owners: Mapping[Subject, str] = field(default_factory=dict)
    young: frozenset[str] = frozenset()
    fresh: frozenset[str] = frozenset()
    parted: frozenset[frozenset[str]] = frozenset()


class Cluster:
    """Alerts found to belong together so far, and the open incidents whose subjects they are."""

    def __init__(self, alert: Alert, ties: Ties) -> None:
        owner = ties.owners.get(alert.subject)
        self.alerts = [alert]
        self.owners = {owner} if owner else set()
        self.mentions = set(alert.mentions)
        self.since = alert.since

    def take(self, other: Cluster) -> None:
        """All that is in the other is in this one from now on."""
        self.alerts += other.alerts
        self.owners |= other.owners
        self.mentions |= other.mentions
        self.since = min(self.since, other.since)

    def parted(self, other: Cluster, ties: Ties) -> bool:
        """Whether incidents of the two were split not long ago."""
        return any(frozenset(pair) in ties.parted for pair in product(self.owners, other.owners))

    def merges(self, other: Cluster) -> bool:
        """Whether taking the other would make incidents one that are not one yet."""
        return not (self.owners <= other.owners or other.owners <= self.owners)


def overlap(one: Collection[str], other: Collection[str]) -> float:
    """The share (0–1) of the smaller one's mentions that the other has too."""
    smaller = min(len(one), len(other))
    return len(set(one) & set(other)) / smaller if smaller else 0.0


def since_shared(one: Sequence[str], other: Sequence[str]) -> Sequence[str]:
    """The first one's mentions (newest last) from the oldest on that both have: what was said in the time of both."""
    both = set(one) & set(other)
    first = next((n for n, identity in enumerate(one) if identity in both), 0)
    return one[first:]
