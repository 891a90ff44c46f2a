"""A chart and its figures into a Vega-Lite specification: pure, the same for the page and for pictures.

Titles stand outside, in the document around it. All names and sentences are written here already;
the specification asks for nothing and computes no time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime

from dashboards.charts.catalogue import Mark
from dashboards.page.words import time_name
from dashboards.vega.drawing import LABELS, WIDTHS, Drawing
from dashboards.vega.look import config

Spec = dict[str, object]
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
OF = {"field": "value", "type": "quantitative"}
ORDER: Spec = {"field": "order", "type": "ordinal"}
COUNTED: Spec = {"format": ",d", "tickMinStep": 1}


def compile(drawing: Drawing) -> Spec:
    """The specification; as wide as its size says, and always as high as the drawing says."""
    texts = drawing.texts
    return {
        "$schema": SCHEMA,
        "description": f"{texts(drawing.chart.text('title'))}. {texts(drawing.chart.text('help'))}",
        "width": WIDTHS[drawing.size],
        "height": drawing.height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 2, "right": _room_right(drawing), "top": 6, "bottom": 6},
        "config": config(drawing.look, texts("number.thousands"), texts("number.decimal")),
        **_MARKS[drawing.chart.mark](drawing),
        **_leads(drawing),
    }


def _room_right(drawing: Drawing) -> int:
    """The last of the slanting names over a cross table stands out on a phone."""
    return 44 if drawing.chart.mark == "heatmap" and drawing.size == "narrow" else 6


def _leads(drawing: Drawing) -> Spec:
    """Where the names beside the bars or rows lead: Vega knows no links there, so the script makes them."""
    found = drawing.leads() if drawing.chart.mark in ("bar", "table", "heatmap") else []
    return {"usermeta": {"leads": found}} if any(one["href"] for one in found) else {}


def _layer(mark: Spec, encoding: Spec, values: list[dict[str, object]]) -> Spec:
    return {"data": {"values": values}, "mark": mark, "encoding": encoding}


def _said(drawing: Drawing | None = None) -> Spec:
    """What a mark says to those who point at it or hear it, and where it leads."""
    said: Spec = {"tooltip": {"field": "says", "type": "nominal"}, "description": {"field": "says", "type": "nominal"}}
    linked = drawing is not None and any("href" in value for value in drawing.values())
    return {**said, "href": {"field": "href", "type": "nominal"}} if linked else said


def _colour(drawing: Drawing) -> Spec:
    if not drawing.chart.split:
        return {"value": drawing.look.main}
    scale = {"domain": drawing.part_names, "range": drawing.look.colours(drawing.parts)}
    return {
        "field": "part",
        "type": "nominal",
        "scale": scale,
        "legend": {"columns": drawing.legend_columns},
    }


def _things(drawing: Drawing, **axis: object) -> Spec:
    return {"field": "thing", "type": "nominal", "scale": {"domain": drawing.things}, "axis": {"title": None, **axis}}


def _amounts(drawing: Drawing, **given: object) -> Spec:
    written: Spec = {"format": ".0%"} if drawing.chart.measures[0].of == "heard" else COUNTED
    return {**OF, "title": None, "axis": {"title": None, **written}, **given}


# ── lying bars ────────────────────────────────────────────────────────────────────────────
def _bars(drawing: Drawing) -> Spec:
    y = _names(drawing)
    most = max((total for total in drawing.sums().values()), default=0) or 1
    room = 1.1 if drawing.size == "wide" else 1.25
    x = {**OF, "axis": None, "scale": {"domain": [0, most * room], "nice": False}}
    bar: Spec = {"type": "bar", "height": {"band": 0.62}}
    marks = {"y": y, "x": {**x, "stack": "zero"}, "color": _colour(drawing), "order": ORDER, **_said(drawing)}
    total: Spec = {"type": "text", "align": "left", "dx": 6, "color": drawing.look.muted, "fontSize": 12, "aria": False}
    text = {"y": y, "x": x, "text": {"field": "says", "type": "nominal"}}
    return {"layer": [_layer(bar, marks, drawing.values()), _layer(total, text, drawing.totals())]}


def _names(drawing: Drawing) -> Spec:
    """Names beside what lies, all in the same room, whatever the font."""
    axis = {
        "domain": False,
        "labelColor": drawing.look.ink,
        "labelFontSize": 13 if drawing.size == "wide" else 12,
        "labelLimit": drawing.margin - 8,
    }
    return _things(drawing, **axis, minExtent=drawing.margin, maxExtent=drawing.margin)


# ── over time ─────────────────────────────────────────────────────────────────────────────
def _standing(drawing: Drawing, mark: Spec, *, stacked: bool) -> Spec:
    axis = _time_axis(drawing) if drawing.table.interval else {"labelAngle": 0, "labelOverlap": "parity"}
    x = _things(drawing, **axis)
    y = _amounts(drawing, stack="zero" if stacked else None)
    order: Spec = {"order": ORDER} if stacked else {}
    marks = {"x": x, "y": y, "color": _colour(drawing), **order, **_said(drawing)}
    return {"layer": [*_unheard(drawing, x), _layer(mark, marks, drawing.values())]}


def _columns(drawing: Drawing) -> Spec:
    return _standing(drawing, {"type": "bar", "width": {"band": 0.72}}, stacked=True)


def _areas(drawing: Drawing) -> Spec:
    return _standing(drawing, {"type": "area", "interpolate": "monotone", "opacity": 0.85}, stacked=True)


def _lines(drawing: Drawing) -> Spec:
    return _standing(drawing, {"type": "line", "point": {"size": 22}, "strokeWidth": 1.75}, stacked=False)


def _time_axis(drawing: Drawing) -> Spec:
    """Only some columns have a label, so that they can be read; what it says is written out."""
    shown = drawing.things[:: -(-len(drawing.things) // LABELS[drawing.size]) or 1]
    interval = drawing.table.interval or "day"
    names = {start: time_name(drawing.texts, interval, datetime.fromisoformat(start), short=True) for start in shown}
    return {"values": shown, "labelAngle": 0, "labelExpr": _lookup(names), "labelOverlap": "parity"}


def _lookup(names: Mapping[str, str]) -> str:
    """An expression that gives the name of a value."""
    return f"({json.dumps(names, ensure_ascii=False)})[datum.value]"


def _unheard(drawing: Drawing, x: Spec) -> list[Spec]:
    """A veil over the columns in which not every source was heard: what is missing there is unknown."""
    veiled: list[dict[str, object]] = [
        {"thing": start, "says": said} for start, said in drawing.unheard.items() if start in drawing.things
    ]
    if not veiled:
        return []
    mark: Spec = {"type": "rect", "color": drawing.look.care, "opacity": 0.15}
    return [_layer(mark, {"x": x, **_said()}, veiled)]


# ── the others ────────────────────────────────────────────────────────────────────────────
def _heatmap(drawing: Drawing) -> Spec:
    """Each cell with its figure: shades alone cannot be compared."""
    names = {"field": "part", "type": "nominal", "scale": {"domain": drawing.part_names}}
    slope = (
        {"labelAngle": 0, "labelFontSize": 11} if drawing.size == "wide" else {"labelAngle": -50, "labelAlign": "left"}
    )
    x = {**names, "axis": {"title": None, "orient": "top", "domain": False, "labelOverlap": False, **slope}}
    place = {"y": _names(drawing), "x": x}
    cell: Spec = {"type": "rect", "cornerRadius": 3, "stroke": drawing.look.paper, "strokeWidth": 2}
    shades = {**place, "color": {"field": "shade", "type": "nominal", "scale": None}, **_said(drawing)}
    figure: Spec = {"type": "text", "fontSize": 12, "aria": False, "tooltip": None}
    inks = {"color": {"field": "ink", "type": "nominal", "scale": None}, **_said(drawing)}
    text = {**place, "text": {**OF, "format": ",d"}, **inks}
    return {"layer": [_layer(cell, shades, drawing.shaded()), _layer(figure, text, drawing.shaded())]}


def _figure(drawing: Drawing) -> Spec:
    mark: Spec = {"type": "text", "fontSize": 40, "align": "left", "x": 0, "color": drawing.look.ink}
    said = drawing.totals() or [{"says": drawing.texts("measure.unknown")}]
    return _layer(mark, {"text": {"field": "says", "type": "nominal"}}, said)


_MARKS: Mapping[Mark, Callable[[Drawing], Spec]] = {
    "bar": _bars, "table": _bars, "column": _columns, "area": _areas, "line": _lines, "heatmap": _heatmap, "figure": _figure,
}  # fmt: skip
