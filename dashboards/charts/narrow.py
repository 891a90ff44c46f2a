"""A question to a store with a chart's own conditions."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from corrillo.ports import Field, Query
from dashboards.charts.catalogue import Chart, Where

MANY = 2000
"""Values asked for where all of them are wanted."""


def narrowed(query: Query, where: Where) -> Query | None:
    """``query`` with more conditions; None when nothing can satisfy them all."""
    kept = dict(query.where)
    for name, values in where.items():
        field = cast(Field, name)
        asked = kept.get(field)
        kept[field] = values if asked is None else tuple(v for v in values if v in asked)
        if not kept[field]:
            return None
    return replace(query, where=kept)


def unheeding(query: Query, chart: Chart) -> Query:
    """``query`` without a condition on what the chart splits by."""
    split = chart.split.by if chart.split else ""
    return replace(query, where={name: values for name, values in query.where.items() if name != split})
