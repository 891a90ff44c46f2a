"""Where people find a dashboard. Pure."""

from __future__ import annotations

from urllib.parse import quote

from dashboards.kibana.edition import DEFAULT_SPACE


def of_dashboard(url: str, space: str, identity: str) -> str:
    """The address of a dashboard in that space of the Kibana at ``url``."""
    prefix = "" if space in ("", DEFAULT_SPACE) else f"/s/{quote(space)}"
    return f"{url.rstrip('/')}{prefix}/app/dashboards#/view/{quote(identity)}"
