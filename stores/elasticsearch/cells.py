"""Daily counts of mentions that are gone: a document a cell, and which unfinished purges are in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b

import msgspec

from corrillo.cells import Cell, cells

Counted = tuple[str, ...]
"""Institution, day, network, venue, place, service, district, tag ('' counts all): the key of a daily count."""
NAMES = ("institution", "day", "network", "venue", "place", "service", "district", "tag")


class CellCount(msgspec.Struct, frozen=True, omit_defaults=True):
    """A cell, and how many are in it."""

    institution: str
    day: str
    count: int
    network: str = ""
    venue: str = ""
    place: str = ""
    service: str = ""
    district: str = ""
    tag: str = ""

    @property
    def cell(self) -> Counted:
        """What it counts."""
        return tuple(getattr(self, name) for name in NAMES)


class CountDocument(CellCount, frozen=True, omit_defaults=True):
    """Of mentions that retention has deleted: how many, and the last purges that were added to it."""

    purges: tuple[str, ...] = ()


class CellFields(msgspec.Struct, frozen=True):
    """The fields of a mention by which it is counted."""

    institution: str
    day: str
    network: str
    venue: str
    place: str
    service: str
    district: str = ""
    tag: tuple[str, ...] = ()

    @property
    def cell(self) -> Cell:
        """Where it is counted."""
        return (self.institution, self.day, self.network, self.venue, self.place, self.service, self.district)


COUNTED_BY = CellFields.__struct_fields__


def counted(mentions: Iterable[CellFields]) -> Counter[Counted]:
    """The counts of these mentions: each once for all, once for each tag."""
    return Counter(c for m in mentions for c in cells(m.cell, m.tag))


def document(cell: Counted, count: int, purges: Sequence[str]) -> CountDocument:
    """The document of a cell."""
    return CountDocument(count=count, purges=tuple(purges), **dict(zip(NAMES, cell, strict=True)))


def identity(cell: Counted) -> str:
    """The id of a cell's document."""
    return blake2b("\x1f".join(cell).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
