"""The dashboards as Kibana imports them: what is named is there, what is counted exists, nothing stands on another."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import pytest

from dashboards.charts.beside import EVERY
from dashboards.lens import SavedObject, ndjson, saved_objects
from dashboards.lens.dashboards import BOARDS, WORDS
from dashboards.lens.drilldowns import leads_to_posts
from dashboards.lens.places import STANDS
from dashboards.lens.words import question
from dashboards.page.i18n import texts
from stores.elasticsearch.fields import FIELDS, Described
from stores.elasticsearch.names import KINDS, Names
from tests.unit.dashboards.lens.reading import (
    DASHBOARDS,
    OBJECTS,
    PAGE,
    SETS,
    VIEWS,
    Layer,
    as_sent,
    layers,
    of_language,
    panels,
)

LAYERS = list(layers())
AGGREGATED = ("keyword", "date", "day", "number", "decimal", "flag", "score")
FITTING: Mapping[str, tuple[str, ...]] = {
    "terms": ("keyword",), "date_histogram": ("date", "day"), "unique_count": ("keyword",), "min": ("date",),
    "max": ("date", "number", "decimal"), "median": ("decimal", "number"),
    "percentile": ("decimal", "number"), "average": ("decimal", "number"),
    "sum": ("decimal", "number"), "last_value": ("keyword",),
}  # fmt: skip
KINDS_OF = {Names().pattern(kind): kind for kind in KINDS}
FIELD = re.compile(r"([a-z_.]+)(?=: | [<>]=? )")


def fields_of(data_view: SavedObject) -> dict[str, Described]:
    """Every field of the index that a data view is of, by its whole name; an alias as what it stands for."""
    found = dict(_flat(FIELDS[KINDS_OF[str(data_view.attributes["title"])]]))
    return {name: found[one.path] if one.type == "alias" else one for name, one in found.items()}


def _flat(fields: Mapping[str, Described], above: str = "") -> Iterator[tuple[str, Described]]:
    for name, described in fields.items():
        yield above + name, described
        yield from _flat(described.fields, f"{above}{name}.")


def queries(layer: Layer) -> list[str]:
    """All that a layer asks in words."""
    columns = layer.layer["columns"].values()
    filters = [f["input"]["query"] for c in columns for f in c.get("params", {}).get("filters", ())]
    return [layer.query, *filters, *(c["filter"]["query"] for c in columns if "filter" in c)]


@pytest.mark.parametrize("one", LAYERS, ids=lambda one: f"{one.dashboard.id}:{one.panel['panelIndex']}")
def test_every_field_that_is_counted_exists_and_can_be(one: Layer) -> None:
    known = fields_of(one.data_view)
    for column in one.layer["columns"].values():
        field = column.get("sourceField", "___records___")
        if field != "___records___":
            assert known[field].type in FITTING[column["operationType"]], (field, column["operationType"])
        else:
            assert column["operationType"] in ("count", "filters", "math", "formula")
    asked = [name for query in queries(one) for name in FIELD.findall(query)]
    assert {name for name in asked if known.get(name) is None or known[name].type not in AGGREGATED} == set()


@pytest.mark.parametrize("data_view", VIEWS.values(), ids=list(VIEWS))
def test_a_data_view_is_of_an_index_with_its_time_and_speaks_of_fields_that_it_has(data_view: SavedObject) -> None:
    known, said = fields_of(data_view), as_sent(data_view)["attributes"]
    if "timeFieldName" in said:
        assert known[said["timeFieldName"]].type == "date"
    assert {*said["fieldFormatMap"], *said["fieldAttrs"]} <= known.keys()


def test_lists_have_columns_that_their_index_has() -> None:
    for one in OBJECTS:
        if one.type == "search":
            known = fields_of(VIEWS[one.references[0].id])
            ((sorted_by, direction),) = one.attributes["sort"]  # type: ignore[misc,attr-defined]
            assert {*one.attributes["columns"], sorted_by} <= known.keys()  # type: ignore[misc]
            assert (known[sorted_by].type, direction) == ("date", "desc")


def test_the_drawing_of_words_asks_fields_that_mentions_have() -> None:
    terms = question()["aggs"]["said"]["aggs"]["words"]["terms"]  # type: ignore[index]
    assert FIELDS["mentions"][terms["field"]].type == "keyword"


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda one: one.id)
def test_no_panel_stands_on_another_or_beyond_the_grid(dashboard: SavedObject) -> None:
    placed = {p["panelIndex"]: p["gridData"] for p in panels(dashboard)}
    assert all(p["i"] == name and p["x"] >= 0 and p["x"] + p["w"] <= 48 and p["h"] > 0 for name, p in placed.items())

    def apart(one: Any, other: Any) -> bool:
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        return beside or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]

    assert [(a, b) for (a, one), (b, other) in combinations(placed.items(), 2) if not apart(one, other)] == []


def test_ids_are_readable_and_none_is_used_twice() -> None:
    ids = [one.id for one in OBJECTS]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"corrillo-[a-z-]+", identity) for identity in ids)
    assert {one.id for one in SETS["en"] if one.type == "dashboard"} == {
        "corrillo-where-they-talk", "corrillo-what-they-say", "corrillo-is-it-a-crisis", "corrillo-who-waits",
        "corrillo-posts", "corrillo-how-well-does-it-work",
    }  # fmt: skip
    for dashboard in DASHBOARDS:
        assert max(Counter(p["panelIndex"] for p in panels(dashboard)).values()) == 1


def test_another_prefix_is_that_of_indices_and_ids() -> None:
    for one in saved_objects("es", prefix="bena"):
        assert one.id.startswith("bena-")
        assert one.type != "index-pattern" or str(one.attributes["title"]).startswith("bena-")
    assert b"corrillo-" not in ndjson(saved_objects("es", prefix="bena"))


def test_both_languages_have_the_same_panels_and_ask_the_same() -> None:
    def shape(dashboards: list[SavedObject]) -> list[Any]:
        return [
            (one.panel["panelIndex"], one.panel["gridData"], sorted(queries(one)), list(one.layer["columns"]))
            for one in layers(dashboards)
        ]

    def places(dashboards: list[SavedObject]) -> list[Any]:
        return [[(p["panelIndex"], p["type"], p["gridData"]) for p in panels(d)] for d in dashboards]

    assert shape(of_language("es")) == shape(of_language("en"))
    assert places(of_language("es")) == places(of_language("en"))


@pytest.mark.parametrize("one", OBJECTS, ids=lambda one: one.id)
def test_what_is_named_is_there(one: SavedObject) -> None:
    """Every reference leads to an object of the same language; none is missing, none is named twice."""
    there = {(o.type, o.id) for objects in SETS.values() if one in objects for o in objects}
    assert {(r.type, r.id) for r in one.references} <= there
    assert len({r.name for r in one.references}) == len(one.references)


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda one: one.id)
def test_a_chart_names_its_data_view_twice_and_nothing_names_what_is_no_reference(dashboard: SavedObject) -> None:
    """Without either of the two a panel loads for ever, and says nothing."""
    said, wanted = {r.name: (r.type, r.id) for r in dashboard.references}, set()
    for panel in panels(dashboard):
        identity, config = panel["panelIndex"], panel["embeddableConfig"]
        for reference in config.get("attributes", {}).get("references", ()):
            wanted.add(f"{identity}:{reference['name']}")
            assert said[f"{identity}:{reference['name']}"] == (reference["type"], reference["id"])
        for link in config.get("attributes", {}).get("links", ()):
            wanted.add(f"{identity}:{link['destinationRefName']}")
        if "panelRefName" in panel:
            wanted.add(f"{identity}:{panel['panelRefName']}")
        for event in config.get("enhancements", {}).get("dynamicActions", {}).get("events", ()):
            if event["action"]["factoryId"] == "DASHBOARD_TO_DASHBOARD_DRILLDOWN":
                wanted.add(f"{identity}:drilldown:DASHBOARD_TO_DASHBOARD_DRILLDOWN:{event['eventId']}:dashboardId")
    group = as_sent(dashboard)["attributes"]["controlGroupInput"]["panelsJSON"]
    wanted |= {
        f"controlGroup_{name}:optionsListDataView" for name, c in group.items() if c["type"] == "optionsListControl"
    }
    wanted |= {name for name in said if name.startswith("tag-ref-")}
    assert wanted == said.keys()
    assert all(one.layer["columnOrder"] == list(one.layer["columns"]) for one in layers([dashboard]))


@pytest.mark.parametrize("one", LAYERS, ids=lambda one: f"{one.dashboard.id}:{one.panel['panelIndex']}")
def test_buckets_stand_before_measures_and_are_ordered_by_a_column_that_is_there(one: Layer) -> None:
    """By one that is missing Kibana sorts by the alphabet, without a word."""
    columns, order = one.layer["columns"], one.layer["columnOrder"]
    bucketed = [columns[name]["isBucketed"] for name in order]
    assert bucketed == sorted(bucketed, reverse=True)
    assert not any("." in name for name in order)
    for column in columns.values():
        ordering = column.get("params", {}).get("orderBy", {})
        if ordering.get("type") == "column":
            assert not columns[ordering["columnId"]]["isBucketed"]
            assert columns[ordering["columnId"]]["operationType"] in ("count", "sum", "min"), "others are not sorted by"
        for reference in column.get("references", ()):
            assert reference in columns


def test_what_kibana_passes_over_in_silence_is_not_asked_of_it() -> None:
    """What lacks a value is a bucket only beside that of all others; a day asks for its period by the index's own time."""
    for one in LAYERS:
        for column in one.layer["columns"].values():
            params = column.get("params", {})
            assert params.get("otherBucket", False) == params.get("missingBucket", False)
            if column["operationType"] == "date_histogram":
                own = one.data_view.attributes["timeFieldName"]
                assert params.get("ignoreTimeRange", False) == (column["sourceField"] != own)
            if column["operationType"] == "last_value":
                assert params["sortField"] == one.data_view.attributes["timeFieldName"]
                assert params["showArrayValues"], "without it, it is a question that not every Elasticsearch knows"


def test_what_no_filter_of_the_dashboard_takes_away_has_no_condition_of_its_own() -> None:
    """With ``ignoreGlobalFilters`` Kibana leaves out the panel's own condition as well."""
    unfiltered = [one for one in LAYERS if "ignoreGlobalFilters" in one.layer]
    assert unfiltered
    assert {one.query for one in unfiltered} == {""}


def test_an_address_is_opened_as_it_stands() -> None:
    """Kibana quotes what it puts into a template: an address would be none any more."""
    for view in VIEWS.values():
        for field, shown in as_sent(view)["attributes"]["fieldFormatMap"].items():
            if shown["id"] == "url":
                way = shown["params"].get("urlTemplate")
                assert (way is None) == (field == "url")
                assert way is None or way.startswith(PAGE)


@pytest.mark.parametrize("one", OBJECTS, ids=lambda one: one.id)
def test_every_text_inside_of_an_object_is_json(one: SavedObject) -> None:
    """A broken one imports with success and breaks on opening: reading it here would raise."""
    assert as_sent(one)["attributes"].keys() == one.attributes.keys()


@pytest.mark.parametrize("one", LAYERS, ids=lambda one: f"{one.dashboard.id}:{one.panel['panelIndex']}")
def test_what_is_drawn_is_a_column_and_a_table_lists_every_one(one: Layer) -> None:
    drawn = one.attributes["state"]["visualization"]
    named = {v for k, v in drawn.items() if k.endswith("Accessor")}
    for layer in drawn.get("layers", ()):
        named |= {
            layer["xAccessor"],
            *layer["accessors"],
            *([layer["splitAccessor"]] if "splitAccessor" in layer else []),
        }
        assert "colorMapping" in layer or {c["forAccessor"] for c in layer["yConfig"]} == set(layer["accessors"])
    if one.attributes["visualizationType"] == "lnsDatatable":
        named = {column["columnId"] for column in drawn["columns"]}
        assert [column["columnId"] for column in drawn["columns"]] == one.layer["columnOrder"], (
            "the order that is shown"
        )
        assert drawn.get("sorting", {"columnId": next(iter(named))})["columnId"] in named
    assert named <= set(one.layer["columns"])


def test_every_chart_of_the_catalogue_stands_on_one_dashboard() -> None:
    shown = [
        name for board in BOARDS.values() for name in board.shows if name != WORDS and not name.startswith("list:")
    ]
    assert sorted(shown) == sorted(EVERY)


def test_titles_are_those_of_the_page() -> None:
    for layer in layers(of_language("es")):
        assert layer.panel["title"] == texts("es")(f"chart.{layer.panel['panelIndex']}.title")


def test_from_every_chart_there_is_a_way_to_what_it_counts() -> None:
    """To the dashboard of posts with its filters and time, where posts have what is clicked on; to Discover from all."""
    for layer in LAYERS:
        chart, config = EVERY[layer.panel["panelIndex"]], layer.panel["embeddableConfig"]
        events = config.get("enhancements", {}).get("dynamicActions", {}).get("events", ())
        ways = [event["action"]["factoryId"] for event in events]
        posts = ["DASHBOARD_TO_DASHBOARD_DRILLDOWN"] if leads_to_posts(chart) else []
        assert ways == ([*posts, "OPEN_IN_DISCOVER_DRILLDOWN"] if chart.by else [])
        assert chart.origin != "mentions" or not chart.by or posts


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda one: one.id)
def test_what_can_be_chosen_is_a_field_of_all_that_heeds_it(dashboard: SavedObject) -> None:
    """A control asks every panel; one whose index has no such field would be empty, and look calm."""
    group = as_sent(dashboard)["attributes"]["controlGroupInput"]["panelsJSON"]
    fields = {c["explicitInput"]["fieldName"] for c in group.values() if c["type"] == "optionsListControl"}
    heeding = [one.data_view for one in layers([dashboard]) if "ignoreGlobalFilters" not in one.layer]
    listed = [o for o in OBJECTS if o.type == "search" and o.id in {r.id for r in dashboard.references}]
    for data_view in [*heeding, *(VIEWS[o.references[0].id] for o in listed)]:
        assert fields <= fields_of(data_view).keys(), data_view.id
    assert [c["type"] for c in group.values()][-1] == "timeSlider"
    assert all(c["explicitInput"]["id"] == name and c["order"] == n for n, (name, c) in enumerate(group.items()))


def test_stamps_are_those_that_kibana_8_12_reads() -> None:
    """Without them it answers 500, with newer ones 422."""
    for line in ndjson(OBJECTS).decode().splitlines():
        one = json.loads(line)
        assert one["coreMigrationVersion"] == "8.8.0"
        assert one["typeMigrationVersion"] == ("8.9.0" if one["type"] == "dashboard" else "8.0.0")


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda one: one.id)
def test_a_dashboard_has_what_opening_and_saving_it_take(dashboard: SavedObject) -> None:
    said = dashboard.attributes
    assert (said["version"], said["timeRestore"]) == (1, True)
    assert all(said[name] for name in ("timeFrom", "timeTo", "title", "description"))
    assert {"query", "filter"} <= json.loads(said["kibanaSavedObjectMeta"]["searchSourceJSON"]).keys()  # type: ignore[index]
    assert all(type(said[name]) is str for name in ("panelsJSON", "optionsJSON"))
    known = {"lens", "links", "visualization", "search"}
    assert {p["type"] for p in panels(dashboard)} <= known
    assert all(
        "searchSource" in p["embeddableConfig"]["savedVis"]["data"]
        for p in panels(dashboard)
        if p["type"] == "visualization"
    )


def test_nothing_leads_to_the_page_where_nobody_said_where_it_is() -> None:
    without = b"".join(ndjson([one]) for one in saved_objects("en"))
    assert [way for way in (b"/mention/", b"/crisis/", b"/posts?", b'"id"]') if way in without] == []


def test_addresses_of_posts_are_on_no_dashboard() -> None:
    """Who may not read them would see an error there."""
    assert STANDS["links"].kind == "links"
    for dashboard in DASHBOARDS:
        assert not {r.id for r in dashboard.references} & {
            "corrillo-data-links",
            "corrillo-data-links-es",
            "corrillo-list-addresses",
            "corrillo-list-addresses-es",
        }
