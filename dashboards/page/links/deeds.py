"""Doing what a link allows, once somebody has pressed its button."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from corrillo.alerts import Act, ActKind
from corrillo.institution import Institution
from corrillo.ports import Store
from dashboards.page.address import Pairs
from dashboards.page.crisis.acts import next_morning
from dashboards.page.forms import needed
from dashboards.page.links.about import About

SILENCES: tuple[str, ...] = ("1h", "morning", "over")
"""How long: an hour, until the morning, until it is over or rises."""
FIELDS = ("until", "lang")
MOST, WITHIN = 10, timedelta(minutes=10)
"""Acts of one person about one incident in that time: more are no person's."""


def too_many(one: About, store: Store, now: datetime) -> bool:
    """Whether this link is pressed again and again."""
    lately = [a for a in store.acts([one.incident]) if a.who == one.subscriber.name and now - a.at < WITHIN]
    return len(lately) >= MOST


def do(one: About, given: Pairs, store: Store, institutions: Sequence[Institution], now: datetime) -> None:
    """Do it. Raises BadFilter where the form does not say how long to silence; StoreError passes through."""
    if one.purpose == "unsubscribe":
        store.unsubscribe(one.subscriber.id)
    elif one.purpose == "confirm":
        _confirm(one, store, now)
    else:
        store.act(_act(one, one.purpose, given, institutions, now))


def _act(one: About, what: ActKind, given: Pairs, institutions: Sequence[Institution], now: datetime) -> Act:
    until = needed(given, "until", SILENCES) if what == "silence" else ""
    ends = {"1h": now + timedelta(hours=1), "morning": next_morning(now, one.zone(institutions))}.get(until)
    return Act(incident=one.incident, at=now, who=one.subscriber.name, what=what, until=ends)


def _confirm(one: About, store: Store, now: datetime) -> None:
    ways = list(one.subscriber.ways)
    ways[one.number] = msgspec.structs.replace(ways[one.number], confirmed=now)
    store.subscribe(msgspec.structs.replace(one.subscriber, ways=tuple(ways)))
