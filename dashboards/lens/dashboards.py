"""The six dashboards: what stands on each, how large, and what can be chosen there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboards.charts.beside import EVERY
from dashboards.charts.catalogue import By
from dashboards.lens.controls import controls
from dashboards.lens.grid import COLUMNS, Placed, laid_out
from dashboards.lens.names import ADDRESSES, List, Names, View
from dashboards.lens.objects import Json, Reference, SavedObject, written
from dashboards.lens.panels import Panel, chart_panel, links_panel, search_panel, text_panel, vega_panel
from dashboards.lens.places import Data
from dashboards.lens.words import words
from dashboards.page.i18n import Texts

OF_POSTS: tuple[By, ...] = ("institution", "network", "service", "district", "tag")
WORDS = "words"
"""The drawing of words, which is no chart of the catalogue."""
LINKS, SAYS = "links", "says"
"""Ids of the first two panels of each."""


@dataclass(frozen=True)
class Board:
    """A dashboard: what it shows (a chart, or a list of posts, with its width and height) under what can be chosen.

    ``days``: how many it shows when it is opened, today included. ``lines``: how high its text is.
    """

    shows: Mapping[str, tuple[int, int]]
    fields: tuple[By, ...] = OF_POSTS
    chosen_from: Data = "mentions"
    days: int = 14
    lines: int = 8


BOARDS: Mapping[View, Board] = {
    "where": Board(
        {
            "off_page_share": (12, 13), "places_over_time": (36, 13), "networks": (24, 15), "districts": (24, 15),
            "venues_new": (48, 13), "venues": (48, 18),
        },
    ),
    "what": Board(
        {
            "services": (18, 20), "tags_by_service": (30, 20), "tags_over_time": (48, 14), WORDS: (24, 18),
            "stories": (24, 18), "languages": (16, 12), "targets": (16, 12), "tags_by_target": (16, 12),
        },
        lines=7,
    ),
    "crisis": Board(
        {
            "incidents_open_count": (12, 11), "sources_hearing": (18, 11), "incidents_by_peak": (18, 11),
            "incidents_open": (48, 12), "voices_by_hour": (48, 14), "heard_by_hour": (24, 12),
            "authors_over_time": (24, 12), "sources_health": (48, 14),
        },
        ("institution",), "hours", 7,
    ),
    "waits": Board(
        {
            "waiting_count": (12, 13), "waiting_by_age": (18, 13), "waiting_by_department": (18, 13),
            "answers_by_network": (24, 14), "own_accounts": (24, 14), "wait_by_network": (24, 12),
            "wait_by_department": (24, 12), "wait_by_service": (48, 14), "list:asked": (48, 20),
        },
        days=30,
    ),
    "posts": Board({"list:posts": (48, 40)}, ("institution", "network", "place", "service", "district", "tag", "language")),
    "quality": Board(
        {
            "corrections": (24, 14), "deeds": (24, 14), "lag_by_network": (20, 13), "lag_by_source": (28, 13),
            "quarantine": (48, 12),
            "sources_yield": (24, 14), "sources_cost": (24, 14), "list:corrections": (48, 14),
        },
        ("institution",), days=30,
    ),
}  # fmt: skip


def dashboard(view: View, texts: Texts, names: Names, page: str) -> SavedObject:
    """A dashboard with everything that it names; ``page`` is the address of Corrillo's page, '' for none."""
    board = BOARDS[view]
    placed = [
        Placed(links_panel(LINKS, {names.dashboard(v): texts(f"kibana.title.{v}") for v in ADDRESSES}), COLUMNS, 4),
        Placed(text_panel(SAYS, said(view, texts, names, page)), COLUMNS, board.lines),
        *(Placed(_panel(name, texts, names), *size) for name, size in board.shows.items()),
    ]
    group, chosen = controls(board.chosen_from, board.fields, texts, names)
    references = [r for one in placed for r in one.panel.references]
    tag = Reference("tag", names.tag, f"tag-ref-{names.tag}")
    return SavedObject(
        "dashboard",
        names.dashboard(view),
        {
            "title": texts(f"kibana.title.{view}"),
            "description": texts(f"kibana.says.{view}"),
            "version": 1,
            "panelsJSON": written(laid_out(placed)),
            "optionsJSON": written(OPTIONS),
            "controlGroupInput": group,
            "timeRestore": True,
            "timeFrom": f"now-{board.days - 1}d/d",
            "timeTo": "now/d",
            "refreshInterval": {"pause": True, "value": 60_000},
            "kibanaSavedObjectMeta": {"searchSourceJSON": written({"query": NOTHING, "filter": []})},
        },
        (*references, *chosen, tag),
    )


def said(view: View, texts: Texts, names: Names, page: str) -> str:
    """What a dashboard's figures mean and what they do not."""
    lists = {"addresses": names.search("addresses"), "quarantine": names.search("quarantine")}
    return texts(f"kibana.text.{view}", **lists, leads=texts("kibana.leads.posts") if page else "").strip()


def _panel(name: str, texts: Texts, names: Names) -> Panel:
    if name == WORDS:
        return vega_panel(WORDS, words(texts, names.prefix), texts("kibana.words.title"), texts("kibana.words.help"))
    if name.startswith("list:"):
        wanted = name.removeprefix("list:")
        listed = next(one for one in List.__args__ if one == wanted)  # type: ignore[attr-defined]
        return search_panel(
            f"list-{listed}", names.search(listed), texts(f"kibana.list.{listed}"), texts(f"kibana.of.{listed}")
        )
    return chart_panel(EVERY[name], texts, names)


NOTHING: Json = {"query": "", "language": "kuery"}
OPTIONS: Json = {
    "useMargins": True, "syncColors": False, "syncCursor": True, "syncTooltips": False, "hidePanelTitles": False,
}  # fmt: skip
