"""Saved objects unpacked: every JSON string in them read, every panel, layer and column in reach."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dashboards.lens import SavedObject, ndjson, saved_objects
from dashboards.lens.compile import LANGUAGES

PAGE = "https://corrillo.example.org"
PACKED = (
    "panelsJSON",
    "optionsJSON",
    "searchSourceJSON",
    "ignoreParentSettingsJSON",
    "fieldFormatMap",
    "fieldAttrs",
    "spec",
)
SETS = {language: saved_objects(language, page_url=PAGE) for language in LANGUAGES}
OBJECTS = [one for objects in SETS.values() for one in objects]
DASHBOARDS = [one for one in OBJECTS if one.type == "dashboard"]
VIEWS = {one.id: one for one in OBJECTS if one.type == "index-pattern"}


def unpacked(value: Any) -> Any:
    """The same with its JSON strings as what they say."""
    if isinstance(value, dict):
        return {k: unpacked(json.loads(v) if k in PACKED and isinstance(v, str) else v) for k, v in value.items()}
    return [unpacked(one) for one in value] if isinstance(value, list) else value


def as_sent(one: SavedObject) -> dict[str, Any]:
    """The object as it stands in the file, unpacked."""
    return dict(unpacked(json.loads(ndjson([one]))))


@dataclass(frozen=True)
class Layer:
    """A Lens layer and where it is."""

    dashboard: SavedObject
    panel: dict[str, Any]
    attributes: dict[str, Any]
    layer: dict[str, Any]

    @property
    def data_view(self) -> SavedObject:
        """What it asks."""
        (reference,) = self.attributes["references"][:1]
        return VIEWS[reference["id"]]

    @property
    def query(self) -> str:
        """What of it."""
        return str(self.attributes["state"]["query"]["query"])


def panels(dashboard: SavedObject) -> list[dict[str, Any]]:
    return list(as_sent(dashboard)["attributes"]["panelsJSON"])


def layers(dashboards: list[SavedObject] = DASHBOARDS) -> Iterator[Layer]:
    """Every layer of every chart."""
    for dashboard in dashboards:
        for panel in panels(dashboard):
            if panel["type"] == "lens":
                attributes = panel["embeddableConfig"]["attributes"]
                for layer in attributes["state"]["datasourceStates"]["formBased"]["layers"].values():
                    yield Layer(dashboard, panel, attributes, layer)


def of_language(language: str) -> list[SavedObject]:
    return [one for one in SETS[language] if one.type == "dashboard"]  # type: ignore[index]
