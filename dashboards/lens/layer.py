"""A chart as a Lens layer: its columns, buckets before what is measured in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboards.charts.catalogue import HOW, By, Chart, Dimension, Measure
from dashboards.lens import kql
from dashboards.lens.columns import RECORDS, bucket, latest, metric
from dashboards.lens.objects import Json
from dashboards.page.i18n import Texts
from dashboards.vega.words import measure_name

ID = "layer"
"""Of the only layer that a chart has."""
TOLD: Mapping[By, tuple[str, ...]] = {"story": ("beginning",), "incident": ("leading.service", "leading.district")}
"""Fields that tell what a thing with an id is."""
UNFILTERED = ("sources", "quarantine")
"""Of no institution: what a control asks does not take them away."""


@dataclass(frozen=True)
class Layer:
    """The columns by their ids, in the order in which they nest; ``query`` is what of the index they are about."""

    columns: Mapping[str, object]
    query: str
    filtered: bool = True

    def as_json(self) -> Json:
        """As a panel's datasource has it."""
        ignoring: Json = {} if self.filtered else {"ignoreGlobalFilters": True}
        return {"columnOrder": list(self.columns), "columns": dict(self.columns), **ignoring}


def layer(chart: Chart, texts: Texts) -> Layer:
    """What is counted of a chart, as Elasticsearch is asked for it."""
    query, filtered = kql.condition(chart), chart.origin not in UNFILTERED
    if chart.new_within:
        return Layer(_new(chart, texts), "", filtered)
    if not chart.by and chart.measures[0].part:
        return Layer(_share(chart, chart.measures[0], texts), query, filtered)
    measures: Json = {measure.of: metric(chart, measure, texts) for measure in chart.measures}
    return Layer(_buckets(chart, texts) | _told(chart, texts) | measures, query, filtered)


def told_column(field: str) -> str:
    """Id of the column of a field of TOLD: without a point, which some tables read as a path."""
    return field.replace(".", "_")


def ordering(chart: Chart) -> str:
    """The column whose most come first: the first that counts; '' where only the order of the values is safe."""
    return next((m.of for m in chart.measures if HOW[m.of] in ("count", "sum")), "")


def _buckets(chart: Chart, texts: Texts) -> Json:
    first = chart.by[0].by if chart.by else ""
    dimensions: Sequence[Dimension] = chart.dimensions
    if chart.split and first == "time":
        dimensions = (chart.split, *chart.by)
    return {d.by: bucket(chart, d, texts, "" if d is chart.split and d.values else ordering(chart)) for d in dimensions}


def _told(chart: Chart, texts: Texts) -> Json:
    """What of a thing with an id people read."""
    return {told_column(field): latest(chart, field, texts) for d in chart.by for field in TOLD.get(d.by, ())}


def _share(chart: Chart, measure: Measure, texts: Texts) -> Json:
    """A formula with everything that it is made of: its text alone would draw nothing."""
    part = kql.meets(chart.origin, measure.part)
    count: Json = {
        "label": f"Part of {measure_name(texts, measure)}",
        "customLabel": True,
        "dataType": "number",
        "operationType": "count",
        "isBucketed": False,
        "scale": "ratio",
        "sourceField": RECORDS,
    }
    divided: Json = {
        "label": count["label"],
        "dataType": "number",
        "operationType": "math",
        "isBucketed": False,
        "scale": "ratio",
        "params": {"tinymathAst": {"type": "function", "name": "divide", "args": ["part", "whole"]}},
        "references": ["part", "whole"],
    }
    share: Json = {
        "label": texts(chart.text("title")),
        "customLabel": True,
        "dataType": "number",
        "operationType": "formula",
        "isBucketed": False,
        "scale": "ratio",
        "params": {
            "formula": f"count(kql='{part}') / count()",
            "isFormulaBroken": False,
            "format": {"id": "percent", "params": {"decimals": 0}},
        },
        "references": ["divided"],
    }
    return {
        "part": {**count, "filter": {"query": part, "language": "kuery"}},
        "whole": count,
        "divided": divided,
        "share": share,
    }


def _new(chart: Chart, texts: Texts) -> Json:
    """When each was first said, ever, and how much in the last days: what is new stands above."""
    lately = f'{kql.condition(chart)} and published >= "now-{chart.new_within}d"'
    measures: Json = {m.of: metric(chart, m, texts, only="" if m.of == "first" else lately) for m in chart.measures}
    buckets: Json = {d.by: bucket(chart, d, texts, "first" if d is chart.by[-1] else "") for d in chart.by}
    return buckets | measures
