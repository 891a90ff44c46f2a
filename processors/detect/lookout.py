"""The machine for one institution: mentions and time in; incidents and hourly counts out.

Every mention moves time to when it was first seen; ``advance`` moves it where nobody speaks. A mention
counts in the slot in which it was said. One that was heard more than ``LATE`` after it was said,
that was asked for afterwards, or whose hour nobody knows, says nothing of now and is not counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import log10

import msgspec

from corrillo.alerts import CHANNELS, Alert, HourCount, Incident, Point, Subject, Told
from corrillo.health import LATE, Hearing
from corrillo.institution import Institution
from corrillo.model import MentionDeleted, TaggedEvent, TaggedMention, from_milliseconds, milliseconds
from corrillo.versions import version_of
from processors.detect.days import Days
from processors.detect.ears import Ears, heard_of, silent_in
from processors.detect.evidence import Behind
from processors.detect.gauge import NOTHING, Reading
from processors.detect.incidents import Incidents
from processors.detect.levels import Readings, Rules, highest, leading, stage
from processors.detect.recent import KEPT, Heard, Recent, heard
from processors.detect.slots import SLOT, SLOTS_A_DAY, SLOTS_AN_HOUR, moment_of, slot_of, slots_of_hour
from processors.detect.track import PENDING, Said, Series, Track
from processors.detect.words import Words, most_unusual, telling

DAY_MS, HOUR_MS, MINUTE_MS = 86_400_000, 3_600_000, 60_000
PAUSE_MS = 5_000
"""Where an alert is open, its subject is not looked at again within the same five seconds."""
SILENCE = 6 * SLOTS_AN_HOUR
"""Slots after which what nobody has spoken of since is no longer unusual, whatever the day's sum."""
LEARNING = 48
"""Hours after which it is known what is normal; before, nothing is called unusual."""
SKEWED = 10 * MINUTE_MS
"""A mention that seems to have been seen earlier than others by more: that clock was set back."""
FIRST_DAILY, FIRST_WEIGHT = 5.0, 0.25
"""Voices a day that an institution is thought to have before any was heard, and for how many days that counts."""
PART, PART_WEIGHT = 0.05, 2.0
"""The same for a service or a district, as a share of the institution's."""
QUARTER = 3
"""Slots of a point of an incident's picture."""


class Clock(msgspec.Struct, frozen=True, tag_field="kind", tag="clock"):
    """When listening began, how far time has come (both in milliseconds), how far a clock that was set back is behind."""

    institution: str
    begun: int = 0
    now: int = 0
    behind: int = 0
    closed: int = 0
    """The hour since 1970 up to which all are told."""
    word: str = ""
    """What reports of trouble share most unusually."""
    sources: tuple[str, ...] = ()
    unheard: dict[str, tuple[tuple[datetime, datetime | None], ...]] = {}


Record = Heard | Series | Ears | Words | Clock | Incident


@dataclass(frozen=True)
class Watched:
    """How an institution is watched: its calendar, and by which rules."""

    institution: str
    days: Days
    rules: Rules = field(default_factory=Rules)


def watched(institutions: Sequence[Institution]) -> dict[str, Watched]:
    """Each institution by its id, under the standard rules."""
    return {i.id: Watched(i.id, Days(i)) for i in institutions}


class Lookout:
    """Watches one institution; made of what an earlier one has kept, it goes on as if it had never ended."""

    def __init__(self, about: Watched, records: Mapping[str, Record]) -> None:
        self._about, self._days = about, about.days
        self._whole = Subject(institution=about.institution)
        self._clock = next((r for r in records.values() if isinstance(r, Clock)), Clock(about.institution))
        self._ears = next((r for r in records.values() if isinstance(r, Ears)), Ears(about.institution))
        self._words = next((r for r in records.values() if isinstance(r, Words)), Words(about.institution))
        self._hearing = Hearing(self._clock.sources, self._clock.unheard)
        self._shares: dict[int, float] = {}
        """What can be heard in the slots of the last day in which that is not all."""
        self._tracks: dict[Subject, Track] = {}
        self._expose()
        self._recent = Recent.of({k[1:]: r for k, r in records.items() if isinstance(r, Heard)})
        kept = [r for r in records.values() if isinstance(r, Series)]
        self._tracks = {r.subject: self._taken_up(r) for r in kept}
        self._incidents = Incidents([r for r in records.values() if isinstance(r, Incident)])
        self._held = set(self._incidents.known())
        self._told: list[Told] = []
        self._changes: dict[str, Record | None] = {}

    # ── in ────────────────────────────────────────────────────────────────────────────────
    def hear(self, event: TaggedEvent) -> None:
        """A mention that is new, or told again, or gone."""
        if isinstance(event, MentionDeleted):
            self._delete(event)
        elif self._counts(event):
            self._count(event)

    def advance(self, now: datetime, hearing: Hearing) -> None:
        """Time has come to ``now``; ``hearing`` says what could be heard until then."""
        at = milliseconds(now)
        if at < self._clock.now - DAY_MS:  # the clock was wrong by days, and is right now
            self._forget(self._slot + 1)
            self._keep_clock(now=at, behind=0, closed=0)
        if hearing != self._hearing:
            self._hearing = hearing
            self._keep_clock(sources=hearing.sources, unheard=dict(hearing.unheard))
            self._expose()
        self._move(max(at, self._clock.now))

    # ── out ───────────────────────────────────────────────────────────────────────────────
    def told(self) -> list[Told]:
        """What is new since it was asked last."""
        for incident in self._incidents.told():
            self._told.append(incident)
            self._changes[f"i{incident.id}"] = incident
        told, self._told = self._told, []
        return told

    def changed(self) -> dict[str, Record | None]:
        """What has to be kept since it was asked last, and (None) forgotten."""
        known = set(self._incidents.known())
        self._changes |= {f"i{identity}": None for identity in self._held - known}
        self._held = known
        changes, self._changes = self._changes, {}
        return changes

    # ── mentions ──────────────────────────────────────────────────────────────────────────
    def _counts(self, mention: TaggedMention) -> bool:
        """Whether it says something of now."""
        seen = milliseconds(mention.first_seen)
        old = seen < self._clock.now - DAY_MS or mention.first_seen - mention.published > LATE
        return not (old or mention.place == "own" or mention.backfilled or mention.date_only)

    def _count(self, mention: TaggedMention) -> None:
        known = self._recent.records.get(mention.id)
        if known is not None:
            self._count_again(mention, known)
            return
        before, seen = self._clock.now, milliseconds(mention.first_seen)
        self._move(self._observed(seen))
        record = heard(mention, min(slot_of(mention.published), self._slot), seen, telling(mention))
        self._file(mention.id, record, soon=before // PAUSE_MS == self._clock.now // PAUSE_MS)

    def _count_again(self, mention: TaggedMention, known: Heard) -> None:
        """It was counted: what is told of it now may be another thing."""
        if known.gone or version_of(mention) < known.version:
            return
        record = heard(mention, known.slot, known.seen, telling(mention))
        if msgspec.structs.replace(record, version=known.version, voices=known.voices) != known:
            self._take_back(mention.id)
            self._file(mention.id, record, soon=False)

    def _file(self, identity: str, record: Heard, *, soon: bool) -> None:
        """Remember a mention, count its voices, and look whether that is unusual.

        ``soon`` after another: where an alert is open, nobody looks again.
        """
        known = self._ears.grown(record.source, self._hour)
        spoken = self._recent.add(identity, record, frozenset() if known else frozenset(("volume",)))
        self._changes[f"m{identity}"] = spoken
        changed = False
        for subject in spoken.subjects():
            channels = [c for c in CHANNELS if spoken.speaks(subject, c)]
            track = self._track(subject)
            for channel in channels:
                track.gauges[channel].add(spoken.slot, 1.0)
            tells = channels or (spoken.words and subject == self._whole)
            if tells and not (soon and track.stage.level != "calm"):
                changed |= self._look(track, self._slot, spoken.words)
        if changed:
            self._update()

    def _take_back(self, identity: str) -> None:
        """As if it had not been said."""
        record = self._recent.records[identity]
        for subject in record.subjects():
            for channel in CHANNELS:
                if record.speaks(subject, channel):
                    self._track(subject).gauges[channel].add(record.slot, -1.0)
        self._recent.remove(identity)

    def _delete(self, event: MentionDeleted) -> None:
        known = self._recent.records.get(event.id)
        if known and known.gone:
            return
        if known:
            self._take_back(event.id)
        elif milliseconds(event.at) < self._clock.now - DAY_MS:
            return
        seen = known.seen if known else milliseconds(event.at)
        slot = known.slot if known else self._slot
        self._changes[f"m{event.id}"] = self._recent.entomb(event.id, slot, event.institution, seen)

    # ── time ──────────────────────────────────────────────────────────────────────────────
    @property
    def _slot(self) -> int:
        return self._clock.now // (SLOT * 1000)

    @property
    def _hour(self) -> int:
        return self._slot // SLOTS_AN_HOUR

    def _observed(self, seen: int) -> int:
        """When a mention was seen, by a clock that never goes back; one that was set back goes on from where it was."""
        now, behind = self._clock.now, self._clock.behind
        if seen >= now - SKEWED:
            behind = 0
        elif seen + behind < now - SKEWED:
            behind = now - seen
        if behind != self._clock.behind:
            self._keep_clock(behind=behind)
        return max(now, seen + behind)

    def _move(self, at: int) -> None:
        """Time goes on, slot by slot."""
        if not self._clock.now:
            self._keep_clock(begun=at, now=at, closed=at // (SLOT * 1000 * SLOTS_AN_HOUR))
        for slot in range(self._slot + 1, at // (SLOT * 1000) + 1):
            self._keep_clock(now=slot * SLOT * 1000)
            self._begin(slot)
        self._keep_clock(now=at)

    def _begin(self, slot: int) -> None:
        """What is to be done when a slot begins: see what the one before has come to, and learn what is an hour old."""
        loud = [t for t in self._tracks.values() if t.stage.level != "calm"]
        for track in loud:
            self._look(track, slot - 1)
        if loud:
            self._update()
        if slot % SLOTS_AN_HOUR == 0:
            self._learn(slot // SLOTS_AN_HOUR - 1)
        self._expose(slot)

    def _learn(self, before: int) -> None:
        """Tell and learn the hours that ended an hour ago or earlier."""
        for hour in range(max(self._clock.closed, before - 24), before):
            self._tell(hour)
            self._ears = self._ears.learnt(
                hour, self._recent.by_source(slots_of_hour(hour)), heard_of(hour, self._hearing)
            )
            self._changes[f"e{self._about.institution}"] = self._ears
            self._learn_words(hour, self._recent.said_in(slots_of_hour(hour)))
        self._keep_clock(closed=before)
        self._forget(self._slot - KEPT)
        for track in self._tracks.values():
            if before - track.closed >= PENDING:
                self._bring_up(track)
        self._expose()

    def _learn_words(self, hour: int, said: Sequence[str]) -> None:
        if said or hour % 24 == 0:
            self._words = self._words.learnt(hour, said)
            self._changes[f"w{self._about.institution}"] = self._words

    def _forget(self, before: int) -> None:
        """Drop the mentions of earlier slots."""
        self._changes |= {f"m{identity}": None for identity in self._recent.forget(before)}
        self._shares = {slot: share for slot, share in self._shares.items() if slot >= before}

    def _share(self, silent: Sequence[str]) -> float:
        """The share of what is usually said that can be heard while these sources are silent."""
        if self._hearing.sources and len(silent) == len(self._hearing.sources):
            return 0.0
        return round(self._ears.share(silent, self._hour), 2)

    def _expose(self, first: int = 0) -> None:
        """Tell the tracks what can be heard, as far as that has changed, in the slots of the last day."""
        if not self._hearing.unheard and not self._shares and self._share(()) == 1.0:
            return
        shares: dict[tuple[str, ...], float] = {}
        for slot in range(max(first, self._slot - KEPT), self._slot + 1):
            silent = tuple(silent_in(slot, self._hearing))
            share = shares.setdefault(silent, self._share(silent))
            if share != self._shares.get(slot, 1.0):
                self._shares[slot] = share
                for track in self._tracks.values():
                    track.expose(slot, share)

    def _keep_clock(self, **changes: object) -> None:
        self._clock = msgspec.structs.replace(self._clock, **changes)
        self._changes[f"c{self._about.institution}"] = self._clock

    # ── subjects ──────────────────────────────────────────────────────────────────────────
    def _track(self, subject: Subject) -> Track:
        if subject not in self._tracks:
            self._tracks[subject] = self._new(subject)
        return self._tracks[subject]

    def _new(self, subject: Subject) -> Track:
        daily, weight = FIRST_DAILY, FIRST_WEIGHT
        if subject != self._whole:
            gauge = self._bring_up(self._track(self._whole)).gauges["volume"]
            daily, weight = PART * gauge.point(self._slot - SLOTS_A_DAY + 1, self._slot).expected, PART_WEIGHT
        track = Track(subject, self._days.kind, daily, weight, self._clock.closed)
        self._changes[_key(subject)] = track.record()
        return self._exposed(track)

    def _taken_up(self, record: Series) -> Track:
        """A track as it was kept, with what was counted since."""
        weight = PART_WEIGHT if record.service or record.district else FIRST_WEIGHT
        track = self._exposed(Track.of(record, self._days.kind, weight))
        for _, spoken in self._recent.within(record.subject, 0, self._slot):
            for channel in CHANNELS:
                if spoken.speaks(record.subject, channel):
                    track.gauges[channel].add(spoken.slot, 1.0)
        return track

    def _exposed(self, track: Track) -> Track:
        for slot, share in self._shares.items():
            track.expose(slot, share)
        return track

    def _bring_up(self, track: Track) -> Track:
        """Let a subject learn the hours that are over."""
        if track.close(self._clock.closed):
            self._changes[_key(track.subject)] = track.record()
        return track

    # ── what is unusual ───────────────────────────────────────────────────────────────────
    def _look(self, track: Track, slot: int, said: Sequence[str] = ()) -> bool:
        """Read a subject's gauges, after these words were ``said`` in a report; whether its level is another than before."""
        before = track.stage
        if self._hour - self._clock.begun // HOUR_MS < LEARNING:
            return False
        readings, behind = self._read(track, slot, said)
        if before.level == "calm" and highest(readings) < self._about.rules.watch:
            return False
        if behind.latest() < slot - SILENCE:
            readings = _nothing_of(readings)
        festive = self._days.kind(slot // SLOTS_AN_HOUR).festive
        after = stage(before, readings, behind.voices(), slot, self._about.rules, festive=festive)
        if track.settle(after, slot):
            self._changes[_key(track.subject)] = track.record()
        return after.level != before.level

    def _read(self, track: Track, slot: int, said: Sequence[str] = ()) -> tuple[Readings, Behind]:
        """How unusual a subject is, and what stands behind that; of the whole institution, its words too."""
        readings, word = self._bring_up(track).read(slot), ""
        if track.subject == self._whole and (shared := self._shared(slot, said, readings)):
            word, crisis = shared
            readings = replace(readings, crisis=crisis)
        readings = self._corrected(track.subject, readings)
        channel = leading(readings, self._about.rules)
        reading: Reading = getattr(readings, channel)
        return readings, Behind(
            self._recent, track.subject, channel, reading, slot, word if channel == "crisis" else ""
        )

    def _corrected(self, subject: Subject, readings: Readings) -> Readings:
        """Of many services, or districts, one or the other is unusual by chance."""
        alike = sum(bool(s.service) == bool(subject.service) for s in self._tracks) - (not subject.service)
        if subject == self._whole or alike < 2:
            return readings
        lower = {
            c: replace(r, surprise=max(r.surprise - log10(alike), NOTHING)) for c, r in vars(readings).items() if r
        }
        return Readings(**lower)

    def _shared(self, slot: int, said: Sequence[str], readings: Readings) -> tuple[str, Reading] | None:
        """The word that reports share, where that is more unusual than how many they are."""
        among = dict.fromkeys((self._clock.word, *said))
        found = most_unusual(self._recent, among, self._words, slot, readings.volume.heard)
        word = found[0] if found else ""
        if word != self._clock.word:
            self._keep_clock(word=word)
        least = readings.crisis.surprise if readings.crisis else NOTHING
        return found if found and found[1].surprise > least else None

    def _update(self) -> None:
        """Let the incidents know every alert as it is now."""
        alerts = [self._alert(t) for t in self._tracks.values() if t.stage.level != "calm"]
        self._incidents.update(alerts, from_milliseconds(self._clock.now), self._points)

    def _alert(self, track: Track) -> Alert:
        readings, behind = self._read(track, self._slot)
        still = highest(readings) >= self._about.rules.watch and behind.latest() >= self._slot - SILENCE
        if still or track.said is None:
            track.said = Said(behind.evidence(silent_in(self._slot, self._hearing)), behind.mentions())
            self._changes[_key(track.subject)] = track.record()
        return Alert(
            subject=track.subject,
            level=track.stage.level,
            since=moment_of(track.stage.since),
            at=from_milliseconds(self._clock.now),
            evidence=track.said.evidence,
            mentions=track.said.mentions,
        )

    def _points(self, subject: Subject) -> tuple[Point, ...]:
        """A subject's last day, in quarters of an hour."""
        gauge, last = self._track(subject).gauges["volume"], self._slot
        return tuple(gauge.point(s, s + QUARTER - 1) for s in range(last - SLOTS_A_DAY + 1, last + 1, QUARTER))

    # ── hours ─────────────────────────────────────────────────────────────────────────────
    def _tell(self, hour: int) -> None:
        """The hour's counts: of the whole always, of its parts where something was said."""
        slots = slots_of_hour(hour)
        for subject in sorted({self._whole, *self._recent.subjects()}):
            records = [r for _, r in self._recent.within(subject, slots[0], slots[-1])]
            if records or subject == self._whole:
                self._told.append(self._hour_count(subject, hour, records))

    def _hour_count(self, subject: Subject, hour: int, records: Sequence[Heard]) -> HourCount:
        track, slots = self._bring_up(self._track(subject)), slots_of_hour(hour)
        point = track.gauges["volume"].point(slots[0], slots[-1])
        voices = {c: float(sum(r.speaks(subject, c) for r in records)) for c in CHANNELS}
        return HourCount(
            institution=subject.institution,
            service=subject.service,
            district=subject.district,
            hour=hour,
            count=len(records),
            voices=voices["volume"],
            complaints=voices["complaint"],
            crises=voices["crisis"],
            expected=round(point.expected, 3),
            low=round(point.low, 3),
            high=round(point.high, 3),
            heard=round(min(point.heard, 1.0), 3),
        )


def _nothing_of(readings: Readings) -> Readings:
    return Readings(**{channel: r and replace(r, surprise=NOTHING) for channel, r in vars(readings).items()})


def _key(subject: Subject) -> str:
    return f"s{subject.institution}\x1f{subject.service}\x1f{subject.district}"
