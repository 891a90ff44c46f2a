"""Words that are new against the month before: many more people use them than did then.

People are counted, not occurrences: one author counts once for a word, and so does one text, however often it is
copied. How surprising the difference is, is the log-likelihood ratio (Dunning, Accurate Methods for the Statistics
of Surprise and Coincidence, 1993) of the two counts, each out of all that was said in its time: where more is said
of everything, no word is new for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from corrillo.model import TaggedMention
from dashboards.page.what.sample import Sample
from dashboards.page.what.telling import Phrase, Telling
from dashboards.page.what.voices import voices
from dashboards.page.what.written import as_written

AUTHORS = 3
"""So many people at least use a word that is told."""
SURPRISE = 10.83
"""The ratio that chance alone reaches once in a thousand words (chi square, one degree of freedom)."""
TIMES = 3.0
"""So many times its share of the month before a new word has at least."""
LISTED = 16
"""New words that are told, the most surprising ones first."""
RARELY_APART = 0.75
"""Part of those who use a word that has to use it in one phrase for the phrase to be told instead."""
MOSTLY = 0.5
"""Part of those who use a word that has to have a tag, or to be about a service, for that to be told."""


@dataclass(frozen=True)
class NewWord:
    """A word or phrase, as it is mostly ``written``, and in which language it mostly is.

    ``now`` and ``before``: authors of each sample that use it; ``a_day_before``: how many a day that was.
    ``tag`` and ``service``: what at least half of them gave or spoke about, else ''.
    """

    written: str
    language: str
    now: int
    a_day_now: float
    before: int
    a_day_before: float
    surprise: float
    tag: str = ""
    service: str = ""

    @property
    def query(self) -> str:
        """What to search for to find it: a phrase in quotation marks."""
        return f'"{self.written}"' if len(self.written.split()) > 1 or not self.written.isalpha() else self.written


def new_words(now: Sample, before: Sample, telling: Telling) -> tuple[NewWord, ...]:
    """The words of ``now`` that are new against ``before``; none where nothing is known from before."""
    if not before.mentions:
        return ()
    today, then = voices(now.mentions, telling), voices(before.mentions, telling)
    found = {
        word: ratio
        for word, users in today.of.items()
        if len(users) >= AUTHORS and (ratio := _new(len(users), today.total, len(then.of.get(word, ())), then.total))
    }
    told: dict[Phrase, NewWord] = {}
    for word in sorted(found, key=lambda w: (-found[w], w)):
        phrase, users = _phrase(word, today.of[word], telling)
        if phrase not in told and len(told) < LISTED:
            earlier = _users(phrase, then.of.get(word, ()), telling)
            told[phrase] = _word(phrase, users, now, len(earlier), before, found[word])
    return tuple(told.values())


def surprise(now: int, of_now: int, before: int, of_before: int) -> float:
    """The log-likelihood ratio of two counts out of two wholes; 0 where they have the same share."""
    rate = (now + before) / (of_now + of_before)
    return 2 * sum(count * log(count / (rate * of)) for count, of in ((now, of_now), (before, of_before)) if count)


def _new(now: int, of_now: int, before: int, of_before: int) -> float:
    """How surprising; 0 for a word that is not new."""
    if now * of_before < TIMES * before * of_now:
        return 0.0
    found = surprise(now, of_now, before, of_before)
    return found if found >= SURPRISE else 0.0


def _phrase(word: str, users: Sequence[TaggedMention], telling: Telling) -> tuple[Phrase, Sequence[TaggedMention]]:
    """The phrase in which nearly all use the word, and who does; the word alone where there is none."""
    counts = Counter(p for m in users for p in telling.phrases(m) if word in (p[0], p[-1]))
    best = max(counts, key=lambda p: (counts[p], -len(p), p), default=(word,))
    if counts[best] < max(AUTHORS, RARELY_APART * len(users)):
        return (word,), users
    return best, _users(best, users, telling)


def _users(phrase: Phrase, users: Sequence[TaggedMention], telling: Telling) -> Sequence[TaggedMention]:
    return users if len(phrase) == 1 else [m for m in users if phrase in telling.phrases(m)]


def _word(
    phrase: Phrase, users: Sequence[TaggedMention], now: Sample, earlier: int, before: Sample, found: float
) -> NewWord:
    return NewWord(
        written=as_written(phrase, users),
        language=Counter(m.language for m in users).most_common(1)[0][0],
        now=len(users),
        a_day_now=now.a_day(len(users)),
        before=earlier,
        a_day_before=before.a_day(earlier),
        surprise=found,
        tag=_most(Counter(t.kind for m in users for t in m.tags), len(users)),
        service=_most(Counter(m.service for m in users if m.service != "other"), len(users)),
    )


def _most(counts: Mapping[str, int], of: int) -> str:
    """What at least half have; '' where nothing is that common."""
    best = max(counts, key=lambda name: (counts[name], name), default="")
    return best if best and counts[best] >= MOSTLY * of else ""
