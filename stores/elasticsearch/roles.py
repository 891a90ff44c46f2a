"""Who may do what: four roles from one definition, as a file for a bare core and as API calls for a full server.

What leads to people stands in an index of its own, which analysts and dashboards do not read:
security by field or by document is not in Elasticsearch's free licence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from stores.elasticsearch.names import KINDS, Kind, Names

Json = dict[str, object]
WITHOUT_LINKS: tuple[Kind, ...] = ("mentions", "counts", "hours", "alerts", "attention", "days")

WRITING = ("write", "create_index", "auto_configure", "maintenance")
"""What it takes to write to indices, to have them made by it, and to see at once what was written."""


@dataclass(frozen=True)
class Role:
    """What a role is for, what it may do to the cluster, and to which indices."""

    says: str
    kinds: tuple[Kind, ...]
    privileges: tuple[str, ...]
    writes: tuple[Kind, ...] = ()
    """Of these, what it may write."""
    cluster: tuple[str, ...] = ()


ROLES: Mapping[str, Role] = {
    "writer": Role(
        "Corrillo's own processes: write, erase, purge, back up.",
        KINDS,
        ("read", "monitor", "view_index_metadata"),
        writes=KINDS,
        cluster=("monitor",),
    ),
    "team": Role(
        "The communication team: everything, links included, to read; what it does about incidents and mentions, and who is told, to write.",
        KINDS,
        ("read", "view_index_metadata"),
        writes=("acts", "deeds", "subscribers", "deliveries"),
        cluster=("monitor",),
    ),
    "analyst": Role("Analysts: mentions, counts and alerts, without what leads to people.", WITHOUT_LINKS, ("read",)),
    "dashboard": Role(
        "Kibana's dashboards: as analysts, and what the fields are.", WITHOUT_LINKS, ("read", "view_index_metadata")
    ),
}


def role_name(names: Names, role: str) -> str:
    """``corrillo_writer``."""
    return f"{names.prefix}_{role}"


def api_body(names: Names, role: str) -> Json:
    """The body of ``PUT /_security/role/…``."""
    return _definition(names, ROLES[role]) | {"metadata": {"made_by": "corrillo", "says": ROLES[role].says}}


def file(names: Names) -> str:
    """``roles.yml``, for a server without a security index; each body is JSON, which is YAML too."""
    return "".join(
        f"# {role.says}\n{role_name(names, name)}: {json.dumps(_definition(names, role))}\n"
        for name, role in ROLES.items()
    )


def file_bodies(names: Names) -> Mapping[str, str]:
    """The body of each role in ``roles.yml``, by its name."""
    return {role_name(names, name): json.dumps(_definition(names, role)) for name, role in ROLES.items()}


def _definition(names: Names, role: Role) -> Json:
    given = [(role.kinds, role.privileges), *([(role.writes, WRITING)] if role.writes else [])]
    return {
        "cluster": list(role.cluster),
        "indices": [{"names": _indices(names, kinds), "privileges": list(may)} for kinds, may in given],
    }


def _indices(names: Names, kinds: tuple[Kind, ...]) -> list[str]:
    """Aliases and what they stand for: a role on an alias reaches its indices, but not the making of new ones."""
    return sorted({n for kind in kinds for n in (names[kind], names.pattern(kind))})
