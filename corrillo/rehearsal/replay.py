"""Mentions through detection as it runs in production: which incidents it would have told of, and how early.

Time goes forward with the mentions and, between them, in the steps in which production looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from corrillo.alerts import Change, Incident, Level, rank
from corrillo.health import Hearing
from corrillo.model import TaggedMention
from processors.detect.slots import SLOT, moment_of, slot_of
from processors.detect.watching import Watching

STEP = timedelta(seconds=SLOT)
KEPT = timedelta(hours=30)
"""For so long it is remembered when a mention was seen: longer than an alert looks back."""
HearingAt = Callable[[datetime], Hearing]
"""What could be heard at a moment of the past."""


@dataclass(frozen=True)
class Reached:
    """When an incident came to a level, how long after its first mention, and how many of its mentions had been seen."""

    at: datetime
    after: timedelta
    mentions: int


@dataclass
class Episode:
    """An incident that would have been told, as it was in the end; ``seen``: when each mention that it rests on was."""

    incident: Incident
    seen: dict[str, datetime] = field(default_factory=dict)

    @property
    def first(self) -> datetime:
        """When the first mention that it rests on was seen."""
        return min(self.seen.values(), default=self.incident.opened)

    def reached(self, level: Level) -> Reached | None:
        """How it came to ``level`` or above; None where it never did."""
        times = self.times(level)
        if not times:
            return None
        at = times[0][0]
        return Reached(at, at - self.first, sum(seen <= at for seen in self.seen.values()))

    def times(self, level: Level) -> list[tuple[datetime, datetime | None]]:
        """When it was at ``level`` or above, from – to (None: it still is)."""
        found: list[tuple[datetime, datetime | None]] = []
        for change in self.incident.changes:
            above = rank(change.level) >= rank(level) and not self._ends(change)
            lasts = bool(found) and found[-1][1] is None
            if above and not lasts:
                found.append((change.at, None))
            elif lasts and not above:
                found[-1] = (found[-1][0], change.at)
        return found

    def _ends(self, change: Change) -> bool:
        """Whether it was over with that: resolved, or part of another from then on."""
        return change.what == "resolved" or (change.what == "merged" and change.other == self.incident.into)


def replay(mentions: Iterable[TaggedMention], watching: Watching, hearing: HearingAt, until: datetime) -> list[Episode]:
    """What detection would have told of ``mentions`` (in the order in which they were seen) up to ``until``."""
    episodes: dict[str, Episode] = {}
    seen: dict[str, datetime] = {}
    for mention, now in _steps(mentions, until):
        if mention is None:
            watching.advance(now, hearing(now))
            _forget(seen, now - KEPT)
        else:
            seen[mention.id] = now
            watching.hear([mention])
        for incident in watching.told():
            if isinstance(incident, Incident):
                _note(episodes.setdefault(incident.id, Episode(incident)), incident, seen)
        watching.changed()
    return list(episodes.values())


def _steps(mentions: Iterable[TaggedMention], until: datetime) -> Iterator[tuple[TaggedMention | None, datetime]]:
    """Each mention when it was seen, and between them (None) each step of time."""
    due: datetime | None = None
    for mention in mentions:
        due = due or moment_of(slot_of(mention.first_seen))
        while due <= mention.first_seen:
            yield None, due
            due += STEP
        yield mention, mention.first_seen
    while due is not None and due <= until:
        yield None, due
        due += STEP


def _forget(seen: dict[str, datetime], before: datetime) -> None:
    while seen and (oldest := next(iter(seen))) and seen[oldest] < before:
        del seen[oldest]


def _note(episode: Episode, incident: Incident, seen: dict[str, datetime]) -> None:
    episode.incident = incident
    for identity in incident.mentions:
        if identity in seen:
            episode.seen.setdefault(identity, seen[identity])
