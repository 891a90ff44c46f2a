"""Detection in the embedded way: the same machine as on a stream, its records kept in the store's unit of work.

The machine stays in memory from batch to batch. Where somebody else has written its records since, or
where a unit failed, it is made again of what is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import msgspec

from corrillo.health import hearing
from corrillo.institution import Institution
from corrillo.messages import encode
from corrillo.model import TaggedEvent
from corrillo.ports import Store, Unit
from processors.detect.watching import Record, Watching, watched

_decode = msgspec.json.Decoder(Record).decode


@dataclass
class Held:
    """What is in memory, and of which edition of the records it was made."""

    edition: int
    watching: Watching


class Detection:
    """Watches the institutions; one thread at a time."""

    def __init__(self, institutions: Sequence[Institution]) -> None:
        self._watched = watched(institutions)
        self._held: dict[str, Held] = {}

    def hear(self, unit: Unit, events: Sequence[TaggedEvent]) -> None:
        """Take over what a batch says; incidents, counts and records are kept in ``unit``."""
        about: defaultdict[str, list[TaggedEvent]] = defaultdict(list)
        for event in events:
            about[event.institution].append(event)
        for institution, some in about.items():
            with self._at_work(unit, institution) as watching:
                watching.hear(some)

    def advance(self, store: Store, now: datetime) -> None:
        """Time has come to ``now``: call it about once a minute."""
        heard = hearing(store.health(), now)
        with store.unit() as unit:
            for institution in self._watched:
                with self._at_work(unit, institution) as watching:
                    watching.advance(now, heard)

    def again(self) -> None:
        """Trust nothing in memory: a unit has failed."""
        self._held.clear()

    @contextmanager
    def _at_work(self, unit: Unit, institution: str) -> Iterator[Watching]:
        held = self._of(unit, institution)
        del self._held[institution]  # until all went well
        yield held.watching
        unit.tell(held.watching.told())
        changes = held.watching.changed().items()
        if changes:
            kept = {key: None if record is None else encode(record) for key, record in changes}
            held.edition = unit.remember(institution, kept)
        self._held[institution] = held

    def _of(self, unit: Unit, institution: str) -> Held:
        held = self._held.get(institution)
        kept = unit.recollect(institution, held.edition if held else -1)
        if kept is not None or held is None:
            records = {key: _decode(value) for key, value in kept.records.items()} if kept else {}
            mine = {institution: self._watched[institution]} if institution in self._watched else {}
            self._held[institution] = Held(kept.edition if kept else 0, Watching(records, mine))
        return self._held[institution]
