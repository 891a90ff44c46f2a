"""The data dictionary as a page: ``make schemas`` writes it to ``docs/data-dictionary.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from stores.elasticsearch.fields import FIELDS, HOLDS, Described, Type
from stores.elasticsearch.names import KINDS, Kind, Names
from stores.elasticsearch.roles import ROLES, Role

TYPES: Mapping[Type, str] = {
    "keyword": "keyword",
    "date": "date",
    "day": "date (a day)",
    "number": "long",
    "decimal": "double",
    "score": "half_float",
    "flag": "boolean",
    "text": "text; on a full server also `.es`, `.ca`, `.gl`, `.eu`, `.pt`, `.en`",
    "folded": "text (whitespace)",
    "kept": "kept, not searched",
    "bytes": "binary",
    "object": "object",
    "whole": "kept as it is, not searched",
}
BEGIN = """# Data dictionary: what stands in Elasticsearch

Made by `make schemas` from `stores/elasticsearch/fields.py`, which the templates are made from too; do not edit it
here. An empty value is not in a document. Mappings are strict: a field that is not here is refused. Names are those
under the prefix `corrillo`.
"""


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([BEGIN, *_roles(), *(line for kind in KINDS for line in _index(kind))])


def _roles() -> Iterator[str]:
    yield "## Who reads what\n"
    yield "| Role | For | Indices |"
    yield "|---|---|---|"
    for name, role in ROLES.items():
        yield f"| `corrillo_{name}` | {role.says} | {_reach(role)} |"
    yield ""


def _reach(role: Role) -> str:
    return "all" if role.kinds == KINDS else ", ".join(role.kinds)


def _index(kind: Kind) -> Iterator[str]:
    yield f"## `{Names().pattern(kind).replace('-*', '-YYYY-MM')}`\n"
    yield HOLDS[kind] + (f" Alias: `{Names()[kind]}`." if kind == "mentions" else "") + "\n"
    yield "| Field | Type | What it says |"
    yield "|---|---|---|"
    yield from _fields(FIELDS[kind])
    yield ""


def _fields(fields: Mapping[str, Described], above: str = "") -> Iterator[str]:
    for name, described in fields.items():
        yield f"| `{above}{name}` | {TYPES[described.type]} | {described.says} |"
        yield from _fields(described.fields, f"{above}{name}.")


if __name__ == "__main__":
    sys.stdout.write(page())
