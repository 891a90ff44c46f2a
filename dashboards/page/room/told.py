"""Who was told of an incident, and who has answered. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from corrillo.alerts import Act
from corrillo.notices import Delivery, NewsKind, Subscriber


@dataclass(frozen=True)
class ToldRow:
    """One person. ``last``: the newest message to them about it that was not dropped, if any; it told ``what`` of it.

    ``first``: when the first one was accepted; None while none was. ``acknowledged``: when they took it, first.
    """

    name: str
    subscriber: str
    last: Delivery
    what: NewsKind
    first: datetime | None
    acknowledged: datetime | None

    @property
    def channel(self) -> str:
        """What the last try went by; '' where there was none."""
        return self.last.attempts[-1].channel if self.last.attempts else ""

    @property
    def said(self) -> str:
        """What the other side said to the last try, where that failed."""
        return self.last.attempts[-1].said if self.last.attempts and not self.last.attempts[-1].ok else ""


@dataclass(frozen=True)
class Told:
    """All of them: who was not reached first, then who was told first."""

    rows: tuple[ToldRow, ...] = ()

    @property
    def first(self) -> datetime | None:
        """When the first person was told."""
        return min((r.first for r in self.rows if r.first), default=None)

    @property
    def reached(self) -> int:
        """How many people were told."""
        return sum(r.first is not None for r in self.rows)

    @property
    def failed(self) -> int:
        """How many could not be."""
        return sum(r.first is None and r.last.state == "failed" for r in self.rows)


def told(incident: str, deliveries: Sequence[Delivery], acts: Sequence[Act], subscribers: Sequence[Subscriber]) -> Told:
    """Who was told of ``incident``; ``deliveries`` newest first. Who has unsubscribed since is not there any more."""
    names = {s.id: s.name for s in subscribers}
    about = [d for d in deliveries if d.subscriber in names and any(n.incident == incident for n in d.news)]
    people = dict.fromkeys(d.subscriber for d in about)
    rows = [_row(incident, one, names[one], [d for d in about if d.subscriber == one], acts) for one in people]
    return Told(tuple(sorted(rows, key=_order)))


def _row(incident: str, identity: str, name: str, newest_first: Sequence[Delivery], acts: Sequence[Act]) -> ToldRow:
    last = next((d for d in newest_first if d.state != "dropped"), newest_first[0])
    return ToldRow(
        name=name,
        subscriber=identity,
        last=last,
        what=next(n.what for n in last.news if n.incident == incident),
        first=min((d.sent for d in newest_first if d.sent), default=None),
        acknowledged=min((a.at for a in acts if a.who == name and a.what == "acknowledge"), default=None),
    )


def _order(row: ToldRow) -> tuple[bool, float, str]:
    return row.first is not None, row.first.timestamp() if row.first else 0.0, row.name
