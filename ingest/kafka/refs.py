"""Which mentions a server's own name of a post stands for: deletions come under that name, or under their author's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from threading import Lock

import msgspec

from corrillo.model import KnownRef, Mention

Key = tuple[str, str]
"""Network and ref."""
ERASED = "erased"
"""In the network's place: the ref is the id of a mention that was erased, and stands for nothing any more."""


class ByAuthor:
    """Keys under the pseudonym of who wrote what they stand for."""

    def __init__(self) -> None:
        self._keys: dict[str, dict[Key, None]] = {}

    def keys(self, author: str) -> Sequence[Key]:
        """Those of one author."""
        return tuple(self._keys.get(author, ()))

    def add(self, key: Key, known: KnownRef) -> None:
        """Find the key by its author, where that is known."""
        if known.author:
            self._keys.setdefault(known.author, {})[key] = None

    def drop(self, key: Key, known: KnownRef | None) -> None:
        """Find it no more."""
        keys = self._keys.get(known.author) if known else None
        if known and keys is not None:
            keys.pop(key, None)
            if not keys:
                del self._keys[known.author]


class Refs:
    """The known ones in memory; ``draft`` is where a transaction's changes stand until it is committed."""

    def __init__(self) -> None:
        self._known: dict[Key, KnownRef] = {}
        self._by_author = ByAuthor()
        self._changing = Lock()

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: Key) -> KnownRef | None:
        """What stands under it."""
        return self._known.get(key)

    def update(self, changes: Mapping[Key, KnownRef | None]) -> None:
        """Take over what has been committed; None: it is forgotten."""
        with self._changing:
            for key, known in changes.items():
                self._by_author.drop(key, self._known.pop(key, None))
                if known is not None:
                    self._known[key] = known
                    self._by_author.add(key, known)

    def of_ids(self, ids: Iterable[str]) -> list[Key]:
        """The refs that stand for one of these mentions."""
        wanted = set(ids)
        return [key for key, known in list(self._known.items()) if not wanted.isdisjoint(known.ids.values())]

    def of_author(self, author: str) -> Sequence[Key]:
        """The refs of what this author has written, on whatever network; one look-up."""
        return self._by_author.keys(author)

    def newest(self, source: str, since: datetime, limit: int) -> Sequence[KnownRef]:
        """A source's newest posts, newest first."""
        found = [k for k in list(self._known.values()) if k.source == source and k.published >= since]
        return sorted(found, key=lambda k: k.published, reverse=True)[:limit]

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
        self._learnt = ByAuthor()
        self.changes: dict[Key, KnownRef | None] = {}

    def get(self, key: Key) -> KnownRef | None:
        """What stands under it after the changes so far."""
        return self.changes[key] if key in self.changes else self._refs.get(key)

    def of_author(self, author: str) -> list[Key]:
        """The refs of what this author has written, on whatever network, after the changes so far."""
        keys = dict.fromkeys((*self._refs.of_author(author), *self._learnt.keys(author)))
        return [key for key in keys if (known := self.get(key)) and known.author == author]

    def learn(self, mention: Mention) -> None:
        """The mention's ref stands for it too; who wrote it is learnt where that was not known."""
        if not mention.ref:
            return
        key = (mention.network, mention.ref)
        known = self.get(key)
        if known is None:
            ids = {mention.institution: mention.id}
            learnt = KnownRef(mention.source, *key, mention.published, ids, mention.author)
        elif known.ids.get(mention.institution) != mention.id or (mention.author and not known.author):
            ids = {**known.ids, mention.institution: mention.id}
            learnt = msgspec.structs.replace(known, ids=ids, author=known.author or mention.author)
        else:
            return
        self.changes[key] = learnt
        self._learnt.add(key, learnt)

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
