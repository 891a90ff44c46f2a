"""The views "Who waits" and "Posts" are the same over both stores."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from corrillo.attention import Attention
from corrillo.institution import Institution
from corrillo.testing.mentions import NOW, TOWN, ZONES, a_mention, tagged, write
from corrillo.work import Deed
from dashboards.page.filters import Filters
from dashboards.page.frame import Ask
from dashboards.page.i18n import texts
from dashboards.page.posts_view import posts
from dashboards.page.waits.view import waits
from stores.sqlite import SqliteStore

HOUR = timedelta(hours=1)
THERE = Institution(
    id=TOWN,
    name="Ajuntament de Benialba",
    account=[{"network": "town-square", "handle": "@benialba"}, {"network": "forum", "handle": "benialba"}],
    commitment={"answer_within_hours": 8.0},
)


def said():
    """A post of ours; under it and elsewhere every third question is answered, every fifth never looked after."""
    ours = a_mention(
        "ours", "Talls", place="own", author="@benialba", author_kind="own_account", published=NOW - 400 * HOUR
    )
    yield ours, None
    for n in range(60):
        asked, place = NOW - (n * 9 + 1) * HOUR, "on_page" if n % 2 else "off_page"
        given = {"published": asked, "place": place, "service": ("water", "waste")[n % 2]}
        if n % 2:
            given |= {"thread": ours.id, "answers": ours.id}
        mention = a_mention(str(n), f"¿Cuándo hay {('agua', 'luz')[n % 3 > 0]}?", tags=tagged("question"), **given)
        answered = (
            {"answered": asked + HOUR, "by": "@benialba", "wait": 3600.0, "working_wait": n * 60.0}
            if n % 3 == 0
            else {}
        )
        yield mention, Attention(
            mention=mention.id, institution=TOWN, thread=mention.thread, asked=asked, kinds=("question",), network="town-square",
            venue="plaza.example", place=place, service=given["service"], looked=NOW if n % 5 else None, **answered,
        )  # fmt: skip


@pytest.fixture(scope="module")
def both(own, tmp_path_factory):
    sqlite = SqliteStore(tmp_path_factory.mktemp("waits") / "corrillo.db", ZONES, lambda: NOW)
    elastic = own.store()
    told = list(said())
    for store in (sqlite, elastic):
        write(store, *(mention for mention, _ in told))
        with store.unit() as unit:
            unit.tell([attention for _, attention in told if attention])
        done = Deed(id="d", mention=told[2][0].id, institution=TOWN, at=NOW, who="Marta", what="answered_elsewhere")
        store.do(done)
    yield sqlite, elastic
    sqlite.close()


@pytest.mark.parametrize(
    ("asked", "some"),
    [
        (Filters(TOWN, period="30d"), True), (Filters(TOWN, period="14d", page="1"), True),
        (Filters(TOWN, period="all", text="luz -agua"), True), (Filters(TOWN, {"service": ("water",), "place": ("off_page",)}), True),
        (Filters(TOWN, {"target": ("government",)}), False),
    ],
)  # fmt: skip
def test_both_stores_tell_the_same_of_who_waits(both, asked, some):
    """Figures, list, groups, accounts; and there is something to tell."""
    shown = [waits(Ask(store, THERE, replace(asked, view="waits"), NOW, texts("es"), ())) for store in both]
    sqlite, elastic = (replace(one, charts={}) for one in shown)
    assert sqlite == elastic
    assert bool(sqlite.figures.waiting and sqlite.figures.unknown and sqlite.list.rows) is some


def test_what_the_team_closed_is_closed_in_both(both):
    asked = Filters(TOWN, period="30d", view="waits")
    assert [waits(Ask(store, THERE, asked, NOW, texts("es"), ())).closed for store in both] == [1, 1]


def test_both_stores_tell_the_same_of_posts_and_their_threads(both):
    shown = [
        posts(Ask(store, THERE, Filters(TOWN, period="30d", view="posts"), NOW, texts("es"), ())) for store in both
    ]
    here = [(one.found, [c.mention.id for c in one.posts.cards], one.threads) for one in shown]
    assert here[0] == here[1]
    assert [t.size for t in here[0][2].values()] == [31]
