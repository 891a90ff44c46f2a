"""What a chart is: what it measures, by what, of which, and how it is drawn. Nothing here knows who draws it.

Titles are texts of the catalogues: ``chart.<id>.title``, ``.help`` (what the figures mean) and ``.empty``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from corrillo.model import Place
from corrillo.ports import Field

Origin = Literal["mentions", "attention", "hours", "incidents", "sources", "quarantine", "deeds"]
"""What is counted: everything said; questions and complaints with what became of them; what was counted in each
hour of the institution as a whole; what alerts are about; sources as they stand; what could not be read; what the
team did about mentions."""
By = (
    Field
    | Literal["time", "state", "kind", "department", "age", "account", "incident", "level", "peak", "life", "hearing"]
    | Literal["unit", "deed", "was", "right"]
)
"""``time`` is as fine as the period allows. Only of attention: its ``state``, ``kind``, ``department``, and its
``age`` in one of AGES: since it was asked. Of what we said ourselves: by which ``account``. Of incidents: which one,
its ``level`` now, its ``peak``, its ``life`` (open, over). Of sources: whether they are heard (``hearing``), the
``unit`` of what they cost. Of deeds: which one, the tags that there were (``was``) and the ``right`` ones."""
Of = (
    Literal["mentions", "authors", "first", "last", "asked", "wait", "working_wait", "lag", "lag_within"]
    | Literal["voices", "expected", "low", "high", "heard", "incidents", "voices_then", "high_then", "authors_then"]
    | Literal["sources", "read", "newest", "failures", "seen", "kept", "rejected", "spent", "limit", "items", "deeds"]
)
"""Counts of mentions, of distinct authors, of what was asked; when it was first and last said; medians in seconds of
the clock and of opening hours until the first answer, and (``lag``) from a post to our hearing of it; within which
time 95 of 100 of them were heard (``lag_within``). Per hour: independent voices, how many are normal, which share
could be heard. Of an incident: its evidence. Of a source: when it was last read, its newest post, what it gave, what
it has spent."""
How = Literal["count", "distinct", "least", "most", "median", "within", "mean", "sum"]
WITHIN = 95
"""Percent of things that are at most as large as what is measured ``within``."""
HOW: Mapping[Of, How] = {
    "mentions": "count", "authors": "distinct", "first": "least", "last": "most", "asked": "count", "wait": "median",
    "working_wait": "median", "lag": "median", "lag_within": "within", "voices": "mean", "expected": "mean", "low": "mean", "high": "mean",
    "heard": "mean", "incidents": "count", "voices_then": "most", "high_then": "most", "authors_then": "most",
    "sources": "count", "read": "most", "newest": "most", "failures": "most", "seen": "sum", "kept": "sum",
    "rejected": "sum", "spent": "sum", "limit": "sum", "items": "count", "deeds": "count",
}  # fmt: skip
"""How a measure is taken of several things together; ``mentions`` and the like are how many they are."""
MOMENTS: tuple[Of, ...] = ("first", "last", "read", "newest")
"""Measures that are times, in seconds since 1970."""
LASTING: tuple[Of, ...] = ("wait", "working_wait", "lag", "lag_within")
"""Measures that are lengths of time, in seconds."""
COUNTS: tuple[Of, ...] = ("mentions", "authors", "asked", "incidents", "sources", "items", "deeds")
"""Measures of which nothing is 0; of the others it is unknown."""
OVERLAPPING: tuple[By, ...] = ("tag", "kind", "was", "right")
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
    ``hourly``: its columns are hours, however long the period is.
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
    hourly: bool = False

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """All of them, in the order in which a row names their values."""
        return (*self.by, self.split) if self.split else self.by

    def text(self, what: Literal["title", "help", "empty"]) -> str:
        """Key of one of its texts."""
        return f"chart.{self.id}.{what}"
