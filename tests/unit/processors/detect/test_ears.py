"""An expectation is the sum over the sources that are live: what a silent one usually gives is not expected."""

from __future__ import annotations

from datetime import timedelta

import pytest

from corrillo.health import Hearing
from processors.detect.ears import GROWN, Ears, heard_of, silent_in
from processors.detect.slots import SLOT, moment_of

BEGUN = 480_000
HOUR = 3600 // SLOT


def learnt(hours: int, voices: dict[str, int], ears: Ears | None = None, begun: int = BEGUN) -> Ears:
    """After so many hours in which each source gave that much."""
    made = ears or Ears("valdeprado")
    for hour in range(begun, begun + hours):
        made = made.learnt(hour, voices, {})
    return made


def test_a_silent_source_takes_its_usual_share_along():
    ears = learnt(200, {"plaza": 9, "paper": 1})
    assert ears.share(["plaza"], BEGUN + 200) == pytest.approx(0.1, abs=0.01)
    assert ears.share(["paper"], BEGUN + 200) == pytest.approx(0.9, abs=0.01)
    assert ears.share([], BEGUN + 200) == pytest.approx(1.0)
    assert ears.share(["plaza", "paper"], BEGUN + 200) == 0.0


def test_before_anything_is_known_all_is_heard():
    assert Ears("valdeprado").share(["plaza"], BEGUN) == 1.0


def test_hours_in_which_a_source_was_not_heard_say_nothing_of_its_rate():
    ears = learnt(100, {"plaza": 4, "paper": 4})
    for hour in range(BEGUN + 100, BEGUN + 150):
        ears = ears.learnt(hour, {"paper": 4}, {"plaza": 0.0})
    assert ears.share(["paper"], BEGUN + 150) == pytest.approx(0.5, abs=0.02)


def test_a_source_that_comes_later_counts_when_its_rate_is_known_and_raises_what_is_expected():
    ears = learnt(300, {"plaza": 5})
    begun = BEGUN + 300
    ears = learnt(GROWN - 1, {"plaza": 5, "paper": 5}, ears, begun)
    assert not ears.grown("paper", begun + GROWN - 1)
    assert ears.share([], begun + GROWN - 1) == pytest.approx(1.0)
    assert ears.grown("paper", begun + GROWN)
    assert ears.share([], begun + GROWN) == pytest.approx(2.0, abs=0.05)


def test_what_has_become_usual_is_the_new_reference():
    ears = learnt(300, {"plaza": 5})
    ears = learnt(120 * 24, {"plaza": 5, "paper": 5}, ears, BEGUN + 300)
    assert ears.share([], BEGUN + 300 + 120 * 24) == pytest.approx(1.0, abs=0.02)


def test_sources_that_are_there_from_the_beginning_count_at_once():
    ears = learnt(3, {"plaza": 1, "paper": 1})
    assert ears.grown("plaza", BEGUN + 3)
    assert ears.grown("another", BEGUN + 3)
    assert not ears.grown("another", BEGUN + GROWN + 1)


def test_a_slot_is_silent_where_most_of_it_was_not_heard():
    slot = BEGUN * HOUR
    begin = moment_of(slot)
    times = ((begin - timedelta(hours=1), begin + timedelta(seconds=SLOT + 200)), (begin + timedelta(hours=1), None))
    hearing = Hearing(("plaza", "paper"), {"plaza": times})
    assert [silent_in(slot + n, hearing) for n in (-13, 0, 1, 2, HOUR)] == [[], ["plaza"], ["plaza"], [], ["plaza"]]
    assert heard_of(BEGUN, hearing) == {"plaza": pytest.approx(10 / 12)}
    assert heard_of(BEGUN + 1, hearing) == {"plaza": 0.0}
    assert hearing.blind == ("plaza",)
