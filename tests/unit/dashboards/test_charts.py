"""The figures of every chart, against ones counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from corrillo.attention import Attention
from corrillo.errors import ConfigError
from corrillo.ports import Query
from dashboards.charts.attended import age
from dashboards.charts.catalogue import OVERLAPPING, Chart, Dimension
from dashboards.charts.figures import rows
from dashboards.charts.listed import CHARTS
from dashboards.charts.table import Table
from dashboards.page.i18n import LANGUAGES, texts

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)
ALL = Query(where={"institution": ("benialba",)})
WEEK = Query(where=ALL.where, since=NOW - timedelta(days=7), until=NOW + timedelta(hours=11))


@pytest.fixture
def talk(store: Any, mention: Any, tags: Any) -> Any:
    """Three off page (one author twice), one on page, two of our own; all within an hour but one, of two days ago."""
    store.mentions = [
        mention("1", tags=tags("complaint", "question"), service="cleaning", author="ana", district="El Raval"),
        mention("2", tags=tags("complaint"), service="cleaning", author="ana", network="facebook", venue="Veïns"),
        mention("3", tags=tags("crisis"), author="eli", network="facebook", venue="Veïns", language="ca", district="El Raval"),
        mention("4", place="on_page", author="pau", service="water", target="government", published=NOW - timedelta(days=2)),
        mention("5", place="own", author="@town"),
        mention("6", place="own", author="@town", network="mastodon", venue="example"),
        mention("7", institution="elsewhere"),
    ]  # fmt: skip
    return store


def figures(store: Any, name: str, query: Query = ALL) -> Table:
    return rows(CHARTS[name], store, query, MADRID, NOW)


def said(table: Table) -> dict[tuple[str, ...], tuple[float | None, ...]]:
    """What is not nothing."""
    return {row.at: row.values for row in table.rows if row.values[0]}


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("off_page_share", {(): (0.75,)}),
        ("networks", {("x", "off_page"): (1,), ("x", "on_page"): (1,), ("x", "own"): (1,), ("facebook", "off_page"): (2,), ("mastodon", "own"): (1,)}),
        ("venues", {("x", "x.com", "off_page"): (1, 1), ("x", "x.com", "on_page"): (1, 1), ("x", "x.com", "own"): (1, 1), ("facebook", "Veïns", "off_page"): (2, 2), ("mastodon", "example", "own"): (1, 1)}),
        ("districts", {("El Raval",): (2, 2)}),
        ("tags_by_service", {("cleaning", "complaint"): (2,), ("cleaning", "question"): (1,), ("other", "crisis"): (1,)}),
        ("targets", {("none",): (3, 2), ("government",): (1, 1)}),
        ("languages", {("und",): (3, 2), ("ca",): (1, 1)}),
        ("places_over_time", {("2026-11-21T00:00:00", "off_page"): (3,), ("2026-11-19T00:00:00", "on_page"): (1,), ("2026-11-21T00:00:00", "own"): (2,)}),
        ("tags_over_time", {("2026-11-21T00:00:00", "complaint"): (2,), ("2026-11-21T00:00:00", "question"): (1,), ("2026-11-21T00:00:00", "crisis"): (1,)}),
    ],
)  # fmt: skip
def test_charts_count_what_was_counted_by_hand(talk: Any, name: str, counted: dict[Any, Any]) -> None:
    assert said(figures(talk, name)) == counted


def test_each_text_is_a_story_until_it_is_repeated(talk: Any) -> None:
    assert len(figures(talk, "stories").rows) == 4


def test_what_has_most_comes_first_and_parts_have_their_own_order(talk: Any) -> None:
    """Parts with nothing are there too, so that they can be compared."""
    found = [row.at for row in figures(talk, "networks").rows]
    assert found[:3] == [("x", "off_page"), ("x", "on_page"), ("x", "own")]
    assert [at[0] for at in found[::3]] == ["x", "facebook", "mastodon"]


def test_no_day_is_left_out(talk: Any) -> None:
    """From the first of the period to now: what is later has not been."""
    found = figures(talk, "places_over_time", WEEK)
    assert (found.interval, len(found.rows)) == ("day", 8 * 3)
    assert found.rows[0].at[0] == "2026-11-14T00:00:00"


def test_the_longer_the_period_the_wider_the_columns(store: Any, mention: Any) -> None:
    store.mentions = [mention("old", published=NOW - timedelta(days=800)), mention("new")]
    assert figures(store, "places_over_time").interval == "month"
    day = Query(where=ALL.where, since=NOW - timedelta(days=1), until=NOW)
    assert figures(store, "places_over_time", day).interval == "hour"


def test_two_hours_of_one_name_are_one_column(store: Any, mention: Any) -> None:
    """The night on which clocks go back."""
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    store.mentions = [mention("1", published=first), mention("2", published=first + timedelta(hours=1))]
    night = Query(where=ALL.where, since=first - timedelta(hours=4), until=first + timedelta(hours=8))
    assert said(figures(store, "places_over_time", night)) == {("2026-10-25T02:00:00", "off_page"): (2,)}


def test_a_filter_by_tag_leaves_the_other_tags_to_follow(talk: Any) -> None:
    asked = Query(where={**ALL.where, "tag": ("crisis",)})
    assert figures(talk, "tags_by_service", asked) == figures(talk, "tags_by_service")
    assert said(figures(talk, "networks", asked)) == {("facebook", "off_page"): (1,)}


def test_what_cannot_be_is_not_asked(talk: Any) -> None:
    own = Query(where={**ALL.where, "place": ("own",)})
    assert figures(talk, "districts", own) == Table()


def test_a_share_of_nothing_is_not_known(store: Any) -> None:
    found = figures(store, "off_page_share")
    assert (found.rows[0].values, found.empty) == ((None,), True)


def test_what_is_too_much_is_counted(store: Any, mention: Any) -> None:
    store.mentions = [mention(str(n), district=f"district {n}") for n in range(25)]
    found = figures(store, "districts")
    assert (len(found.rows), found.left_out) == (20, 5)


# ── what is new ───────────────────────────────────────────────────────────────────────────
@pytest.fixture
def history(store: Any, mention: Any) -> Any:
    def days(n: float) -> datetime:
        return NOW - timedelta(days=n)

    store.mentions = [
        mention("a", published=days(400), network="forum", venue="long ago"),
        mention("b", published=days(20), network="press", venue="Levante"),
        mention("c", published=days(20), network="facebook", venue="Levante", place="own"),
        mention("d", published=days(1), network="forum", venue="long ago"),
        mention("e", published=days(5), network="press", venue="Levante"),
        mention("f", published=days(3), network="telegram", venue="Veïnat", author="ana"),
        mention("g", published=days(2), network="telegram", venue="Veïnat", author="ana"),
        mention("h", published=days(2), network="bluesky", venue="Levante"),
        mention("i", published=days(1), network="x", venue="x.com", place="own"),
    ]
    return store


def test_a_venue_is_new_when_nothing_was_ever_said_there(history: Any) -> None:
    """Not after a silence; not in another network of the same name; not where only we speak."""
    found = figures(history, "venues_new", Query(where=ALL.where, since=NOW - timedelta(days=1)))
    assert [row.at for row in found.rows] == [("telegram", "Veïnat"), ("bluesky", "Levante")]
    count, authors, first = found.rows[0].values
    assert (count, authors) == (2, 1)
    assert datetime.fromtimestamp(first or 0, tz=UTC) == datetime(2026, 11, 18, 13, tzinfo=UTC)
    assert datetime.fromtimestamp(found.rows[1].values[2] or 0, tz=UTC) == datetime(2026, 11, 19, 13, tzinfo=UTC)


def test_what_is_new_cannot_be_told_without_a_past(store: Any, mention: Any) -> None:
    store.mentions = [mention("1")]
    assert not figures(store, "venues_new").known
    store.mentions.append(mention("2", published=NOW - timedelta(days=8)))
    assert figures(store, "venues_new").known


# ── attention ─────────────────────────────────────────────────────────────────────────────
def asked(name: str, hours: float, **given: Any) -> Attention:
    values: dict[str, Any] = {
        "mention": name, "institution": "benialba", "thread": name, "asked": NOW - timedelta(hours=hours),
        "kinds": ("question",), "network": "x", "venue": "x.com", "place": "off_page", "looked": NOW,
    }  # fmt: skip
    return Attention(**{**values, **given})


@pytest.fixture
def waiting(store: Any) -> Any:
    store.attended = [
        asked("1", 2, service="water", department="Aigües"),
        asked("2", 50, kinds=("question", "complaint")),
        asked("3", 60, answered=NOW, wait=3600.0, working_wait=1800.0),
        asked("4", 60, answered=NOW, wait=7200.0, working_wait=0.0),
        asked("5", 60, answered=NOW, wait=90000.0, working_wait=7200.0, network="facebook"),
        asked("6", 5, looked=None),
        asked("7", 5, gone=True),
        asked("8", 24 * 40),
    ]
    return store


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("waiting_by_age", {("4h",): (1,), ("3d",): (1,), ("older",): (1,)}),
        ("waiting_by_department", {("Aigües",): (1,), ("",): (2,)}),
        ("wait_by_network", {("x",): (5400.0, 900.0, 2), ("facebook",): (90000.0, 7200.0, 1)}),
        ("wait_by_service", {("other",): (7200.0, 1800.0, 3)}),
        ("wait_by_department", {("",): (7200.0, 1800.0, 3)}),
        ("answers_by_network", {("x", "answered"): (2,), ("x", "waiting"): (3,), ("x", "unknown"): (1,), ("facebook", "answered"): (1,)}),
    ],
)  # fmt: skip
def test_charts_of_attention_count_what_was_counted_by_hand(waiting: Any, name: str, counted: Any) -> None:
    assert said(figures(waiting, name)) == counted


def test_attention_heeds_the_period_the_filters_and_what_is_left_out(waiting: Any) -> None:
    recent = Query(
        where={**ALL.where, "tag": ("question",), "service": ("other",)}, since=NOW - timedelta(days=7), without=("2",)
    )
    assert said(figures(waiting, "answers_by_network", recent)) == {
        ("x", "answered"): (2,), ("x", "unknown"): (1,), ("facebook", "answered"): (1,),
    }  # fmt: skip


def test_attention_is_not_counted_by_what_it_does_not_have(waiting: Any) -> None:
    odd = Chart("odd", "waits", "bar", (Dimension("author_kind"),), origin="attention")
    with pytest.raises(ConfigError, match="author_kind"):
        rows(odd, waiting, ALL, MADRID, NOW)


@pytest.mark.parametrize(("hours", "name"), [(0, "4h"), (3.9, "4h"), (4, "1d"), (71, "3d"), (24 * 30, "older")])
def test_ages_have_names(hours: float, name: str) -> None:
    assert age(NOW - timedelta(hours=hours), NOW) == name


# ── the catalogue ─────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_has_its_texts(language: str) -> None:
    known = texts(language).entries
    wanted = [chart.text(what) for chart in CHARTS.values() for what in ("title", "help", "empty")]
    wanted += [f"chart.{chart.id}.unknown" for chart in CHARTS.values() if chart.new_within]
    assert [key for key in wanted if not known.get(key)] == []


def test_what_follows_from_its_shape_holds_for_every_chart() -> None:
    for chart in CHARTS.values():
        assert chart.measures
        assert len(chart.dimensions) <= 2 or chart.dimensions[2].values
        assert "time" not in [d.by for d in chart.dimensions[1:]]
        assert chart.mark in ("heatmap", "line") or not {d.by for d in chart.dimensions} & {*OVERLAPPING}
