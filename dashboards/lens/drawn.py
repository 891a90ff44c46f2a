"""How a chart's columns are drawn: the kind of picture that Lens has for each mark."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from dashboards.charts.catalogue import COUNTS, Chart, Mark, Of
from dashboards.lens.colours import SERIES, by_value, shades
from dashboards.lens.layer import ID, TOLD, told_column
from dashboards.lens.objects import Json
from dashboards.page.i18n import Texts
from dashboards.vega.look import LIGHT
from dashboards.vega.words import value_name

Kind = Literal["lnsXY", "lnsMetric", "lnsDatatable", "lnsHeatmap"]
SHOWN = 10
"""Rows of a table that are seen at once."""
ON_LAYER: Json = {"layerId": ID, "layerType": "data"}


def kind(chart: Chart) -> Kind:
    """What Lens draws a chart as. What has several measures that are no counts is read better than compared by eye."""
    if chart.mark == "heatmap":
        return "lnsHeatmap"
    if chart.mark == "figure":
        return "lnsMetric"
    medians = chart.mark == "bar" and chart.measures[0].of not in COUNTS
    return "lnsDatatable" if chart.mark == "table" or medians else "lnsXY"


def visualization(chart: Chart, texts: Texts) -> Json:
    """The state of the picture."""
    return _DRAWN[kind(chart)](chart, texts)


def _metric(chart: Chart, texts: Texts) -> Json:
    accessor = "share" if chart.measures[0].part else chart.measures[0].of
    return {**ON_LAYER, "metricAccessor": accessor, "color": LIGHT.heat[1]}


def _table(chart: Chart, texts: Texts) -> Json:
    sorted_by = "first" if chart.new_within else chart.measures[0].of
    sorting: Json = {} if chart.split else {"sorting": {"columnId": sorted_by, "direction": _direction(chart)}}
    split: list[Json] = [{"columnId": chart.split.by, "isTransposed": True}] if chart.split else []
    told: list[Json] = [{"columnId": told_column(field)} for d in chart.by for field in TOLD.get(d.by, ())]
    buckets: list[Json] = [{"columnId": d.by} for d in chart.by]
    measures: list[Json] = [{"columnId": m.of, "alignment": "right"} for m in chart.measures]
    return {
        **ON_LAYER,
        "columns": [*buckets, *split, *told, *measures],
        **sorting,
        "paging": {"size": SHOWN, "enabled": True},
    }


def _direction(chart: Chart) -> str:
    """Own accounts that have been silent longest come first; of everything else the most."""
    return "asc" if chart.measures[0].of == "last" else "desc"


def _heatmap(chart: Chart, texts: Texts) -> Json:
    split = chart.split
    return {
        "shape": "heatmap",
        **ON_LAYER,
        "xAccessor": split.by if split else "",
        "yAccessor": chart.by[0].by,
        "valueAccessor": chart.measures[0].of,
        "legend": {"type": "heatmap_legend", "isVisible": False, "position": "right"},
        "gridConfig": {
            "type": "heatmap_grid",
            "isCellLabelVisible": True,
            "isXAxisLabelVisible": True,
            "isYAxisLabelVisible": True,
            "isXAxisTitleVisible": False,
            "isYAxisTitleVisible": False,
        },
        "palette": shades(),
    }


def _xy(chart: Chart, texts: Texts) -> Json:
    series = "bar_horizontal" if chart.mark == "bar" and not chart.split else _SERIES[chart.mark]
    accessors = [m.of for m in chart.measures] if chart.mark == "line" else [chart.measures[0].of]
    several = bool(chart.split) or len(accessors) > 1
    drawn: Json = {
        **ON_LAYER,
        "seriesType": series,
        "xAccessor": chart.by[0].by,
        "accessors": accessors,
        **(_parts(chart, texts) if chart.split else {"yConfig": _lines(accessors)}),
    }
    return {
        "legend": {"isVisible": several, "position": "top" if several else "right"},
        "valueLabels": "show" if chart.mark == "bar" and not chart.split else "hide",
        "axisTitlesVisibilitySettings": {"x": False, "yLeft": False, "yRight": False},
        "preferredSeriesType": series,
        **({"fittingFunction": "None"} if chart.mark == "line" else {}),
        "layers": [drawn],
    }


def _parts(chart: Chart, texts: Texts) -> Json:
    split = chart.split
    if split is None:
        return {}
    return {
        "splitAccessor": split.by,
        "colorMapping": by_value(split.values, [value_name(texts, split.by, value) for value in split.values]),
    }


def _lines(accessors: Sequence[Of]) -> list[Json]:
    return [
        {"forAccessor": accessor, "color": SERIES.get(accessor, LIGHT.main) if len(accessors) > 1 else LIGHT.main}
        for accessor in accessors
    ]


_SERIES: Mapping[Mark, str] = {"bar": "bar_horizontal_stacked", "column": "bar_stacked", "line": "line", "area": "area"}
_DRAWN: Mapping[Kind, Callable[[Chart, Texts], Json]] = {
    "lnsMetric": _metric, "lnsDatatable": _table, "lnsHeatmap": _heatmap, "lnsXY": _xy,
}  # fmt: skip
