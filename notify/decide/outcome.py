"""What becomes of a message after a try, and which way is tried next."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from corrillo.notices import Attempt, Delivery, Subscriber
from notify.decide import why

PATIENCE = timedelta(minutes=10)
"""With one way, before the next is tried; in a crisis it is two failures."""
FAILURES_IN_CRISIS = 2
GIVEN_UP = timedelta(hours=24)
FIRST_PAUSE = timedelta(seconds=30)
"""It doubles with each failure."""
FIRST_PAUSE_IN_CRISIS = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=15)
LONGEST_PAUSE_IN_CRISIS = timedelta(minutes=5)


def way_for(delivery: Delivery, subscriber: Subscriber) -> int | None:
    """The number of the way that is tried next; None: there is none. A confirmation goes where it asks about."""
    left = _left(delivery, subscriber)
    if not left or not delivery.attempts:
        return left[0] if left else None
    last = delivery.attempts[-1].way
    if last in left and not _is_enough(delivery):
        return last
    return next((way for way in left if way > last), left[0])


def outcome(
    delivery: Delivery, attempt: Attempt, subscriber: Subscriber, now: datetime, after: timedelta | None = None
) -> Delivery:
    """The message after a try; ``after`` is how long the channel asked us to wait."""
    again = now + after if after else None
    tried = replace(delivery, attempts=(*delivery.attempts, replace(attempt, again=again)), next_try=None)
    if attempt.ok:
        return replace(tried, state="sent", sent=now)
    way = way_for(tried, subscriber)
    if way is None:
        return replace(tried, state="failed", why=why.REFUSED if _was_refused(tried) else why.NO_WAY)
    if now - tried.attempts[0].at >= GIVEN_UP:
        return replace(tried, state="failed", why=why.TOO_LONG)
    return replace(tried, state="waiting", next_try=_next_try(tried, way, now))


def _left(delivery: Delivery, subscriber: Subscriber) -> list[int]:
    """Ways of which we know that they are wanted, and that have not refused it since."""
    if delivery.what == "confirmation":
        asked = [n for n in range(len(subscriber.ways)) if str(n) == delivery.period]
    else:
        asked = [n for n, way in enumerate(subscriber.ways) if way.confirmed]
    refused = {
        a.way
        for a in delivery.attempts
        if a.refused and a.way < len(subscriber.ways) and a.at >= (subscriber.ways[a.way].confirmed or a.at)
    }
    return [n for n in asked if n not in refused]


def _run(delivery: Delivery) -> list[Attempt]:
    """The last attempts by one way, newest first."""
    run: list[Attempt] = []
    for attempt in reversed(delivery.attempts):
        if attempt.way != delivery.attempts[-1].way:
            break
        run.append(attempt)
    return run


def _is_enough(delivery: Delivery) -> bool:
    """Whether the last way has had its chance: its next try would come too late."""
    run = _run(delivery)
    if delivery.urgency == "crisis" and len(run) >= FAILURES_IN_CRISIS:
        return True
    return (run[0].again or run[0].at + _pause(delivery)) - run[-1].at >= PATIENCE


def _next_try(delivery: Delivery, way: int, now: datetime) -> datetime:
    """At once by a way that is new to it; by one that has failed, later and later, and not before that one said."""
    before = [a for a in delivery.attempts if a.way == way]
    return max(now + _pause(delivery), before[-1].again or now) if before else now


def _pause(delivery: Delivery) -> timedelta:
    crisis = delivery.urgency == "crisis"
    first, longest = (FIRST_PAUSE_IN_CRISIS, LONGEST_PAUSE_IN_CRISIS) if crisis else (FIRST_PAUSE, LONGEST_PAUSE)
    return min(first * (1 << min(len(delivery.attempts) - 1, 10)), longest)


def _was_refused(delivery: Delivery) -> bool:
    return any(a.refused for a in delivery.attempts)
