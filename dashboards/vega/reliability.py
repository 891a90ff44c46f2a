"""How far a tagger's scores can be believed: what it says against how often that is true, a small picture a kind."""

from __future__ import annotations

import json
from collections.abc import Sequence

import vl_convert

from corrillo.model import TAG_KINDS
from dashboards.vega.compile import SCHEMA, Spec
from dashboards.vega.look import LIGHT, config
from processors.learned.card import Bin

FORMS = (".svg", ".png")
SIDE = 150
"""Pixels of each picture."""
NAMES: dict[str, dict[str, str]] = {
    "en": {
        "complaint": "Complaint", "question": "Question", "criticism": "Criticism", "praise": "Praise",
        "suggestion": "Suggestion", "crisis": "Crisis", "said": "What the score says", "true": "How often it is true",
    },
    "es": {
        "complaint": "Queja", "question": "Consulta", "criticism": "Crítica", "praise": "Elogio",
        "suggestion": "Propuesta", "crisis": "Emergencia", "said": "Lo que dice la puntuación",
        "true": "Cuántas veces es cierto",
    },
}  # fmt: skip


def spec(bins: Sequence[Bin], language: str = "en") -> Spec:
    """Points on the diagonal are scores that mean what they say."""
    names = NAMES[language]
    thousands, decimal = (",", ".") if language == "en" else (".", ",")
    return {
        "$schema": SCHEMA,
        "description": f"{names['said']} / {names['true']}",
        "background": LIGHT.paper,
        "config": config(LIGHT, thousands, decimal),
        "columns": 3,
        "concat": [_one([b for b in bins if b.kind == kind], names, kind) for kind in TAG_KINDS],
    }


def _one(bins: Sequence[Bin], names: dict[str, str], kind: str) -> Spec:
    scale: Spec = {"domain": [0, 1]}
    axis: Spec = {"format": ".0%", "values": [0, 0.5, 1]}
    x: Spec = {"field": "said", "type": "quantitative", "scale": scale, "axis": axis, "title": names["said"]}
    y: Spec = {"field": "true", "type": "quantitative", "scale": scale, "axis": axis, "title": names["true"]}
    points = [{"said": b.said, "true": b.true} for b in bins]
    perfect = [{"said": 0, "true": 0}, {"said": 1, "true": 1}]
    return {
        "title": {"text": names[kind], "fontSize": 13, "color": LIGHT.ink},
        "width": SIDE,
        "height": SIDE,
        "layer": [
            {"data": {"values": perfect}, "mark": {"type": "line", "color": LIGHT.muted, "strokeDash": [4, 4]},
             "encoding": {"x": x, "y": y}},
            {"data": {"values": points}, "mark": {"type": "line", "point": {"color": LIGHT.parts[kind]}, "color": LIGHT.parts[kind]},
             "encoding": {"x": x, "y": y}},
        ],
    }  # fmt: skip


def drawn(bins: Sequence[Bin], form: str, language: str = "en") -> bytes:
    """The picture as SVG or PNG (``FORMS``)."""
    written = json.dumps(spec(bins, language), ensure_ascii=False, sort_keys=True)
    if form == ".png":
        return bytes(vl_convert.vegalite_to_png(written, scale=2, allowed_base_urls=[]))
    return str(vl_convert.vegalite_to_svg(written, allowed_base_urls=[])).encode()
