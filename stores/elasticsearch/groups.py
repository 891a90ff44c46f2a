"""What grouping remembers, asked of the indices, under what the same unit has done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar, cast

import msgspec

from corrillo.model import Place, TaggedMention, milliseconds
from corrillo.ports import Conversation, StoryMark
from stores.elasticsearch import bulk
from stores.elasticsearch.connection import encode
from stores.elasticsearch.documents import Link, StoryDocument
from stores.elasticsearch.names import Names
from stores.elasticsearch.search import Hit, Json, Searcher
from stores.elasticsearch.view import LEFT_OUT, View, links_of, with_link

T = TypeVar("T")

TERMS = 10_000
"""Values of one condition."""


class _Place(msgspec.Struct):
    """What a conversation is made of."""

    thread: str = ""
    place: str = ""
    story: str = ""


class _About(msgspec.Struct):
    """Whose mention it is."""

    institution: str = ""


class ElasticGroups:
    """``GroupState`` of one unit of work; new stories are kept only with the mention they begin with."""

    def __init__(self, searcher: Searcher, names: Names, view: View) -> None:
        self._searcher, self._names, self._view = searcher, names, view
        self._begun: dict[str, tuple[str, StoryMark, datetime]] = {}
        self._kept: dict[str, StoryDocument] = {}

    def stories(self, institution: str, bands: Sequence[int]) -> Sequence[StoryMark]:
        """Stories that share a band with a text."""
        query = _all({"institution": [institution], "bands": [str(b) for b in bands]})
        hits = self._searcher.hits(StoryDocument, self._names["stories"], {"query": query, "size": TERMS})
        found = {h.id: StoryMark(h.id, h.source.signature, ()) for h in hits if self._stands(h.id)}
        for about, mark, _ in self._begun.values():
            if about == institution and not set(bands).isdisjoint(mark.bands):
                found[mark.story] = mark
        return list(found.values())

    def _stands(self, identity: str) -> bool:
        """Whether the unit has left it as it was, or written it."""
        return self._view.now.get(identity, ...) is not None

    def begin_story(self, institution: str, mark: StoryMark, seen: datetime) -> None:
        """Remember the beginning of a story."""
        self._begun[mark.story] = (institution, mark, seen)

    def keep(self, ids: Collection[str]) -> None:
        """Keep the stories begun by mentions that will be stored; forget the others when the unit ends."""
        for story, (institution, mark, seen) in self._begun.items():
            if story in ids:
                bands = tuple(map(str, mark.bands))
                self._kept[story] = StoryDocument(institution, mark.signature, bands, milliseconds(seen))

    def operations(self) -> list[bytes]:
        """What stores the new stories whose mentions stand at the end of the unit."""
        return [
            bulk.put(self._names["stories"], story, encode(document))
            for story, document in self._kept.items()
            if self._stands(story)
        ]

    def conversations(self, ids: Iterable[str]) -> Mapping[str, Conversation]:
        """What is known of the mentions with these ids."""
        wanted = set(ids)
        known = self._places(wanted)
        roots = self._places({p.thread for p in known.values()} - wanted) | known
        nowhere = _Place()
        return {
            i: Conversation(p.thread, roots.get(p.thread, nowhere).place, p.story, cast(Place, p.place))
            for i, p in known.items()
        }

    def _places(self, ids: Collection[str]) -> dict[str, _Place]:
        now = self._view.now
        found = {i: _Place(m.thread, m.place, m.story) for i in ids if (m := now.get(i))}
        for some in _chunks([i for i in ids if i not in now]):
            hits = self._mentions(_Place, {"id": some}, ["thread", "place", "story"])
            found |= {h.id: h.source for h in hits}
        return found

    def waiting_for(self, roots: Sequence[str]) -> Sequence[TaggedMention]:
        """Mentions in threads of ``roots`` that are not them."""
        stored: dict[str, TaggedMention] = {}
        for some in _chunks(roots):
            stored |= {h.id: h.source for h in self._mentions(TaggedMention, {"thread": some}, {"excludes": LEFT_OUT})}
        now = self._view.now
        waiting = {i: m for i, m in stored.items() if i not in now and m.id != m.thread}
        links = links_of(self._searcher.client, self._names, waiting)
        wanted = set(roots)
        return [with_link(m, links.get(i)) for i, m in waiting.items()] + [
            m for m in self._view.standing() if m.thread in wanted and m.id != m.thread
        ]

    def _mentions(self, kind: type[T], where: Mapping[str, Sequence[str]], source: object) -> Iterable[Hit[T]]:
        return self._searcher.all(kind, self._names["mentions"], _all(where), source)

    def resolve(self, network: str, refs: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """Which mentions the refs stand for."""
        found: dict[str, dict[str, str]] = {}
        wanted = {r for r in refs if r}
        for some in _chunks(list(wanted)):
            query = _all({"network": [network], "refs": some})
            for hit in self._searcher.hits(Link, self._names["links"], {"query": query, "size": TERMS}):
                if self._stands(hit.id):
                    for ref in wanted.intersection(hit.source.refs):
                        found.setdefault(ref, {})[hit.source.institution] = hit.id
        for mention in self._view.standing():
            if mention.network == network and mention.ref in wanted:
                found.setdefault(mention.ref, {})[mention.institution] = mention.id
        return found

    def written_by(self, network: str, author: str) -> Sequence[tuple[str, str]]:
        """Institution and id of what the author has written."""
        if not author:
            return []
        hits = self._mentions(_About, {"author": [author], "network": [network]}, ["institution"])
        now = self._view.now
        return [(h.source.institution, h.id) for h in hits if h.id not in now] + [
            (m.institution, m.id) for m in self._view.standing() if (m.network, m.author) == (network, author)
        ]


def _all(where: Mapping[str, Sequence[str]]) -> Json:
    return {"bool": {"filter": [{"terms": {name: list(values)}} for name, values in where.items()]}}


def _chunks(values: Sequence[str], size: int = 2_000) -> Iterable[Sequence[str]]:
    return (values[i : i + size] for i in range(0, len(values), size))
