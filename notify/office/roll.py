"""Subscribers of the file, brought into the store: whoever stands there is told, whoever is gone from it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from corrillo.notices import Subscriber, Way
from corrillo.ports import Subscriptions
from corrillo.subscribers import SubscriberEntry, subscriber


def called(
    store: Subscriptions,
    entries: Sequence[SubscriberEntry],
    folder: Path,
    environment: Mapping[str, str],
    now: datetime,
) -> tuple[str, ...]:
    """The ids of those who came, changed or went. Raises ConfigError for an address that is none, StoreError."""
    known = {s.id: s for s in store.subscribers()}
    changed = []
    for entry in entries:
        before = known.get(entry.id)
        wanted = _as_before(subscriber(entry, folder, environment, now), before)
        if wanted != before:
            store.subscribe(wanted)
            changed.append(entry.id)
    gone = [s.id for s in known.values() if s.origin == "file" and s.id not in {e.id for e in entries}]
    for identity in gone:
        store.unsubscribe(identity)
    return (*changed, *gone)


def _as_before(wanted: Subscriber, before: Subscriber | None) -> Subscriber:
    """``wanted``, with what is known of the same person: since when, confirmed since when, their feed."""
    if before is None:
        return wanted
    since = {w.address: w.confirmed for w in before.ways if w.confirmed}
    ways = tuple(Way(kind=w.kind, address=w.address, confirmed=since.get(w.address, w.confirmed)) for w in wanted.ways)
    return msgspec.structs.replace(wanted, ways=ways, created=before.created, feed=before.feed)
