"""Messages that nothing has to happen for: a digest, a drill, and the question whether an address wants any."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from corrillo.notices import Delivery, DeliveryKind, Subscriber
from notify.decide.identity import identity as identity_of
from notify.decide.relay import is_reachable


def drill(subscribers: Iterable[Subscriber], now: datetime, identity: str) -> list[Delivery]:
    """One to each who can be reached, at any hour: whoever asks for a drill chooses its hour. Alerts go before them."""
    return [notice(s, "drill", identity, _home(s), now, identity) for s in subscribers if is_reachable(s)]


def confirmation(subscriber: Subscriber, way: int, now: datetime) -> Delivery:
    """The question to the way of that number; asked at another moment, or after the address has changed, it is another."""
    return notice(subscriber, "confirmation", str(way), "", now, subscriber.ways[way].address, now.isoformat())


def digest(subscriber: Subscriber, period: str, now: datetime) -> Delivery:
    """The digest of a day or a week."""
    return notice(subscriber, "digest", period, _home(subscriber), now, period)


def notice(
    subscriber: Subscriber, what: DeliveryKind, period: str, institution: str, now: datetime, *key: str
) -> Delivery:
    """One that tells of no incident; its id follows from the ``key``."""
    return Delivery(
        id=identity_of(subscriber.id, what, *key),
        subscriber=subscriber.id,
        institution=institution,
        what=what,
        made=now,
        due=now,
        period=period,
    )


def _home(subscriber: Subscriber) -> str:
    """The institution, of who listens to one alone."""
    return subscriber.institutions[0] if len(subscriber.institutions) == 1 else ""
