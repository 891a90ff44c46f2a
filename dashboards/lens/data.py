"""Data views: what an index holds, with its words in the reader's language and its ids as ways to the page."""

from __future__ import annotations

from collections.abc import Mapping

from corrillo.alerts import LEVELS
from corrillo.model import LANGUAGES, SERVICES, TAG_KINDS
from dashboards.charts.beside import DEEDS
from dashboards.charts.catalogue import PLACES, By
from dashboards.charts.listed import TARGETS
from dashboards.lens.columns import dimension_name
from dashboards.lens.names import Names
from dashboards.lens.objects import Json, SavedObject, written
from dashboards.lens.places import STANDS, Data, index
from dashboards.page.i18n import Texts
from dashboards.vega.words import value_name

NETWORKS = "network."
"""How the catalogue's names of networks begin."""
PAGES: Mapping[Data, Mapping[str, str]] = {
    "mentions": {"id": "/mention/{{value}}", "story": "/posts?period=all&story={{value}}"},
    "attention": {"mention": "/mention/{{value}}"},
    "deeds": {"mention": "/mention/{{value}}"},
    "incidents": {"id": "/crisis/{{value}}"},
}
"""Fields that lead to Corrillo's page, and where to."""
DURATIONS: Mapping[Data, Mapping[str, str]] = {
    "mentions": {"lag": "asMinutes"},
    "attention": {"wait": "asHours", "working_wait": "asHours"},
}
"""Fields in seconds, and as what they are shown."""
WORDS: Mapping[By, tuple[str, ...]] = {
    "place": PLACES, "service": SERVICES, "language": (*LANGUAGES, "und"), "tag": TAG_KINDS, "kind": TAG_KINDS,
    "target": TARGETS, "level": LEVELS, "peak": LEVELS, "deed": DEEDS, "was": TAG_KINDS, "right": TAG_KINDS,
}  # fmt: skip
"""Values that have a name in the catalogues; networks have theirs besides."""


def data_view(data: Data, texts: Texts, names: Names, page: str) -> SavedObject:
    """The data view of what stands in an index; ``page`` is the address of Corrillo's page, '' for none."""
    stand = STANDS[data]
    timed: Json = {"timeFieldName": stand.time} if stand.time else {}
    attributes: Json = {
        "title": index(data, names.prefix),
        "name": texts(f"kibana.data.{data}"),
        **timed,
        "fieldFormatMap": written(_formats(data, texts, page)),
        "fieldAttrs": written({field: {"customLabel": label} for field, label in _labels(data, texts).items()}),
    }
    return SavedObject("index-pattern", names.data(data), attributes)


def _formats(data: Data, texts: Texts, page: str) -> Json:
    by = STANDS[data].by
    named = {by[one]: _named(one, texts) for one in by if one in WORDS or one == "network"}
    lasting = {field: _duration(shown) for field, shown in DURATIONS.get(data, {}).items()}
    leading = {field: _leading(page + way, texts) for field, way in PAGES.get(data, {}).items()} if page else {}
    addresses = {"url": _leading("", texts)} if data == "links" else {}
    return {**named, **lasting, **leading, **addresses}


def _named(by: By, texts: Texts) -> Json:
    networks = sorted(key.removeprefix(NETWORKS) for key in texts.entries if key.startswith(NETWORKS))
    values = WORDS.get(by, networks)
    entries = [{"key": value, "value": value_name(texts, by, value)} for value in values]
    return {"id": "static_lookup", "params": {"lookupEntries": entries}}


def _duration(shown: str) -> Json:
    seconds = {"inputFormat": "seconds", "outputFormat": shown, "outputPrecision": 1}
    written_so = {"showSuffix": True, "useShortSuffix": True, "includeSpaceWithSuffix": True}
    return {"id": "duration", "params": {**seconds, **written_so}}


def _leading(way: str, texts: Texts) -> Json:
    """A link by ``way``, in which Kibana quotes the value; '' for a value that is an address as it stands."""
    template: Json = {"urlTemplate": way} if way else {}
    label = texts("kibana.open_page")
    return {"id": "url", "params": {"type": "a", **template, "labelTemplate": label, "openLinkInCurrentTab": False}}


def _labels(data: Data, texts: Texts) -> Mapping[str, str]:
    """What fields are called: as the catalogue's dimensions, or by a name of their own."""
    own = {
        name.removeprefix("kibana.column."): label
        for name, label in texts.entries.items()
        if name.startswith("kibana.column.")
    }
    by = STANDS[data].by
    dimensions = {field: dimension_name(texts, one) for one, field in by.items() if one not in ("time", "account")}
    return {**{field: own[field] for field in COLUMNS[data] if field in own}, **dimensions, **_evidence(data, own)}


def _evidence(data: Data, own: Mapping[str, str]) -> Mapping[str, str]:
    return {"tags.evidence": own["evidence"]} if data == "mentions" else {}


COLUMNS: Mapping[Data, tuple[str, ...]] = {
    "mentions": ("published", "text", "beginning", "id"),
    "attention": ("asked", "answered", "looked", "mention"),
    "hours": ("at",),
    "incidents": ("updated",),
    "sources": (),
    "quarantine": ("at", "reason", "raw"),
    "deeds": ("at", "mention"),
    "links": ("published", "url"),
}
"""Fields that are called by names of their own."""
