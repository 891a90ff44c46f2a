"""What it is about: tags crossed with services, over what citizens say."""

from __future__ import annotations

from dataclasses import dataclass

from corrillo.model import TAG_KINDS
from corrillo.ports import Bucket, Query, Reader
from dashboards.page.figures import MANY
from dashboards.page.filters import CITIZENS, narrow, widen

STEPS = 5
"""Shades of a cell above 0."""


@dataclass(frozen=True)
class Cell:
    """Mentions of one service with one tag; ``heat`` is 0 for none up to STEPS for the most."""

    tag: str
    count: int
    heat: int


@dataclass(frozen=True)
class TopicRow:
    """One service: all its mentions, tagged or not, and a cell for each tag."""

    service: str
    total: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Topics:
    """The cross table, services with most mentions first; a mention with two tags is in two cells."""

    tags: tuple[str, ...] = ()
    rows: tuple[TopicRow, ...] = ()


def topics(reader: Reader, query: Query) -> Topics:
    """The cross table of what ``query`` finds, whatever tag it asks for."""
    citizens = narrow(widen(query, "tag"), "place", *CITIZENS)
    if citizens is None:
        return Topics()
    counts: dict[tuple[str, str], int] = {}
    for bucket in reader.terms(citizens, ["tag", "service"], limit=MANY, authors=False):
        counts[bucket.values[0], bucket.values[1]] = bucket.count
    tags = tuple(dict.fromkeys([*TAG_KINDS, *sorted(tag for tag, _ in counts)]))
    most = max(counts.values(), default=0)
    return Topics(
        tags,
        tuple(
            TopicRow(b.values[0], b.count, tuple(_cell(tag, counts.get((tag, b.values[0]), 0), most) for tag in tags))
            for b in _other_last(reader, citizens)
        ),
    )


def _other_last(reader: Reader, query: Query) -> list[Bucket]:
    return sorted(reader.terms(query, ["service"], limit=MANY, authors=False), key=lambda b: b.values[0] == "other")


def _cell(tag: str, count: int, most: int) -> Cell:
    return Cell(tag, count, heat(count, most))


def heat(count: int, most: int) -> int:
    """The shade of ``count`` when the greatest is ``most``: by square root, so that small ones are told apart."""
    return 0 if count <= 0 else min(STEPS, 1 + int((STEPS - 0.001) * (count / most) ** 0.5))
