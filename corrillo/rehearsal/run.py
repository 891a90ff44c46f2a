"""One institution's history through the rules that are in force today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from corrillo.alerts import Level
from corrillo.health import Hearing
from corrillo.institution import Institution
from corrillo.model import TaggedMention
from corrillo.ports import Reader, SourceHealth
from corrillo.rehearsal.history import By, Progress, history
from corrillo.rehearsal.past import Past
from corrillo.rehearsal.replay import Episode, replay
from processors.detect.watching import Watching, watched

MONTH = timedelta(days=365.25 / 12)


@dataclass(frozen=True)
class Asked:
    """From when to before when alerts are looked at, and since when (None: the first mention) is learnt before."""

    since: datetime
    until: datetime
    by: By
    learn_from: datetime | None = None


@dataclass(frozen=True)
class Rehearsed:
    """What the rules would have told from ``asked.since`` on, oldest first.

    ``first``: the moment of the first mention of all (None: there was none); ``learnt`` of them came
    before ``asked.since``, and ``replayed`` since then.
    """

    institution: str
    asked: Asked
    first: datetime | None
    learnt: int
    replayed: int
    episodes: tuple[Episode, ...]

    def at(self, level: Level) -> list[Episode]:
        """Those that were at ``level`` or above in that time."""
        return [e for e in self.episodes if _overlaps(e, level, self.asked)]

    def a_month(self, count: int) -> float:
        """So many in that time, as so many a month."""
        return count / ((self.asked.until - self.asked.since) / MONTH)


def rehearse(
    reader: Reader,
    healths: Sequence[SourceHealth],
    institution: Institution,
    asked: Asked,
    now: datetime,
    progress: Progress,
) -> Rehearsed:
    """Replay what was seen up to ``asked.until``, with what could be heard then (by publication: everything)."""
    mentions = history(reader, institution.id, asked.by, asked.learn_from, asked.until, progress)
    tally = _Tally(mentions, asked.since)
    hearing = Past(healths, now) if asked.by == "observed" else _everything
    episodes = replay(tally, Watching({}, watched([institution], attention=False)), hearing, asked.until)
    told = sorted((e for e in episodes if _overlaps(e, "watch", asked)), key=lambda e: e.incident.opened)
    return Rehearsed(institution.id, asked, tally.first, tally.before, tally.since, tuple(told))


class _Tally:
    """Counts the mentions that go through it: before a moment, and from it on."""

    def __init__(self, mentions: Iterable[TaggedMention], moment: datetime) -> None:
        self._mentions, self._moment = mentions, moment
        self.before = self.since = 0
        self.first: datetime | None = None

    def __iter__(self) -> Iterator[TaggedMention]:
        for mention in self._mentions:
            self.first = self.first or mention.first_seen
            if mention.first_seen < self._moment:
                self.before += 1
            else:
                self.since += 1
            yield mention


def _everything(then: datetime) -> Hearing:
    return Hearing()


def _overlaps(episode: Episode, level: Level, asked: Asked) -> bool:
    return any(s < asked.until and (u is None or u > asked.since) for s, u in episode.times(level))
