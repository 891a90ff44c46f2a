"""What somebody is owed at one moment → as few messages as can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from corrillo.alerts import rank
from corrillo.notices import Delivery, News, Subscriber
from notify.decide import why
from notify.decide.identity import identity
from notify.decide.owed import Owed

ORDER = ("unacknowledged", "escalated", "opened", "changed", "kept_back", "resolved")
"""Of news of the same level."""


def gather(
    owed: Sequence[Owed], free: Callable[[Owed], datetime], room: datetime, now: datetime
) -> dict[datetime, list[Owed]]:
    """By when it may go: by their hours (``free``) and their cap (``room``). What only the cap holds up goes along with
    the first word of a crisis; what has its own time is not there yet."""
    hours = [(one, max(free(one), now)) for one in owed if one.after <= now]
    if any(one.first and hour <= now for one, hour in hours):
        room = now
    found: defaultdict[datetime, list[Owed]] = defaultdict(list)
    for one, hour in hours:
        found[hour if one.first else max(hour, room)].append(one)
    return dict(found)


def messages(
    subscriber: Subscriber,
    groups: Mapping[datetime, Sequence[Owed]],
    waiting: Sequence[Delivery],
    reason: Callable[[Delivery], str],
    now: datetime,
) -> list[Delivery]:
    """What has to be kept, besides those that wait already: new ones, changed ones, and those that they replace or that
    nobody needs any more, for a ``reason``."""
    made = {m.id: m for due, group in groups.items() for m in [_message(subscriber, group, due, now)]}
    before = {d.id: d for d in waiting}
    gone = [d for d in waiting if d.id not in made]
    kept = [_settled(m, before.get(m.id), gone, now) for m in made.values()]
    told = {n.incident for m in kept for n in m.news}
    return [*(m for m in kept if m != before.get(m.id)), *(_dropped(d, told, reason) for d in gone)]


def _message(subscriber: Subscriber, group: Sequence[Owed], due: datetime, now: datetime) -> Delivery:
    ordered = sorted(group, key=_order)
    return Delivery(
        id=identity(subscriber.id, *sorted(f"{o.news.incident}\x1f{o.last}" for o in group)),
        subscriber=subscriber.id,
        institution=ordered[0].institution,
        made=now,
        due=due,
        urgency=max((o.news.level for o in group), key=rank),
        news=tuple(o.news for o in ordered),
    )


def _order(owed: Owed) -> tuple[bool, int, int, datetime, str]:
    news = owed.news
    return not owed.crisis, -rank(news.level), ORDER.index(news.what), news.at, news.incident


def _settled(made: Delivery, before: Delivery | None, gone: Sequence[Delivery], now: datetime) -> Delivery:
    """With the age of what it says again, so that nobody loses their place in the queue. One that still has to wait and
    says the same is left as it is, until its time has come."""
    if before is None:
        mine = {n.incident for n in made.news}
        return replace(made, made=min((d.made for d in gone if mine & {n.incident for n in d.news}), default=now))
    due = before.due if before.due <= now and made.due <= now else made.due
    if due > now and due == before.due and _gist(made.news) == _gist(before.news):
        return before
    return replace(made, made=before.made, due=due)


def _gist(news: Sequence[News]) -> set[tuple[str, str, str]]:
    return {(n.incident, n.what, n.level) for n in news}


def _dropped(delivery: Delivery, told: set[str], reason: Callable[[Delivery], str]) -> Delivery:
    together = any(n.incident in told for n in delivery.news)
    return replace(delivery, state="dropped", why=why.TOGETHER if together else reason(delivery))
