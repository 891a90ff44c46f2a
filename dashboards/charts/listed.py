"""Every chart there is, by view, in the order in which it stands there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from corrillo.model import TAG_KINDS, Target
from dashboards.charts.catalogue import (
    AGES,
    AUTHORS,
    CITIZENS,
    MENTIONS,
    PLACE,
    TIME,
    Chart,
    Dimension,
    Measure,
)

NETWORK = Dimension("network")
VENUE = (NETWORK, Dimension("venue", limit=200))
ASKED = Measure("asked")
WAIT = (Measure("wait"), Measure("working_wait"), ASKED)
TARGETS: tuple[str, ...] = get_args(Target)

_WHERE = (
    Chart("off_page_share", "where", "figure", (), measures=(Measure(part={"place": ("off_page",)}),), where=CITIZENS),
    Chart("places_over_time", "where", "column", (TIME,), PLACE),
    Chart("networks", "where", "bar", (Dimension("network", limit=20),), PLACE),
    Chart("venues", "where", "table", VENUE, PLACE, (MENTIONS, AUTHORS)),
    Chart(
        "venues_new",
        "where",
        "table",
        VENUE,
        measures=(MENTIONS, AUTHORS, Measure("first")),
        where=CITIZENS,
        new_within=7,
    ),
    Chart(
        "districts", "where", "bar", (Dimension("district", limit=20),), where=CITIZENS, measures=(MENTIONS, AUTHORS)
    ),
)
_WHAT = (
    Chart("services", "what", "bar", (Dimension("service", limit=30),), where=CITIZENS, measures=(MENTIONS, AUTHORS)),
    Chart(
        "tags_by_service", "what", "heatmap", (Dimension("service", limit=30),), Dimension("tag", TAG_KINDS),
        where=CITIZENS, heeds=False,
    ),
    Chart("tags_over_time", "what", "line", (TIME,), Dimension("tag", TAG_KINDS), where=CITIZENS, heeds=False),
    Chart("targets", "what", "bar", (Dimension("target"),), where=CITIZENS, measures=(MENTIONS, AUTHORS)),
    Chart(
        "tags_by_target", "what", "heatmap", (Dimension("target", TARGETS),), Dimension("tag", TAG_KINDS),
        where=CITIZENS, heeds=False,
    ),
    Chart("languages", "what", "bar", (Dimension("language"),), where=CITIZENS, measures=(MENTIONS, AUTHORS)),
    Chart("stories", "what", "table", (Dimension("story", limit=12),), where=CITIZENS, measures=(MENTIONS, AUTHORS)),
)  # fmt: skip
_WAITS = (
    Chart(
        "waiting_by_age", "waits", "bar", (Dimension("age", tuple(name for name, _ in AGES)),), None, (ASKED,),
        {"state": ("waiting",)}, "attention",
    ),
    Chart("waiting_by_department", "waits", "bar", (Dimension("department"),), None, (ASKED,), {"state": ("waiting",)}, "attention"),
    Chart("wait_by_network", "waits", "bar", (NETWORK,), None, WAIT, {"state": ("answered",)}, "attention"),
    Chart("wait_by_service", "waits", "bar", (Dimension("service"),), None, WAIT, {"state": ("answered",)}, "attention"),
    Chart("wait_by_department", "waits", "bar", (Dimension("department"),), None, WAIT, {"state": ("answered",)}, "attention"),
    Chart(
        "answers_by_network", "waits", "bar", (NETWORK,), Dimension("state", ("answered", "waiting", "unknown")), (ASKED,),
        origin="attention",
    ),
)  # fmt: skip

CHARTS: Mapping[str, Chart] = {chart.id: chart for chart in (*_WHERE, *_WHAT, *_WAITS)}
