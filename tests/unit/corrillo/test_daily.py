"""Daily counts for people outside: sums by what is asked for, and small cells without their number."""

from __future__ import annotations

from corrillo.daily import FEWEST, cells, columns
from corrillo.ports import DayCount


def count(
    number: int, day: str = "2026-11-21", network: str = "press", service: str = "water", tag: str = ""
) -> DayCount:
    return DayCount("benialba", day, network, "El Eco", "off_page", service, "", tag, number)


COUNTS = [
    count(FEWEST), count(FEWEST - 1, service="waste"), count(1, network="x"), count(2, day="2026-11-20"), count(4, tag="complaint"),
    count(3, tag="complaint", service="waste"), count(1, tag="praise"),
]  # fmt: skip


def test_a_cell_that_is_too_small_to_be_anonymous_has_no_number_and_is_not_left_out() -> None:
    """What is unknown is never 0: that something was said there stays."""
    found = [tuple(row.values()) for row in cells(COUNTS, ("network", "service"), {})]
    assert found == [
        ("benialba", "2026-11-20", "press", "water", None, True),
        ("benialba", "2026-11-21", "press", "waste", None, True),
        ("benialba", "2026-11-21", "press", "water", FEWEST, False),
        ("benialba", "2026-11-21", "x", "water", None, True),
    ]
    assert tuple(next(cells(COUNTS, ("network",), {}))) == columns(("network",))


def test_what_is_summed_up_may_be_told_though_its_parts_may_not() -> None:
    """By fewer parts, cells are larger; a mention counts once however many tags it has."""
    assert [row["count"] for row in cells(COUNTS, (), {})] == [None, 2 * FEWEST]


def test_days_are_summed_up_to_weeks_and_months_before_they_are_judged() -> None:
    """Weeks begin on Mondays; each is named by its first day."""
    counts = [
        count(2, day="2026-11-01"),
        count(3, day="2026-11-02"),
        count(4, day="2026-11-08"),
        count(1, day="2026-12-01"),
    ]
    by_week = [(row["day"], row["count"]) for row in cells(counts, (), {}, "week")]
    assert by_week == [("2026-10-26", None), ("2026-11-02", 7), ("2026-11-30", None)]
    assert [(row["day"], row["count"]) for row in cells(counts, (), {}, "month")] == [
        ("2026-11-01", 9),
        ("2026-12-01", None),
    ]


def test_by_tag_each_mention_counts_once_for_each_of_its_tags() -> None:
    """And where only some tags are asked for, those without any are none of them."""
    by_tag = [(row["tag"], row["count"]) for row in cells(COUNTS, ("tag",), {})]
    assert by_tag == [("complaint", 7), ("praise", None)]
    assert [row["count"] for row in cells(COUNTS, (), {"tag": ("complaint",)})] == [7]
    assert [row["count"] for row in cells(COUNTS, ("network",), {"service": ("waste",)})] == [None]
