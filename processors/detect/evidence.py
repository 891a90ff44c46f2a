"""What stands behind an unusual reading: who, where, how many, which mentions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from corrillo.alerts import Channel, Evidence, Subject
from corrillo.model import TAG_KINDS
from processors.detect.gauge import Reading
from processors.detect.levels import Voices
from processors.detect.recent import Heard, Recent, channels_of, is_leisure
from processors.detect.slots import SLOT
from processors.detect.words import independent

SAMPLES = 5
BEHIND = 500
"""Mentions that an alert names, at most: the newest."""


@dataclass(frozen=True)
class Behind:
    """What was said of a subject in the channel that leads, in the time of its ``reading`` up to ``slot``; with a ``word``, who shares it."""

    recent: Recent
    subject: Subject
    channel: Channel
    reading: Reading
    slot: int
    word: str = ""

    def voices(self) -> Voices:
        """Who speaks."""
        records = self._records
        all_said = [r for _, r in self._all]
        return Voices(
            authors=_authors(records),
            stories=len({r.story for r in records}),
            venues=len({(r.network, r.venue) for r in records}),
            networks=len({r.network for r in records}),
            voices=float(sum(r.speaks(self.subject, "volume") for r in all_said)),
            complaint=float(sum(r.speaks(self.subject, "complaint") for r in all_said)),
            crisis=float(
                max(len(records) if self.word else 0, sum(r.speaks(self.subject, "crisis") for r in all_said))
            ),
            leisure=float(sum(r.speaks(self.subject, "volume") and is_leisure(r) for r in all_said)),
        )

    def evidence(self, blind: Sequence[str]) -> Evidence:
        """All that an alert rests on."""
        records, all_said, reading = self._records, [r for _, r in self._said], self.reading
        tags = Counter(t for r in records for t in r.tags)
        return Evidence(
            channel=self.channel,
            minutes=reading.minutes,
            voices=float(len(records)),
            expected=round(reading.expected, 3),
            low=round(reading.low, 3),
            high=round(reading.high, 3),
            surprise=round(reading.surprise, 2),
            word=self.word,
            count=len(all_said),
            authors=_authors(all_said),
            stories=len({r.story for r in all_said}),
            venues=len({(r.network, r.venue) for r in all_said}),
            networks=tuple(Counter(r.network for r in records).most_common()),
            tags=tuple((kind, tags[kind]) for kind in TAG_KINDS if tags[kind]),
            growth=self._growth(),
            samples=self._samples(),
            heard=round(min(reading.heard, 1.0), 3),
            blind=tuple(blind),
        )

    def latest(self) -> int:
        """The slot of the last voice; 0 where there is none."""
        return max((r.slot for r in self._records), default=0)

    def mentions(self) -> tuple[str, ...]:
        """The ids of everything said there, newest last."""
        return tuple(i for i, _ in self._said)[-BEHIND:]

    @cached_property
    def _all(self) -> list[tuple[str, Heard]]:
        slots = max(self.reading.minutes * 60 // SLOT, 1)
        return self.recent.within(self.subject, self.slot + 1 - slots, self.slot)

    @cached_property
    def _said(self) -> list[tuple[str, Heard]]:
        if self.word:
            return [(i, r) for i, r in self._all if self.word in r.words]
        return [(i, r) for i, r in self._all if self.channel in channels_of(r)]

    @cached_property
    def _speaking(self) -> list[tuple[str, Heard]]:
        if self.word:
            chosen = set(map(id, independent([r for _, r in self._said])))
            return [(i, r) for i, r in self._said if id(r) in chosen]
        return [(i, r) for i, r in self._said if r.speaks(self.subject, self.channel)]

    @cached_property
    def _records(self) -> list[Heard]:
        return [r for _, r in self._speaking]

    def _growth(self) -> float:
        half = self.slot + 1 - max(self.reading.minutes * 60 // SLOT // 2, 1)
        later = sum(r.slot >= half for r in self._records)
        return round(later / max(len(self._records) - later, 1), 2)

    def _samples(self) -> tuple[str, ...]:
        """The most telling voices: crises before complaints before the rest, newest first."""
        order = sorted(self._speaking, key=lambda s: (not s[1].trouble, "complaint" not in s[1].tags, -s[1].seen, s[0]))
        return tuple(i for i, _ in order[:SAMPLES])


def _authors(records: Iterable[Heard]) -> int:
    """Distinct authors; who is not known is one for each story."""
    return len({r.author or f"\x1f{r.story}" for r in records})
