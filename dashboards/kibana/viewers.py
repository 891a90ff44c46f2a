"""Who may look at the dashboards and change nothing: a role of Kibana, as code."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Literal

from dashboards.kibana.answers import Given, OnCluster, OnIndices, Role
from dashboards.lens.places import STANDS, TEAM_ONLY, index

if TYPE_CHECKING:
    from dashboards.kibana.connection import Kibana

PARTS = ("dashboard", "discover", "visualize", "savedObjectsTagging")
"""The parts of Kibana that looking takes; later ones call some of them dashboard_v2 and so on."""
READING = ("read", "view_index_metadata")


def viewer(space: str, prefix: str, features: Collection[str]) -> Role:
    """The role: to read in that space, and of Elasticsearch what the dashboards show; nothing that leads to people."""
    parts = {newest(part, features): ["read"] for part in PARTS}
    shown = sorted(index(data, prefix) for data in STANDS if data not in TEAM_ONLY)
    return Role(
        OnCluster([OnIndices(shown, list(READING))]),
        [Given(spaces=[space], feature=dict(sorted(parts.items())))],
    )


def newest(part: str, features: Collection[str]) -> str:
    """What a Kibana with those features calls a part of it."""
    versions = [(int(found[1] or 1), one) for one in features if (found := re.fullmatch(rf"{part}(?:_v(\d+))?", one))]
    return max(versions, default=(1, part))[1]


def role_name(prefix: str) -> str:
    """``corrillo_viewer``."""
    return f"{prefix}_viewer"


def put_viewers(kibana: Kibana, prefix: str) -> Literal["made", "updated", "there"]:
    """Make the role, or bring it up to date. Raises KibanaError."""
    name = role_name(prefix)
    there, wanted = kibana.role(name), viewer(kibana.space, prefix, kibana.features())
    if there is not None and _bare(there) == _bare(wanted):
        return "there"
    kibana.put_role(name, wanted)
    return "updated" if there else "made"


def _bare(role: Role) -> object:
    """What the role allows, whatever the order it is told in."""
    on = [(sorted(i.names), sorted(i.privileges)) for i in role.elasticsearch.indices]
    return on, [(sorted(g.spaces), g.feature, g.base) for g in role.kibana]
