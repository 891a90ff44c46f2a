"""The numbers of the page, and what they leave out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from corrillo.model import Gap, from_milliseconds
from corrillo.ports import Bucket, Query, SourceHealth
from dashboards.charts.spans import finest
from dashboards.page.figures import figures
from dashboards.page.filters import narrow
from dashboards.page.i18n import texts
from dashboards.page.posts import EXCERPT, beginning, cards, safe_link
from dashboards.page.sources import Listening, sources
from dashboards.page.timeline import Timeline, round_up, timeline
from dashboards.page.venues import VenueRow, venues
from dashboards.page.words import column_label, headline, place_name

MADRID = ZoneInfo("Europe/Madrid")
ES = texts("es")
ALL = Query(where={"institution": ("benialba",)})


@pytest.fixture
def talk(store: Any, mention: Any, tags: Any) -> Any:
    """Three off page (one author twice), one on page, two of our own."""
    store.mentions = [
        mention("1", tags=tags("complaint", "question"), service="cleaning", author="ana"),
        mention("2", tags=tags("complaint"), service="cleaning", author="ana", network="facebook", venue="Veïns"),
        mention("3", tags=tags("crisis"), author="eli", network="facebook", venue="Veïns"),
        mention("4", place="on_page", author="pau", service="water"),
        mention("5", place="own", author="@town"),
        mention("6", place="own", author="@town", network="mastodon", venue="example"),
        mention("7", institution="elsewhere"),
    ]
    return store


def test_share_off_page_is_of_what_citizens_say(talk: Any) -> None:
    """Our own posts are counted apart; another institution's are not there."""
    found = figures(talk, ALL)
    assert (found.citizens, found.off_page, found.own, found.authors, found.share) == (4, 3, 2, 3, 0.75)


def test_there_is_no_share_of_nothing(store: Any) -> None:
    assert figures(store, ALL).share is None
    assert "ninguna mención" in headline(ES, figures(store, ALL))


def test_figures_by_tag_do_not_heed_the_filter_by_tag(talk: Any) -> None:
    """So that following one gives as many posts as it says."""
    query = Query(where={**ALL.where, "tag": ("crisis",)})
    assert figures(talk, query).tags == {"complaint": 2, "question": 1, "crisis": 1}
    assert figures(talk, query).citizens == 1


def test_only_own_posts_are_no_mentions_of_citizens(talk: Any) -> None:
    own = figures(talk, Query(where={**ALL.where, "place": ("own",)}))
    assert (own.citizens, own.own, own.tags) == (0, 2, {})
    assert "2</strong> de la propia" in headline(ES, own)


def test_headline_answers_how_many_where_and_about_what(talk: Any) -> None:
    said = headline(ES, figures(talk, ALL)).striptags().replace("\u00a0", " ")
    assert said == (
        "De 4 menciones de ciudadanos, el 75 % está fuera de nuestras páginas; "
        "sobre todo en Veïns (Facebook) y X. Entre lo etiquetado, lo que más: quejas de limpieza."
    )


def test_headline_trusts_no_venue(store: Any, mention: Any) -> None:
    store.mentions = [mention("1", network="forum", venue="<img src=x>")]
    assert "<img" not in headline(ES, figures(store, ALL))


def test_a_filter_that_leaves_no_place_asks_nothing() -> None:
    assert narrow(Query(where={"place": ("own",)}), "place", "on_page") is None


def test_venues_show_each_place_apart_and_authors_of_citizens_only(talk: Any) -> None:
    rows = venues(talk, ALL).rows
    assert rows == (
        VenueRow("x", "x.com", 1, 1, 1, 2),
        VenueRow("facebook", "Veïns", 2, 0, 0, 2),
        VenueRow("mastodon", "example", 0, 0, 1, 0),
    )


def test_a_venue_that_is_its_whole_network_is_named_once() -> None:
    assert [place_name(ES, "x", "x.com"), place_name(ES, "press", "Diari")] == ["X", "Diari (Prensa)"]


def test_timeline_leaves_no_day_out_and_days_are_local(store: Any, mention: Any, now: datetime) -> None:
    """A post at 23:30 UTC belongs to the next day in Madrid."""
    store.mentions = [mention("1", published=datetime(2026, 11, 18, 23, 30, tzinfo=UTC))]
    query = Query(where=ALL.where, since=datetime(2026, 11, 16, 23, tzinfo=UTC), until=now + timedelta(hours=9))
    line = timeline(store, query, MADRID, now)
    assert [(c.start.day, c.counts) for c in line.columns] == [
        (17, (0, 0, 0)), (18, (0, 0, 0)), (19, (1, 0, 0)), (20, (0, 0, 0)), (21, (0, 0, 0)),
    ]  # fmt: skip


def test_one_day_is_shown_by_its_own_hours(store: Any, mention: Any, now: datetime) -> None:
    """Up to its end, or up to now; never into the next day."""
    day = datetime(2026, 11, 19, 23, tzinfo=UTC)
    store.mentions = [mention("1", published=day + timedelta(hours=3))]
    line = timeline(store, Query(where=ALL.where, since=day, until=day + timedelta(days=1)), MADRID, now)
    assert (line.interval, len(line.columns), line.columns[3].counts) == ("hour", 24, (1, 0, 0))
    assert column_label(ES, line, line.columns[3], short=True) == "03:00"


@pytest.mark.parametrize(("days", "interval"), [(30, "day"), (300, "week"), (900, "month")])
def test_everything_is_shown_as_fine_as_it_fits(
    store: Any, mention: Any, now: datetime, days: int, interval: str
) -> None:
    store.mentions = [mention("1"), mention("2", published=now - timedelta(days=days))]
    line = timeline(store, ALL, MADRID, now)
    assert line.interval == interval
    assert sum(c.total for c in line.columns) == 2


def test_months_may_come_without_a_day(now: datetime) -> None:
    """A store may say 2026-11 for a month, and an offset for an hour."""

    class Months:
        def histogram(self, *asked: Any, **how: Any) -> list[Bucket]:
            return [Bucket(("2024-01", "own"), 1, 1), Bucket(("2026-11", "off_page"), 2, 1)]

    line = timeline(Months(), ALL, MADRID, now)  # type: ignore[arg-type]
    assert (line.interval, len(line.columns), line.columns[-1].counts) == ("month", 35, (2, 0, 0))


def test_nothing_gives_no_columns(store: Any, now: datetime) -> None:
    assert timeline(store, ALL, MADRID, now) == Timeline("day", ())


def test_columns_stand_on_each_other_and_fit_the_axis(store: Any, mention: Any, now: datetime) -> None:
    store.mentions = [mention("1"), mention("2", place="on_page"), mention("3", place="own"), mention("4")]
    line = timeline(store, ALL, MADRID, now)
    drawn = line.segments(line.columns[0])
    assert [(s.place, s.y, s.height) for s in drawn] == [("off_page", 84, 84), ("on_page", 42, 42), ("own", 0, 42)]


@pytest.mark.parametrize(
    ("value", "top"), [(0, 4), (4, 4), (5, 6), (9, 10), (11, 20), (25, 30), (232, 300), (812, 1000)]
)
def test_the_axis_ends_in_a_round_number_that_can_be_halved(value: int, top: int) -> None:
    assert round_up(value) == top


def test_two_days_are_shown_by_the_hour(now: datetime) -> None:
    assert [finest(now - timedelta(days=d), now) for d in (2, 3, 93, 645)] == ["hour", "day", "week", "month"]


def test_what_was_not_heard_of_the_period_is_counted_once(store: Any, now: datetime) -> None:
    """Two gaps that overlap, one that was filled, one before the period, and the one that lasts."""
    hour = timedelta(hours=1)
    read = now - 2 * hour

    def gap(since: float, until: float, **given: Any) -> Gap:
        return Gap(since=now - since * hour, until=now - until * hour, why="503", **given)

    gaps = (gap(50, 40), gap(12, 8), gap(10, 6), gap(5, 4, filled="resumed"))
    store.sources = [SourceHealth("s", "x", last_success=read, newest_post=read, begun=now - 99 * hour, gaps=gaps)]
    found = sources(store, [], now, now - 24 * hour)
    (row,) = found.rows
    assert (row.state, row.unheard) == ("blind", 8 * hour)
    assert len(row.gaps) == 4
    assert [r.health.source for r in found.partial] == ["s"]
    assert (found.whole("x"), found.whole("press")) == (False, True)
    assert found.unknown(now - 7 * hour, now - 6 * hour) == (row,)
    assert found.unknown(now - 5 * hour, now - 4 * hour) == ()


def test_what_is_configured_is_judged_and_nothing_else(store: Any, now: datetime) -> None:
    store.sources = [SourceHealth("old", "x", last_success=now, newest_post=now)]
    found = sources(store, [Listening("new", "press", "Diari")], now)
    assert [(r.health.source, r.state, r.label) for r in found.rows] == [("new", "blind", "Diari")]
    assert [r.health.source for r in sources(store, [], now).rows] == ["old"]


def test_story_and_thread_sizes_do_not_heed_the_filters(store: Any, mention: Any, now: datetime) -> None:
    old = now - timedelta(days=300)
    store.mentions = [mention("1", story="s", thread="t"), mention("2", story="s", thread="t", published=old)]
    query = Query(where=ALL.where, since=now - timedelta(days=1))
    (card,) = cards(store, query, "", MADRID, ES).cards
    assert (card.story_size, card.thread_size) == (2, 2)


def test_a_pseudonym_is_shortened_and_an_own_account_is_not(store: Any, mention: Any) -> None:
    store.mentions = [
        mention("1", author="0123456789abcdef"),
        mention("2", author="@ajbenialba", author_kind="own_account"),
    ]
    assert {c.author for c in cards(store, ALL, "", MADRID, ES).cards} == {"012345", "@ajbenialba"}


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:x", "data:text/html,x", "ftp://a.example", "//a.example",
     "http://", "https://a@b.example", "https://a.example/\u202e", "java\nscript:x", "https:\\\\a.example", "http://[::1"],
)  # fmt: skip
def test_only_plain_web_addresses_are_linked(url: str) -> None:
    assert safe_link(url) == ""


def test_a_web_address_is_linked_as_it_is() -> None:
    assert safe_link("https://a.example/p?q=1&r=ñ#x") == "https://a.example/p?q=1&r=ñ#x"


def test_a_long_text_begins_at_a_word_and_says_that_it_goes_on() -> None:
    text = "palabra " * 400
    assert len(beginning(text)) <= EXCERPT + 2
    assert beginning(text).endswith("palabra …")
    assert beginning("corto") == "corto"


def test_times_are_shown_in_the_zone_of_the_institution(store: Any, mention: Any) -> None:
    store.mentions = [mention("1", published=from_milliseconds(1_795_000_000_000))]
    (card,) = cards(store, ALL, "", MADRID, ES).cards
    assert card.local.utcoffset() == timedelta(hours=1)
