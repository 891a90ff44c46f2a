"""The address says what is shown, strictly, and every view can be written as an address again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest

from corrillo.institution import Institution
from dashboards.page.address import BadFilter, read
from dashboards.page.filters import Filters

MADRID = ZoneInfo("Europe/Madrid")
TODAY = date(2026, 11, 21)


def asked(town: Institution, query: str) -> Filters:
    return read(parse_qsl(query, keep_blank_values=True), [town])


def test_nothing_asked_is_the_last_fourteen_days(town: Institution) -> None:
    """Today is the fourteenth day; days begin at midnight in the institution's zone."""
    query = asked(town, "").query(MADRID, TODAY)
    assert query.since == datetime(2026, 11, 7, 23, tzinfo=UTC)
    assert query.until == datetime(2026, 11, 21, 23, tzinfo=UTC)
    assert query.where == {"institution": ("benialba",)}


def test_both_days_are_included_also_when_clocks_change(town: Institution) -> None:
    """25 October 2026 has 25 hours in Madrid."""
    query = asked(town, "from=2026-10-25&to=2026-10-25").query(MADRID, TODAY)
    assert query.since == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert query.until == datetime(2026, 10, 25, 23, tzinfo=UTC)


def test_days_win_over_a_named_period(town: Institution) -> None:
    """The form sends both: what was written by hand counts."""
    filters = asked(town, "period=7d&from=2026-11-01&to=")
    assert (filters.period, filters.first, filters.last) == ("", date(2026, 11, 1), None)


def test_repeated_values_are_alternatives(town: Institution) -> None:
    assert asked(town, "tag=crisis&tag=complaint&tag=crisis").where == {"tag": ("crisis", "complaint")}


def test_blanks_of_the_form_say_nothing(town: Institution) -> None:
    assert asked(town, "q=+&network=&place=&from=&to=") == asked(town, "")


@pytest.mark.parametrize(
    ("query", "field", "problem"),
    [
        ("colour=red", "colour", "unknown_field"),
        ("author=x", "author", "unknown_field"),
        ("q=agua&q=luz", "q", "repeated"),
        ("from=2026-13-01", "from", "not_a_day"),
        ("from=20261121", "from", "not_a_day"),
        ("to=9999-12-31", "to", "not_a_day"),
        ("from=2026-11-02&to=2026-11-01", "to", "order"),
        ("period=2y", "period", "not_one_of"),
        ("place=nowhere", "place", "not_one_of"),
        ("service=magic", "service", "not_one_of"),
        ("language=xx", "language", "not_one_of"),
        ("target=me", "target", "not_one_of"),
        ("lang=fr", "lang", "not_one_of"),
        ("institution=elsewhere", "institution", "not_one_of"),
        ('q="open', "q", "not_a_query"),
        ("q=agua+OR", "q", "not_a_query"),
        ("q=(agua", "q", "not_a_query"),
        ("network=a%00b", "network", "unprintable"),
        ("q=abc%E2%80%AEgpj", "q", "unprintable"),
        ("venue=" + "a" * 501, "venue", "too_long"),
        ("&".join(f"venue={n}" for n in range(51)), "venue", "too_long"),
    ],
)
def test_what_is_not_understood_is_named(town: Institution, query: str, field: str, problem: str) -> None:
    """An unknown field or a bad value is an error that names both, never ignored."""
    with pytest.raises(BadFilter) as caught:
        asked(town, query)
    assert (caught.value.field, caught.value.problem) == (field, problem)


def test_an_address_is_read_back_as_the_same_view(town: Institution) -> None:
    """Whatever characters the values have."""
    filters = asked(town, "q=agua+OR+luz&venue=No+eres+de+Benialba+si+no%E2%80%A6&venue=%23a%26b&period=30d&lang=en")
    assert asked(town, urlsplit(filters.link("posts")).query) == filters


def test_a_filter_is_added_and_taken_away_beside_the_others(town: Institution) -> None:
    """Links keep what they do not change, except the page of posts."""
    filters = asked(town, "network=x&network=bluesky&tag=crisis&q=agua&page=abc")
    assert filters.without("network", "x").where == {"tag": ("crisis",), "network": ("bluesky",)}
    assert filters.only("service", "water").has("service", "water")
    assert filters.only("tag").where == {"network": ("x", "bluesky")}
    assert {filters.only("tag").text, filters.saying("").page, filters.over("7d").page} == {"agua", ""}


def test_a_thread_is_shown_whole(town: Institution) -> None:
    """Its link drops period and filters, so that it shows as many as it says."""
    alone = asked(town, "network=x&lang=en").alone("thread", "t1")
    assert (alone.where, alone.period, alone.language) == ({"thread": ("t1",)}, "all", "en")


def test_citizens_are_never_the_institution(town: Institution) -> None:
    assert asked(town, "").citizens().where == {"place": ("on_page", "off_page")}
    assert asked(town, "place=own&place=off_page").citizens().where == {"place": ("off_page",)}
