"""One thing that several people report: a word that reports of trouble share, and that nobody used before.

Reports of trouble come every day, each about something else; in a large town a new emergency would
drown in them for long. When several independent ones share an unusual word (a street, a factory,
«terremoto»), they tell of the same thing. Words are looked for in reports of trouble, and only there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
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
FORGOTTEN = 0.05
"""A word that counts less is forgotten."""


class Words(msgspec.Struct, frozen=True, tag_field="kind", tag="words"):
    """How often each word was heard (fading; as of an hour since 1970), in reports since the hour ``begun``.

    No word can be read in it: each stands under its digest, for it may be somebody's name.
    """

    institution: str
    begun: int = 0
    heard: dict[str, tuple[float, int]] = {}

    def learnt(self, hour: int, said: Iterable[str]) -> Words:
        """After an hour in which these words were said, once by each."""
        known = dict(self.heard)
        for word in said:
            key = _digest(word)
            known[key] = (round(_faded(*known.get(key, (0.0, hour)), hour) + 1.0, 3), hour)
        if hour % 24 == 0:
            known = {w: (count, at) for w, (count, at) in known.items() if _faded(count, at, hour) >= FORGOTTEN}
        return Words(self.institution, self.begun or hour, known)

    def daily(self, word: str, hour: int) -> float:
        """How often a day a word is heard, as far as is known."""
        days = LONGEST * (1 - 0.5 ** (max(hour - self.begun, 0) / HALF_LIFE)) if self.begun else 0.0
        return (_faded(*self.heard.get(_digest(word), (0.0, hour)), hour) + GUESSED) / (days + GUESSED_DAYS)


def _digest(word: str) -> str:
    """Six hexadecimal digits (BLAKE2b): many words have the same, which is why none can be told from them."""
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
    recent: Recent, among: Iterable[str], known: Words, slot: int, heard: float
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


def _reading(recent: Recent, word: str, known: Words, slot: int, heard: float) -> Reading | None:
    said = recent.sharing(word)[-ENOUGH:]
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
