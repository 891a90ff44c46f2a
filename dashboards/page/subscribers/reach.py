"""Whether somebody would be told of an alert at this moment, and if not, why and until when. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from corrillo.duty import Clocks
from corrillo.institution import Institution
from corrillo.notices import Delivery, Subscriber, Way

Why = Literal["now", "nowhere", "unconfirmed", "off_duty", "quiet", "capped"]
"""At once; there is no address; none is confirmed; no shift is on; it is quiet; they had as many as they want this hour."""
WHYS: tuple[Why, ...] = get_args(Why)
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Reach:
    """``way``: by which they are told first; None where there is none. ``until``: when that is over, where it is known.

    A crisis waits for no quiet hours and for no cap.
    """

    why: Why
    way: Way | None = None
    until: datetime | None = None


def reach(subscriber: Subscriber, institution: Institution, lately: Sequence[Delivery], now: datetime) -> Reach:
    """How it stands, by an institution's clocks; ``lately``: what was sent to them in the last hour, at least."""
    way = next((w for w in subscriber.ways if w.confirmed), None)
    if way is None:
        return Reach("unconfirmed" if subscriber.ways else "nowhere")
    clocks = Clocks(institution)
    quiet = clocks.quiet_until(subscriber, now) is not None
    if quiet or not clocks.on_duty(subscriber, now):
        return Reach("quiet" if clocks.on_duty(subscriber, now) else "off_duty", way, clocks.free(subscriber, now))
    sent = sorted(d.sent for d in lately if d.subscriber == subscriber.id and d.sent and d.sent > now - AN_HOUR)
    if len(sent) >= subscriber.per_hour:
        return Reach("capped", way, sent[-subscriber.per_hour] + AN_HOUR)
    return Reach("now", way)


def clocks_of(subscriber: Subscriber, institutions: Sequence[Institution]) -> Institution:
    """The institution by whose clocks somebody lives: their first, else the first there is."""
    return next((i for i in institutions if i.id in subscriber.institutions), institutions[0])
