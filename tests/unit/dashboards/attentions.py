"""Questions and complaints as the pipeline leaves them, for whoever tries what is made of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from corrillo.attention import Attention
from corrillo.institution import Institution
from corrillo.opening import Opening

MADRID = ZoneInfo("Europe/Madrid")
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), ("09:00-14:00",))
OFFICE = Institution(id="benialba", name="Ajuntament de Benialba", region="VC", opening_hours=WEEK)

OPEN = Opening(OFFICE)
"""Monday to Friday from nine to two; 9 October is a public holiday of the region, the 12th of all; clocks go back on the 25th."""


def at(day: str, clock: str, month: int = 10) -> datetime:
    """A moment of autumn 2026, as the clocks of the town show it."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, month, int(day), hour, minute, tzinfo=MADRID).astimezone(UTC)


def an_attention(name: str, asked: datetime, **given: Any) -> Attention:
    """A question on X that nobody has looked after, with whatever is given instead; of an answer, with its waits."""
    if answered := given.get("answered"):
        waits = {"wait": (answered - asked).total_seconds(), "working_wait": OPEN.seconds(asked, answered)}
        given = {**waits, **given}
    values: dict[str, Any] = {
        "mention": name, "institution": "benialba", "thread": name, "asked": asked, "kinds": ("question",),
        "network": "x", "venue": "x.com", "place": "off_page",
    }  # fmt: skip
    return Attention(**{**values, **given})
