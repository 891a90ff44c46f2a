"""Where panels stand: rows of 48 columns, filled from the left, each as high as its highest panel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dashboards.lens.objects import Json
from dashboards.lens.panels import Panel

COLUMNS = 48


@dataclass(frozen=True)
class Placed:
    """A panel with how many columns and rows of the grid it takes."""

    panel: Panel
    width: int
    height: int


def laid_out(placed: Iterable[Placed]) -> list[Json]:
    """The panels as the dashboard lists them; one that does not fit beside the last begins a new row."""
    panels: list[Json] = []
    x = y = highest = 0
    for one in placed:
        if x + one.width > COLUMNS:
            x, y, highest = 0, y + highest, 0
        panels.append(one.panel.as_json({"x": x, "y": y, "w": one.width, "h": one.height}))
        x, highest = x + one.width, max(highest, one.height)
    return panels
