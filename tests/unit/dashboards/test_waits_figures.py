"""Who waits and how long, against a set that was worked out by hand: a long weekend, the night of the clocks, late looks."""

from __future__ import annotations

from corrillo.attention import Attention
from dashboards.page.waits.figures import Figures, Promise, Spread, figures, groups, known, promise
from tests.unit.dashboards.attentions import OPEN, an_attention, at

HOUR = 3600.0
FOUND = [
    # over the night of the clocks: 70 hours, of which the office is open from 13 to 14 and from 9 to 10
    an_attention("dst", at("23", "13:00"), looked=at("27", "9:00"), answered=at("26", "10:00"), service="water"),
    # over a long weekend: 92 hours, of which it is open half an hour on Tuesday
    an_attention("holiday", at("9", "13:30"), looked=at("20", "9:00"), answered=at("13", "9:30"), service="water"),
    # waits: that is known up to the last look, 27 hours and 8 hours of opening hours later
    an_attention("waits", at("14", "9:00"), looked=at("15", "12:00"), service="waste"),
    an_attention("same-day", at("15", "10:00"), looked=at("20", "9:00"), answered=at("15", "13:00"), service="water"),
    an_attention("unlooked", at("16", "9:00"), network="press"),
    an_attention("heard", at("16", "9:00"), answered=at("16", "9:10"), network="press"),
]
NOW = at("27", "12:00")


def of(found: list[Attention]) -> Figures:
    return figures(known(found, OPEN))


def test_those_that_wait_and_those_of_which_nobody_knows_are_counted_apart() -> None:
    found = of(FOUND)
    assert (found.asked, found.answered, found.waiting, found.unknown, found.looked) == (6, 4, 1, 1, 4)
    assert found.share == 0.75


def test_times_are_of_opening_hours_and_of_the_clock_with_holidays_and_the_night_of_the_clocks() -> None:
    """Opening hours ½, 2, 3 and 8 that goes on. The clock: 3, 27 that goes on, 70, 92."""
    found = of(FOUND)
    assert found.working == Spread(HOUR / 2, 2 * HOUR, None)
    assert found.overall == Spread(3 * HOUR, 70 * HOUR, 92 * HOUR)


def test_what_nobody_looked_for_says_nothing_of_the_times() -> None:
    """Only its answers could come to be known."""
    assert of([a for a in FOUND if a.network == "press"]).working == Spread()


def test_the_wait_that_the_pipeline_worked_out_is_believed() -> None:
    told = an_attention("told", at("16", "9:00"), looked=NOW, answered=at("16", "10:00"), working_wait=1234.0)
    assert of([told]).working.half == 1234.0


def test_of_an_answer_of_which_only_the_day_is_known_the_wait_is_not() -> None:
    """It is an answer, and whether it came in time is not told."""
    day = an_attention("day", at("16", "9:00"), looked=NOW, answered=at("19", "9:00"), wait=None, working_wait=None)
    assert (of([day]).answered, of([day]).looked, of([day]).share, of([day]).working) == (1, 1, 1.0, Spread())
    assert promise(known([day], OPEN), 4.0, OPEN, NOW) == Promise(4 * HOUR, untold=1)


def test_a_look_before_the_question_tells_of_no_wait() -> None:
    early = an_attention("early", at("16", "9:00"), looked=at("15", "9:00"))
    assert of([early]).overall == Spread()


def test_a_promise_is_judged_by_those_whose_time_is_up() -> None:
    """Four opening hours: of four known ones three had their answer in time; one was not looked after so late."""
    newer = [
        an_attention("quick", at("27", "10:00"), looked=NOW, answered=at("27", "10:05")),
        an_attention("early-look", at("26", "9:00"), looked=at("26", "10:00")),
    ]
    assert promise(known([*FOUND, *newer], OPEN), 4.0, OPEN, NOW) == Promise(4 * HOUR, due=4, kept=3, untold=1)


def test_nothing_promised_is_nothing_kept() -> None:
    assert promise(known(FOUND, OPEN), None, OPEN, NOW) is None
    assert promise([], 48.0, OPEN, NOW) == Promise(48 * HOUR)


def test_figures_are_broken_down_where_most_wait_first_and_what_has_no_name_last() -> None:
    apart = groups(known(FOUND, OPEN), "service")
    assert [(g.name, g.figures.asked) for g in apart] == [("waste", 1), ("water", 3), ("other", 2)]
    assert apart[1].figures.working == Spread(HOUR / 2, 2 * HOUR, 3 * HOUR)
    assert apart[0].figures.working == Spread()
    assert [
        g.name for g in groups(known([*FOUND, an_attention("p", NOW, department="Aigües")], OPEN), "department")
    ] == [
        "Aigües",
        "",
    ]
