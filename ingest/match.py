"""Post → the institutions that it is about, each with the reasons for and against.

Names, handles and hashtags are unmistakable; aliases and nicknames are not, nor is a hashtag that
only repeats one. What a homonym's phrase holds whole ("Valencia CF") or in part does not count. A
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
from corrillo.query import All, Node, Phrase, Some, matches, parse
from corrillo.text import at_word_borders, fold, words
from ingest.presence import Presence, Register

_ADDRESS = re.compile(r"(?<![\w.+-])(?:\w{1,10}://\S+|[\w.+-]*@\w[\w.+-]*(?:@\w[\w.-]*)?)")
"""A link, an e-mail address or a handle, from its beginning."""

THREAD = "thread"
"""What stands for the words in the reason of an answer that was only said in a thread."""

Role = Literal["sure", "unsure", "homonym", "context", "need"]
WhyNot = Literal["homonym", "needs", "nothing"]
"""Why a post is about nobody: a homonym took our words away, one of ``alias_needs`` is missing, it has no word of ours."""


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
    """Finds all words of all institutions in one pass over a text.

    Most posts are about nobody: what cannot concern an institution is not asked about it.
    """

    def __init__(self, institutions: Sequence[Institution]) -> None:
        self.presences = [Presence(i) for i in institutions]
        self._register = Register(self.presences)
        self._numbers = {i.id: n for n, i in enumerate(institutions)}
        self._queries: list[Node | None] = [parse(i.query) for i in institutions]
        triggers = {n: _triggers(q) for n, q in enumerate(self._queries) if q is not None}
        self._always = frozenset(n for n, words_ in triggers.items() if words_ is None)
        terms: dict[str, list[_Term]] = {}
        for number, institution in enumerate(institutions):
            for term in _terms(number, institution):
                terms.setdefault(_folded(term.written), []).append(term)
        asks: dict[str, list[int]] = {}
        for number, found in triggers.items():
            for word in found or ():
                asks.setdefault(word, []).append(number)
        self._automaton = ahocorasick.Automaton()
        for folded in {**terms, **asks}:
            self._automaton.add_word(folded, (len(folded), terms.get(folded, ()), asks.get(folded, ())))
        self._automaton.make_automaton()
        self._empty = not (terms or asks)

    def __call__(
        self, post: Post, everything_about: str = "", in_thread: str = ""
    ) -> list[tuple[Presence, tuple[Reason, ...]]]:
        """The institutions that ``post`` is about.

        ``everything_about`` and ``in_thread`` need no match: of the one the source gives nothing
        else, and a thread about the other is where it was said; so are those of ``post.about``.
        """
        folded = _folded(_searched(post))
        hits, asked = self._hits(folded)
        threads = {in_thread, *post.about}
        given = {self._numbers[i] for i in (everything_about, *threads) if i in self._numbers}
        concerned = {*hits, *asked, *self._register(post), *given}
        found = []
        for number in sorted(concerned):
            presence = self.presences[number]
            said = number in asked and self._is_asked_for(number, folded)
            reasons = tuple(_reasons(presence, post, hits.get(number, []), said))
            if presence.institution.id == everything_about:
                reasons = (*reasons, Reason(kind="everything", term=post.source or post.network))
            if presence.institution.id in threads and not any(not r.against for r in reasons):
                reasons = (*reasons, Reason(kind="reply", term=THREAD))
            if any(not r.against for r in reasons):
                found.append((presence, reasons))
        return found

    def why_not(self, post: Post) -> tuple[WhyNot, str]:
        """Why ``post``, which is about no institution, is not, and the word that says so ('': there is none)."""
        found = [h.term for hits in self._hits(_folded(_searched(post)))[0].values() for h in hits]
        ours = next((t.written for t in found if t.role in ("sure", "unsure")), "")
        other = next((t.written for t in found if t.role in ("homonym", "context")), "")
        if ours:
            return ("homonym", other) if other else ("needs", ours)
        return "nothing", ""

    def _hits(self, folded: str) -> tuple[dict[int, list[_Hit]], set[int]]:
        """For each institution its words in a text; and the institutions whose query the text may satisfy."""
        found: dict[int, list[_Hit]] = {}
        asked = set(self._always)
        if self._empty:
            return found, asked
        addresses: list[tuple[int, int]] | None = None
        for last, (length, meanings, asks) in self._automaton.iter(folded):
            asked.update(asks)
            start, end = last - length + 1, last + 1
            if not meanings or not at_word_borders(folded, start, end):
                continue
            addresses = _addresses(folded) if addresses is None else addresses
            if _inside(addresses, folded, start, end):
                continue
            for term in meanings:
                found.setdefault(term.institution, []).append(_Hit(term, start, end))
        return found, asked

    def _is_asked_for(self, number: int, folded: str) -> bool:
        query = self._queries[number]
        return query is not None and matches(query, words(folded))


def _triggers(node: Node) -> frozenset[str] | None:
    """Words of which a text that satisfies the query holds at least one, whole or as a piece; None: it may hold none."""
    match node:
        case Phrase():
            return frozenset([max(node.words, key=len)])
        case All():
            known = [t for t in map(_triggers, node.operands) if t is not None]
            return min(known, key=lambda found: (len(found), -min(map(len, found))), default=None)
        case Some():
            listed = [_triggers(n) for n in node.operands]
            return None if None in listed else frozenset().union(*(t for t in listed if t is not None))
        case _:
            return None


def _reasons(presence: Presence, post: Post, hits: list[_Hit], asked_for: bool) -> Iterator[Reason]:
    registered = list(_registered(presence, post))
    if asked_for:
        registered.append(Reason(kind="query", term=presence.institution.query))
    if hits or registered:
        yield from registered
        yield from _weighed(hits, bool(presence.institution.alias_needs), bool(registered))


def _weighed(hits: list[_Hit], needs: bool, registered: bool) -> Iterator[Reason]:
    """The reasons that are left when homonyms have been heard."""
    homonyms = [h for h in hits if h.term.role == "homonym"]
    free = [h for h in hits if not any(_takes(o, h) for o in homonyms)]
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


def _takes(homonym: _Hit, name: _Hit) -> bool:
    """Whether a homonym's words hold a name, or a piece of it and more: "Ayuntamiento de [Villar del Mar]"."""
    inside = name.start <= homonym.start and homonym.end <= name.end
    same = homonym.start == name.start and homonym.end == name.end
    return homonym.start < name.end and name.start < homonym.end and (same or not inside)


def _once(hits: list[_Hit]) -> list[_Hit]:
    return list({(h.term.kind, fold(h.term.written)): h for h in reversed(hits)}.values())[::-1]


def _registered(presence: Presence, post: Post) -> Iterator[Reason]:
    if post.author is not None and presence.wrote(post):
        yield Reason(kind="account", term=presence.own_handle(post.network, post.author))
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
