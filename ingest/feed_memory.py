"""What a feed's cursor remembers: which entries it has listed, how they were, and what was lost between two looks.

Pure. An entry is known by its id. Where a site has given all its entries new ids since the look
before (some do at every look), they are recognised by what they say.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from corrillo.model import Cursor, Gap
from ingest.answer import Validators

REMEMBERED = 3000
"""Entries that have left the feed and are still recognised when they come back."""
LAG = timedelta(hours=1)
"""So much later than the time that they carry may entries appear in a feed."""
WHY = "the feed listed nothing that was known from the look before: what came and went in between was not heard"

Entry = Mapping[str, str]


@dataclass(frozen=True)
class Look:
    """One look at the feed: everything that it lists (key → how it says it), and what of it is new or changed."""

    listed: Mapping[str, str]
    fresh: Sequence[tuple[str, Entry]]
    met: bool
    """Whether anything was known before."""


@dataclass(frozen=True)
class Known:
    """What is remembered; the last ``window`` of ``seen`` are what the look before listed."""

    seen: Mapping[str, str]
    window: int
    validators: Validators
    newest: datetime | None
    """The latest publication that has been seen."""
    looked: datetime | None
    """When the feed last gave something."""

    @classmethod
    def read(cls, cursor: Cursor | None) -> Known:
        """What the cursor's state says."""
        state = json.loads(cursor.state) if cursor else {}
        seen = _unpacked(state.get("seen", ""))
        newest, looked = (datetime.fromisoformat(m) if (m := state.get(k)) else None for k in ("newest", "looked"))
        validators = Validators(state.get("etag", ""), state.get("modified", ""))
        return cls(seen, state.get("window", len(seen)), validators, newest, looked)

    def look(self, entries: Sequence[Entry]) -> Look:
        """What of ``entries``, oldest first, is new or has changed."""
        keyed = [(_mark(e["id"]), _said(e), e) for e in entries]
        listed = {key: print_ for key, print_, _ in keyed}
        renamed = frozenset() if listed.keys() & self.seen.keys() else frozenset(self._before())
        fresh = [(key, entry) for key, print_, entry in keyed if self.seen.get(key) != print_ and print_ not in renamed]
        met = bool(listed.keys() & self.seen.keys() or renamed & set(listed.values()))
        return Look(listed, fresh, met)

    def _before(self) -> Sequence[str]:
        """What the entries said that the look before listed."""
        return list(self.seen.values())[len(self.seen) - self.window :]

    def missed(self, look: Look, oldest: datetime, asked: datetime | None) -> tuple[Gap, ...]:
        """What lies between the newest that was known and the ``oldest`` of a look that knows none of it.

        It begins no earlier than a ``LAG`` before the feed was last asked (``asked``, where that is
        remembered better than here): what had come by then was heard.
        """
        if look.met or not look.listed or self.newest is None:
            return ()
        last = asked or self.looked
        since = max(self.newest, last - LAG) if last else self.newest
        return (Gap(since=since, until=oldest, why=WHY),) if oldest > since else ()

    def halfway(self, look: Look, given: int, published: Sequence[datetime], now: datetime) -> str:
        """The cursor's state when so much of a look was ``given``: whoever resumes there is sent all of it again."""
        return self._state({key: look.listed[key] for key, _ in look.fresh[:given]}, published, now, Validators())

    def after(self, look: Look, published: Sequence[datetime], now: datetime, validators: Validators) -> str:
        """The cursor's state after that look at ``now``, which brought what was ``published`` then."""
        return self._state(look.listed, published, now, validators)

    def _state(
        self, listed: Mapping[str, str], published: Sequence[datetime], now: datetime, validators: Validators
    ) -> str:
        gone = {k: v for k, v in self.seen.items() if k not in listed}
        newest = max([*published, *([self.newest] if self.newest else [])], default=None)
        return json.dumps(
            {
                "etag": validators.etag,
                "modified": validators.modified,
                "looked": now.isoformat(),
                "newest": newest.isoformat() if newest else "",
                "window": len(listed),
                "seen": _packed(dict(list(gone.items())[-REMEMBERED:]) | dict(listed)),
            }
        )


def _said(entry: Entry) -> str:
    """A mark of what an entry says: neither its id nor its link, which some sites make up anew each time."""
    return _mark(json.dumps({k: v for k, v in entry.items() if k not in ("id", "link")}, sort_keys=True))


MARK = 8
"""Characters of a mark: two for each entry, so that the cursor of a feed of 50,000 still fits into a message of Kafka."""


def _mark(text: str) -> str:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).digest()
    return base64.b64encode(digest).decode()


def _packed(seen: Mapping[str, str]) -> str:
    return "".join(key + print_ for key, print_ in seen.items())


def _unpacked(packed: object) -> dict[str, str]:
    """The same again; of another format nothing is remembered, and all is given once more."""
    if not isinstance(packed, str):
        return {}
    return {packed[i : i + MARK]: packed[i + MARK : i + 2 * MARK] for i in range(0, len(packed), 2 * MARK)}
