"""Subscribers as the stores give them, for whoever tries what is made of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from corrillo.notices import Attempt, Delivery, News, Subscriber, Way

CREATED = datetime(2026, 11, 1, 8, tzinfo=UTC)
MAIL = Way(kind="email", address="ana@benialba.example", confirmed=CREATED)


def a_subscriber(identity: str = "ana", **given: Any) -> Subscriber:
    """Ana of the mayor's office, told by mail from warnings on, with whatever is given instead."""
    values: dict[str, Any] = {"id": identity, "name": identity.title(), "ways": (MAIL,), "created": CREATED}
    return Subscriber(**{**values, "origin": "page", **given})


def a_delivery(identity: str, made: datetime, subscriber: str = "ana", **given: Any) -> Delivery:
    """An alert of the incident "burst" that was sent by mail at once, with whatever is given instead."""
    values: dict[str, Any] = {
        "id": identity, "subscriber": subscriber, "institution": "benialba", "made": made, "due": made,
        "urgency": "warning", "news": (News(incident="burst", what="opened", level="warning", at=made),),
        "state": "sent", "sent": made, "attempts": (Attempt(at=made, way=0, channel="email", ok=True, said="250 OK"),),
    }  # fmt: skip
    return Delivery(**{**values, **given})
