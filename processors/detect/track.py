"""One subject under watch: a gauge for each channel, and its stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from corrillo.alerts import CHANNELS, Channel, Evidence, Subject
from processors.detect.gauge import Gauge, KindOf, Learned, Prior, begun_again
from processors.detect.levels import Readings, Stage
from processors.detect.slots import SLOTS_AN_HOUR

PENDING = 16
"""Hours after which even a subject that nobody speaks of is brought up to date."""
USUAL: Mapping[Channel, float] = {"volume": 1.0, "complaint": 0.2, "crisis": 0.01}
"""Share of all voices that a channel is thought to have before anything is known."""


class Said(msgspec.Struct, frozen=True):
    """What an alert rested on when it was unusual last: that is what is told of it while it only lasts."""

    evidence: Evidence
    mentions: tuple[str, ...]


class Series(msgspec.Struct, frozen=True, tag_field="kind", tag="series"):
    """What is kept of a subject: learnt by channel up to the hour ``closed``, its stage, and its ``loud`` hours."""

    institution: str
    service: str
    district: str
    daily: float
    learned: dict[Channel, Learned]
    stage: Stage
    closed: int
    loud: tuple[int, ...] = ()
    said: Said | None = None

    @property
    def subject(self) -> Subject:
        """Of which it is."""
        return Subject(institution=self.institution, service=self.service, district=self.district)


@dataclass
class Track:
    """A subject's gauges and stage; ``daily`` is what was guessed of it at first, in voices a day."""

    subject: Subject
    kind_of: KindOf
    daily: float
    weight: float
    closed: int
    stage: Stage = field(default_factory=Stage)
    loud: set[int] = field(default_factory=set)
    said: Said | None = None
    gauges: dict[Channel, Gauge] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for channel in CHANNELS:
            self.gauges.setdefault(channel, self._gauge(channel, None))

    @classmethod
    def of(cls, record: Series, kind_of: KindOf, weight: float) -> Track:
        """As it was kept; what was counted since is added by the caller."""
        made = cls(
            record.subject, kind_of, record.daily, weight, record.closed, record.stage, set(record.loud), record.said
        )
        made.gauges = {c: made._gauge(c, record.learned[c]) for c in CHANNELS}
        return made

    def record(self) -> Series:
        """What is to be kept."""
        learned = {channel: gauge.learned for channel, gauge in self.gauges.items()}
        about, loud = self.subject, tuple(sorted(self.loud))
        return Series(
            about.institution,
            about.service,
            about.district,
            self.daily,
            learned,
            self.stage,
            self.closed,
            loud,
            self.said,
        )

    def begun_again(self, closed: int) -> Track:
        """With what is normal, and nothing of what was counted lately, or was unusual in it."""
        made = Track(self.subject, self.kind_of, self.daily, self.weight, closed)
        made.gauges = {c: made._gauge(c, begun_again(g.learned, closed)) for c, g in self.gauges.items()}
        return made

    def expose(self, slot: int, share: float) -> None:
        """So much of what is usually said could be heard in that slot."""
        for gauge in self.gauges.values():
            gauge.expose(slot, share)

    def read(self, slot: int) -> Readings:
        """How unusual is what ends with that slot."""
        return Readings(**{channel: gauge.read(slot) for channel, gauge in self.gauges.items()})

    def close(self, before: int) -> bool:
        """Learn the hours that are over, up to ``before``; whether there were any."""
        if self.closed >= before:
            return False
        for hour in range(self.closed, before):
            for gauge in self.gauges.values():
                gauge.close(hour, calm=hour not in self.loud)
        self.closed = before
        self.loud = {hour for hour in self.loud if hour >= before}
        return True

    def settle(self, stage: Stage, slot: int) -> bool:
        """Take up a stage; whether anything is another."""
        changed = stage != self.stage
        self.stage, self.said = stage, self.said if stage.level != "calm" else None
        if stage.level != "calm" and slot // SLOTS_AN_HOUR not in self.loud:
            self.loud.add(slot // SLOTS_AN_HOUR)
            changed = True
        return changed

    def _gauge(self, channel: Channel, learned: Learned | None) -> Gauge:
        return Gauge(self.kind_of, Prior(daily=self.daily * USUAL[channel], weight=self.weight), learned)
