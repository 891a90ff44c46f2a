"""The figures of the charts that only Kibana has, against ones counted by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from corrillo.alerts import Subject
from corrillo.attention import Attention
from corrillo.model import Budget
from corrillo.ports import Quarantined, Query, SourceHealth
from corrillo.work import Deed
from dashboards.charts.beside import BESIDE
from dashboards.charts.looked import rows, within
from dashboards.charts.table import Table
from tests.unit.dashboards.conftest import NOW, TOWN, an_evidence, an_hour, an_incident

MADRID = ZoneInfo("Europe/Madrid")
HOUR = timedelta(hours=1)
WEEK = Query(where={"institution": (TOWN.id,)}, since=NOW - timedelta(days=7), until=NOW + HOUR)


def figures(store: Any, name: str, query: Query = WEEK) -> Table:
    return rows(BESIDE[name], store, query, MADRID, NOW)


def said(table: Table) -> dict[tuple[str, ...], tuple[float | None, ...]]:
    return {row.at: row.values for row in table.rows}


def test_an_hour_that_nobody_heard_is_unknown_and_not_zero(store: Any) -> None:
    """It is told how much could be heard, though; the time is the town's own."""
    store.counts = [an_hour(2, voices=4.0), an_hour(1, voices=0.0, heard=0.0), an_hour(3, service="water")]
    assert said(figures(store, "voices_by_hour")) == {("2026-11-21T12:00:00",): (4.0, 2.5, 1.0, 5.0)}
    assert [row.values for row in figures(store, "heard_by_hour").rows] == [(1.0,), (0.0,)]


def test_open_incidents_are_told_with_their_evidence_and_over_ones_by_their_height(store: Any) -> None:
    strong = an_evidence(voices=30.0, high=4.0, authors=20)
    store.known_incidents = [
        an_incident("open", evidence=strong), an_incident("over", resolved=NOW, peak="crisis"),
        an_incident("merged", into="open", leading=Subject(institution=TOWN.id)), an_incident("old", updated=NOW - timedelta(days=8)),
    ]  # fmt: skip
    assert said(figures(store, "incidents_open_count")) == {(): (1,)}
    assert said(figures(store, "incidents_open")) == {("open", "warning"): (30.0, 4.0, 20.0)}
    assert said(figures(store, "incidents_by_peak")) == {("warning",): (2,), ("crisis",): (1,)}


def test_sources_are_heard_or_fail_or_are_blind(store: Any) -> None:
    """What is read only once is never overdue; what has no budget costs nothing that is known."""
    read: dict[str, Any] = {"last_success": NOW - HOUR / 60, "begun": NOW - timedelta(days=9), "every": 60.0}
    store.sources = [
        SourceHealth("a", "press", seen=9, kept=3, budget=Budget(unit="USD", spent=1.5, limit=5.0, resets=NOW), **read),
        SourceHealth("b", "press", failures=2, rejected=1, **read),
        SourceHealth("c", "forum", **{**read, "last_success": NOW - timedelta(days=2)}),
        SourceHealth("d", "x", failures=1, refused=True, **read), SourceHealth("e", "blog"),
        SourceHealth("f", "forum", **{**read, "last_success": NOW - timedelta(days=2), "every": 0.0}),
    ]  # fmt: skip
    assert said(figures(store, "sources_hearing")) == {("heard",): (2,), ("failing",): (1,), ("blind",): (3,)}
    assert said(figures(store, "sources_cost")) == {("a", "USD"): (1.5, 5.0)}
    assert said(figures(store, "sources_yield"))[("press", "a")] == (9, 3, 0)
    assert said(figures(store, "sources_health"))[("blog", "e")] == (0, None, None)


def test_deeds_and_what_was_set_aside_are_counted_in_their_time(store: Any) -> None:
    def deed(identity: str, back: int, **given: Any) -> Deed:
        return Deed(id=identity, mention="m", institution=TOWN.id, at=NOW - timedelta(days=back), who="Marta", **given)

    store.known_deeds = [
        deed("1", 1, what="correct", was=("complaint",), tags=("question", "praise")),
        deed("2", 1, what="correct", was=("complaint", "crisis")), deed("3", 9, what="take"), deed("4", 0, what="take"),
    ]  # fmt: skip
    found = said(figures(store, "corrections"))
    assert {at: n for at, (n,) in found.items() if n} == {("complaint", "question"): 1, ("complaint", "praise"): 1}
    assert said(figures(store, "deeds")) == {("correct",): (2,), ("take",): (1,)}
    store.unreadable = [Quarantined(str(n), "paper", NOW - timedelta(days=n), "", "", "") for n in (1, 2, 9)]
    assert said(figures(store, "quarantine")) == {("paper",): (2,)}


def test_own_accounts_say_when_they_last_spoke(store: Any, mention: Any) -> None:
    store.mentions = [
        mention("1", place="own", author="@town"), mention("2", place="own", author="@town", published=NOW - 2 * HOUR),
        mention("3", place="own", author="@mayor", published=NOW - 3 * HOUR), mention("4", author="somebody"),
    ]  # fmt: skip
    last = [(NOW - HOUR).timestamp(), (NOW - 3 * HOUR).timestamp()]
    assert said(figures(store, "own_accounts")) == {("x", "@town"): (last[0], 2), ("x", "@mayor"): (last[1], 1)}


def test_delay_is_told_of_what_was_heard_when_it_was_said(store: Any, mention: Any) -> None:
    """In the middle, and for 95 of 100; what a clock that is wrong calls early was not late."""
    given = [(1, {}), (3, {}), (9, {"backfilled": True}), (9, {"date_only": True}), (-5, {"source": "fast"})]
    store.mentions = [
        mention(str(n), first_seen=NOW - HOUR + late * HOUR / 60, **{"source": "slow", **more})
        for n, (late, more) in enumerate(given)
    ]
    assert said(figures(store, "lag_by_network")) == {("x",): (60.0, pytest.approx(168.0), 3)}
    slow, fast = (120.0, pytest.approx(174.0), 2), (0.0, 0.0, 1)
    assert said(figures(store, "lag_by_source")) == {("x", "slow"): slow, ("x", "fast"): fast}


def test_what_95_of_100_do_not_exceed() -> None:
    assert within([7.0]) == 7.0
    assert within([*map(float, range(101))]) == 95.0
    assert within([3.0, 1.0]) == pytest.approx(2.9)


def test_people_of_a_day_are_counted_once(store: Any, mention: Any) -> None:
    store.mentions = [
        mention("1", author="ana"),
        mention("2", author="ana"),
        mention("3", author="eli"),
        mention("4", place="own"),
    ]
    found = figures(store, "authors_over_time")
    assert {row.at: row.values for row in found.rows if row.values[0]} == {("2026-11-21T00:00:00",): (2, 3)}


@pytest.mark.parametrize(("answered", "looked", "waiting"), [(None, NOW, 1), (NOW, NOW, 0), (None, None, 0)])
def test_only_what_was_looked_after_is_said_to_wait(store: Any, answered: Any, looked: Any, waiting: int) -> None:
    store.attended = [
        Attention(
            mention="m", institution=TOWN.id, thread="t", asked=NOW - HOUR, kinds=("question",), network="x", venue="x.com",
            place="off_page", looked=looked, answered=answered,
        )
    ]  # fmt: skip
    assert said(figures(store, "waiting_count")) == {(): (waiting,)}
