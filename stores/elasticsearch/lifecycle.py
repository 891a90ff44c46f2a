"""The lifecycle policy of full servers: what should be gone long ago goes with its whole month.

``corrillo purge`` is what keeps retention, mention by mention, and it is what keeps the daily
counts. The policy is the net below it, for a month's index that nobody purges any more: it counts
from the making of the index, so it waits ``MARGIN_DAYS`` longer than any retention.
"""

from __future__ import annotations

from stores.elasticsearch.connection import Client
from stores.elasticsearch.errors import ServerError
from stores.elasticsearch.names import Names

MARGIN_DAYS = 400
"""A month's index may be made early and written to late: by an import of old posts, for a year."""

Json = dict[str, object]


def policy_name(names: Names) -> str:
    """``corrillo-mentions``."""
    return names["mentions"]


def policy(retention_days: int) -> Json:
    """The body of ``PUT /_ilm/policy/…`` for the longest retention of all institutions."""
    after = f"{retention_days + MARGIN_DAYS}d"
    return {"policy": {"phases": {"delete": {"min_age": after, "actions": {"delete": {}}}}}}


def has_lifecycles(client: Client) -> bool:
    """Whether the server knows lifecycle policies: the bare core does not."""
    try:
        client.send("GET", "/_ilm/status")
    except ServerError as error:
        if error.status in (400, 405):
            return False
        raise
    return True
