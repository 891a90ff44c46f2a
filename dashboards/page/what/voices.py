"""Who uses which word: people, each of them once, and each text once however often it is copied."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corrillo.model import TaggedMention
from dashboards.page.what.telling import Telling


@dataclass(frozen=True)
class Voices:
    """For each word the mentions that use it, of different authors with different texts; ``total``: of all words."""

    of: Mapping[str, Sequence[TaggedMention]]
    total: int


def voices(mentions: Iterable[TaggedMention], telling: Telling) -> Voices:
    """Those of some mentions. An author who is not known is told apart by the text."""
    users, seen = defaultdict[str, list[TaggedMention]](list), defaultdict[str, set[str]](set)
    for mention in mentions:
        voice = {f"@{mention.author or mention.id}", mention.story or mention.id}
        for word in telling.words(mention):
            if seen[word].isdisjoint(voice):
                users[word].append(mention)
            seen[word] |= voice
    return Voices(users, sum(map(len, users.values())))
