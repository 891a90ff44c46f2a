"""Mentions as one unit of work sees them: what is stored, under what the unit has done to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import msgspec

from corrillo.model import TaggedMention
from stores.elasticsearch.connection import Client
from stores.elasticsearch.documents import OURS, Link
from stores.elasticsearch.names import Names
from stores.elasticsearch.realtime import documents, present

LEFT_OUT = tuple(name for name, _, _ in OURS)
"""Fields of a mention's document that are not the mention's."""


@dataclass(frozen=True)
class Stored:
    """What is stored of a mention: its link, and the mention unless a crash has kept it from being written."""

    link: Link
    mention: TaggedMention | None


def with_link(mention: TaggedMention, link: Link | None) -> TaggedMention:
    """``mention`` as it was before its link was put apart."""
    if link is None:
        return mention
    return msgspec.structs.replace(mention, url=link.url, ref=link.ref, answers_ref=link.answers_ref)


def stored(client: Client, names: Names, links: Mapping[str, Link]) -> dict[str, Stored]:
    """The mentions that these links are of."""
    addresses = {i: (names.month(link.published), i) for i, link in links.items()}
    found = documents(client, TaggedMention, addresses.values(), LEFT_OUT)
    return {
        i: Stored(link, with_link(mention, link) if (mention := found.get(addresses[i])) else None)
        for i, link in links.items()
    }


def links_of(client: Client, names: Names, ids: Iterable[str]) -> dict[str, Link]:
    """The links of mentions, by id."""
    return {i: link for (_, i), link in documents(client, Link, [(names["links"], i) for i in ids]).items()}


class View:
    """Reads each mention once; ``now`` is what the unit has made of it (None: deleted)."""

    def __init__(self, client: Client, names: Names) -> None:
        self._client, self._names = client, names
        self._looked: set[str] = set()
        self.before: dict[str, Stored] = {}
        self.now: dict[str, TaggedMention | None] = {}
        self.buried: set[str] = set()

    def look(self, ids: Collection[str]) -> None:
        """Read what is stored of these ids, and their tombstones, unless it has been read."""
        unknown = [i for i in ids if i not in self._looked]
        self._looked.update(unknown)
        self.buried |= self.tombstones(unknown)
        self.before |= stored(self._client, self._names, links_of(self._client, self._names, unknown))

    def tombstones(self, ids: Iterable[str]) -> set[str]:
        """Those that have one."""
        return {i for _, i in present(self._client, [(self._names["tombstones"], i) for i in ids])}

    def known(self, identity: str) -> TaggedMention | None:
        """The mention as it stands."""
        if identity in self.now:
            return self.now[identity]
        before = self.before.get(identity)
        return before.mention if before else None

    def standing(self) -> Iterable[TaggedMention]:
        """What the unit has written."""
        return [m for m in self.now.values() if m is not None]
