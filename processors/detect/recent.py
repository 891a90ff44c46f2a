"""The mentions of the last day, and which of them are independent voices.

A voice is somebody who says it himself: an author counts once a day in each channel of each
subject, and a story (nearly the same text, whoever spreads it) counts once. Who a medium's author
is, is seldom said: there the venue speaks. The institution's own posts are no voice.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

import msgspec

from corrillo.alerts import CHANNELS, Channel, Subject
from corrillo.model import TaggedMention
from corrillo.versions import version_of
from processors.detect.slots import SLOT, SLOTS_A_DAY

MEDIA = frozenset(("agency", "blog", "newspaper", "page"))
"""Kinds of venue that speak with one voice."""
JUDGING = frozenset(("praise", "criticism", "suggestion"))
"""Who thanks the firemen reports no fire."""
LEISURE = frozenset(("sport", "culture", "tourism"))
"""Services of which many speak for pleasure."""
KEPT = SLOTS_A_DAY + 13
"""Slots for which a mention is remembered: a day, and an hour in which the last of it may still come."""


_PLACE = {channel: n for n, channel in enumerate(CHANNELS)}


class Heard(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="kind", tag="heard"):
    """A mention of the last day. ``seen`` in milliseconds; ``voices``: bits, see ``bit``; ``hushed``: those that do not count yet; ``gone``: it was deleted."""

    institution: str
    slot: int
    seen: int
    version: tuple[int, int] = (0, 0)
    author: str = ""
    source: str = ""
    network: str = ""
    venue: str = ""
    story: str = ""
    service: str = ""
    district: str = ""
    tags: tuple[str, ...] = ()
    trouble: bool = False
    words: tuple[str, ...] = ()
    voices: int = 0
    hushed: int = 0
    gone: bool = False

    def subjects(self) -> tuple[Subject, ...]:
        """What it is about: the institution first, then its service and its district where it has them."""
        whole = Subject(institution=self.institution)
        service = msgspec.structs.replace(whole, service=self.service)
        district = msgspec.structs.replace(whole, district=self.district)
        return (whole, *([service] if self.service else []), *([district] if self.district else []))

    def has_spoken(self, subject: Subject, channel: Channel) -> bool:
        """Whether its author has had a say there, counted or not."""
        return bool((self.voices | self.hushed) & bit(subject, channel))

    def speaks(self, subject: Subject, channel: Channel) -> bool:
        """Whether it is a voice there."""
        return bool(self.voices and self.voices & bit(subject, channel))


def bit(subject: Subject, channel: Channel) -> int:
    """The bit of ``Heard.voices`` for a channel of the institution, of a service, of a district."""
    which = 1 if subject.service else 2 if subject.district else 0
    return 1 << (which * len(CHANNELS) + _PLACE[channel])


def heard(mention: TaggedMention, slot: int, seen: int, words: tuple[str, ...] = ()) -> Heard:
    """What is remembered of a mention counted in ``slot``; its voices are not known yet."""
    return Heard(
        institution=mention.institution,
        slot=slot,
        seen=seen,
        version=version_of(mention),
        author=_who(mention),
        source=mention.source,
        network=mention.network,
        venue=mention.venue,
        story=mention.story or mention.id,
        service="" if mention.service == "other" else mention.service,
        district=mention.district,
        tags=tuple(sorted({t.kind for t in mention.tags})),
        trouble=is_trouble(mention),
        words=words,
    )


def is_trouble(mention: TaggedMention) -> bool:
    """Whether it reports an emergency: it is tagged so, or it is about one and judges nobody."""
    kinds = {t.kind for t in mention.tags}
    return "crisis" in kinds or (mention.service == "emergency" and not kinds & JUDGING)


def _who(mention: TaggedMention) -> str:
    if mention.venue_kind in MEDIA:
        return f"{mention.network}\x1f{mention.venue}"
    return mention.author


@dataclass
class Recent:
    """The mentions of the last day of one institution, by id, and who spoke when."""

    records: dict[str, Heard] = field(default_factory=dict)
    _of: defaultdict[Subject, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    _spoke: dict[tuple[Subject, Channel, str], int] = field(default_factory=dict)
    _kin: defaultdict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    _with: defaultdict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, records: Mapping[str, Heard]) -> Recent:
        """As it was when these records were kept, whatever their order."""
        made = cls()
        for identity, record in records.items():
            made._file(identity, record)
        return made

    def add(self, identity: str, record: Heard, quiet: frozenset[Channel]) -> Heard:
        """Remember a mention; with the voices that it has, of which none counts in the ``quiet`` channels."""
        voices = hushed = 0
        for subject in record.subjects():
            for channel in channels_of(record):
                if self._is_new(subject, channel, record):
                    voices |= 0 if channel in quiet else bit(subject, channel)
                    hushed |= bit(subject, channel) if channel in quiet else 0
        spoken = msgspec.structs.replace(record, voices=voices, hushed=hushed)
        self._file(identity, spoken)
        return spoken

    def remove(self, identity: str) -> None:
        """Forget a mention: whoever spoke in it has not spoken."""
        record = self.records.pop(identity)
        for subject in record.subjects() if not record.gone else ():
            listed = self._of[subject]
            del listed[bisect_left(listed, (record.seen, identity))]
        for name in _names(record):
            del self._kin[name][identity]
            if not self._kin[name]:
                del self._kin[name]
        self._unsay(record)
        for word in record.words:
            listed = self._with[word]
            del listed[bisect_left(listed, (record.seen, identity))]
            if not listed:
                del self._with[word]

    def heirs(self, record: Heard) -> list[str]:
        """Who said the same, or was said by the same: now that ``record`` is gone, one of them may be a voice."""
        alike = {i: self.records[i] for name in _names(record) for i in self._kin.get(name, ())}
        return sorted(alike, key=lambda i: (alike[i].seen, i))

    def _unsay(self, record: Heard) -> None:
        """Who spoke in it spoke last in what else is remembered of them."""
        for subject in record.subjects() if not record.gone else ():
            for channel in CHANNELS:
                if record.has_spoken(subject, channel):
                    for key in _keys(subject, channel, record):
                        others = (self.records[i] for i in self._kin.get(key[2], ()))
                        slots = [r.slot for r in others if subject in r.subjects() and r.has_spoken(subject, channel)]
                        self._spoke[key] = max(slots, default=-SLOTS_A_DAY)
                        if not slots:
                            del self._spoke[key]

    def entomb(self, identity: str, slot: int, institution: str, seen: int) -> Heard:
        """Remember only that it is gone, so that it does not count when it comes again."""
        if identity in self.records:
            self.remove(identity)
        self.records[identity] = Heard(institution=institution, slot=slot, seen=seen, gone=True)
        return self.records[identity]

    def forget(self, before: int) -> list[str]:
        """Drop what was counted in earlier slots; their ids."""
        old = [i for i, r in self.records.items() if r.slot < before]
        for identity in old:
            self.remove(identity)
        return old

    def within(self, subject: Subject, first: int, last: int) -> list[tuple[str, Heard]]:
        """The mentions of a subject in these slots (both included), in the order in which they were seen."""
        listed = self._of.get(subject, [])
        begin = bisect_left(listed, (first * SLOT * 1000, ""))  # nothing is said after it was seen
        found = ((identity, self.records[identity]) for _, identity in islice(listed, begin, None))
        return [(identity, record) for identity, record in found if first <= record.slot <= last]

    def sharing(self, word: str, most: int) -> list[Heard]:
        """The last mentions that have a word, so many at most, in the order in which they were seen."""
        return [self.records[identity] for _, identity in self._with.get(word, ())[-most:]]

    @property
    def variety(self) -> int:
        """How many words there are, at least one."""
        return max(len(self._with), 1)

    def words_in(self, slots: range) -> dict[str, list[Heard]]:
        """The words of these slots, and the mentions that have them."""
        found: defaultdict[str, list[Heard]] = defaultdict(list)
        for record in self.records.values():
            if record.slot in slots:
                for word in record.words:
                    found[word].append(record)
        return found

    def by_source(self, hour_slots: range) -> Counter[str]:
        """Voices of the institution in these slots, by source."""
        return Counter(r.source for r in self.records.values() if r.slot in hour_slots and (r.voices | r.hushed) & 1)

    def subjects(self) -> Iterable[Subject]:
        """All of which something was said."""
        return [subject for subject, listed in self._of.items() if listed]

    def _file(self, identity: str, record: Heard) -> None:
        self.records[identity] = record
        if record.gone:
            return
        for name in _names(record):
            self._kin[name][identity] = None
        for subject in record.subjects():
            insort(self._of[subject], (record.seen, identity))
            for channel in CHANNELS:
                if record.has_spoken(subject, channel):
                    for key in _keys(subject, channel, record):
                        self._spoke[key] = max(self._spoke.get(key, 0), record.slot)
        for word in record.words:
            insort(self._with[word], (record.seen, identity))

    def _is_new(self, subject: Subject, channel: Channel, record: Heard) -> bool:
        return all(
            record.slot - self._spoke.get(key, -SLOTS_A_DAY) >= SLOTS_A_DAY for key in _keys(subject, channel, record)
        )


def is_leisure(record: Heard) -> bool:
    """Whether it is about a match, a concert, a fair, or says something kind."""
    return not record.trouble and (record.service in LEISURE or "praise" in record.tags)


def channels_of(record: Heard) -> list[Channel]:
    """In which channels a mention counts, if it is a voice there."""
    said: dict[Channel, bool] = {"volume": True, "complaint": "complaint" in record.tags, "crisis": record.trouble}
    return [channel for channel in CHANNELS if said[channel]]


def _keys(subject: Subject, channel: Channel, record: Heard) -> list[tuple[Subject, Channel, str]]:
    """Who speaks, and what is said."""
    return [(subject, channel, name) for name in _names(record)]


def _names(record: Heard) -> list[str]:
    """Who speaks, and what is said; nobody and nothing where it is gone."""
    story, author = f"s{record.story}", f"a{record.author}"
    return [*([story] if record.story else []), *([author] if record.author else [])]
