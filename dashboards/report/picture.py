"""The seven days of a week as a picture that prints: off page, on page, ours, stacked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import escape

WIDTH, HEIGHT, FOOT, ROOF = 520, 120, 20, 16
FILLS = ("#1b6a73", "#d29a3a", "#a3adb2")
"""As on the page by day: paper is white."""


@dataclass(frozen=True)
class Bar:
    """A day: its name, and what was said off page, on page and by the institution; None where it has not come."""

    label: str
    parts: tuple[int, int, int] | None


def picture(bars: Sequence[Bar], numbers: Sequence[str]) -> str:
    """A standalone SVG. ``numbers``: the total of each day as it is written, '' for one that has not come."""
    top = max((sum(b.parts) for b in bars if b.parts), default=0) or 1
    wide = WIDTH / max(1, len(bars))
    drawn = [_bar(bar, number, n * wide, wide, top) for n, (bar, number) in enumerate(zip(bars, numbers, strict=True))]
    axis = f'<path d="M0 {HEIGHT + 0.5}H{WIDTH}" stroke="#56626a"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -{ROOF} {WIDTH} {HEIGHT + FOOT + ROOF}"'
        f' font-family="Libertinus Serif, Georgia, serif" font-size="12" fill="#1c262d">{axis}{"".join(drawn)}</svg>'
    )


def _bar(bar: Bar, number: str, left: float, wide: float, top: int) -> str:
    middle, base, shapes = left + wide / 2, float(HEIGHT), []
    for fill, count in zip(FILLS, bar.parts or (), strict=False):
        tall = HEIGHT * count / top
        base -= tall
        if count:
            shapes.append(
                f'<rect x="{left + wide * 0.2:.1f}" y="{base:.1f}" width="{wide * 0.6:.1f}" height="{tall:.1f}" fill="{fill}"/>'
            )
    shapes.append(_text(middle, base - 4, number))
    shapes.append(_text(middle, HEIGHT + 15, bar.label))
    return "".join(shapes)


def _text(x: float, y: float, said: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(said)}</text>' if said else ""
