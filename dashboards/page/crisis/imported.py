"""What was imported is not counted hour by hour: over a store that has only that, nothing must read as calm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from corrillo.institution import Institution
from corrillo.ports import Query, Store


@dataclass(frozen=True)
class Imported:
    """Mentions that nobody counted: the first and the last day on which they were said."""

    first: date
    last: date


def imported(store: Store, institution: Institution) -> Imported | None:
    """What is kept of an institution of which no hour was counted; None where no file was read. StoreError passes through."""
    if not any(health.every == 0 and health.kept for health in store.health()):
        return None
    everything = Query(where={"institution": (institution.id,)})
    days = store.histogram(everything, "day", institution.zone.key, authors=False)
    if not days:
        return None
    first, last = days[0].values[0], days[-1].values[0]
    return Imported(date.fromisoformat(first[:10]), date.fromisoformat(last[:10]))
