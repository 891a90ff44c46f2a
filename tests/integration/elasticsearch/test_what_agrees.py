"""The view "What they say" is the same over both stores."""

from __future__ import annotations

from datetime import timedelta

import pytest

from corrillo.institution import Institution
from corrillo.testing.mentions import NOW, TOWN, ZONES, a_mention, tagged, write
from dashboards.page.filters import CITIZENS, Filters, narrow
from dashboards.page.frame import Ask
from dashboards.page.i18n import texts
from dashboards.page.what.growth import Grown
from dashboards.page.what.movement import growth, news
from dashboards.page.what.stories import stories
from stores.sqlite import SqliteStore

USUAL = ("el parque está sucio", "la basura huele fatal", "falta aparcamiento", "la farola parpadea")
DAY = timedelta(days=1)


def said():
    """Of the month before, what is always said; this week a hole in the road, and a note of six newspapers."""
    for n in range(90):
        yield a_mention(f"before-{n}", USUAL[n % 4], service="parks", published=NOW - (7.5 + n / 4) * DAY)
    for n in range(15):
        yield a_mention(
            f"now-{n}", "menudo socavón", service="roadworks", tags=tagged("complaint"), published=NOW - n * DAY / 3
        )
    note = a_mention("note", "Se abre un socavón", network="press", venue="Agencia", venue_kind="agency", author="")
    yield note
    for n in range(5):
        given = {"network": "press", "venue": f"Diari {n}", "venue_kind": "newspaper", "author": "", "story": note.id}
        yield a_mention(f"copy-{n}", "Se abre un socavón", published=NOW - DAY, **given)


@pytest.fixture(scope="module")
def both(own, tmp_path_factory):
    sqlite = SqliteStore(tmp_path_factory.mktemp("what") / "corrillo.db", ZONES, lambda: NOW)
    elastic = own.store()
    for store in (sqlite, elastic):
        write(store, *said())
    yield sqlite, elastic
    sqlite.close()


@pytest.mark.parametrize(("period", "searched"), [("7d", ""), ("7d", "socavón OR parque OR basura"), ("all", "")])
def test_both_stores_tell_the_same(both, period, searched):
    """New words, what grew, stories; and there is something to tell."""
    town = Institution(id=TOWN, name="Ajuntament de Benialba")
    told = []
    for store in both:
        ask = Ask(store, town, Filters(TOWN, period=period, text=searched), NOW, texts("es"), ())
        citizens = narrow(ask.query, "place", *CITIZENS)
        told.append((news(ask, citizens), growth(ask, citizens), stories(store, citizens, ask.zone)))
    assert told[0] == told[1]
    words, grown, (story,) = told[0]
    assert (story.kind, story.venues) == ("note", 6)
    if period == "7d":
        assert [(w.written, w.now) for w in words.words] == [("menudo socavón", 15)]
        assert grown.grown == Grown("roadworks", 15, 0)
