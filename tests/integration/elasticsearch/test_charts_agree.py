"""Every chart has the same figures from both stores, and from looking at each mention."""

from __future__ import annotations

import random
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from corrillo.attention import Attention
from corrillo.ports import Query
from corrillo.testing.mentions import NOW, TOWN, ZONES, a_mention, pseudonym, tagged, write
from dashboards.charts.figures import rows
from dashboards.charts.listed import CHARTS
from stores.sqlite import SqliteStore
from tests.unit.dashboards.conftest import FakeStore

MADRID = ZoneInfo("Europe/Madrid")
PLACES = {"press": ("El Eco", "La Voz"), "plaza": ("Ágora", "El Eco"), "foro": ("Foro 1", "Foro 2", "Foro 3")}
OF_TOWN = {"institution": (TOWN,)}
QUERIES = {
    "all": Query(where=OF_TOWN),
    "a month": Query(where=OF_TOWN, since=NOW - timedelta(days=30), until=NOW),
    "two days": Query(where=OF_TOWN, since=NOW - timedelta(days=2), until=NOW),
    "filtered": Query(where={**OF_TOWN, "tag": ("question",), "network": ("plaza", "foro")}, since=NOW - timedelta(days=60)),
    "ours": Query(where={**OF_TOWN, "place": ("own",)}),
}  # fmt: skip


def mention(rnd: random.Random, number: int):
    """Any mention of 120 days, over a change of clocks; what is said in the last forum was said this week."""
    network = rnd.choice(list(PLACES))
    venue = rnd.choice(PLACES[network])
    days = 6 if venue == "Foro 3" else 120
    return a_mention(
        str(number), "agua", network=network, venue=venue,
        published=NOW - timedelta(minutes=rnd.randint(1, days * 24 * 60)),
        place=rnd.choice(["own", "on_page", "off_page", "off_page"]), district=rnd.choice(["", "El Raval", "Centro"]),
        service=rnd.choice(["water", "waste", "other"]), author=pseudonym(str(rnd.randint(0, 40))),
        target=rnd.choice(["none", "government"]), language=rnd.choice(["es", "ca"]), story=f"s{rnd.randint(0, 30)}",
        tags=tagged(*rnd.sample(["complaint", "question", "praise", "crisis"], k=rnd.randint(0, 3))),
    )  # fmt: skip


def attention(rnd: random.Random, number: int) -> Attention:
    wait = rnd.choice([None, float(rnd.randint(60, 400_000))])
    return Attention(
        mention=f"m{number}", institution=TOWN, thread="t", asked=NOW - timedelta(minutes=rnd.randint(1, 40 * 24 * 60)),
        kinds=rnd.choice([("question",), ("complaint",), ("question", "complaint")]), network=rnd.choice(list(PLACES)),
        venue="El Eco", place="off_page", service=rnd.choice(["water", "other"]), department=rnd.choice(["", "Aguas"]),
        looked=rnd.choice([None, NOW]), answered=NOW if wait else None, wait=wait, working_wait=wait and wait / 3,
    )  # fmt: skip


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
