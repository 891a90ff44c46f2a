"""What of an object counts when it is compared: what it says, not how Kibana writes it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from dashboards.kibana.content import Difference, differences, read, written
from tests.unit.dashboards.kibana.pieces import VIEW, dashboard, found

PANEL = {"type": "lens", "panelIndex": "p1", "gridData": {"x": 0, "y": 0, "w": 24, "h": 12, "i": "p1"}}
OTHER = {"type": "lens", "panelIndex": "p2", "gridData": {"x": 24, "y": 0, "w": 24, "h": 12, "i": "p2"}}


def panels(*listed: object, **more: object) -> dict[str, str]:
    return {"panelsJSON": json.dumps(listed, **more)}  # type: ignore[arg-type]


def test_an_object_that_comes_back_says_the_same() -> None:
    """Also with its references in another order."""
    assert read(found(dashboard())) == written(dashboard())


@pytest.mark.parametrize(
    "kept",
    [
        panels(PANEL, indent=2),
        panels(dict(reversed(PANEL.items()))),
        panels({**PANEL, "embeddableConfig": {"enhancements": {}}}),
    ],
    ids=["other white space", "other order of keys", "what opening it adds"],
)
def test_how_it_is_written_is_no_difference(kept: dict[str, str]) -> None:
    ours = replace(dashboard(), attributes={**dashboard().attributes, **panels({**PANEL, "embeddableConfig": {}})})
    if "embeddableConfig" not in kept["panelsJSON"]:
        ours = dashboard()
    assert read(found(ours, **kept)) == written(ours)


def test_the_order_of_panels_is_no_difference_and_their_place_is() -> None:
    both = replace(dashboard(), attributes={**dashboard().attributes, **panels(PANEL, OTHER)})
    assert read(found(both, **panels(OTHER, PANEL))) == written(both)
    moved = {**OTHER, "gridData": {**OTHER["gridData"], "w": 12}}  # type: ignore[dict-item]
    assert differences(written(both), read(found(both, **panels(PANEL, moved)))) == [
        Difference("attributes.panelsJSON.p2.gridData.w", 24, 12)
    ]


def test_how_often_a_field_was_looked_at_is_no_difference_and_its_label_is() -> None:
    """Discover counts that in the data view, whoever uses it."""
    assert read(found(VIEW, fieldAttrs='{"venue": {"count": 3}}')) == written(VIEW)
    labelled = read(found(VIEW, fieldAttrs='{"venue": {"count": 3, "customLabel": "Sitio"}}'))
    assert differences(written(VIEW), labelled) == [
        Difference("attributes.fieldAttrs.venue.customLabel", None, "Sitio")
    ]


@pytest.mark.parametrize(
    ("odd", "said"), [("{", "{"), ("[1]", [1]), ('{"venue": 3}', {"venue": 3}), ("null", "null")], ids=str
)
def test_fields_that_are_told_in_no_known_way_are_compared_as_they_are(odd: str, said: object) -> None:
    assert read(found(VIEW, fieldAttrs=odd))["attributes"]["fieldAttrs"] == said


def test_what_is_added_and_what_is_taken_away_is_said_as_nothing() -> None:
    before, after = written(dashboard()), read(found(dashboard(), description="De la mañana"))
    assert differences(before, after) == [Difference("attributes.description", None, "De la mañana")]
    assert differences(after, before) == [Difference("attributes.description", "De la mañana", None)]


def test_text_that_only_looks_like_json_is_text() -> None:
    ours = replace(VIEW, attributes={**VIEW.attributes, "name": "[borrador] menciones"})
    assert written(ours)["attributes"]["name"] == "[borrador] menciones"
