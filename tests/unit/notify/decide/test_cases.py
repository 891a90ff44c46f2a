"""Which incidents are known, as what, and which of them are parts of which."""

from __future__ import annotations

from datetime import timedelta

from notify.decide.cases import Cases
from tests.unit.notify.decide.town import MORNING, Office


def test_an_older_state_than_the_known_one_is_no_news() -> None:
    """A stream that is read again from further back takes nothing back."""
    office, cases = Office(), Cases()
    office.happens("fire", "opened", "warning")
    before = office.incidents["fire"]
    office.now += timedelta(minutes=1)
    office.happens("fire", "resolved", "calm")
    assert cases.hear([office.incidents["fire"]], []) == {"fire"}
    assert cases.hear([before, office.incidents["fire"]], []) == set()
    stands = cases.standing("fire", office.now)
    assert stands
    assert stands.over


def test_who_is_told_of_something_may_know_more_of_what_it_became_and_of_what_left_it() -> None:
    office, cases = Office(), Cases()
    for name in ("fire", "smoke"):
        office.happens(name, "opened", "warning")
    office.happens("noise", "split", "warning", other="smoke")
    office.happens("smoke", "merged", "calm", other="fire")
    cases.hear(office.incidents.values(), [])
    assert cases.touched_by("smoke") == {"smoke", "fire", "noise"}
    assert sorted(cases.kin("fire")) == [("fire", None), ("smoke", None)]
    assert sorted(cases.kin("noise")) == [("noise", None), ("smoke", MORNING)]


def test_what_has_long_been_over_is_forgotten_unless_somebody_has_still_to_hear_of_it() -> None:
    office, cases = Office(), Cases()
    for name in ("fire", "smoke", "leak"):
        office.happens(name, "opened", "warning")
    for name in ("fire", "smoke"):
        office.happens(name, "resolved", "calm")
    cases.hear(office.incidents.values(), [])
    assert cases.forget(MORNING + timedelta(days=3), {"smoke"}) == ["fire"]
    assert set(cases) == {"smoke", "leak"}
