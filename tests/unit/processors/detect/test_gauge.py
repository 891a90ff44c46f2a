"""A gauge: the same after a restart, honest about what it could not hear, and fast to learn."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.detect.days import HourKind
from processors.detect.expectation import DAY
from processors.detect.gauge import NOTHING, Gauge, Learned, Prior
from processors.detect.slots import SLOTS_A_DAY, SLOTS_AN_HOUR, hour_of_slot

GUESS = Prior(daily=5.0, weight=0.25)
BEGIN = 6_000 * SLOTS_A_DAY
Counts = dict[int, float]


def kind(hour: int) -> HourKind:
    return HourKind(hour % 24, (hour // 24 + 3) % 7, festive=False)


def said(days: float, daily: float, seed: int = 1, begin: int = BEGIN) -> Counts:
    """Poisson counts of a town that sleeps as others do."""
    chance, counts = random.Random(seed), {}
    for slot in range(begin, begin + round(days * SLOTS_A_DAY)):
        count, waited = 0, chance.expovariate(1.0)
        while waited < daily / SLOTS_A_DAY * DAY[hour_of_slot(slot) % 24]:
            count, waited = count + 1, waited + chance.expovariate(1.0)
        counts[slot] = float(count)
    return counts


def run(gauge: Gauge, counts: Counts, heard: Counts | None = None) -> None:
    """Count slot by slot, and close each hour an hour after it ended."""
    for slot, count in counts.items():
        if slot % SLOTS_AN_HOUR == 0 and slot - BEGIN >= 2 * SLOTS_AN_HOUR:
            gauge.close(hour_of_slot(slot) - 2, calm=True)
        if heard and slot in heard:
            gauge.expose(slot, heard[slot])
        gauge.add(slot, count)


def settled(daily: float = 200.0, days: float = 15) -> tuple[Gauge, int]:
    """A gauge that knows its town, and the slot that comes next."""
    gauge, counts = Gauge(kind, GUESS), said(days, daily)
    run(gauge, counts)
    return gauge, max(counts) + 1


def again(learned: Learned, counts: Counts, heard: Counts, slot: int) -> Gauge:
    """After a restart: what was learnt, and the counts and exposures of the last 25 hours."""
    gauge = Gauge(kind, GUESS, msgspec.json.decode(msgspec.json.encode(learned), type=Learned))
    for known in range(slot - 25 * SLOTS_AN_HOUR, slot + 1):
        if known in heard:
            gauge.expose(known, heard[known])
        if counts.get(known):
            gauge.add(known, counts[known])
    return gauge


@settings(max_examples=25, deadline=None)
@given(st.integers(30 * SLOTS_AN_HOUR, 4 * SLOTS_A_DAY - 40), st.integers(0, 5), st.sampled_from([20.0, 2000.0]))
def test_a_restart_at_any_slot_changes_nothing(at, seed, daily):
    counts, chance = said(4, daily, seed), random.Random(seed)
    heard = {slot: chance.choice([0.0, 0.4, 1.0]) for slot in counts if chance.random() < 0.1}
    cut = BEGIN + at
    gauge = Gauge(kind, GUESS)
    run(gauge, {s: c for s, c in counts.items() if s < cut}, heard)
    other = again(gauge.learned, {s: c for s, c in counts.items() if s < cut}, heard, cut)
    for slot in range(cut, max(counts) + 1):
        one = {slot: counts[slot]}
        run(gauge, one, heard)
        run(other, one, heard)
        assert gauge.read(slot) == other.read(slot)
    assert gauge.learned == other.learned


def test_what_is_learnt_takes_little_room():
    gauge, _ = settled(days=80)
    assert len(msgspec.json.encode(gauge.learned)) < 12_000


def test_nothing_later_is_looked_at():
    gauge, slot = settled()
    gauge.add(slot, 3.0)
    before = gauge.read(slot)
    gauge.add(slot + 1, 500.0)
    assert gauge.read(slot) == before


def test_a_burst_is_surprising_and_an_ordinary_slot_is_not():
    gauge, slot = settled()
    gauge.add(slot, 1.0)
    assert gauge.read(slot).surprise < 0.5
    gauge.add(slot, 40.0)
    found = gauge.read(slot)
    assert found.surprise > 2
    assert found.low <= found.expected <= found.high < 41 <= found.count


def test_what_is_taken_back_was_never_there():
    gauge, slot = settled()
    before = gauge.read(slot)
    gauge.add(slot, 40.0)
    gauge.add(slot, -40.0)
    assert gauge.read(slot) == before


def test_a_slow_rise_shows_on_a_longer_scale_than_a_sudden_one():
    gauge, slot = settled()
    for later in range(slot, slot + 36):
        gauge.add(later, 3.0)
    slow = gauge.read(slot + 35)
    sudden, at = settled()
    sudden.add(at, 30.0)
    assert slow.minutes > sudden.read(at).minutes
    assert slow.surprise > 1


def test_unknown_is_not_zero():
    gauge, slot = settled()
    heard = gauge.point(slot, slot + 11)
    for later in range(slot, slot + 12):
        gauge.expose(later, 0.0)
        gauge.add(later, 7.0)
    found, point = gauge.read(slot + 11), gauge.point(slot, slot + 11)
    assert (point.expected, point.count, point.heard) == (0.0, 0.0, 0.0)
    assert found.heard == 0.0
    assert heard.expected > 0


def test_where_half_can_be_heard_half_is_expected():
    gauge, slot = settled()
    whole = gauge.point(slot, slot + 11).expected
    for later in range(slot, slot + 12):
        gauge.expose(later, 0.5)
    assert gauge.point(slot, slot + 11).expected == pytest.approx(whole / 2)
    assert gauge.read(slot + 11).heard == pytest.approx(0.5)


def test_a_blind_week_teaches_nothing():
    gauge, slot = settled()
    before = gauge.learned.expectation.level
    run(
        gauge,
        dict.fromkeys(range(slot, slot + 7 * SLOTS_A_DAY), 0.0),
        dict.fromkeys(range(slot, slot + 7 * SLOTS_A_DAY), 0.0),
    )
    assert gauge.learned.expectation.level == pytest.approx(before, rel=0.01)


def test_on_the_first_day_nothing_is_called_unusual():
    gauge = Gauge(kind, GUESS)
    run(gauge, said(0.9, 5000.0))
    assert gauge.read(BEGIN + round(0.9 * SLOTS_A_DAY)).surprise == NOTHING


def test_what_was_guessed_with_weight_can_be_surprising_at_once():
    gauge = Gauge(kind, Prior(daily=0.1, weight=2.0))
    gauge.add(BEGIN, 4.0)
    assert gauge.read(BEGIN).surprise > 1


def test_chance_alone_brings_as_much_as_often_as_is_said():
    """A town without bursts: history makes nothing more surprising than the model, and the imagined town fades."""
    gauge, counts, days = Gauge(kind, GUESS), said(90, 300.0, seed=3), 60
    surprises: dict[int, float] = {}
    for slot, count in counts.items():
        run(gauge, {slot: count})
        day = slot // SLOTS_A_DAY
        surprises[day] = max(surprises.get(day, NOTHING), gauge.read(slot).surprise)
    last = list(surprises.values())[-days:]
    assert sum(s >= 1.0 for s in last) <= 3 * days / 10
    assert sum(s >= 2.0 for s in last) <= 2
    assert sum(s >= 0.0 for s in last) >= days / 20
