"""What a reader of a dashboard chooses from: each control asks one field, of whatever the dashboard shows."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.charts.catalogue import By
from dashboards.lens.columns import dimension_name
from dashboards.lens.names import Names
from dashboards.lens.objects import Json, Reference, written
from dashboards.lens.places import STANDS, Data
from dashboards.page.i18n import Texts

TIME = "period"
"""Id of the control of time."""


def controls(data: Data, fields: Sequence[By], texts: Texts, names: Names) -> tuple[Json, tuple[Reference, ...]]:
    """The controls, whose values are those of one data view, and what they name; the last one is of time."""
    listed: Json = {by: _options(n, STANDS[data].by[by], by, texts) for n, by in enumerate(fields)}
    listed[TIME] = _control("timeSlider", len(fields), "large", {"id": TIME, "title": texts("kibana.period")})
    heeded = ("ignoreFilters", "ignoreQuery", "ignoreTimerange", "ignoreValidations")
    group: Json = {
        "controlStyle": "oneLine",
        "chainingSystem": "HIERARCHICAL",
        "panelsJSON": written(listed),
        "ignoreParentSettingsJSON": written(dict.fromkeys(heeded, False)),
    }
    references = tuple(
        Reference("index-pattern", names.data(data), f"controlGroup_{by}:optionsListDataView") for by in fields
    )
    return group, references


def _options(order: int, field: str, by: By, texts: Texts) -> Json:
    given: Json = {"id": by, "fieldName": field, "title": dimension_name(texts, by)}
    return _control("optionsListControl", order, "medium", given)


def _control(type: str, order: int, width: str, given: Json) -> Json:
    return {"type": type, "order": order, "grow": False, "width": width, "explicitInput": given}
