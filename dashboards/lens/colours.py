"""Colours by value, the page's own: automatic ones would differ from one opening to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboards.charts.catalogue import Of
from dashboards.lens.objects import Json
from dashboards.vega.look import LIGHT

SHADES = LIGHT.heat[1:]
SERIES: Mapping[Of, str] = {
    "voices": LIGHT.main, "expected": LIGHT.muted, "low": LIGHT.line, "high": LIGHT.care, "heard": LIGHT.main,
    "authors": LIGHT.main, "mentions": LIGHT.others[5], "wait": LIGHT.main, "working_wait": LIGHT.care,
}  # fmt: skip
"""Of measures that are drawn beside each other."""


def by_value(values: Sequence[str], named: Sequence[str]) -> Json:
    """The colour of each of ``values``; ``named`` is what each is called, for Kibana may ask by either."""
    colours = LIGHT.colours(values)
    return {
        "paletteId": "eui_amsterdam_color_blind",
        "colorMode": {"type": "categorical"},
        "assignments": [
            {
                "rule": {"type": "matchExactly", "values": list(dict.fromkeys((value, name)))},
                "color": {"type": "colorCode", "colorCode": colour},
                "touched": True,
            }
            for value, name, colour in zip(values, named, colours, strict=True)
        ],
        "specialAssignments": [
            {
                "rule": {"type": "other"},
                "color": {"type": "categorical", "paletteId": "neutral", "colorIndex": 1},
                "touched": False,
            }
        ],
    }


def shades() -> Json:
    """From little to much, in steps of the range that is there."""
    step = 100 / len(SHADES)
    ends = [round(step * (n + 1)) for n in range(len(SHADES))]
    return _palette([*zip(SHADES, ends, strict=True)], "percent")


def _palette(steps: Sequence[tuple[str, float]], kind: str) -> Json:
    starts = [0, *(end for _, end in steps[:-1])]
    return {
        "type": "palette",
        "name": "custom",
        "params": {
            "name": "custom",
            "reverse": False,
            "rangeType": kind,
            "rangeMin": 0,
            "rangeMax": steps[-1][1],
            "continuity": "above",
            "progression": "fixed",
            "steps": len(steps),
            "stops": [{"color": colour, "stop": end} for colour, end in steps],
            "colorStops": [{"color": colour, "stop": start} for (colour, _), start in zip(steps, starts, strict=True)],
        },
    }
