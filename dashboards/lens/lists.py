"""Saved searches: lists of posts and of what else is read one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboards.lens.data import PAGES
from dashboards.lens.names import List, Names
from dashboards.lens.objects import Json, Reference, SavedObject, written
from dashboards.lens.places import STANDS, Data
from dashboards.page.i18n import Texts

INDEX = "kibanaSavedObjectMeta.searchSourceJSON.index"


@dataclass(frozen=True)
class Listed:
    """A list: of which index, with which columns after the time, of which documents."""

    data: Data
    columns: tuple[str, ...]
    query: str = ""


LISTS: Mapping[List, Listed] = {
    "posts": Listed("mentions", ("network", "venue", "place", "service", "tag", "tags.evidence", "text", "id")),
    "asked": Listed(
        "attention", ("network", "venue", "kinds", "service", "district", "department", "answered", "looked", "mention")
    ),
    "corrections": Listed(
        "deeds", ("what", "was", "tags", "mention"), 'what: ("correct" or "not_about_us" or "about_us")'
    ),
    "quarantine": Listed("quarantine", ("source", "reason", "raw")),
    "addresses": Listed("links", ("network", "source", "url")),
}


def saved_search(name: List, texts: Texts, names: Names, page: str) -> SavedObject:
    """The list; where nobody has said where the page is (``page`` ''), without the column that leads there."""
    listed = LISTS[name]
    leading = PAGES.get(listed.data, {})
    source: Json = {"query": {"query": listed.query, "language": "kuery"}, "filter": [], "indexRefName": INDEX}
    attributes: Json = {
        "title": texts(f"kibana.list.{name}"),
        "description": texts(f"kibana.of.{name}"),
        "columns": [column for column in listed.columns if page or column not in leading],
        "sort": [[STANDS[listed.data].time, "desc"]],
        "kibanaSavedObjectMeta": {"searchSourceJSON": written(source)},
    }
    return SavedObject(
        "search", names.search(name), attributes, (Reference("index-pattern", names.data(listed.data), INDEX),)
    )
