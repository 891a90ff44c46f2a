"""Surprise, the voices behind it and what they say → watch, warning, crisis; and back, after a calm while.

Volume alone says that something happens, not that it is bad: where mentions are tagged and the tags
show nothing, it stays at watch, unless so many have never spoken before. A crisis needs many who do not copy each other, in more than one place.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from corrillo.alerts import Channel, Level, rank
from processors.detect.gauge import Reading


@dataclass(frozen=True)
class Voices:
    """What stands behind the leading reading: distinct ``authors``, ``stories``, ``venues`` and ``networks``.

    And in its time all ``voices``, those of complaint, of crisis, and of ``leisure`` (sport, culture, praise).
    """

    authors: int
    stories: int
    venues: int
    networks: int
    voices: float
    complaint: float
    crisis: float
    leisure: float = 0.0


@dataclass(frozen=True)
class Readings:
    """How unusual each channel is; None where mentions are not tagged, so that severity is unknown."""

    volume: Reading
    complaint: Reading | None
    crisis: Reading | None


@dataclass(frozen=True)
class Rules:
    """Every threshold. Surprises are log₁₀ of days: 0.85 is once a week, 1.5 once a month, 2 once in a hundred days.

    ``watch``: any channel this unusual is worth a look. ``warning``: a crisis channel this unusual, by
    ``warning_authors`` authors in ``warning_stories`` texts, is told. ``complaints``: so is a complaint
    channel that is this unusual, by ``complaint_authors``. ``bad_volume`` and ``bad_share``: so is volume
    this unusual of which this share, and ``bad_times`` what is normal, are complaints or crises by
    ``bad_authors``. ``alone``: so is volume this unusual by ``alone_voices`` whatever they say, unless
    ``leisure`` of them (a share) speak of a match or a concert, or it is fiesta. ``plain``: volume this unusual is told where severity is unknown. ``crisis``: a
    crisis channel this unusual wakes somebody if ``crisis_authors`` in ``crisis_stories`` texts speak in
    more than one network or venue, and it is this fast or this big: ``crisis_fast`` (surprise) or ``crisis_big`` (voices).
    ``ease``: an alert lasts while its surprise is no more than this below what raises it, and
    ``calm`` slots longer.
    """

    watch: float = 0.85
    warning: float = 2.0
    warning_authors: int = 3
    warning_stories: int = 2
    complaints: float = 1.9
    complaint_authors: int = 5
    bad_volume: float = 0.85
    bad_share: float = 0.3
    bad_times: float = 3.0
    bad_authors: int = 2
    alone: float = 2.4
    alone_voices: float = 4.0
    leisure: float = 0.4
    plain: float = 2.7
    crisis: float = 2.6
    crisis_authors: int = 8
    crisis_stories: int = 3
    crisis_fast: float = 4.0
    crisis_big: float = 20.0
    ease: float = 0.85
    calm: int = 36


RULES = Rules()
UNHEARD = 0.5
"""Below this share heard a slot is not calm but unknown."""


class Stage(msgspec.Struct, frozen=True):
    """Where a subject stands: its level ``since`` a slot, the highest surprise, and how many slots have been calm up to ``slot``."""

    level: Level = "calm"
    since: int = 0
    slot: int = 0
    quiet: int = 0
    peak: float = 0.0


CALM = Stage()


def stage(
    before: Stage, readings: Readings, voices: Voices | None, slot: int, rules: Rules = RULES, *, festive: bool = False
) -> Stage:
    """The stage at the end of a slot. Up at once; down, a step at a time, when enough slots in a row were calm.

    The same slot may be looked at again and again as it fills.
    """
    now = _level(readings, voices, rules, festive, 0.0)
    if rank(now) > rank(before.level):
        return _risen(before, now, readings, slot)
    if before.level == "calm":
        return CALM
    return _held(before, _level(readings, voices, rules, festive, rules.ease), readings, slot, rules)


def leading(readings: Readings, rules: Rules = RULES) -> Channel:
    """The channel that speaks for it: the gravest that is unusual."""
    grave: tuple[tuple[Channel, Reading | None], ...] = (("crisis", readings.crisis), ("complaint", readings.complaint))
    for channel, reading in grave:
        if reading and reading.surprise >= rules.watch and _speaks_for_all(reading, readings.volume, rules):
            return channel
    return "volume"


def _speaks_for_all(reading: Reading, volume: Reading, rules: Rules) -> bool:
    return reading.count >= rules.warning_authors or reading.surprise >= volume.surprise


def score(before: Stage, after: Stage, readings: Readings) -> float:
    """0–1: how unusual what opened an alert is; 0 at every moment at which none opens."""
    if before.level != "calm" or after.level == "calm":
        return 0.0
    surprise = max(highest(readings), 0.01)
    return round(surprise / (1.0 + surprise), 4)


def surprise_of(readings: Readings, channel: Channel) -> float:
    """Of a channel; as of nothing where it is not known."""
    reading: Reading | None = getattr(readings, channel)
    return reading.surprise if reading else float("-inf")


def highest(readings: Readings) -> float:
    """The surprise of the channel that is most unusual."""
    return max(surprise_of(readings, channel) for channel in ("volume", "complaint", "crisis"))


def _risen(before: Stage, level: Level, readings: Readings, slot: int) -> Stage:
    since = slot if before.level == "calm" else before.since
    return Stage(level, since, slot, 0, round(max(before.peak, highest(readings)), 2))


def _held(before: Stage, still: Level, readings: Readings, slot: int, rules: Rules) -> Stage:
    """As high as before, until nothing has kept it up for a while in which something could be heard."""
    peak = round(max(before.peak, highest(readings)), 2)
    if rank(still) >= rank(before.level):
        return Stage(before.level, before.since, slot, 0, peak)
    gone = max(slot - before.slot, 0) if readings.volume.heard >= UNHEARD else 0
    quiet = before.quiet + gone
    if quiet < rules.calm:
        return Stage(before.level, before.since, max(slot, before.slot), quiet, peak)
    return CALM if still == "calm" else Stage(still, before.since, slot, 0, peak)


def _level(readings: Readings, voices: Voices | None, rules: Rules, festive: bool, ease: float) -> Level:
    """What the rules say, each threshold of surprise lowered by ``ease``."""
    if readings.crisis is None or voices is None:
        return _plain(readings.volume.surprise + ease, rules, festive)
    if _is_crisis(readings, voices, rules, ease):
        return "crisis"
    if _is_warning(readings, voices, rules, ease) or (not festive and _is_alone(readings, voices, rules, ease)):
        return "warning"
    return "watch" if highest(readings) + ease >= rules.watch else "calm"


def _plain(surprise: float, rules: Rules, festive: bool) -> Level:
    if surprise >= rules.plain and not festive:
        return "warning"
    return "watch" if surprise >= rules.watch else "calm"


def _is_crisis(readings: Readings, voices: Voices, rules: Rules, ease: float) -> bool:
    surprise = surprise_of(readings, "crisis") + ease
    return (
        surprise >= rules.crisis
        and min(voices.authors, voices.crisis) >= rules.crisis_authors
        and voices.stories >= rules.crisis_stories
        and max(voices.networks, voices.venues) > 1
        and (surprise >= rules.crisis_fast or voices.crisis >= rules.crisis_big)
    )


def _is_warning(readings: Readings, voices: Voices, rules: Rules, ease: float) -> bool:
    if voices.stories < rules.warning_stories:
        return False
    grave = surprise_of(readings, "crisis") + ease >= rules.warning
    angry = surprise_of(readings, "complaint") + ease >= rules.complaints
    return (
        (grave and min(voices.authors, voices.crisis) >= rules.warning_authors)
        or (angry and min(voices.authors, voices.complaint) >= rules.complaint_authors)
        or _is_bad(readings, voices, rules, ease)
    )


def _is_bad(readings: Readings, voices: Voices, rules: Rules, ease: float) -> bool:
    """Volume is unusual, and clearly more of it than normal is complaint or crisis."""
    if readings.volume.surprise + ease < rules.bad_volume or not voices.voices:
        return False
    bad = max(voices.complaint, voices.crisis)
    share = bad / voices.voices
    return (
        min(voices.authors, bad) >= rules.bad_authors
        and share >= rules.bad_share
        and share >= rules.bad_times * _normal_share(readings)
    )


def _is_alone(readings: Readings, voices: Voices, rules: Rules, ease: float) -> bool:
    """So many speak that something has happened, though nobody can tell from their words what, and it is no match."""
    much = readings.volume.surprise + ease >= rules.alone and voices.voices >= rules.alone_voices
    return much and voices.leisure < rules.leisure * voices.voices


def _normal_share(readings: Readings) -> float:
    """Of complaints and crises in what is normally said."""
    volume = readings.volume.expected / readings.volume.minutes
    apart = [r.expected / r.minutes for r in (readings.complaint, readings.crisis) if r]
    return min(max(apart, default=0.0) / volume, 1.0) if volume else 0.0
