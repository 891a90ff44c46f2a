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
from processors.attend.register import Register, register
from processors.detect.days import Days
from processors.detect.ears import Ears, heard_of, silent_in
from processors.detect.evidence import Behind
from processors.detect.exposure import Exposure
from processors.detect.gauge import NOTHING, Reading
from processors.detect.incidents import Incidents
from processors.detect.levels import Readings, Rules, Voices, highest, leading, stage
from processors.detect.recent import KEPT, Heard, Recent, heard
from processors.detect.slots import SLOT, SLOTS_A_DAY, SLOTS_AN_HOUR, moment_of, slots_of_hour
from processors.detect.track import PENDING, Said, Series, Track
from processors.detect.words import WORD_AN_HOUR, Known, Words, independent, most_unusual, telling

DAY_MS, HOUR_MS, MINUTE_MS = 86_400_000, 3_600_000, 60_000
PAUSE_MS = 5_000
"""Where an alert is open, its subject is not looked at again within the same five seconds."""
SILENCE = 6 * SLOTS_AN_HOUR
"""Slots after which what nobody has spoken of since is no longer unusual, whatever the day's sum."""
UNKNOWN_MS = 2 * DAY_MS
"""A time in which nobody looked, and that is longer, is not gone through."""
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
    looked: int = 0
    """When a subject with an alert was looked at last, in pauses (see ``PAUSE_MS``) since 1970."""
    word: str = ""
    """What reports of trouble share most unusually."""
    sources: tuple[str, ...] = ()
    unheard: dict[str, tuple[tuple[datetime, datetime | None], ...]] = {}


Record = Heard | Series | Ears | Words | Clock | Incident


@dataclass(frozen=True)
class Watched:
    """How an institution is watched: its calendar, and by which rules; its register, where it is noted who is answered."""

    institution: str
    days: Days
    rules: Rules = field(default_factory=Rules)
    register: Register | None = None


def watched(institutions: Sequence[Institution], *, attention: bool = True) -> dict[str, Watched]:
    """Each institution by its id, under the standard rules."""
    return {i.id: Watched(i.id, Days(i), register=register(i) if attention else None) for i in institutions}


class Lookout:
    """Watches one institution; made of what an earlier one has kept, it goes on as if it had never ended."""

    def __init__(self, about: Watched, records: Mapping[str, Record]) -> None:
        self._about, self._days = about, about.days
        self._whole = Subject(institution=about.institution)
        self._clock = next((r for r in records.values() if isinstance(r, Clock)), Clock(about.institution))
        ears = next((r for r in records.values() if isinstance(r, Ears)), Ears(about.institution))
        self._words = Known(about.institution, [r for r in records.values() if isinstance(r, Words)])
        self._exposure = Exposure(ears, Hearing(self._clock.sources, self._clock.unheard))
        self._tracks: dict[Subject, Track] = {}
        self._expose()
        self._recent = Recent.of({k[1:]: r for k, r in records.items() if isinstance(r, Heard)})
        kept = [r for r in records.values() if isinstance(r, Series)]
        self._tracks = {r.subject: self._taken_up(r) for r in kept}
        self._incidents = Incidents([r for r in records.values() if isinstance(r, Incident)])
        self._held = set(self._incidents.known())
        self._unlooked = {s for s, t in self._tracks.items() if t.stage.level != "calm"}
        """Subjects with an alert of which something was said since they were looked at, or may have been."""
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
        self.listen(hearing)
        at = milliseconds(now)
        if at < self._clock.now - DAY_MS:  # the clock was wrong by days, and is right now
            self._leap(at)
        self._move(max(at, self._clock.now))

    def listen(self, hearing: Hearing) -> None:
        """What could be heard lately; time stands."""
        if hearing != self._exposure.hearing:
            self._exposure.hearing = hearing
            self._keep_clock(sources=hearing.sources, unheard=dict(hearing.unheard))
            self._expose()

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
        seen = milliseconds(mention.first_seen)
        self._move(self._observed(seen))
        said = milliseconds(mention.published) + self._clock.behind
        slot = min(said // (SLOT * 1000), self._slot)
        self._file(mention.id, heard(mention, slot, seen, telling(mention)))

    def _count_again(self, mention: TaggedMention, known: Heard) -> None:
        """It was counted: what is told of it now may be another thing."""
        if known.gone or version_of(mention) < known.version:
            return
        record = heard(mention, known.slot, known.seen, telling(mention))
        if msgspec.structs.replace(record, version=known.version, voices=known.voices, hushed=known.hushed) != known:
            self._take_back(mention.id)
            self._file(mention.id, record)

    def _file(self, identity: str, record: Heard) -> None:
        """Remember a mention, count its voices, and look whether that is unusual."""
        known = self._exposure.ears.grown(record.source, self._hour)
        spoken = self._recent.add(identity, record, frozenset() if known else frozenset(("volume",)))
        self._changes[f"m{identity}"] = spoken
        changed = False
        for subject in spoken.subjects():
            channels = [c for c in CHANNELS if spoken.speaks(subject, c)]
            track = self._track(subject)
            for channel in channels:
                track.gauges[channel].add(spoken.slot, 1.0)
            if channels or (spoken.words and subject == self._whole):
                changed |= self._look_soon(track, spoken.words)
        if changed:
            self._update()

    def _look_soon(self, track: Track, said: Sequence[str]) -> bool:
        """Look at once; where an alert is open, once every few seconds. Whether the level is another than before."""
        pause = self._clock.now // PAUSE_MS
        if track.stage.level != "calm":
            if self._clock.looked == pause:
                self._unlooked.add(track.subject)
                return False
            self._keep_clock(looked=pause)
        return self._look(track, self._slot, said)

    def _look_after_all(self, at: int) -> None:
        """Look at what had to wait, as soon as the few seconds are over."""
        over = (self._clock.looked + 1) * PAUSE_MS
        if self._unlooked and at >= over:
            self._keep_clock(now=max(self._clock.now, over - 1))
            waiting, self._unlooked = sorted(self._unlooked), set()
            changed = [self._look(self._tracks[subject], self._slot) for subject in waiting]
            if any(changed):
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
        if known and known.voices | known.hushed:
            self._hand_on(known)

    def _hand_on(self, gone: Heard) -> None:
        """Somebody else who said the same, or another word of the same author, is the voice now."""
        left = gone.voices | gone.hushed
        for heir in self._recent.heirs(gone):
            record = self._recent.records[heir]
            self._take_back(heir)
            self._file(heir, record)
            spoken = self._recent.records[heir]
            left &= ~(spoken.voices | spoken.hushed)
            if not left:
                return

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
            self._keep_clock(begun=at, now=at, closed=at // HOUR_MS)
        self._look_after_all(at)
        if at - self._clock.now > UNKNOWN_MS:
            self._leap(at)
        for slot in range(self._slot + 1, at // (SLOT * 1000) + 1):
            self._keep_clock(now=slot * SLOT * 1000)
            self._begin(slot)
        self._keep_clock(now=at)

    def _leap(self, at: int) -> None:
        """Time is another by days: what lies between is unknown. What is normal stays known; all else begins anew."""
        self._forget(max(self._slot, at // (SLOT * 1000)) + 1)
        self._keep_clock(now=at, begun=min(self._clock.begun, at), behind=0, closed=at // HOUR_MS, looked=0)
        self._exposure.shares.clear()
        self._tracks = {s: self._exposed(t.begun_again(self._clock.closed)) for s, t in self._tracks.items()}
        self._changes |= {_key(subject): track.record() for subject, track in self._tracks.items()}
        self._unlooked.clear()
        self._expose()
        self._update()

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
            slots, exposure = slots_of_hour(hour), self._exposure
            exposure.ears = exposure.ears.learnt(hour, self._recent.by_source(slots), heard_of(hour, exposure.hearing))
            self._changes[f"e{self._about.institution}"] = exposure.ears
            self._learn_words(hour)
        self._keep_clock(closed=before)
        self._forget(self._slot - KEPT)
        for track in self._tracks.values():
            if before - track.closed >= PENDING:
                self._bring_up(track)
        self._expose()

    def _learn_words(self, hour: int) -> None:
        """Each bucket of words is a record of its own. One loud hour does not make a word usual."""
        said = self._recent.words_in(slots_of_hour(hour))
        most = 1 if hour in self._track(self._whole).loud else WORD_AN_HOUR
        counts = {word: min(len(independent(records)), most) for word, records in said.items()}
        for bucket in self._words.learn(hour, counts):
            self._changes[bucket.key] = bucket

    def _forget(self, before: int) -> None:
        """Drop the mentions of earlier slots."""
        self._changes |= {f"m{identity}": None for identity in self._recent.forget(before)}
        self._exposure.forget(before)

    def _expose(self, first: int = 0) -> None:
        """Tell the tracks what could be heard, as far as that has changed."""
        for slot, share in self._exposure.renewed(max(first, self._slot - KEPT), self._slot):
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
        for slot, share in self._exposure.shares.items():
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
        after = stage(before, readings, self._voices(readings, behind), slot, self._about.rules, festive=festive)
        if track.settle(after, slot):
            self._changes[_key(track.subject)] = track.record()
        return after.level != before.level

    def _voices(self, readings: Readings, behind: Behind) -> Voices:
        """Who speaks. Of leisure there is as large a share as where the volume is unusual: only that can it explain."""
        voices, rules = behind.voices(), self._about.rules
        if behind.channel == "volume" or readings.volume.surprise < rules.alone - rules.ease:
            return voices
        much = replace(behind, channel="volume", reading=readings.volume, word="").voices()
        return replace(voices, leisure=voices.voices * much.leisure / max(much.voices, 1.0))

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
            track.said = Said(behind.evidence(silent_in(self._slot, self._exposure.hearing)), behind.mentions())
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
