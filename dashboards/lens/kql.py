"""Conditions of charts as Kibana asks them (KQL)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboards.charts.catalogue import AGES, By, Chart, Of, Where
from dashboards.lens.places import STANDS, Data

_HEARD = '(last_success: * and not failures > 0 and (every: 0 or due >= "now"))'
_FAILING = '(failures > 0 and not refused: true and due >= "now")'
SPOKEN: Mapping[By, Mapping[str, str]] = {
    "state": {
        "answered": "answered: *",
        "waiting": "looked: * and not answered: *",
        "unknown": "not looked: * and not answered: *",
    },
    "life": {"open": "not ended: *", "over": "ended: *"},
    "hearing": {"heard": _HEARD, "failing": _FAILING, "blind": f"not {_HEARD} and not {_FAILING}"},
    "age": {
        name: " and ".join(
            [*([f'asked > "now-{hours}h"'] if hours else []), *([f'asked <= "now-{AGES[n - 1][1]}h"'] if n else [])]
        )
        for n, (name, hours) in enumerate(AGES)
    },
}
"""What no field holds: each value of it is a condition of its own."""
WHOLE = "not service: * and not district: *"
"""Of hours: those of the institution as a whole, not of one service or district of it."""
KNOWN = "heard > 0"
"""Of hours: where nobody heard anything, what was said is unknown."""


def every(*conditions: str) -> str:
    """All of them, '' being none."""
    return " and ".join(c for c in conditions if c)


def meets(data: Data, where: Where) -> str:
    """Things that have one of the values of each."""
    return every(*(_one(data, by, values) for by, values in where.items()))


def condition(chart: Chart) -> str:
    """What a chart counts, of all that its index holds."""
    own = ""
    if chart.origin == "hours":
        own = every(WHOLE, KNOWN if chart.measures[0].of != "heard" else "")
    return every(own, meets(chart.origin, chart.where), "lag: *" if _measures(chart, "lag") else "")


def _measures(chart: Chart, of: Of) -> bool:
    return chart.measures[0].of == of


def _one(data: Data, by: By, values: Sequence[str]) -> str:
    if by in SPOKEN:
        spoken = [SPOKEN[by][value] for value in values]
        return spoken[0] if len(spoken) == 1 else "(" + " or ".join(f"({s})" for s in spoken) + ")"
    quoted = [f'"{value}"' for value in values]
    return f"{STANDS[data].by[by]}: " + (quoted[0] if len(quoted) == 1 else "(" + " or ".join(quoted) + ")")
