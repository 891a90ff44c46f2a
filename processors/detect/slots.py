"""Time in slots of five minutes, counted since 1970 began (UTC): slot n ends where slot n + 1 begins."""

from __future__ import annotations

from datetime import UTC, datetime

SLOT = 300
"""Seconds of a slot."""
SLOTS_AN_HOUR = 3600 // SLOT
SLOTS_A_DAY = 24 * SLOTS_AN_HOUR


def slot_of(moment: datetime) -> int:
    """The slot in which an aware moment lies."""
    return int(moment.timestamp() // SLOT)


def moment_of(slot: int) -> datetime:
    """When a slot begins."""
    return datetime.fromtimestamp(slot * SLOT, UTC)


def hour_of_slot(slot: int) -> int:
    """The hour since 1970 in which a slot lies."""
    return slot // SLOTS_AN_HOUR


def slots_of_hour(hour: int) -> range:
    """The slots of an hour since 1970."""
    return range(hour * SLOTS_AN_HOUR, (hour + 1) * SLOTS_AN_HOUR)
