"""How much of what is usually said can be heard: an expectation is the sum over the sources that are live.

Each source's usual share is learnt hour by hour, from the hours in which it was heard. A source that is
new to an institution does not change what is normal before its own rate is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import inf

import msgspec

from corrillo.health import Hearing
from processors.detect.slots import SLOT, moment_of

HALF_LIFE = 14 * 24
"""Hours after which what a source gave counts half."""
FADING = 0.5 ** (1 / HALF_LIFE)
GROWN = 48
"""Hours after which the rate of a new source is known."""


class Ear(msgspec.Struct, frozen=True):
    """One source: voices and hours in which it was heard (both fading), and the hour since 1970 of its first voice."""

    voices: float
    hours: float
    born: int

    @property
    def rate(self) -> float:
        """Voices an hour."""
        return self.voices / max(self.hours, 1.0)


class Ears(msgspec.Struct, frozen=True, tag_field="kind", tag="ears"):
    """All sources of an institution."""

    institution: str
    sources: dict[str, Ear] = {}

    def grown(self, source: str, hour: int) -> bool:
        """Whether its voices count: its rate is known, or it was there when listening began."""
        return not self.sources or self._age(source, hour, self._begun()) >= 0

    def share(self, silent: Sequence[str], hour: int) -> float:
        """What all but the ``silent`` sources usually say, as a share of what is normal by now for all.

        It is above 1 while a source that came later has become part of the whole, and not yet of what is normal.
        """
        if not self.sources:
            return 1.0
        begun = self._begun()
        ages = {name: age for name in self.sources if (age := self._age(name, hour, begun)) >= 0}
        normal = sum(self.sources[name].rate * _settled(age) for name, age in ages.items())
        if not normal:
            return 1.0
        return sum(self.sources[name].rate for name in ages if name not in silent) / normal

    def learnt(self, hour: int, voices: Mapping[str, int], share: Mapping[str, float]) -> Ears:
        """After an hour in which each source gave so many ``voices``; ``share`` of it was heard (1.0 where not said)."""
        known = {name: self.sources.get(name, Ear(0.0, 0.0, hour)) for name in {*self.sources, *voices}}
        ears = {name: _learnt(ear, voices.get(name, 0), share.get(name, 1.0)) for name, ear in sorted(known.items())}
        return Ears(self.institution, ears)

    def _begun(self) -> int:
        return min(ear.born for ear in self.sources.values())

    def _age(self, source: str, hour: int, begun: int) -> float:
        """Hours since its rate is known; of those that were there from the beginning, for ever."""
        born = self.sources[source].born if source in self.sources else hour
        return inf if born - begun < GROWN else hour - born - GROWN


def _settled(age: float) -> float:
    """How much of a source is part of what is normal: that follows as slowly as the series do."""
    return float(1.0 - 0.5 ** (age / HALF_LIFE))


def _learnt(ear: Ear, voices: int, share: float) -> Ear:
    if not share:
        return ear
    return Ear(round(ear.voices * FADING + voices, 6), round(ear.hours * FADING + share, 6), ear.born)


def silent_in(slot: int, hearing: Hearing) -> list[str]:
    """The sources that could not be heard in most of that slot."""
    begin, end = moment_of(slot), moment_of(slot + 1)
    middle = begin + (end - begin) / 2
    return [name for name, times in hearing.unheard.items() if any(_covers(t, middle) for t in times)]


def _covers(time: tuple[datetime, datetime | None], moment: datetime) -> bool:
    since, until = time
    return since <= moment and (until is None or moment < until)


def heard_of(hour: int, hearing: Hearing) -> dict[str, float]:
    """For each source that was not heard all the hour: the share of its slots in which it was."""
    slots = range(hour * 3600 // SLOT, (hour + 1) * 3600 // SLOT)
    silent = [name for slot in slots for name in silent_in(slot, hearing)]
    return {name: 1 - silent.count(name) / len(slots) for name in set(silent)}
