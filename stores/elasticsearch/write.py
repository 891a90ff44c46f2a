"""Writing events in a unit of work: each mention once, by id and version; what has a tombstone stays away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corrillo.model import TaggedEvent, TaggedMention, milliseconds
from corrillo.ports import Written
from corrillo.versions import keeping, kept_of, version_of
from stores.elasticsearch import bulk
from stores.elasticsearch.connection import encode
from stores.elasticsearch.documents import GONE, Tombstone, link_of, mention_document, version
from stores.elasticsearch.names import Names
from stores.elasticsearch.view import Stored, View
from stores.names import named, without
from stores.plan import planned


class Writing:
    """What the mentions of a unit come to, and the operations that store it."""

    def __init__(self, view: View, names: Names, zones: Mapping[str, str]) -> None:
        self._view, self._names, self._zones = view, names, zones
        self.stones: dict[str, Tombstone] = {}

    def write(self, events: Sequence[TaggedEvent]) -> tuple[Written, set[str]]:
        """Apply ``events`` in their order; what becomes of them, and the ids that will be stored."""
        view = self._view
        events = self._nameless(events)
        ids = list(dict.fromkeys(e.id for e in events))
        view.look(ids)
        known = {i: version_of(m) for i in ids if (m := view.known(i))}
        plan = planned(events, known, view.buried)
        changed = {i: m for i, m in plan.update.items() if i not in plan.delete}
        rewritten = [self._put(m) for m in changed.values()]
        for mention in plan.insert.values():
            self._put(mention)
        for deletion in plan.delete.values():
            self.delete(deletion.id, Tombstone(milliseconds(deletion.at), "deleted"))
        became = Written(
            new=len(plan.insert),
            changed=sum(rewritten),
            unchanged=plan.unchanged + len(changed) - sum(rewritten),
            deleted=sum(i in known for i in plan.delete),
            refused=len(plan.refused),
            kept_out=frozenset(plan.refused),
        )
        return became, {*plan.insert, *changed}

    def delete(self, identity: str, stone: Tombstone) -> None:
        """Delete a mention, whether it is there or not, and leave a tombstone."""
        self._view.now[identity] = None
        self._view.buried.add(identity)
        self.stones.setdefault(identity, stone)

    def _put(self, mention: TaggedMention) -> bool:
        """Store a mention with what it takes over from before; whether that changes anything."""
        before, standing = self._view.before.get(mention.id), self._view.known(mention.id)
        if standing:
            mention = keeping(mention, kept_of(standing))
        elif before:
            link = before.link
            mention = keeping(mention, kept_of(mention)._replace(published=link.published, first_seen=link.first_seen))
        if mention == standing:
            return False
        self._view.now[mention.id] = mention
        return True

    def _nameless(self, events: Sequence[TaggedEvent]) -> Sequence[TaggedEvent]:
        names = named(events)
        return without(events, [names[d] for d in self._view.tombstones(names)]) if names else events

    def operations(self) -> tuple[list[bytes], list[bytes], list[bytes]]:
        """What is sent first, second and last: whatever ends it in between, doing it again mends it.

        Tombstones and links go before the mentions: a mention without a link could not be found by
        its id. For the same reason the links of what is deleted go last.
        """
        names, before = self._names, self._view.before
        put = self._view.standing()
        gone = [i for i, mention in self._view.now.items() if mention is None and i in before]
        first = [bulk.create(names["tombstones"], i, encode(stone)) for i, stone in self.stones.items()]
        first += [self._link(m, before.get(m.id)) for m in put]
        second = [
            bulk.put(names.month(milliseconds(m.published)), m.id, mention_document(m, self._zones), version(m))
            for m in put
        ]
        second += [bulk.delete(names.month(before[i].link.published), i, GONE) for i in gone]
        second += [bulk.delete(names["stories"], i) for i in gone]
        second += [bulk.delete(names["attention"], i) for i in gone]
        return first, second, [bulk.delete(names["links"], i, GONE) for i in gone]

    def _link(self, mention: TaggedMention, before: Stored | None) -> bytes:
        link = link_of(mention, before.link.refs if before else ())
        return bulk.put(self._names["links"], mention.id, encode(link), version(mention))
