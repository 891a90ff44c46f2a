"""Columns of a Lens layer: what is counted by, and what is measured."""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.charts.catalogue import HOW, LASTING, MOMENTS, WITHIN, By, Chart, Dimension, How, Measure
from dashboards.lens import kql
from dashboards.lens.objects import Json
from dashboards.lens.places import STANDS
from dashboards.page.i18n import Texts
from dashboards.vega.words import NAMED, measure_name

RECORDS = "___records___"
SEVERAL = 1_000
"""Values at most of a dimension whose own limit is for all others together."""
OPERATIONS: Mapping[How, str] = {
    "count": "count", "distinct": "unique_count", "least": "min", "most": "max", "median": "median",
    "within": "percentile", "mean": "average", "sum": "sum",
}  # fmt: skip
MAYBE: tuple[By, ...] = ("department",)
"""Dimensions that a thing may lack, and is counted all the same; Kibana asks for what lacks it only beside all others."""


def bucket(chart: Chart, dimension: Dimension, texts: Texts, ordered_by: str) -> Json:
    """The column of a dimension; ``ordered_by`` is the column whose most come first, '' for the order of the values."""
    if dimension.by == "time":
        return time(chart, texts)
    if dimension.by in kql.SPOKEN:
        return spoken(dimension, texts)
    lacking = dimension.by in MAYBE
    order: Json = {"type": "column", "columnId": ordered_by} if ordered_by else {"type": "alphabetical"}
    return {
        "label": dimension_name(texts, dimension.by),
        "customLabel": True,
        "dataType": "string",
        "operationType": "terms",
        "scale": "ordinal",
        "sourceField": STANDS[chart.origin].by[dimension.by],
        "isBucketed": True,
        "params": {
            "size": dimension.limit,
            "orderBy": order,
            "orderDirection": "desc" if ordered_by else "asc",
            "otherBucket": lacking,
            "missingBucket": lacking,
        },
    }


def time(chart: Chart, texts: Texts) -> Json:
    """The column of time: the institution's own days, or hours. The period stays one of the index's own time.

    What is empty is there: a count of nothing is 0, a mean of nothing is unknown, and a gap in a line.
    """
    stand = STANDS[chart.origin]
    unbound: Json = {"ignoreTimeRange": True} if stand.time != stand.by["time"] else {}
    return {
        "label": dimension_name(texts, "time"),
        "customLabel": True,
        "dataType": "date",
        "operationType": "date_histogram",
        "sourceField": stand.by["time"],
        "isBucketed": True,
        "scale": "interval",
        "params": {"interval": "1h" if chart.hourly else "1d", "includeEmptyRows": True, **unbound},
    }


def spoken(dimension: Dimension, texts: Texts) -> Json:
    """The column of what no field holds: a condition for each value, under its name."""
    conditions = kql.SPOKEN[dimension.by]
    return {
        "label": dimension_name(texts, dimension.by),
        "customLabel": True,
        "dataType": "string",
        "operationType": "filters",
        "scale": "ordinal",
        "isBucketed": True,
        "params": {
            "filters": [
                {
                    "label": texts.name(NAMED[dimension.by], value),
                    "input": {"query": conditions[value], "language": "kuery"},
                }
                for value in dimension.values or conditions
            ]
        },
    }


def metric(chart: Chart, measure: Measure, texts: Texts, *, only: str = "") -> Json:
    """The column of a measure, ``only`` of what meets a condition."""
    how, field = HOW[measure.of], STANDS[chart.origin].of.get(measure.of, RECORDS)
    column: Json = {
        "label": measure_name(texts, measure),
        "customLabel": True,
        "dataType": "date" if measure.of in MOMENTS else "number",
        "operationType": OPERATIONS[how],
        "isBucketed": False,
        "scale": "ratio",
        "sourceField": field,
    }
    shown = _format(measure)
    params: Json = {
        **({"percentile": WITHIN} if how == "within" else {}),
        **({"format": shown} if shown else {}),
    }
    return {
        **column,
        **({"params": params} if params else {}),
        **({"filter": {"query": only, "language": "kuery"}} if only else {}),
    }


def latest(chart: Chart, field: str, texts: Texts) -> Json:
    """The column of what a field said last: as the newest document has it, which every Elasticsearch can be asked for."""
    by = next((by for by, known in STANDS[chart.origin].by.items() if known == field), None)
    label = dimension_name(texts, by) if by else texts(f"kibana.column.{field}")
    return {
        "label": label,
        "customLabel": True,
        "dataType": "string",
        "operationType": "last_value",
        "isBucketed": False,
        "scale": "ordinal",
        "sourceField": field,
        "filter": {"query": f"{field}: *", "language": "kuery"},
        "params": {"sortField": STANDS[chart.origin].time, "showArrayValues": True},
    }


def _format(measure: Measure) -> Json | None:
    """How a figure is written, where neither whole numbers nor the field's own way is meant."""
    if measure.of == "heard":
        return {"id": "percent", "params": {"decimals": 0}}
    if HOW[measure.of] == "mean" or measure.of in ("voices_then", "high_then", "spent", "limit"):
        return {"id": "number", "params": {"decimals": 1}}
    return None if measure.of in (*MOMENTS, *LASTING) else {"id": "number", "params": {"decimals": 0}}


def dimension_name(texts: Texts, by: By) -> str:
    """What a dimension is called above its values."""
    return texts.entries.get(f"dimension.{by}") or texts(f"field.{by}")
