"""What a chart is: what it measures, by what, of which, and how it is drawn. Nothing here knows who draws it.

Titles are texts of the catalogues: ``chart.<id>.title``, ``.help`` (what the figures mean) and ``.empty``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from corrillo.model import Place
from corrillo.ports import Field

Origin = Literal["mentions", "attention"]
"""What is counted: everything said, or questions and complaints with what became of them."""
By = Field | Literal["time", "state", "kind", "department", "age"]
"""``time`` is as fine as the period allows. Only of attention: its ``state``, ``kind``, ``department``, and its
``age`` in one of AGES: since it was asked."""
Of = Literal["mentions", "authors", "first", "asked", "wait", "working_wait"]
"""Counts of mentions, of distinct authors, of what was asked; when it was first said; medians in seconds of the
clock and of opening hours until the first answer."""
COUNTS: tuple[Of, ...] = ("mentions", "authors", "asked")
"""Measures of which nothing is 0; of the others it is unknown."""
OVERLAPPING: tuple[By, ...] = ("tag", "kind")
"""What one may have several of: parts by it have no sum, and are not put on each other."""
Mark = Literal["bar", "column", "line", "area", "heatmap", "table", "figure"]
"""A bar lies, a column stands. A table has the measures as columns; a figure is one number."""
Order = Literal["most", "value"]
Where = Mapping[By, tuple[str, ...]]

PLACES: tuple[Place, ...] = ("off_page", "on_page", "own")
"""In the order in which they are drawn: what the page is about comes first."""
CITIZENS: Where = {"place": ("on_page", "off_page")}
"""What the institution did not say itself."""
AGES: tuple[tuple[str, int], ...] = (("4h", 4), ("1d", 24), ("3d", 72), ("7d", 168), ("30d", 720), ("older", 0))
"""How long something has waited: names, and the hours below which it is so (0: all the rest)."""


@dataclass(frozen=True)
class Measure:
    """What is measured. With ``part`` it is the share (0–1) of it for which that holds."""

    of: Of = "mentions"
    part: Where = field(default_factory=dict)


@dataclass(frozen=True)
class Dimension:
    """What it is measured by. ``values``: those that are known beforehand, in their order, even with nothing.

    Without them, or besides them: at most ``limit``, those with most first (``most``), or in the order of the values.
    """

    by: By
    values: tuple[str, ...] = ()
    limit: int = 50
    order: Order = "most"


TIME = Dimension("time", order="value")
PLACE = Dimension("place", PLACES)
MENTIONS = Measure("mentions")
AUTHORS = Measure("authors")


@dataclass(frozen=True)
class Chart:
    """One chart of one view. The first measure is the one that is drawn; tables show all of them.

    ``by`` are one dimension, or two that name a thing together (network and venue); ``split``
    divides each value into parts. ``where`` holds besides what the reader asks for; ``heeds`` False:
    a reader's filter by the field that it splits by does not take its parts away. ``new_within``:
    only what was said for the first time ever in so many days up to now, whatever the period.
    """

    id: str
    view: str
    mark: Mark
    by: tuple[Dimension, ...]
    split: Dimension | None = None
    measures: tuple[Measure, ...] = (MENTIONS,)
    where: Where = field(default_factory=dict)
    origin: Origin = "mentions"
    heeds: bool = True
    new_within: int = 0

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """All of them, in the order in which a row names their values."""
        return (*self.by, self.split) if self.split else self.by

    def text(self, what: Literal["title", "help", "empty"]) -> str:
        """Key of one of its texts."""
        return f"chart.{self.id}.{what}"
