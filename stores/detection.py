"""What every store has to know of what detection remembers and tells."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from corrillo.alerts import Incident


def keys_of(mentions: Iterable[str]) -> list[str]:
    """The keys of the records that are about these mentions: with a mention, its records go."""
    return [f"{kind}{identity}" for identity in mentions for kind in "mt"]


def ended(incident: Incident) -> datetime | None:
    """Since when there is nothing more to it: it was resolved, or became part of another one; None while it is open."""
    return incident.resolved or (incident.updated if incident.into else None)
