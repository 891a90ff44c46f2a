"""Compiled objects as they are. After a change that is meant: python -m tests.unit.dashboards.lens.test_snapshots"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.dashboards.lens.reading import DASHBOARDS, OBJECTS, as_sent, layers, panels

FOLDER = Path(__file__).parent / "snapshots"
PANELS = {
    "figure": ("corrillo-where-they-talk", "off_page_share"),
    "columns": ("corrillo-where-they-talk-es", "places_over_time"),
    "bars": ("corrillo-where-they-talk", "networks"),
    "table": ("corrillo-where-they-talk", "venues_new"),
    "delays": ("corrillo-how-well-does-it-work-es", "lag_by_source"),
    "heatmap": ("corrillo-what-they-say-es", "tags_by_service"),
    "lines": ("corrillo-is-it-a-crisis", "voices_by_hour"),
    "conditions": ("corrillo-who-waits-es", "waiting_by_age"),
    "words": ("corrillo-what-they-say", "words"),
    "list": ("corrillo-posts", "list-posts"),
}
"""One of each kind of panel."""
WHOLE = ("corrillo-posts-es", "corrillo-data-incidents-es", "corrillo-list-posts", "corrillo-tag")
"""Objects from end to end."""


def compiled() -> dict[str, object]:
    """What the files hold, by their names."""
    by_id = {one.id: one for one in OBJECTS}
    shown = {
        name: next(p for p in panels(by_id[dashboard]) if p["panelIndex"] == panel)
        for name, (dashboard, panel) in PANELS.items()
    }
    return {**shown, **{identity: as_sent(by_id[identity]) for identity in WHOLE}}


def written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("name", [*PANELS, *WHOLE])
def test_what_is_compiled_is_what_it_was(name: str) -> None:
    assert (FOLDER / f"{name}.json").read_text("utf-8") == written(compiled()[name])


def test_every_kind_of_panel_and_of_picture_has_a_snapshot() -> None:
    def kinds(found: list[dict[str, object]]) -> set[object]:
        return {p["type"] for p in found}

    kept = [p for p in compiled().values() if isinstance(p, dict) and "panelIndex" in p]
    every = [p for d in DASHBOARDS for p in panels(d)]
    assert kinds(every) - kinds(kept) == {"links"}, "which are in the whole dashboard"
    drawn = {p["embeddableConfig"]["attributes"]["visualizationType"] for p in kept if p["type"] == "lens"}
    assert drawn == {one.attributes["visualizationType"] for one in layers()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, value in compiled().items():
        (FOLDER / f"{name}.json").write_text(written(value), "utf-8")
