"""Indices before anything stands in them: Kibana says of an index that is not there that its fields are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from corrillo.model import milliseconds
from stores.elasticsearch.connection import Client
from stores.elasticsearch.errors import ServerError
from stores.elasticsearch.names import Kind, Names
from stores.elasticsearch.setup import Done, at_once

LOOKED_AT: Sequence[Kind] = ("links", "sources", "quarantine", "hours", "alerts", "deeds", "attention", "days")
"""What people look at, besides the mentions."""
THERE = "resource_already_exists_exception"


def make_indices(client: Client, names: Names, now: datetime) -> list[Done]:
    """Make what people look at, empty, where it is not there yet: of the mentions this month's.

    Who may not make indices leaves that to the first who writes there. Raises StoreError.
    """
    wanted = [names.month(milliseconds(now)), *(names[kind] for kind in LOOKED_AT)]
    return at_once(lambda index: _made(client, index), wanted)


def _made(client: Client, index: str) -> Done:
    try:
        client.send("PUT", f"/{index}")
    except ServerError as error:
        if error.kind == THERE:
            return Done(f"index {index}", "there")
        if error.status != 403:
            raise
        return Done(f"index {index}", "left to who writes first")
    return Done(f"index {index}", "made")
