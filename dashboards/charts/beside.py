"""Charts that Kibana has besides those of the page, which tells the same in sentences and lists of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from corrillo.model import TAG_KINDS
from corrillo.work import DeedKind
from dashboards.charts.catalogue import AUTHORS, CITIZENS, MENTIONS, TIME, Chart, Dimension, Measure, Where
from dashboards.charts.listed import ASKED, CHARTS, NETWORK

HEARING: tuple[str, ...] = ("heard", "failing", "blind")
"""Whether a source is heard: it was read in time; it fails, and is still within its patience; nothing is heard."""
DEEDS: tuple[str, ...] = get_args(DeedKind)
SOURCE = (NETWORK, Dimension("source", limit=200))
LAG = (Measure("lag"), Measure("lag_within"), MENTIONS)
OWN: Where = {"place": ("own",)}
OPEN: Where = {"life": ("open",)}
INCIDENT = (Dimension("incident"), Dimension("level"))

_CRISIS = (
    Chart("incidents_open_count", "crisis", "figure", (), measures=(Measure("incidents"),), where=OPEN, origin="incidents"),
    Chart(
        "voices_by_hour", "crisis", "line", (TIME,), None,
        (Measure("voices"), Measure("expected"), Measure("low"), Measure("high")), origin="hours", hourly=True,
    ),
    Chart("heard_by_hour", "crisis", "line", (TIME,), None, (Measure("heard"),), origin="hours", hourly=True),
    Chart(
        "incidents_open", "crisis", "table", INCIDENT, None,
        (Measure("voices_then"), Measure("high_then"), Measure("authors_then")), OPEN, "incidents",
    ),
    Chart("incidents_by_peak", "crisis", "bar", (Dimension("peak"),), None, (Measure("incidents"),), origin="incidents"),
    Chart("authors_over_time", "crisis", "line", (TIME,), None, (AUTHORS, MENTIONS), CITIZENS),
    Chart("sources_hearing", "crisis", "bar", (Dimension("hearing", HEARING),), None, (Measure("sources"),), origin="sources"),
    Chart(
        "sources_health", "crisis", "table", SOURCE, None, (Measure("failures"), Measure("read"), Measure("newest")),
        origin="sources",
    ),
)  # fmt: skip
_WAITS = (
    Chart("waiting_count", "waits", "figure", (), measures=(ASKED,), where={"state": ("waiting",)}, origin="attention"),
    Chart("own_accounts", "waits", "table", (NETWORK, Dimension("account")), None, (Measure("last"), MENTIONS), OWN),
)
_QUALITY = (
    Chart(
        "corrections", "quality", "heatmap", (Dimension("was"),), Dimension("right", TAG_KINDS), (Measure("deeds"),),
        {"deed": ("correct",)}, "deeds",
    ),
    Chart("deeds", "quality", "bar", (Dimension("deed"),), None, (Measure("deeds"),), origin="deeds"),
    Chart("quarantine", "quality", "bar", (Dimension("source"),), None, (Measure("items"),), origin="quarantine"),
    Chart("lag_by_network", "quality", "bar", (NETWORK,), None, LAG),
    Chart("lag_by_source", "quality", "table", SOURCE, None, LAG),
    Chart(
        "sources_yield", "quality", "table", SOURCE, None, (Measure("seen"), Measure("kept"), Measure("rejected")),
        origin="sources",
    ),
    Chart(
        "sources_cost", "quality", "table", (Dimension("source"), Dimension("unit")), None,
        (Measure("spent"), Measure("limit")), origin="sources",
    ),
)  # fmt: skip

BESIDE: Mapping[str, Chart] = {chart.id: chart for chart in (*_CRISIS, *_WAITS, *_QUALITY)}
EVERY: Mapping[str, Chart] = {**CHARTS, **BESIDE}
"""The whole catalogue: what the page draws, and these."""
