"""Deciding as a pure function: all that there is → messages to be kept. An office asks ``Decisions``, which is quicker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from corrillo.alerts import Act, Incident
from corrillo.institution import Institution
from corrillo.notices import Delivery, Subscriber
from notify.decide.decisions import Decisions


@dataclass(frozen=True)
class World:
    """All that deciding asks for. ``deliveries``: every one that is open, and those of the last sixty days.

    ``incidents``: the open ones, and those whose end somebody may have still to hear.
    """

    now: datetime
    institutions: Mapping[str, Institution]
    incidents: Sequence[Incident] = ()
    acts: Sequence[Act] = ()
    subscribers: Sequence[Subscriber] = ()
    deliveries: Sequence[Delivery] = ()


def decide(world: World) -> list[Delivery]:
    """Messages to be kept: new, changed or dropped ones; with those among its deliveries, nothing."""
    decisions = Decisions(world.deliveries)
    decisions.know(world.institutions, world.subscribers)
    decisions.hear(world.incidents, world.acts)
    return decisions.decide(world.now)
