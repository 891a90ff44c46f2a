"""Every chart has the same figures from both stores, from looking at each mention, and from what Kibana asks."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from corrillo.ports import Query
from corrillo.testing.mentions import NOW, TOWN, ZONES, write
from dashboards.charts.beside import BESIDE, EVERY
from dashboards.charts.catalogue import COUNTS, MOMENTS, Chart
from dashboards.charts.figures import rows
from dashboards.charts.listed import CHARTS
from dashboards.charts.looked import rows as looked
from dashboards.lens.kql import SPOKEN
from dashboards.lens.layer import layer
from dashboards.lens.places import STANDS, index
from dashboards.lens.words import BEFORE, LATELY, question
from dashboards.page.i18n import texts
from stores.sqlite import SqliteStore
from tests.integration.elasticsearch.contents import attention, keep_the_rest, mention
from tests.integration.elasticsearch.kibana import Asked
from tests.unit.dashboards.conftest import FakeStore

MADRID = ZoneInfo("Europe/Madrid")
OF_TOWN = {"institution": (TOWN,)}
QUERIES = {
    "all": Query(where=OF_TOWN),
    "a month": Query(where=OF_TOWN, since=NOW - timedelta(days=30), until=NOW),
    "two days": Query(where=OF_TOWN, since=NOW - timedelta(days=2), until=NOW),
    "filtered": Query(where={**OF_TOWN, "tag": ("question",), "network": ("plaza", "foro")}, since=NOW - timedelta(days=60)),
    "ours": Query(where={**OF_TOWN, "place": ("own",)}),
}  # fmt: skip


@pytest.fixture(scope="module")
def three(own, tmp_path_factory):
    """SQLite, Elasticsearch, and a fake that looks at each mention; with the same contents."""
    rnd = random.Random(8)
    mentions = [mention(rnd, number) for number in range(700)]
    asked = [attention(rnd, number) for number in range(150)]
    sqlite = SqliteStore(tmp_path_factory.mktemp("charts") / "corrillo.db", ZONES, lambda: NOW)
    elastic = own.store()
    for store in (sqlite, elastic):
        write(store, *mentions)
        with store.unit() as unit:
            unit.tell(asked)
        keep_the_rest(store, mentions)
    own.client.send("POST", f"/{own.name}-*/_refresh")
    yield sqlite, elastic, FakeStore(mentions=list(mentions), attended=asked)
    sqlite.close()


@pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))
@pytest.mark.parametrize("chart", CHARTS.values(), ids=list(CHARTS))
def test_figures_are_the_same_wherever_they_are_kept(three, chart, query) -> None:
    sqlite, elastic, fake = (rows(chart, store, query, MADRID, NOW) for store in three)
    assert sqlite == fake
    assert elastic == fake


def test_the_contents_have_something_to_say(three) -> None:
    found = {name: rows(chart, three[0], QUERIES["all"], MADRID, NOW) for name, chart in CHARTS.items()}
    assert [name for name, table in found.items() if table.empty or not table.known] == []
    assert [row.at for row in found["venues_new"].rows] == [("foro", "Foro 3")]


# ── what Kibana asks ──────────────────────────────────────────────────────────────────────
MONTH = Query(where=OF_TOWN, since=NOW - timedelta(days=30), until=NOW + timedelta(days=1))
CHOSEN = replace(MONTH, where={**OF_TOWN, "network": ("press", "plaza"), "service": ("water", "other")})
Figures = dict[tuple[str, ...], dict[str, float | None]]


def drawn(own: Any, chart: Chart, query: Query, zone: str = "Europe/Madrid") -> Figures:
    """What Kibana would draw in a browser of that zone, its ``now`` being ours."""
    stand, made = STANDS[chart.origin], layer(chart, texts("en"))
    chosen = {stand.by[name]: values for name, values in query.where.items() if name in stand.by}
    since, until = (None, None) if chart.new_within else (query.since, query.until)
    asked = Asked(made.as_json(), made.query, stand.time, since, until, chosen, zone, NOW)
    answer = msgspec.json.decode(own.client.send("POST", f"/{index(chart.origin, own.name)}/_search", asked.body()))
    return asked.figures(answer["aggregations"], [d.by for d in chart.dimensions])


def kept(chart: Chart, store: Any, query: Query) -> Figures:
    """What the page has, without what is nothing; a value that is a condition by its number."""
    found = {}
    for row in looked(chart, store, query, MADRID, NOW).rows:
        if row.values[0] or (row.values[0] is not None and chart.measures[0].of not in COUNTS):
            at = [
                str(list(d.values or SPOKEN[d.by]).index(value)) if d.by in SPOKEN else value
                for d, value in zip(chart.dimensions, row.at, strict=True)
            ]
            found[tuple(at)] = {m.of: value for m, value in zip(chart.measures, row.values, strict=True)}
    return found


@pytest.mark.parametrize(
    ("chart", "query"),
    [
        (chart, query)
        for chart in EVERY.values()
        for query in (MONTH, CHOSEN)
        if chart.by and not chart.new_within and (query is MONTH or chart.origin in ("mentions", "attention"))
    ],
    ids=lambda given: given.id if isinstance(given, Chart) else "chosen" if given is CHOSEN else "month",
)
def test_kibana_draws_what_the_page_has(three, own, chart, query) -> None:
    wanted, found = kept(chart, three[0], query), drawn(own, chart, query)
    assert wanted, "there is something to compare"
    assert found.keys() == wanted.keys()
    for at, values in wanted.items():
        got = {of: found[at][of] for of in values}
        seconds = {of: value and value / 1000 if of in MOMENTS else value for of, value in got.items()}
        assert seconds == pytest.approx(values), at


def test_days_are_the_institutions_own_wherever_the_browser_is(three, own) -> None:
    """East of Greenwich; hours are the browser's."""
    chart = EVERY["places_over_time"]
    assert drawn(own, chart, MONTH, "UTC") == drawn(own, chart, MONTH) == drawn(own, chart, MONTH, "Asia/Tokyo")


def test_the_share_that_kibana_divides_is_that_of_the_page(three, own) -> None:
    counted = drawn(own, CHARTS["off_page_share"], MONTH)[()]
    (row,) = rows(CHARTS["off_page_share"], three[0], MONTH, MADRID, NOW).rows
    assert (counted["part"] or 0) / (counted["whole"] or 1) == row.values[0]


@pytest.mark.parametrize("name", ["incidents_open_count", "waiting_count"])
def test_a_figure_of_kibana_is_that_of_the_page(three, own, name) -> None:
    (row,) = looked(BESIDE[name], three[0], MONTH, MADRID, NOW).rows
    assert row.values[0]
    assert tuple(drawn(own, BESIDE[name], MONTH)[()].values()) == row.values


def test_what_is_new_this_week_stands_above_what_is_not(three, own) -> None:
    """Kibana lists all places with the moment in which each was first heard of; the page has its hour, and only new ones."""
    chart, week = CHARTS["venues_new"], (NOW - timedelta(days=7)).timestamp()
    found = drawn(own, chart, Query(where=OF_TOWN))
    new = {at: of for at, of in found.items() if (of["first"] or 0) / 1000 >= week}
    page = {row.at: row.values for row in rows(chart, three[0], Query(where=OF_TOWN), MADRID, NOW).rows}
    told = {at: (of["mentions"], of["authors"], (of["first"] or 0) / 1000 // 3600 * 3600) for at, of in new.items()}
    assert told == page
    assert len(found) > len(new) > 0


def test_words_are_counted_lately_and_before(own, three) -> None:
    """As Vega asks, with Kibana's marks of time filled in: over the months, each of which is an index of its own."""
    citizens = Query(where={**OF_TOWN, "place": ("on_page", "off_page")})
    begin = NOW - timedelta(days=LATELY)
    days = {"": NOW, -LATELY: begin, -LATELY - BEFORE: begin - timedelta(days=BEFORE)}

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            if "%timefilter%" in value:
                return days[value.get("shift", "")].isoformat()
            return {name: filled(inner) for name, inner in value.items()}
        return [filled(inner) for inner in value] if isinstance(value, list) else value

    body = {**filled(question()), "query": {"term": {"institution": TOWN}}}
    answer = msgspec.json.decode(own.client.send("POST", f"/{index('mentions', own.name)}/_search", body))
    (agua,) = answer["aggregations"]["said"]["words"]["buckets"]
    since, then = replace(citizens, since=begin), replace(citizens, since=begin - timedelta(days=BEFORE), until=begin)
    for told, query in (("lately", since), ("before", then)):
        found = (agua[told]["doc_count"], agua[told]["texts"]["value"])
        assert found == (three[0].count(query), len(three[0].terms(query, ["story"], limit=100, authors=False)))
    assert agua["key"] == "agua"
