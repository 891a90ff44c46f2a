"""What grew most against the period before: by people, and only where chance does not explain it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from corrillo.model import Gap
from corrillo.ports import Query, SourceHealth
from dashboards.page.filters import Filters
from dashboards.page.frame import Ask
from dashboards.page.i18n import texts
from dashboards.page.sources import Listening
from dashboards.page.what.growth import Grown, Span, chance, most_grown, span_before
from dashboards.page.what.movement import Growth, growth, news

MADRID = ZoneInfo("Europe/Madrid")
DAY = timedelta(days=1)
HEARD = (Listening("x-search", "x", "X: búsqueda"), Listening("feed", "press", "Diari"))


@pytest.fixture
def ask(store: Any, town: Any, now: datetime) -> Any:
    """The last seven days, of two sources that have always been heard."""
    store.sources = [
        SourceHealth(c.source, c.network, last_success=now, newest_post=now, begun=now - 400 * DAY) for c in HEARD
    ]

    def asking(period: str = "7d") -> Ask:
        return Ask(
            store, town, Filters(town.id, {"place": ("on_page", "off_page")}, period=period), now, texts("es"), HEARD
        )

    return asking


@pytest.fixture
def talk(store: Any, mention: Any, now: datetime) -> Any:
    """Adds so many authors, so many days ago."""

    def add(service: str, authors: int, days: float, **given: Any) -> None:
        published = now - days * DAY
        store.mentions += [
            mention(f"{service}{days}{n}", service=service, author=f"{service}{n}", published=published, **given)
            for n in range(authors)
        ]

    return add


# ── is it chance? ─────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("now", "before", "probability"),
    [(5, 0, 1 / 32), (7, 0, 1 / 128), (8, 2, 56 / 1024), (10, 2, 79 / 4096), (3, 3, 1.0), (0, 0, 1.0)],
)
def test_how_probable_growth_by_chance_is(now: int, before: int, probability: float) -> None:
    """As heads of so many coins, counted by hand."""
    assert chance(now, before) == pytest.approx(probability)


def test_many_authors_are_compared_without_adding_up() -> None:
    """The approximation goes on where the sum ends."""
    assert chance(1060, 940) == pytest.approx(chance(1061, 941), rel=0.02)
    assert chance(60_000, 40_000) < 1e-300


def test_few_authors_are_no_growth() -> None:
    """Five out of nothing happen by chance; seven do not, where only one service is looked at."""
    assert most_grown({"water": 5}, {}) is None
    assert most_grown({"water": 7}, {}) == Grown("water", 7, 0)


def test_where_more_services_are_looked_at_more_growth_is_asked_for() -> None:
    """Seven of nothing in one of ten services is chance."""
    others = dict.fromkeys(("waste", "noise", "parks", "sport", "health", "taxes", "social", "housing", "culture"), 6)
    assert most_grown({"water": 7, **others}, others) is None
    assert most_grown({"water": 12, **others}, others) == Grown("water", 12, 0)


def test_the_largest_growth_is_told_and_other_matters_are_none() -> None:
    now = {"water": 60, "waste": 45, "other": 300}
    assert most_grown(now, {"water": 20, "waste": 10, "other": 10}) == Grown("water", 60, 20)


# ── the period before ─────────────────────────────────────────────────────────────────────
def test_the_period_before_is_as_long_and_ends_at_the_same_hour(ask: Any, now: datetime) -> None:
    """It is five past two in Madrid: so it is seven days before, too."""
    asked = ask()
    assert span_before(asked.query, now, MADRID) == Span(asked.query.since - 7 * DAY, now - 7 * DAY)
    assert span_before(ask("1d").query, now, MADRID) == Span(ask("1d").query.since - DAY, now - DAY)


def test_a_day_of_25_hours_moves_no_midnight() -> None:
    """The 25th of October 2026 is longer in Madrid."""
    query = Query(since=datetime(2026, 10, 25, 22, tzinfo=UTC), until=datetime(2026, 10, 27, 23, tzinfo=UTC))
    query = Query(since=datetime(2026, 10, 25, 23, tzinfo=UTC), until=query.until)
    before = span_before(query, datetime(2026, 11, 21, tzinfo=UTC), MADRID)
    assert before is not None
    assert before.since == datetime(2026, 10, 23, 22, tzinfo=UTC)
    assert before.until == before.since + timedelta(hours=48)


def test_what_has_no_beginning_has_nothing_before(ask: Any, now: datetime) -> None:
    assert span_before(ask("all").query, now, MADRID) is None
    assert growth(ask("all"), ask("all").query) == Growth("no_beginning")


# ── as it was heard ───────────────────────────────────────────────────────────────────────
def test_growth_is_counted_by_authors(ask: Any, talk: Any) -> None:
    talk("water", 20, 1)
    talk("water", 4, 8)
    talk("waste", 1, 2)
    talk("parks", 1, 90)
    assert growth(ask(), ask().query) == Growth("", Grown("water", 20, 4), 7)


def test_of_what_is_not_kept_nothing_is_said_to_have_grown(ask: Any, talk: Any) -> None:
    """Nothing from before the period before: who knows whether all of that is there."""
    talk("water", 20, 1)
    talk("water", 4, 8)
    assert growth(ask(), ask().query) == Growth("not_kept", None, 7)


def test_a_source_that_was_deaf_then_is_left_out_on_both_sides(ask: Any, store: Any, talk: Any, now: datetime) -> None:
    """A feed that began three days ago brings its own voices: they are no growth."""
    talk("water", 30, 1, source="feed")
    talk("waste", 20, 1)
    talk("waste", 2, 8)
    talk("parks", 1, 90)
    store.sources[1] = SourceHealth("feed", "press", last_success=now, newest_post=now, begun=now - 3 * DAY)
    found = growth(ask(), ask().query)
    assert (found.grown, [row.label for row in found.deaf]) == (Grown("waste", 20, 2), ["Diari"])


def test_an_hour_of_silence_in_a_week_leaves_nobody_out(ask: Any, store: Any, talk: Any, now: datetime) -> None:
    talk("waste", 20, 1)
    talk("parks", 1, 90)
    gap = Gap(since=now - 9 * DAY, until=now - 9 * DAY + timedelta(hours=1), why="503")
    store.sources[1] = SourceHealth(
        "feed", "press", last_success=now, newest_post=now, begun=now - 400 * DAY, gaps=(gap,)
    )
    assert growth(ask(), ask().query).deaf == ()


def test_where_nobody_heard_the_period_before_growth_is_not_known(
    ask: Any, store: Any, talk: Any, now: datetime
) -> None:
    talk("water", 30, 1)
    store.sources = [
        SourceHealth(c.source, c.network, last_success=now, newest_post=now, begun=now - 3 * DAY) for c in HEARD
    ]
    found = growth(ask(), ask().query)
    assert (found.unknown, found.grown, len(found.deaf)) == ("deaf", None, 2)


# ── new words, as they were heard ─────────────────────────────────────────────────────────
def test_words_of_a_source_that_is_new_are_no_new_words(ask: Any, store: Any, talk: Any, now: datetime) -> None:
    """Those of the others are."""
    for week in (9, 16, 23):
        talk("parks", 20, week, text="el parque está sucio")
    talk("water", 12, 1, text="menudo socavón")
    talk("culture", 12, 2, text="bonito pregón", source="feed")
    store.sources[1] = SourceHealth("feed", "press", last_success=now, newest_post=now, begun=now - 3 * DAY)
    found = news(ask(), ask().query)
    assert [w.written for w in found.words] == ["menudo socavón"]
    assert ([row.label for row in found.deaf], found.read, found.known) == (["Diari"], 12, 60)
    store.sources[1] = SourceHealth("feed", "press", last_success=now, newest_post=now, begun=now - 400 * DAY)
    assert sorted(w.written for w in news(ask(), ask().query).words) == ["bonito pregón", "menudo socavón"]


def test_without_a_month_before_no_word_is_called_new(ask: Any, talk: Any) -> None:
    talk("water", 30, 1, text="menudo socavón")
    assert (news(ask(), ask().query).unknown, news(ask(), ask().query).words) == ("not_kept", ())
    assert news(ask("all"), ask("all").query).unknown == "no_beginning"
