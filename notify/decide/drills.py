"""Messages that nothing has to happen for: a drill, and the question whether an address wants any."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from corrillo.notices import Delivery, Subscriber
from notify.decide.identity import identity as identity_of
from notify.decide.relay import is_reachable


def drill(subscribers: Iterable[Subscriber], now: datetime, identity: str) -> list[Delivery]:
    """One to each who can be reached, at any hour: whoever asks for a drill chooses its hour. Alerts go before them."""
    return [
        Delivery(
            id=identity_of(s.id, "drill", identity),
            subscriber=s.id,
            institution=s.institutions[0] if len(s.institutions) == 1 else "",
            what="drill",
            made=now,
            due=now,
            period=identity,
        )
        for s in subscribers
        if is_reachable(s)
    ]


def confirmation(subscriber: Subscriber, way: int, now: datetime) -> Delivery:
    """The question to the way of that number; asked at another moment, or after the address has changed, it is another."""
    return Delivery(
        id=identity_of(subscriber.id, "confirmation", subscriber.ways[way].address, now.isoformat()),
        subscriber=subscriber.id,
        institution="",
        what="confirmation",
        made=now,
        due=now,
        period=str(way),
    )
