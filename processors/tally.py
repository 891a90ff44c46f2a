"""Counting on a stream: which mention is counted where, and what each cell comes to.

A count is the number of mentions that are in its cell, never a sum of steps: so a mention that
is told twice, edited or deleted leaves it right. One record per mention is all that has to be
kept; the counts follow from the records. Records that are old are settled into their cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from corrillo.cells import Cell, cell_of, cells
from corrillo.model import TaggedEvent, TaggedMention, milliseconds
from corrillo.ports import DayCount
from corrillo.versions import version_of

FullCell = tuple[str, ...]
"""A cell with the tag, '' for all."""
_BETWEEN = "\x1f"
_ALL = "="
"""Key of the record that says through when all cells are settled, or are about to be; cells begin with it too."""


class Counted(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="kind", tag="counted"):
    """Where a mention is counted, ``seen`` in milliseconds. Without a cell it is gone for good."""

    seen: int
    version: tuple[int, int] = (0, 0)
    cell: Cell | None = None
    tags: tuple[str, ...] = ()

    def cells(self) -> list[FullCell]:
        """All the cells in which it is."""
        return cells(self.cell, self.tags) if self.cell else []


class Settled(msgspec.Struct, frozen=True, tag_field="kind", tag="settled"):
    """How many mentions seen before ``through`` a cell had when they were forgotten."""

    count: int
    through: int


Record = Counted | Settled


class Tally:
    """The counts of one partition; ``zones`` gives each institution's time zone.

    ``changed`` tells what has to be kept: in its order, and after the counts have been told.
    """

    def __init__(self, records: Mapping[str, Record], zones: Mapping[str, str]) -> None:
        self._zones = zones
        self._settled = {k: r for k, r in records.items() if isinstance(r, Settled)}
        self._counted = {k: r for k, r in records.items() if isinstance(r, Counted)}
        self._through = max((s.through for s in self._settled.values()), default=0)
        self._changes: dict[str, Record | None] = {}
        self._counts = Counter(cell for record in self._counted.values() for cell in self._unsettled(record))
        self.forget(self._through)  # as far as that was kept when the process was killed at it

    def __len__(self) -> int:
        return len(self._counted)

    def count(self, events: Sequence[TaggedEvent]) -> list[DayCount]:
        """What the cells that ``events`` change come to."""
        touched: set[FullCell] = set()
        for event in events:
            touched |= self._moved(event.id, self._record(event))
        return [_day_count(cell, self._total(cell)) for cell in sorted(touched)]

    def forget(self, before: int) -> int:
        """Settle what was seen before that moment; how many records. What it comes to does not change."""
        old = {i: r for i, r in self._counted.items() if r.seen < before}
        if not old:
            return 0
        self._through = max(self._through, before)
        self._settle(_ALL, 0)  # once that is kept, the rest follows, whenever the process is killed
        for cell, count in Counter(c for r in old.values() for c in self._unsettled(r)).items():
            self._settle(_key(cell), self._settled_count(cell) + count)
            self._counts[cell] -= count
        for identity in old:
            del self._counted[identity]
            self._changes[identity] = None
        self._counts = +self._counts  # without what came to nothing
        return len(old)

    def changed(self) -> dict[str, Record | None]:
        """What has changed since it was asked last."""
        changes, self._changes = self._changes, {}
        return changes

    def _record(self, event: TaggedEvent) -> Counted | None:
        """What is to be kept of an event; None where it changes nothing."""
        known = self._counted.get(event.id)
        if not isinstance(event, TaggedMention):
            return Counted(seen=max(known.seen if known else self._through, milliseconds(event.at)))
        seen, version = known.seen if known else milliseconds(event.first_seen), version_of(event)
        if known and (known.cell is None or version < known.version):
            return None
        if not known and seen < self._through:  # late: it may have been settled already
            return None
        return Counted(seen, version, cell_of(event, self._zones), tuple(sorted({t.kind for t in event.tags})))

    def _moved(self, identity: str, record: Counted | None) -> set[FullCell]:
        known = self._counted.get(identity)
        if record is None or record == known:
            return set()
        self._counted[identity] = self._changes[identity] = record
        before, after = set(known.cells() if known else ()), set(record.cells())
        self._counts.subtract(before - after)
        self._counts.update(after - before)
        return before ^ after

    def _total(self, cell: FullCell) -> int:
        return self._counts[cell] + self._settled_count(cell)

    def _settled_count(self, cell: FullCell) -> int:
        settled = self._settled.get(_key(cell))
        return settled.count if settled else 0

    def _settle(self, key: str, count: int) -> None:
        self._settled[key] = self._changes[key] = Settled(count, self._through)

    def _unsettled(self, record: Counted) -> list[FullCell]:
        """The cells of a record in whose settled count it is not."""
        settled = ((cell, self._settled.get(_key(cell))) for cell in record.cells())
        return [cell for cell, s in settled if s is None or record.seen >= s.through]


def _key(cell: FullCell) -> str:
    return _BETWEEN.join((_ALL, *cell))


def _day_count(cell: FullCell, count: int) -> DayCount:
    institution, day, network, venue, place, service, district, tag = cell
    return DayCount(institution, day, network, venue, place, service, district, tag, count)
