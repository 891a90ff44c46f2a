"""From a chart to what it counts: the dashboard of posts, and exactly these in Discover."""

from __future__ import annotations

from dashboards.charts.catalogue import Chart, Origin
from dashboards.lens.names import Names
from dashboards.lens.objects import Json, Reference
from dashboards.lens.places import STANDS
from dashboards.page.i18n import Texts

POSTS = "posts"
DISCOVER = "discover"
"""Ids of the two ways."""
OF_POSTS: tuple[Origin, ...] = ("mentions", "hours", "sources")
"""What a click on it can be asked of posts, too."""


def drilldowns(chart: Chart, texts: Texts, names: Names) -> tuple[Json, tuple[Reference, ...]]:
    """The ways from a chart and what they name; none from a figure, which has nothing to click on."""
    if not chart.by:
        return {}, ()
    posts = leads_to_posts(chart)
    events = [*([_to_posts(texts)] if posts else []), _to_discover(texts)]
    name = f"drilldown:DASHBOARD_TO_DASHBOARD_DRILLDOWN:{POSTS}:dashboardId"
    references = (Reference("dashboard", names.dashboard("posts"), name),) if posts else ()
    return {"dynamicActions": {"events": events}}, references


def leads_to_posts(chart: Chart) -> bool:
    """Whether what is clicked on is a field of posts too, or a time, so that the dashboard of posts can heed it."""
    ours, posts = STANDS[chart.origin].by, STANDS["mentions"].by.values()
    return chart.origin in OF_POSTS and all(
        d.by == "time" or (d.by in ours and ours[d.by] in posts) for d in chart.dimensions
    )


def _to_posts(texts: Texts) -> Json:
    config: Json = {"useCurrentFilters": True, "useCurrentDateRange": True, "openInNewTab": False}
    return _event(POSTS, "DASHBOARD_TO_DASHBOARD_DRILLDOWN", texts("kibana.to_posts"), config)


def _to_discover(texts: Texts) -> Json:
    return _event(DISCOVER, "OPEN_IN_DISCOVER_DRILLDOWN", texts("kibana.to_these"), {"openInNewTab": False})


def _event(identity: str, factory: str, name: str, config: Json) -> Json:
    action: Json = {"factoryId": factory, "name": name, "config": config}
    return {"eventId": identity, "triggers": ["FILTER_TRIGGER"], "action": action}
