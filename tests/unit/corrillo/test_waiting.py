"""How long people wait, worked out by hand."""

from __future__ import annotations

import pytest

from corrillo.waiting import Wait, within

FREIREICH = [6, 6, 6, 6.5, 7, 9.5, 10, 10.5, 11.5, 13, 16, 17.5, 19.5, 20.5, 22, 23, 25.5, 32.5, 32.5, 34.5, 35.5]
"""Weeks of remission of 21 children (Freireich and others, 1963); those that end in a half go on after it."""


def test_a_published_set_has_its_published_quantiles() -> None:
    """Remission under 6-mercaptopurine: 9 of 21 ended, a quarter within 13 weeks, the median is 23."""
    waits = [Wait(int(w), goes_on=w != int(w)) for w in FREIREICH]
    assert sum(not w.goes_on for w in waits) == 9
    assert within(waits, (0.25, 0.5, 0.75)) == (13, 23, None)


def test_where_everybody_has_an_answer_it_is_the_plain_quantile() -> None:
    assert within([Wait(s) for s in (50, 10, 40, 20, 30)], (0.2, 0.5, 0.9)) == (10, 30, 50)


def test_who_still_waits_makes_it_longer_than_the_answers_alone() -> None:
    """By hand: 10 (4/5), 20 waits on, 30 (8/15), 40 (4/15): half at 40; of the answers alone half would be at 30."""
    waits = [Wait(10), Wait(20, goes_on=True), Wait(30), Wait(40), Wait(60, goes_on=True)]
    assert within(waits, (0.5,)) == (40,)
    assert within([w for w in waits if not w.goes_on], (0.5,)) == (30,)


def test_where_over_half_still_wait_there_is_no_median() -> None:
    assert within([Wait(10), Wait(90, goes_on=True), Wait(90, goes_on=True)], (0.3, 0.5)) == (10, None)


def test_an_answer_comes_before_the_end_of_a_wait_at_the_same_moment() -> None:
    assert within([Wait(10, goes_on=True), Wait(10)], (0.5,)) == (10,)


def test_answers_at_the_same_moment_are_as_many_as_they_are() -> None:
    """Three of four at once: half and three quarters have theirs then."""
    assert within([Wait(10), Wait(10), Wait(10), Wait(20)], (0.5, 0.75, 0.9)) == (10, 10, 20)


@pytest.mark.parametrize("waits", [[], [Wait(5, goes_on=True)]])
def test_without_any_answer_nothing_is_said(waits: list[Wait]) -> None:
    assert within(waits, (0.5,)) == (None,)
