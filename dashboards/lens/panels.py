"""Panels of a dashboard, with all that they name: a chart, a text, a list, the ways to the other dashboards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dashboards.charts.catalogue import Chart
from dashboards.lens.drawn import kind, visualization
from dashboards.lens.drilldowns import drilldowns
from dashboards.lens.layer import ID, layer
from dashboards.lens.names import Names
from dashboards.lens.objects import Json, Reference, references_as_json, written
from dashboards.page.i18n import Texts

EVER = "now-10y"
"""When what is new in a place is looked for: everything that is kept."""


@dataclass(frozen=True)
class Panel:
    """A panel by its id, without its place; ``references`` as the dashboard has them."""

    id: str
    type: str
    config: Mapping[str, object]
    title: str = ""
    references: tuple[Reference, ...] = ()
    more: Mapping[str, object] = field(default_factory=dict)

    def as_json(self, place: Json) -> Json:
        """As the dashboard's list of panels has it."""
        return {
            "type": self.type,
            "panelIndex": self.id,
            "gridData": {**place, "i": self.id},
            "embeddableConfig": dict(self.config),
            "title": self.title,
            **self.more,
        }


def chart_panel(chart: Chart, texts: Texts, names: Names) -> Panel:
    """A chart. Its data view is named twice, in the chart and on the dashboard: without either it loads for ever."""
    own = (Reference("index-pattern", names.data(chart.origin), f"indexpattern-datasource-layer-{ID}"),)
    actions, leading = drilldowns(chart, texts, names)
    ever: Json = {"timeRange": {"from": EVER, "to": "now"}} if chart.new_within else {}
    return Panel(
        chart.id,
        "lens",
        {
            "attributes": lens_attributes(chart, texts, own),
            "description": texts(chart.text("help")),
            **({"enhancements": actions} if actions else {}),
            **ever,
        },
        texts(chart.text("title")),
        tuple(Reference(r.type, r.id, f"{chart.id}:{r.name}") for r in (*own, *leading)),
    )


def lens_attributes(chart: Chart, texts: Texts, references: Sequence[Reference]) -> Json:
    """What Lens draws."""
    counted = layer(chart, texts)
    return {
        "title": "",
        "visualizationType": kind(chart),
        "state": {
            "visualization": visualization(chart, texts),
            "query": {"query": counted.query, "language": "kuery"},
            "filters": [],
            "datasourceStates": {"formBased": {"layers": {ID: counted.as_json()}}},
        },
        "references": references_as_json(references),
    }


def text_panel(identity: str, markdown: str) -> Panel:
    """A text."""
    params: Json = {"markdown": markdown, "fontSize": 12, "openLinksInNewTab": False}
    return _visualization(identity, "markdown", params, "")


def vega_panel(identity: str, spec: Json, title: str, help: str) -> Panel:
    """A drawing whose own question Kibana asks, with the dashboard's filters and time."""
    return _visualization(identity, "vega", {"spec": written(spec)}, title, help)


def _visualization(identity: str, type: str, params: Json, title: str, help: str = "") -> Panel:
    said: Json = {"description": help} if help else {}
    vis: Json = {"title": "", "type": type, "params": params, "data": {"aggs": [], "searchSource": {}}}
    return Panel(identity, "visualization", {"savedVis": vis, **said}, title)


def search_panel(identity: str, search: str, title: str, help: str) -> Panel:
    """A list of things, as a saved search has it."""
    reference = Reference("search", search, f"{identity}:panel_{identity}")
    return Panel(identity, "search", {"description": help}, title, (reference,), {"panelRefName": f"panel_{identity}"})


def links_panel(identity: str, dashboards: Mapping[str, str]) -> Panel:
    """The ways to the dashboards with these ids, under their titles."""
    links: list[Json] = [
        {
            "id": f"to{n}",
            "order": n,
            "type": "dashboardLink",
            "label": title,
            "destinationRefName": f"link_to{n}_dashboard",
        }
        for n, title in enumerate(dashboards.values())
    ]
    references = tuple(
        Reference("dashboard", one, f"{identity}:link_to{n}_dashboard") for n, one in enumerate(dashboards)
    )
    return Panel(
        identity, "links", {"attributes": {"title": "", "layout": "horizontal", "links": links}}, "", references
    )
