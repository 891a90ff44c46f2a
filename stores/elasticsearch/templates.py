"""Component and index templates: how our indices are made, strictly mapped. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

import msgspec

from stores.elasticsearch.fields import FIELDS, Described
from stores.elasticsearch.names import KINDS, Kind, Names

VERSION = 6
"""Of the templates: a higher one replaces what a lower one has put; new fields are added to old indices."""
PRIORITY = 500
LANGUAGES = {
    "es": "spanish", "ca": "catalan", "gl": "galician", "eu": "basque", "pt": "portuguese", "en": "english",
}  # fmt: skip
"""The analyzers that a full server has, under the name of their field: ``text.es``."""

Json = dict[str, object]

_TYPES: Mapping[str, Json] = {
    "keyword": {"type": "keyword", "ignore_above": 8191},
    "date": {"type": "date", "ignore_malformed": True},
    "day": {"type": "date", "format": "strict_date"},
    "number": {"type": "long", "ignore_malformed": True},
    "decimal": {"type": "double"},
    "score": {"type": "half_float"},
    "flag": {"type": "boolean"},
    "text": {"type": "text", "norms": False},
    "folded": {"type": "text", "analyzer": "whitespace", "norms": False},
    "kept": {"type": "keyword", "index": False, "doc_values": False},
    "bytes": {"type": "binary"},
    "whole": {"type": "object", "enabled": False},
}


@dataclass(frozen=True)
class Shape:
    """What differs between installations: copies of each index, the longest retention; ``settings`` win over ours.

    Found out by ``setup``: ``full`` servers analyze languages; ``lifecycle`` names the policy of the
    months where the server knows such and there is a retention (0: none).
    """

    replicas: int = 0
    retention_days: int = 0
    full: bool = False
    lifecycle: str = ""
    settings: Mapping[str, str | int] = field(default_factory=dict)


def mapping(kind: Kind, full: bool = False) -> Json:
    """The strict mapping of an index of that kind."""
    return {"dynamic": "strict", "properties": _properties(FIELDS[kind], full)}


def _properties(fields: Mapping[str, Described], full: bool) -> Json:
    return {name: _property(described, full) for name, described in fields.items()}


def _property(described: Described, full: bool) -> Json:
    if described.type == "object":
        return {"properties": _properties(described.fields, full)}
    if described.type == "text" and full:
        analyzed = {name: {"type": "text", "analyzer": analyzer} for name, analyzer in LANGUAGES.items()}
        return {**_TYPES["text"], "fields": analyzed}
    if described.type == "alias":
        return {"type": "alias", "path": described.path}
    return _TYPES[described.type]


def settings(shape: Shape) -> Json:
    """The settings that all our indices share.

    Deleted versions are remembered for ten minutes, so that a writer who looked before a deletion
    does not undo it; merging for erasure takes every deleted document.
    """
    return {
        "index.number_of_shards": 1,
        "index.number_of_replicas": shape.replicas,
        "index.refresh_interval": "1s",
        "index.gc_deletes": "10m",
        "index.merge.policy.expunge_deletes_allowed": 0,
        **shape.settings,
    }


def component_templates(names: Names, shape: Shape) -> Mapping[str, Json]:
    """By name: the settings, and the mapping of each kind of index."""
    return {
        f"{names.prefix}-settings": _versioned({"settings": settings(shape)}),
        **{f"{names[kind]}-fields": _versioned({"mappings": mapping(kind, shape.full)}) for kind in KINDS},
    }


def index_templates(names: Names, shape: Shape) -> Mapping[str, Json]:
    """By name: which indices are made of which components; the months stand behind one alias."""
    return {names[kind]: _index_template(names, kind, shape) for kind in KINDS}


def _index_template(names: Names, kind: Kind, shape: Shape) -> Json:
    return _versioned(_months(names, shape) if kind == "mentions" else {}) | {
        "index_patterns": [names.pattern(kind)],
        "composed_of": [f"{names.prefix}-settings", f"{names[kind]}-fields"],
        "priority": PRIORITY,
        "allow_auto_create": True,
    }


def _months(names: Names, shape: Shape) -> Json:
    """What the indices of the months have besides: one alias, and where the server knows it a lifecycle."""
    lifecycle = {"settings": {"index.lifecycle.name": shape.lifecycle}} if shape.lifecycle else {}
    return {"aliases": {names["mentions"]: {}}, **lifecycle}


def _versioned(template: Json) -> Json:
    written = blake2b(msgspec.json.encode(template, order="sorted"), digest_size=8).hexdigest()
    return {"template": template, "version": VERSION, "_meta": {"made_by": "corrillo", "written": written}}
