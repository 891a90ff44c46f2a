"""One thing that several people report: a word that reports of trouble share, and that nobody used before.

Reports of trouble come every day, each about something else; in a large town a new emergency would
drown in them for long. When several independent ones share an unusual word (a street, a factory,
«terremoto»), they tell of the same thing. Words are looked for in reports of trouble, and only there.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from math import log10

import msgspec

from corrillo.model import TaggedMention
from corrillo.text import fold, words
from processors.detect.gauge import NOTHING, Reading
from processors.detect.recent import Heard, Recent, is_trouble
from processors.detect.slots import SLOT, SLOTS_A_DAY, hour_of_slot
from processors.detect.surprise import limits, rarity
from processors.detect.tails import looks

_ADDRESSES = re.compile(r"https?://\S+|@\S+")
SHORTEST, MOST = 5, 24
"""Letters of a word that may tell something; words of a text that are looked at."""
SCALES = (12, 36, 72, SLOTS_A_DAY)
"""Windows in slots: an hour, three, six, a day."""
TOGETHER = 2
"""So many share a word before anybody asks how unusual that is."""
ENOUGH = 60
"""So many of the latest who share a word are looked at: more surprise nobody."""
GUESSED, GUESSED_DAYS = 0.1, 7.0
"""Of a word that is not known: how often it was heard in how many days, as a guess."""
BURSTY = 1.0
"""Spread (see ``surprise``) of how often a word comes: talk of one thing comes in bouts."""
HALF_LIFE = 60 * 24
"""Hours after which a word that was heard counts half."""
LONGEST = HALF_LIFE / 24 / 0.693
"""Days that counts which fade so are worth, when they have been counted for ever."""
FORGOTTEN = 0.6
"""A word that counts less is forgotten: one that was heard once, after six weeks."""
WORD_AN_HOUR = 3
"""So many voices of an hour at most make a word more usual."""
BUCKETS = "0123456789abcdef"
"""First digits of digests."""


class Words(msgspec.Struct, frozen=True, tag_field="kind", tag="words"):
    """A bucket of words: how often each was heard (fading; as of an hour since 1970), in reports since the hour ``begun``.

    A word stands under its digest, for it may be somebody's name: it cannot be read in it, though whoever
    guesses one may test the guess.
    """

    institution: str
    bucket: str
    begun: int
    heard: dict[str, tuple[float, int]] = {}

    @property
    def key(self) -> str:
        """Of the record."""
        return f"w{self.institution}\x1f{self.bucket}"

    def learnt(self, hour: int, said: Mapping[str, int]) -> Words:
        """After an hour in which the words of these digests were said by so many."""
        known = dict(self.heard)
        for digest, count in said.items():
            known[digest] = (round(_faded(*known.get(digest, (0.0, hour)), hour) + count, 3), hour)
        if hour % 24 == 0:
            known = {w: (count, at) for w, (count, at) in known.items() if _faded(count, at, hour) >= FORGOTTEN}
        return Words(self.institution, self.bucket, self.begun, known)


class Known:
    """All words that are known of an institution, in ``BUCKETS`` records, so that none of them is large."""

    def __init__(self, institution: str, buckets: Iterable[Words] = ()) -> None:
        self._institution = institution
        self._buckets = {b.bucket: b for b in buckets}

    def learn(self, hour: int, said: Mapping[str, int]) -> list[Words]:
        """Take over an hour's words; the buckets that have changed."""
        by_bucket: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for word, count in said.items():
            digest = _digest(word)
            by_bucket[digest[0]][digest] = by_bucket[digest[0]].get(digest, 0) + count
        due = BUCKETS if hour % 24 == 0 or not self._buckets else sorted(by_bucket)
        begun = self._begun(hour)
        changed = [self._of(b, begun).learnt(hour, by_bucket[b]) for b in due]
        self._buckets |= {b.bucket: b for b in changed}
        return changed

    def daily(self, word: str, hour: int) -> float:
        """How often a day a word is heard, as far as is known."""
        digest, begun = _digest(word), self._begun(hour)
        days = LONGEST * (1 - 0.5 ** (max(hour - begun, 0) / HALF_LIFE))
        heard = _faded(*self._of(digest[0], begun).heard.get(digest, (0.0, hour)), hour)
        return float((heard + GUESSED) / (days + GUESSED_DAYS))

    def _begun(self, hour: int) -> int:
        return min((b.begun for b in self._buckets.values()), default=hour)

    def _of(self, bucket: str, begun: int) -> Words:
        return self._buckets.get(bucket) or Words(self._institution, bucket, begun)


def _digest(word: str) -> str:
    """Six hexadecimal digits (BLAKE2b)."""
    return hashlib.blake2b(word.encode(), digest_size=3).hexdigest()


def _faded(count: float, at: int, hour: int) -> float:
    return float(count * 0.5 ** (max(hour - at, 0) / HALF_LIFE))


def telling(mention: TaggedMention) -> tuple[str, ...]:
    """The words of a report of trouble that may tell what it is about; none of any other mention."""
    if not is_trouble(mention):
        return ()
    found = words(_ADDRESSES.sub(" ", fold(f"{mention.title} {mention.text}")))
    return tuple(dict.fromkeys(w for w in found if len(w) >= SHORTEST and w.isalpha() and w not in _common()))[:MOST]


@cache
def _common() -> frozenset[str]:
    lines = (files("processors") / "lexicon" / "common.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def most_unusual(
    recent: Recent, among: Iterable[str], known: Known, slot: int, heard: float
) -> tuple[str, Reading] | None:
    """The word of ``among`` that the most surprising number of voices share at the end of ``slot``."""
    found = [(word, reading) for word in among if (reading := _reading(recent, word, known, slot, heard))]
    return max(found, key=lambda f: (f[1].surprise, f[1].count, f[0]), default=None)


def independent(records: Sequence[Heard]) -> list[Heard]:
    """Those who say it themselves: each author and each text once."""
    authors, stories, found = set(), set(), []
    for record in records:
        who = record.author or record.story
        if who not in authors and record.story not in stories:
            found.append(record)
        authors.add(who)
        stories.add(record.story)
    return found


def _reading(recent: Recent, word: str, known: Known, slot: int, heard: float) -> Reading | None:
    said = recent.sharing(word, ENOUGH)
    if len(said) < TOGETHER:
        return None
    daily, texts = known.daily(word, hour_of_slot(slot)), log10(recent.variety)
    readings = (_on(scale, said, daily, slot, heard, texts) for scale in SCALES)
    return max((r for r in readings if r), key=lambda r: r.surprise, default=None)


def _on(scale: int, said: Sequence[Heard], daily: float, slot: int, heard: float, variety: float) -> Reading | None:
    """On one time scale; among so many words (``variety``, log₁₀) one or the other is unusual by chance."""
    voices = float(len(independent([r for r in said if slot - scale < r.slot <= slot])))
    if voices < TOGETHER:
        return None
    expected = daily * scale / SLOTS_A_DAY
    surprise = rarity(voices, expected, BURSTY) - looks(scale) - variety
    low, high = limits(expected, BURSTY)
    return Reading(max(surprise, NOTHING), scale * SLOT // 60, voices, expected, low, high, heard)
