"""Asking whoever reads at an address whether they want it: a message like every other, which the office sends. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

from corrillo.notices import Delivery, Subscriber, Way


def questions(subscriber: Subscriber, before: Sequence[Way], now: datetime, institution: str) -> list[Delivery]:
    """One for each way that is not confirmed and was not there before."""
    asked = {w.address for w in before}
    new = [n for n, way in enumerate(subscriber.ways) if not way.confirmed and way.address not in asked]
    return [question(subscriber, number, now, institution) for number in new]


def question(subscriber: Subscriber, number: int, now: datetime, institution: str) -> Delivery:
    """The question to one way. Asked again later it is another message."""
    named = "\x1f".join(("confirmation", subscriber.id, subscriber.ways[number].address, now.isoformat()))
    return Delivery(
        id=blake2b(named.encode(), digest_size=16).hexdigest(),
        subscriber=subscriber.id,
        institution=institution,
        what="confirmation",
        made=now,
        due=now,
        period=str(number),
    )
