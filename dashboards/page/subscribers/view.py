"""What the pages of subscribers show, read before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from corrillo.alerts import Act, Incident
from corrillo.institution import Institution
from corrillo.notices import Delivery, News, Subscriber
from corrillo.ports import Store
from dashboards.page.crisis.incidents import IncidentRow, row
from dashboards.page.subscribers.reach import AN_HOUR, Reach, clocks_of, reach

LOGGED = 50
"""Messages that are listed, the newest ones."""
MOST_LATELY = 2_000
REACHES = timedelta(days=60)


@dataclass(frozen=True)
class Row:
    """One subscriber, how they would be told now, and who comes after them ('' nobody)."""

    subscriber: Subscriber
    reach: Reach
    clocks: Institution
    next: str = ""


@dataclass(frozen=True)
class Line:
    """One message: to whom, by whose clocks, of which incidents; ``taken``: when they acknowledged one of those."""

    delivery: Delivery
    who: str
    clocks: Institution
    about: tuple[tuple[News, IncidentRow | None], ...]
    taken: datetime | None


@dataclass(frozen=True)
class Listed:
    """Everybody, and what was told lately."""

    rows: tuple[Row, ...]
    log: tuple[Line, ...]


@dataclass(frozen=True)
class One:
    """One of them; ``others``: who may come next."""

    row: Row
    others: tuple[Subscriber, ...]
    log: tuple[Line, ...]


def listed(store: Store, institutions: Sequence[Institution], now: datetime) -> Listed:
    """Ask the store for all. StoreError passes through."""
    known = store.subscribers()
    lately = store.deliveries(since=now - REACHES, limit=LOGGED)
    return Listed(rows(store, known, institutions, now), log(store, lately, known, institutions, now))


def one(store: Store, subscriber: Subscriber, institutions: Sequence[Institution], now: datetime) -> One:
    """Ask the store for one. StoreError passes through."""
    known = store.subscribers()
    told = store.deliveries(subscriber=subscriber.id, limit=LOGGED)
    (shown,) = rows(store, [subscriber], institutions, now, known)
    others = tuple(s for s in known if s.id != subscriber.id)
    return One(shown, others, log(store, told, [subscriber], institutions, now))


def rows(
    store: Store,
    wanted: Sequence[Subscriber],
    institutions: Sequence[Institution],
    now: datetime,
    known: Sequence[Subscriber] = (),
) -> tuple[Row, ...]:
    """Some subscribers, in their order."""
    lately = store.deliveries(since=now - AN_HOUR, limit=MOST_LATELY) if wanted else ()
    names = {s.id: s.name for s in known or wanted}
    return tuple(
        Row(s, reach(s, of, lately, now), of, names.get(s.next, ""))
        for s in wanted
        for of in [clocks_of(s, institutions)]
    )


def log(
    store: Store,
    deliveries: Sequence[Delivery],
    known: Sequence[Subscriber],
    institutions: Sequence[Institution],
    now: datetime,
) -> tuple[Line, ...]:
    """Messages in their order; of an institution that is not shown here nothing is told but that there was one."""
    people = {s.id: s for s in known}
    ids = list(dict.fromkeys(n.incident for d in deliveries for n in d.news))
    acts, incidents = (store.acts(ids) if ids else ()), _rows(store, ids, institutions, now)
    return tuple(
        Line(
            delivery=d,
            who=people[d.subscriber].name,
            clocks=clocks_of(people[d.subscriber], institutions),
            about=tuple((n, incidents.get(n.incident)) for n in d.news),
            taken=_taken(d, people[d.subscriber].name, acts),
        )
        for d in deliveries
        if d.subscriber in people
    )


def _rows(
    store: Store, ids: Iterable[str], institutions: Sequence[Institution], now: datetime
) -> Mapping[str, IncidentRow]:
    shown = {i.id for i in institutions}
    found: list[Incident] = [i for one in ids if (i := store.incident(one)) is not None and i.institution in shown]
    return {i.id: row(store, i, now) for i in found}


def _taken(delivery: Delivery, who: str, acts: Sequence[Act]) -> datetime | None:
    """When they took what this told them of; of a drill, when they answered."""
    about = {n.incident for n in delivery.news} | ({delivery.period} if delivery.what == "drill" else set())
    took = (a.at for a in acts if a.who == who and a.incident in about and a.what == "acknowledge")
    return min((at for at in took if at >= delivery.made), default=None)
