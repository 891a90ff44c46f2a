"""A series against what is normal for it, drawn in characters for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from zoneinfo import ZoneInfo

from corrillo.alerts import Point

EIGHTHS = " ▁▂▃▄▅▆▇█"
USUAL, UNKNOWN = "─", "░"
ROWS = 6
DEAF = 0.05
"""Where less of what is usually said could be heard, the count is unknown."""
EVERY = 3
"""Hours between two times under the chart."""
_A_POINT = timedelta(minutes=14, seconds=59)
"""To the end of a quarter of an hour."""


def blocks(points: Sequence[Point], zone: ZoneInfo, width: int) -> list[str]:
    """The newest ``points`` that fit into ``width`` columns, one each, and their times in ``zone`` below.

    A line runs where the usual ends (``Point.high``); what could not be heard is shaded, not empty.
    """
    if not points:
        return []
    top = ceil(max([1.0, *(max(p.count, p.high) for p in points if p.heard >= DEAF)]))
    margin = len(str(top)) + 2
    shown = points[-max(width - margin, 1) :]
    rows = [_row(shown, top, n) for n in reversed(range(ROWS))]
    marks = [str(top), *[""] * (ROWS - 2), "0"]
    lines = [f"{mark:>{margin - 2}} {'┤'}{row}" for mark, row in zip(marks, rows, strict=True)]
    return [*(line.rstrip() for line in lines), " " * margin + _times(shown, zone)]


def _row(points: Sequence[Point], top: int, row: int) -> str:
    return "".join(_cell(p, top, row) for p in points)


def _cell(point: Point, top: int, row: int) -> str:
    """What stands in the row that begins at ``row`` ROWSths of ``top``."""
    if point.heard < DEAF:
        return UNKNOWN
    filled = _height(point.count, top) - row * 8
    if filled >= 8:
        return EIGHTHS[8]
    usual = max(ceil(_height(point.high, top) / 8) - 1, 0)
    if filled > 0 or usual != row:
        return EIGHTHS[max(filled, 0)]
    return USUAL


def _height(value: float, top: int) -> int:
    """In eighths of a row; what there is, however little, is seen."""
    return ceil(value / top * ROWS * 8) if value > 0 else 0


def _times(points: Sequence[Point], zone: ZoneInfo) -> str:
    """Every third full hour, beginning under the column in which it is."""
    line, before = "", points[0].at.astimezone(zone) - timedelta(minutes=1)
    for column, point in enumerate(points):
        local = point.at.astimezone(zone) + _A_POINT
        third = local.replace(hour=local.hour - local.hour % EVERY, minute=0, second=0)
        if before < third <= local and len(line) <= column <= len(points) - len("00:00"):
            line += " " * (column - len(line)) + f"{third:%H:%M} "
        before = local
    return line.rstrip()
