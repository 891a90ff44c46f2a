"""What an incident's own posts tell of it: the words that they share, what and where they are about, one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corrillo.alerts import Evidence, Incident, rank
from corrillo.model import TaggedMention
from corrillo.ports import Query, Reader
from corrillo.text import clean, fold, words

READ = 20
"""Posts of one incident that are read: its samples first, then its newest."""
LONGEST_QUOTE = 140
LEAST_LETTERS = 5
"""A phrase that names something has a word of so many letters."""
MOST_WORDS = 4
LEAST = 2
"""Posts that share something, at least, before it is said of all."""


@dataclass(frozen=True)
class Gist:
    """``phrase``: the words that make most of them crises, as people write them ('' where they share none).

    ``services`` and ``districts``: those of at least half of them. ``quote``: the beginning of the most telling
    post that is still there, and its ``language``.
    """

    phrase: str = ""
    services: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    quote: str = ""
    language: str = ""


UNKNOWN = Gist()


def telling(incident: Incident) -> Evidence:
    """What speaks for it now; of one that is over, what spoke for it when it was highest."""
    if incident.resolved is None and not incident.into:
        return incident.evidence
    evidence = [(c.level, c.evidence) for c in incident.changes]
    return max(evidence, key=lambda e: (rank(e[0]), e[1].voices), default=("calm", incident.evidence))[1]


def gists(reader: Reader, incidents: Sequence[Incident]) -> Mapping[str, Gist]:
    """By the incidents' ids; their posts are asked for once. StoreError passes through."""
    wanted = {i.id: _ids(i) for i in incidents}
    ids = tuple(dict.fromkeys(one for some in wanted.values() for one in some))
    if not ids:
        return {}
    about: tuple[str, ...] = tuple({i.institution for i in incidents})
    query = Query(where={"institution": about}, ids=ids)
    found = {m.id: m for m in reader.find(query, limit=len(ids)).mentions}
    return {i.id: _gist(i, [found[one] for one in wanted[i.id] if one in found]) for i in incidents}


def _ids(incident: Incident) -> list[str]:
    samples = [*telling(incident).samples, *(one for c in incident.changes for one in c.evidence.samples)]
    return list(dict.fromkeys([*samples, *reversed(incident.mentions)]))[:READ]


def _gist(incident: Incident, mentions: Sequence[TaggedMention]) -> Gist:
    if not mentions:
        return UNKNOWN
    evidence, first = telling(incident), mentions[0]
    return Gist(
        phrase=_phrase(mentions, evidence.word) if evidence.channel == "crisis" else "",
        services=_shared((m.service for m in mentions if m.service != "other"), len(mentions)),
        districts=_shared((m.district for m in mentions if m.district), len(mentions)),
        quote=_beginning(clean(first.text)),
        language=first.language,
    )


def _shared(values: Iterable[str], of: int) -> tuple[str, ...]:
    least = max(min(LEAST, of), of / 2)
    return tuple(value for value, n in Counter(values).most_common() if n >= least)


def _phrase(mentions: Sequence[TaggedMention], word: str) -> str:
    """The phrase of most of them, one with the ``word`` that made it unusual before all others."""
    said = Counter(p for m in mentions for p in dict.fromkeys(_phrases(m)))
    known = [(phrase, n) for phrase, n in said.most_common() if n >= LEAST]
    with_word = [p for p, _ in known if word and any(w.startswith(word) for w in words(fold(p)))]
    of_most = [p for p, n in known if n >= len(mentions) / 2]
    return next(iter([*with_word, *of_most]), "")


def _phrases(mention: TaggedMention) -> Iterable[str]:
    for tag in mention.tags:
        for said in tag.evidence if tag.kind == "crisis" else ():
            phrase = clean(said).strip().lower()
            of = words(phrase)
            if 0 < len(of) <= MOST_WORDS and max(map(len, of)) >= LEAST_LETTERS:
                yield phrase


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else line[:LONGEST_QUOTE].rsplit(maxsplit=1)[0] + " …"
