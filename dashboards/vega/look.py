"""How charts look: the page's own colours, in light and in dark, and nothing that is not needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FONT = 'Arial, "Liberation Sans", "Noto Sans", sans-serif'
"""Such as are alike in width everywhere: a picture is measured on one machine and read on another."""


@dataclass(frozen=True)
class Look:
    """Colours. ``parts``: of the values that have one of their own; ``others``: of the rest, in turn."""

    ink: str
    muted: str
    line: str
    paper: str
    main: str
    care: str
    heat: tuple[str, ...]
    inks: tuple[str, ...]
    """Of the figure that stands on each shade of ``heat``."""
    parts: Mapping[str, str]
    others: tuple[str, ...]

    def colours(self, values: Sequence[str]) -> list[str]:
        """One for each value."""
        rest = [v for v in values if v not in self.parts]
        return [self.parts.get(v) or self.others[rest.index(v) % len(self.others)] for v in values]


LIGHT = Look(
    ink="#1c262d", muted="#56626a", line="#dcd7cb", paper="#f6f4ee", main="#1b6a73", care="#c98a2b",
    heat=("#ece8de", "#e2eeee", "#c3dfe1", "#94c7cc", "#2b757f", "#124d55"), inks=("#56626a", "#1c262d", "#1c262d", "#1c262d", "#ffffff", "#ffffff"),
    parts={
        "off_page": "#1b6a73", "on_page": "#d29a3a", "own": "#a3adb2", "complaint": "#b06a1f", "question": "#1b6a73",
        "criticism": "#7d5a8c", "praise": "#3f8a58", "suggestion": "#6f8fb3", "crisis": "#9c2f1f",
        "answered": "#3f8a58", "waiting": "#b06a1f", "unknown": "#a3adb2",
    },
    others=("#1b6a73", "#d29a3a", "#7d5a8c", "#3f8a58", "#b06a1f", "#6f8fb3"),
)  # fmt: skip
DARK = Look(
    ink="#e5e8e8", muted="#a2aeb3", line="#2f3a40", paper="#12181b", main="#4fb0ba", care="#d6a145",
    heat=("#222c31", "#1c3034", "#1f444a", "#245d65", "#2a737d", "#63c4ce"), inks=("#a2aeb3", "#e5e8e8", "#e5e8e8", "#e5e8e8", "#ffffff", "#0b1518"),
    parts={
        "off_page": "#4fb0ba", "on_page": "#d6a145", "own": "#6d7a82", "complaint": "#dd9a4f", "question": "#4fb0ba",
        "criticism": "#b493c4", "praise": "#7fc795", "suggestion": "#93b3d8", "crisis": "#f2a08d",
        "answered": "#7fc795", "waiting": "#dd9a4f", "unknown": "#6d7a82",
    },
    others=("#4fb0ba", "#d6a145", "#b493c4", "#7fc795", "#dd9a4f", "#93b3d8"),
)  # fmt: skip
LOOKS: Mapping[str, Look] = {"light": LIGHT, "dark": DARK}


def config(look: Look, thousands: str, decimal: str) -> dict[str, object]:
    """Vega-Lite's configuration: a transparent ground, one quiet grid, numbers as the language writes them."""
    plain = {
        "labelFontSize": 12, "labelColor": look.muted, "titleFontSize": 12, "titleColor": look.muted,
        "titleFontWeight": "normal",
    }  # fmt: skip
    return {
        "background": None,
        "font": FONT,
        "view": {"stroke": None},
        "axis": {**plain, "domain": False, "ticks": False, "grid": False, "labelPadding": 6},
        "axisQuantitative": {"grid": True, "gridColor": look.line, "gridDash": [2, 4], "tickCount": 4},
        "axisBand": {"domain": True, "domainColor": look.muted},
        "legend": {
            **plain,
            "orient": "top",
            "direction": "horizontal",
            "symbolType": "square",
            "title": None,
            "offset": 10,
        },
        "locale": {"number": {"decimal": decimal, "thousands": thousands, "grouping": [3], "currency": ["", " €"]}},
    }
