"""Post → the institutions that it is about, each with the reasons for and against.

Names, handles and hashtags are unmistakable; aliases and nicknames are not, nor is a hashtag that
only repeats one. What stands inside a homonym's phrase ("Valencia CF") does not count. A
homonym's context ("gol", "Carabobo") speaks against a post that has nothing unmistakable. The
register (who wrote it, whom it answers, on whose platform it stands) needs no words at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import ahocorasick

from corrillo.institution import Institution
from corrillo.model import Post, Reason, ReasonKind
from corrillo.query import Node, matches, parse
from corrillo.text import at_word_borders, fold, words
from ingest.presence import Presence

_ADDRESS = re.compile(r"(?<![\w.+-])(?:\w{1,10}://\S+|[\w.+-]*@\w[\w.+-]*(?:@\w[\w.-]*)?)")
"""A link, an e-mail address or a handle, from its beginning."""

Role = Literal["sure", "unsure", "homonym", "context", "need"]


@dataclass(frozen=True)
class _Term:
    """What a word of the configuration means for one institution."""

    institution: int
    role: Role
    kind: ReasonKind
    written: str


@dataclass(frozen=True)
class _Hit:
    term: _Term
    start: int
    end: int


class Matcher:
    """Finds all words of all institutions in one pass over a text."""

    def __init__(self, institutions: Sequence[Institution]) -> None:
        self.presences = [Presence(i) for i in institutions]
        self._queries: list[Node | None] = [parse(i.query) for i in institutions]
        terms: dict[str, list[_Term]] = {}
        for number, institution in enumerate(institutions):
            for term in _terms(number, institution):
                terms.setdefault(_folded(term.written), []).append(term)
        self._automaton = ahocorasick.Automaton()
        for folded, meanings in terms.items():
            self._automaton.add_word(folded, (len(folded), meanings))
        self._automaton.make_automaton()
        self._empty = not terms

    def __call__(self, post: Post, everything_about: str = "") -> list[tuple[Presence, tuple[Reason, ...]]]:
        """The institutions that ``post`` is about; ``everything_about`` is one that needs no match."""
        hits = self._hits(post)
        found = []
        for number, presence in enumerate(self.presences):
            reasons = tuple(self._reasons(number, presence, post, hits.get(number, [])))
            if presence.institution.id == everything_about:
                reasons = (*reasons, Reason(kind="everything", term=post.source or post.network))
            if any(not r.against for r in reasons):
                found.append((presence, reasons))
        return found

    def _hits(self, post: Post) -> dict[int, list[_Hit]]:
        found: dict[int, list[_Hit]] = {}
        if self._empty:
            return found
        folded = _folded(_searched(post))
        addresses = _addresses(folded)
        for last, (length, meanings) in self._automaton.iter(folded):
            start, end = last - length + 1, last + 1
            if not at_word_borders(folded, start, end) or _inside(addresses, folded, start, end):
                continue
            for term in meanings:
                found.setdefault(term.institution, []).append(_Hit(term, start, end))
        return found

    def _reasons(self, number: int, presence: Presence, post: Post, hits: list[_Hit]) -> Iterator[Reason]:
        registered = list(_registered(presence, post))
        query = self._queries[number]
        if query is not None and matches(query, words(fold(_searched(post)))):
            registered.append(Reason(kind="query", term=presence.institution.query))
        if hits or registered:
            yield from registered
            yield from _weighed(hits, bool(presence.institution.alias_needs), bool(registered))


def _weighed(hits: list[_Hit], needs: bool, registered: bool) -> Iterator[Reason]:
    """The reasons that are left when homonyms have been heard."""
    homonyms = [h for h in hits if h.term.role == "homonym"]
    free = [h for h in hits if not any(o.start <= h.start and h.end <= o.end for o in homonyms)]
    sure = [h for h in free if h.term.role == "sure"]
    unsure = [h for h in free if h.term.role == "unsure"]
    against = [h for h in hits if h.term.role in ("homonym", "context")]
    certain = bool(sure) or registered
    if not certain and any(h.term.role == "context" for h in against):
        return
    if not certain and needs and not any(h.term.role == "need" for h in free):
        return
    for hit in _once([*sure, *unsure]):
        yield Reason(kind=hit.term.kind, term=hit.term.written)
    if certain or unsure:
        for hit in _once(against):
            yield Reason(kind="homonym", term=hit.term.written, against=True)


def _once(hits: list[_Hit]) -> list[_Hit]:
    return list({(h.term.kind, fold(h.term.written)): h for h in reversed(hits)}.values())[::-1]


def _registered(presence: Presence, post: Post) -> Iterator[Reason]:
    if post.author is not None and presence.wrote(post):
        yield Reason(kind="account", term=presence.own_handle(post.author))
    if presence.was_answered(post):
        yield Reason(kind="reply", term=post.answers_author)
    platform = presence.platform(post)
    if platform is not None:
        yield Reason(kind="platform", term=platform.host or platform.venue)


def _searched(post: Post) -> str:
    """Title, text and, where the venue is a hashtag, the venue."""
    venue = f"\n{post.venue.name}" if post.venue.kind == "hashtag" else ""
    return f"{post.title}\n{post.text}{venue}" if post.title else f"{post.text}{venue}"


def _folded(text: str) -> str:
    """Telephones write ’ where a configuration has '."""
    return fold(text).replace("’", "'")


def _addresses(folded: str) -> list[tuple[int, int]]:
    return [m.span() for m in _ADDRESS.finditer(folded)] if "@" in folded or "://" in folded else []


def _inside(addresses: Sequence[tuple[int, int]], folded: str, start: int, end: int) -> bool:
    """Whether the word is only a piece of a link, an e-mail address or another handle."""
    for begin, close in addresses:
        if begin <= start < close:
            whole = begin == start and folded[start] == "@"
            return not (whole and folded[end : end + 1] not in ("_", "-"))
    return False


def _terms(number: int, institution: Institution) -> Iterator[_Term]:
    weak = {fold(w).replace(" ", "") for w in (*institution.aliases, *institution.nicknames)}
    for name in {institution.name, *(n for listed in institution.names.values() for n in listed)}:
        yield _Term(number, "sure", "name", name)
    for alias in (*institution.aliases, *institution.nicknames):
        yield _Term(number, "unsure", "alias", alias)
    for handle in institution.handles:
        yield _Term(number, "sure", "handle", "@" + handle.lstrip("@"))
    for account in institution.accounts:
        yield _Term(number, "sure", "handle", "@" + account.handle.lstrip("@"))
    for hashtag in institution.hashtags:
        bare = hashtag.lstrip("#")
        yield _Term(number, "unsure" if fold(bare) in weak else "sure", "hashtag", "#" + bare)
    for homonym in institution.homonyms:
        for phrase in (*homonym.phrases, homonym.name):
            yield _Term(number, "homonym", "homonym", phrase)
        for word in homonym.context:
            yield _Term(number, "context", "homonym", word)
    for word in institution.alias_needs:
        yield _Term(number, "need", "query", word)
