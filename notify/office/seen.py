"""What the office looks at: incidents on one side, what people did and who wants to be told on the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from corrillo.alerts import Act, Incident
from corrillo.notices import Delivery, Subscriber
from corrillo.ports import Clock, Store

LATELY = timedelta(days=3)
"""Incidents that have not changed for longer are over for the office, unless they are open."""
OVERLAP = timedelta(minutes=5)
"""What is written late carries an earlier time: so far back it is read again at each look."""
WHOLE = timedelta(minutes=1)
"""After so long everything of ``LATELY`` is read again."""
MOST = 2_000


@dataclass(frozen=True)
class Desk:
    """What people did and want: of the incidents, the acts; all subscribers; what waits to be told in the store.

    ``ended``: incidents of long ago whose end somebody has still to hear.
    """

    acts: Sequence[Act] = ()
    subscribers: Sequence[Subscriber] = ()
    waiting: Sequence[Delivery] = ()
    ended: Sequence[Incident] = ()


class StoredIncidents:
    """The incidents of some institutions as they change in a store."""

    def __init__(self, store: Store, institutions: Sequence[str], clock: Clock) -> None:
        self._store, self._institutions, self._clock = store, institutions, clock
        self._newest: dict[str, datetime] = {}
        self._whole: datetime | None = None

    def changed(self) -> Sequence[Incident]:
        """At least those that have changed since it was asked last; the first time all of ``LATELY``. Raises StoreError."""
        now = self._clock()
        whole = self._whole is None or abs(now - self._whole) >= WHOLE
        found = [i for one in self._institutions for i in self._of(one, now - LATELY, whole)]
        if whole:
            found += [i for one in self._institutions for i in self._store.incidents(one, open_only=True, limit=MOST)]
            self._whole = now
        return found

    def _of(self, institution: str, lately: datetime, whole: bool) -> Sequence[Incident]:
        newest = self._newest.get(institution)
        since = lately if whole or newest is None else newest - OVERLAP
        found = self._store.incidents(institution, since=since, limit=MOST)
        if found:
            self._newest[institution] = max(i.updated for i in found)
        return found


class Known(Mapping[str, Incident]):
    """The newest state of every incident that matters, by id, as it was read last. May be asked from any thread."""

    def __init__(self, changed: Callable[[], Sequence[Incident]], clock: Clock) -> None:
        self._changed, self._clock = changed, clock
        self._known: dict[str, Incident] = {}

    def __getitem__(self, identity: str) -> Incident:
        return self._known[identity]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def read(self) -> Mapping[str, Incident]:
        """All of them, with what has changed. Raises StoreError, BrokerError."""
        known = dict(self._known)
        for incident in self._changed():
            before = known.get(incident.id)
            if before is None or incident.updated >= before.updated:
                known[incident.id] = incident
        lately = self._clock() - LATELY
        self._known = {i: one for i, one in known.items() if one.updated >= lately or not (one.resolved or one.into)}
        return self._known


def desk(store: Store, incidents: Collection[str], followed: Collection[str]) -> Desk:
    """What stands in the store now, about these incidents; of the ``followed`` ones, those that are not among them. Raises StoreError."""
    waiting = store.deliveries(open_only=True, limit=MOST)  # before the subscribers: nobody of theirs is missing then
    people = store.subscribers()
    ended = [found for i in followed if i not in incidents and (found := store.incident(i))]
    about = [*incidents, *(i.id for i in ended)]
    return Desk(store.acts(about) if about else (), people, waiting, ended)
