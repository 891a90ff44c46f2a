"""Small objects such as dashboards are made of, and the same as a Kibana would have them."""

from __future__ import annotations

import json
from typing import Any

from dashboards.kibana.answers import Found, Key
from dashboards.kibana.edition import Edition
from dashboards.lens import Reference, SavedObject

TAG = SavedObject("tag", "t-tag", {"name": "Corrillo", "description": "", "color": "#209280"})
VIEW = SavedObject("index-pattern", "t-mentions", {"title": "t-mentions", "timeFieldName": "published"})
NOTES = Key("visualization", "t-applied-es")


def dashboard(title: str = "Dónde hablan", width: int = 24) -> SavedObject:
    """One with a panel, which names the data view and the tag."""
    panel = {"type": "lens", "panelIndex": "p1", "gridData": {"x": 0, "y": 0, "w": width, "h": 12, "i": "p1"}}
    return SavedObject(
        "dashboard",
        "t-where",
        {"title": title, "version": 1, "panelsJSON": json.dumps([panel])},
        (
            Reference("index-pattern", VIEW.id, "p1:indexpattern-datasource-layer-l1"),
            Reference("tag", TAG.id, "tag-ref"),
        ),
    )


def edition(*objects: SavedObject) -> Edition:
    """These objects, in Spanish."""
    return Edition("es", objects or (TAG, VIEW, dashboard()), NOTES)


def found(one: SavedObject, updated: str = "2026-11-21T08:00:00.000Z", **attributes: Any) -> Found:
    """The object in a Kibana, with other attributes where somebody has changed them."""
    references = [{"type": r.type, "id": r.id, "name": r.name} for r in reversed(one.references)]
    return Found(one.type, one.id, {**one.attributes, **attributes}, references, updated)
