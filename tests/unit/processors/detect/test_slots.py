"""Slots of five minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from processors.detect.slots import SLOT, SLOTS_A_DAY, hour_of_slot, moment_of, slot_of, slots_of_hour

MOMENT = datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)


def test_a_moment_lies_in_the_slot_that_began_last():
    slot = slot_of(MOMENT)
    assert moment_of(slot) <= MOMENT < moment_of(slot + 1)
    assert moment_of(slot + 1) - moment_of(slot) == timedelta(seconds=SLOT)


def test_a_day_and_an_hour_are_so_many_slots():
    assert slot_of(MOMENT + timedelta(days=1)) - slot_of(MOMENT) == SLOTS_A_DAY
    assert len(slots_of_hour(hour_of_slot(slot_of(MOMENT)))) == 12
    assert slot_of(MOMENT) in slots_of_hour(hour_of_slot(slot_of(MOMENT)))
