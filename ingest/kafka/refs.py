"""Which mentions a server's own name of a post stands for: deletions come under that name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from corrillo.model import KnownRef, Mention

Key = tuple[str, str]
"""Network and ref."""
ERASED = "erased"
"""In the network's place: the ref is the id of a mention that was erased, and stands for nothing any more."""


class Refs:
    """The known ones in memory; ``draft`` is where a transaction's changes stand until it is committed."""

    def __init__(self) -> None:
        self._known: dict[Key, KnownRef] = {}

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: Key) -> KnownRef | None:
        """What stands under it."""
        return self._known.get(key)

    def update(self, changes: Mapping[Key, KnownRef | None]) -> None:
        """Take over what has been committed; None: it is forgotten."""
        for key, known in changes.items():
            if known is None:
                self._known.pop(key, None)
            else:
                self._known[key] = known

    def of_ids(self, ids: Iterable[str]) -> list[Key]:
        """The refs that stand for one of these mentions."""
        wanted = set(ids)
        return [key for key, known in list(self._known.items()) if not wanted.isdisjoint(known.ids.values())]

    def newest(self, source: str, since: datetime, limit: int) -> Sequence[str]:
        """Refs of a source's newest mentions, newest first."""
        found = [k for k in list(self._known.values()) if k.source == source and k.published >= since]
        return [k.ref for k in sorted(found, key=lambda k: k.published, reverse=True)[:limit]]

    def older(self, before: datetime) -> list[Key]:
        """Those of posts that are older."""
        return [key for key, known in list(self._known.items()) if known.published < before]

    def draft(self) -> Draft:
        """A place for the changes of one transaction."""
        return Draft(self)


class Draft:
    """The known refs with the changes of one transaction over them."""

    def __init__(self, refs: Refs) -> None:
        self._refs = refs
        self.changes: dict[Key, KnownRef | None] = {}

    def get(self, key: Key) -> KnownRef | None:
        """What stands under it after the changes so far."""
        return self.changes[key] if key in self.changes else self._refs.get(key)

    def learn(self, mention: Mention) -> None:
        """The mention's ref stands for it too."""
        if not mention.ref:
            return
        key = (mention.network, mention.ref)
        known = self.get(key)
        if known is None:
            ids = {mention.institution: mention.id}
            self.changes[key] = KnownRef(
                source=mention.source, network=key[0], ref=key[1], published=mention.published, ids=ids
            )
        elif known.ids.get(mention.institution) != mention.id:
            self.changes[key] = msgspec.structs.replace(known, ids={**known.ids, mention.institution: mention.id})

    def erase(self, identity: str, at: datetime) -> None:
        """The mention was erased: whatever its source gives again of it is refused."""
        self.forget_ids({identity})
        self.changes[ERASED, identity] = KnownRef(source=ERASED, network=ERASED, ref=identity, published=at, ids={})

    def forget(self, key: Key) -> None:
        """Nothing stands under it any more."""
        self.changes[key] = None

    def forget_ids(self, ids: set[str]) -> None:
        """Forget the refs of these mentions, known before or learnt in this transaction."""
        learnt = [key for key, k in self.changes.items() if k and not ids.isdisjoint(k.ids.values())]
        for key in (*self._refs.of_ids(ids), *learnt):
            self.forget(key)
