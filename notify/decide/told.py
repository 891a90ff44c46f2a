"""What somebody knows of an incident: what all messages about it, to them, come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import reduce

from corrillo.alerts import Level, rank
from corrillo.notices import Delivery, News

BEGINNING = datetime.min.replace(tzinfo=UTC)
"""Before everything."""
ALARMS = ("opened", "escalated", "unacknowledged")
"""News that somebody has to answer for."""


@dataclass(frozen=True)
class Telling:
    """News of an incident in a message that was handed over, is being, or could not be (``failed``); ``when`` that was."""

    delivery: str
    news: News
    when: datetime
    failed: bool


@dataclass(frozen=True)
class Told:
    """``last``: the newest message about it; ``at``: the newest change that it told of; ``when`` that was.

    ``level``: the highest they were told since it opened, for them. ``knows``: that it is there, not that it is over.
    ``updates``: how often they were told since that something is new. ``alarms``: what they have to answer for.
    """

    last: str = ""
    at: datetime = BEGINNING
    when: datetime = BEGINNING
    level: Level = "calm"
    knows: bool = False
    updates: int = 0
    alarms: tuple[Telling, ...] = ()


NOTHING = Told()


def is_out(delivery: Delivery) -> bool:
    """Whether it may have left the house, or was tried: it is not taken back any more."""
    return delivery.state in ("sending", "sent", "failed") or bool(delivery.attempts)


def tellings(delivery: Delivery) -> dict[str, Telling]:
    """What a message that is out tells, by incident."""
    if delivery.what != "alert" or delivery.state == "dropped" or not is_out(delivery):
        return {}
    when = delivery.sent or (delivery.attempts[0].at if delivery.attempts else delivery.due)
    failed = delivery.state == "failed"
    return {n.incident: Telling(delivery.id, n, when, failed) for n in delivery.news}


def told(known: Iterable[Telling], mended: datetime) -> Told:
    """What they come to. What failed before there was a new way (``mended``) is as if it had never been tried."""
    ordered = sorted(known, key=lambda t: (t.when, t.news.at, t.delivery))
    return reduce(lambda so_far, telling: _and(so_far, telling, mended), ordered, NOTHING)


def _and(before: Told, telling: Telling, mended: datetime) -> Told:
    if telling.failed and telling.when < mended:
        return replace(before, last=telling.delivery)
    news = telling.news
    told = Told(telling.delivery, max(before.at, news.at), telling.when)
    if news.what == "resolved":
        return told
    alarm = news.what in ALARMS
    return replace(
        told,
        level=max(before.level, news.level, key=rank),
        knows=before.knows or not telling.failed,
        updates=0 if alarm else before.updates + 1,
        alarms=(*before.alarms, telling) if alarm else before.alarms,
    )
