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
    """A mention of the last day. ``seen`` in milliseconds; ``voices``: bits, see ``bit``; ``gone``: it was deleted."""

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
    gone: bool = False

    def subjects(self) -> tuple[Subject, ...]:
        """What it is about: the institution first, then its service and its district where it has them."""
        whole = Subject(institution=self.institution)
        service = msgspec.structs.replace(whole, service=self.service)
        district = msgspec.structs.replace(whole, district=self.district)
        return (whole, *([service] if self.service else []), *([district] if self.district else []))

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
    _with: defaultdict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, records: Mapping[str, Heard]) -> Recent:
        """As it was when these records were kept, whatever their order."""
        made = cls()
        for identity, record in records.items():
            made._file(identity, record)
        return made

    def add(self, identity: str, record: Heard, quiet: frozenset[Channel]) -> Heard:
        """Remember a mention; with the voices that it has, but none in the ``quiet`` channels."""
        voices = 0
        for subject in record.subjects():
            for channel in channels_of(record):
                if channel not in quiet and self._is_new(subject, channel, record):
                    voices |= bit(subject, channel)
        spoken = msgspec.structs.replace(record, voices=voices)
        self._file(identity, spoken)
        return spoken

    def remove(self, identity: str) -> None:
        """Forget a mention: whoever spoke in it has not spoken."""
        record = self.records.pop(identity)
        for subject in record.subjects() if not record.gone else ():
            listed = self._of[subject]
            del listed[bisect_left(listed, (record.seen, identity))]
            for channel in CHANNELS:
                if record.speaks(subject, channel):
                    for key in _keys(subject, channel, record):
                        if self._spoke.get(key) == record.slot:  # they may have spoken again since
                            del self._spoke[key]
        for word in record.words:
            listed = self._with[word]
            del listed[bisect_left(listed, (record.seen, identity))]
            if not listed:
                del self._with[word]

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

    def sharing(self, word: str) -> list[Heard]:
        """The mentions that have a word, in the order in which they were seen."""
        return [self.records[identity] for _, identity in self._with.get(word, ())]

    @property
    def variety(self) -> int:
        """How many words there are, at least one."""
        return max(len(self._with), 1)

    def said_in(self, slots: range) -> list[str]:
        """The words of these slots, once for each mention."""
        return [word for r in self.records.values() if r.slot in slots for word in r.words]

    def by_source(self, hour_slots: range) -> Counter[str]:
        """Voices of the institution in these slots, by source."""
        return Counter(r.source for r in self.records.values() if r.slot in hour_slots and r.voices & 1)

    def subjects(self) -> Iterable[Subject]:
        """All of which something was said."""
        return [subject for subject, listed in self._of.items() if listed]

    def _file(self, identity: str, record: Heard) -> None:
        self.records[identity] = record
        if record.gone:
            return
        for subject in record.subjects():
            insort(self._of[subject], (record.seen, identity))
            for channel in CHANNELS:
                if record.speaks(subject, channel):
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
    said = (subject, channel, f"s{record.story}")
    return [said, (subject, channel, f"a{record.author}")] if record.author else [said]
