"""The words of detection: what is unusual, how we know, and what people do about it.

Nothing here holds a text or an author: mentions are named by their ids, so that what is deleted or
erased is gone from alerts too. Times are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from corrillo.attention import Attention
from corrillo.model import Id, Word

Level = Literal["calm", "watch", "warning", "crisis"]
LEVELS: tuple[Level, ...] = ("calm", "watch", "warning", "crisis")
"""Rising: look at it; tell who is responsible; wake them."""
Channel = Literal["volume", "complaint", "crisis"]
CHANNELS: tuple[Channel, ...] = ("volume", "complaint", "crisis")
"""What is counted apart, each against what is normal for it: all that is said, complaints, crises."""


class Subject(Word, frozen=True, order=True):
    """What is watched: an institution as a whole, one service of it, or one district."""

    institution: Id
    service: str = ""
    district: str = ""


class Point(Word, frozen=True):
    """One step of a series: ``at`` its beginning, what was counted, and what is normal there.

    ``low`` and ``high``: 19 of 20 such steps lie between them. ``heard``: the share (0–1) of what is
    usually said that our sources could hear; at 0 the count is unknown, never zero.
    """

    at: datetime
    count: float
    expected: float
    low: float
    high: float
    heard: float = 1.0


class Evidence(Word, frozen=True):
    """What an alert rests on at one moment.

    The last ``minutes`` are what is most unusual of all time scales: ``voices`` independent ones
    (distinct authors and texts: neither copies nor one person's hundred posts count again) in
    ``count`` mentions by ``authors`` distinct ones, where ``expected`` (``low`` to ``high``) voices
    are normal. ``surprise`` is the decimal logarithm of the days after which chance alone brings as
    much: 0 once a day, 2 once in a hundred days. ``word``: what is unusual is that they share it (see
    ``processors.detect.words``); '' where it is how many they are. ``growth``: voices of the later half of that time
    over those of the earlier half. ``samples``: ids of mentions, most telling first. ``blind``: sources
    that could not be heard.
    """

    channel: Channel
    minutes: int
    voices: float
    expected: float
    low: float
    high: float
    surprise: float
    word: str = ""
    count: int = 0
    authors: int = 0
    stories: int = 0
    venues: int = 0
    networks: tuple[tuple[str, int], ...] = ()
    tags: tuple[tuple[str, int], ...] = ()
    """Voices that carry each tag; empty where nothing was tagged."""
    growth: float = 1.0
    samples: tuple[str, ...] = ()
    heard: float = 1.0
    blind: tuple[str, ...] = ()


class Alert(Word, frozen=True):
    """A subject above calm: since when, how high now, on what evidence, by which mentions (ids, newest last)."""

    subject: Subject
    level: Level
    since: datetime
    at: datetime
    evidence: Evidence
    mentions: tuple[str, ...] = ()


ChangeKind = Literal["opened", "changed", "escalated", "eased", "merged", "split", "resolved", "reopened"]


class Change(Word, frozen=True):
    """One step in an incident's life. ``other``: the incident that it was merged with or split from."""

    at: datetime
    what: ChangeKind
    level: Level
    subjects: tuple[Subject, ...]
    evidence: Evidence
    other: str = ""


class Incident(Word, frozen=True, tag_field="kind", tag="incident"):
    """What one or several alerts are about; written by detection alone.

    ``leading`` is the subject whose evidence speaks for it. ``points``: that subject's last day, in
    quarters of an hour. ``changes``: its life, oldest first. ``into``: the incident that it is part of
    since they were merged.
    """

    id: Id
    institution: Id
    opened: datetime
    updated: datetime
    level: Level
    peak: Level
    leading: Subject
    subjects: tuple[Subject, ...]
    evidence: Evidence
    changes: tuple[Change, ...]
    points: tuple[Point, ...] = ()
    mentions: tuple[str, ...] = ()
    resolved: datetime | None = None
    into: str = ""


class HourCount(Word, frozen=True, tag_field="kind", tag="hour_count"):
    """What was said of a subject in one hour (since 1970), kept for good: nobody is in it.

    ``count`` mentions; ``voices``, ``complaints`` and ``crises`` independent ones. ``expected``,
    ``low`` and ``high`` are of voices, as they were normal before that hour. ``heard``: see Point.
    """

    institution: Id
    service: str
    district: str
    hour: int
    count: int
    voices: float
    complaints: float
    crises: float
    expected: float
    low: float
    high: float
    heard: float


Told = Incident | HourCount | Attention
"""What detection tells the world."""

ActKind = Literal["acknowledge", "silence", "reopen", "note"]


class Act(Word, frozen=True, tag_field="kind", tag="act"):
    """What somebody did about an incident: a document of its own, which joins by the incident's id.

    ``who`` is how they call themselves; ``until`` (silence only): when it speaks again by itself.
    """

    incident: Id
    at: datetime
    who: str
    what: ActKind
    until: datetime | None = None
    note: str = ""


Life = Literal["open", "acknowledged", "silenced", "resolved"]


def life(incident: Incident, acts: Sequence[Act], now: datetime) -> Life:
    """Where an incident stands: the last thing that was done about it holds until it escalates or is over."""
    if incident.resolved is not None or incident.into:
        return "resolved"
    done = sorted((a for a in acts if a.incident == incident.id and a.what != "note"), key=lambda a: a.at)
    if not done or done[-1].what == "reopen":
        return "open"
    last = done[-1]
    if any(c.what in ("escalated", "reopened") and c.at > last.at for c in incident.changes):
        return "open"
    if last.what == "silence":
        return "silenced" if last.until is None or now < last.until else "open"
    return "acknowledged"


def rank(level: Level) -> int:
    """Where a level stands among LEVELS."""
    return LEVELS.index(level)
