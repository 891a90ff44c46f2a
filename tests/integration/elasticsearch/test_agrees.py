"""Both stores, given the same, answer the same: random mentions, every question."""

from __future__ import annotations

import itertools
import random
from datetime import timedelta

import pytest

from corrillo.ports import Query
from corrillo.testing.mentions import ISLAND, NOW, TOWN, ZONES, a_mention, gone, id_of, pseudonym, tagged, write
from stores.sqlite import SqliteStore

WORDS = [
    "agua",
    "luz",
    "corte",
    "calle",
    "mayor",
    "inundación",
    "inundada",
    "inundado",
    "año",
    "ÁRBOL",
    "col·lapse",
    "19",
    "covid-19",
    "🔥",
    "l'Ajuntament",
]
TEXTS = [
    "", "agua", "ag*", "inunda*", '"corte de agua"', "agua OR luz", "agua -luz", "-agua -luz", "(agua OR arbol) calle",
    "ano", "covid-19", "l'ajuntament", "-(agua calle)", "NOT (luz OR corte)", "calle-ma*", "19*",
]  # fmt: skip
FIELDS = ["institution", "network", "venue", "place", "language", "tag", "service", "district", "author_kind", "story"]


def mention(rnd, number, **given):
    """Any mention: with empty values among the others, over the changes of clocks, of few authors."""
    text = " ".join(rnd.choices([*WORDS, "corte de agua", "calle mayor"], k=rnd.randint(0, 12)))
    values = {
        "institution": rnd.choice([TOWN, TOWN, ISLAND]),
        "published": NOW - timedelta(minutes=rnd.randint(0, 90 * 24 * 60)),
        "title": rnd.choice(["", "Corte de", "Agua"]),
        "network": rnd.choice(["press", "plaza", "foro"]),
        "venue": rnd.choice(["", "La Voz", "El Eco", "Ágora"]),
        "district": rnd.choice(["", "", "El Raval", "Centro"]),
        "service": rnd.choice(["water", "waste", "other"]),
        "place": rnd.choice(["own", "on_page", "off_page"]),
        "author": rnd.choice(["", *(pseudonym(str(n)) for n in range(9))]),
        "tags": tagged(*rnd.sample(["complaint", "question", "praise", "crisis"], k=rnd.randint(0, 3))),
        "revision": rnd.randint(1, 3),
    }
    return a_mention(str(number), text, **{**values, **given})


@pytest.fixture(scope="module")
def both(own, tmp_path_factory):
    """An SQLite store and one on Elasticsearch with the same history: edits, deletions, a purge, an erasure."""
    rnd = random.Random(20261121)
    sqlite = SqliteStore(tmp_path_factory.mktemp("agrees") / "corrillo.db", ZONES, lambda: NOW)
    elastic = own.store()
    batches = [
        [mention(rnd, rnd.randint(0, 500)) for _ in range(200)] + [gone(str(rnd.randint(0, 500))) for _ in range(9)]
        for _ in range(6)
    ] + [[mention(rnd, n, first_seen=NOW - timedelta(days=99)) for n in range(600, 640)]]
    for batch in batches:
        rnd.shuffle(batch)
        assert write(sqlite, *batch) == write(elastic, *batch)
    assert sqlite.purge(TOWN, NOW - timedelta(days=30)) == elastic.purge(TOWN, NOW - timedelta(days=30))
    erasure = {"ids": [id_of("7")], "pseudonyms": [pseudonym("3")]}
    assert sqlite.erase(**erasure) == elastic.erase(**erasure)
    yield sqlite, elastic
    sqlite.close()


def same(both, ask):
    """What both answer."""
    first, second = (ask(store) for store in both)
    assert second == first
    return first


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(
    "where", [{}, {"district": ("", "Centro")}, {"tag": ("crisis", "praise"), "institution": (TOWN,)}]
)
def test_the_same_mentions_in_the_same_order(both, text, where):
    """Page by page, with the same tokens; counted and by as many people."""
    query = Query(text=text, where=where, since=NOW - timedelta(days=60))
    pages, page = 0, ""
    while pages < 40:
        found = same(both, lambda s, page=page: s.find(query, limit=40, page=page))
        page, pages = found.next_page, pages + 1
        if not page:
            break
    assert same(both, lambda s: s.count(query)) >= same(both, lambda s: s.distinct_authors(query))


@pytest.mark.parametrize("fields", [[f] for f in FIELDS] + [list(p) for p in itertools.combinations(FIELDS, 2)])
def test_the_same_terms_in_the_same_order(both, fields):
    """Alone and crossed, with their authors, cut where the limit is."""
    query = Query(text="agua OR luz OR -calle")
    assert same(both, lambda s: list(s.terms(query, fields)))
    same(both, lambda s: list(s.terms(query, fields, limit=3)))


@pytest.mark.parametrize("interval", ["hour", "day", "week", "month"])
@pytest.mark.parametrize(
    "zone", ["Europe/Madrid", "Atlantic/Canary", "Asia/Kathmandu", "America/Argentina/Buenos_Aires"]
)
@pytest.mark.parametrize("split", [None, "place", "tag", "district"])
def test_the_same_histograms(both, interval, zone, split):
    """In every zone, over the change of clocks."""
    assert same(
        both, lambda s: sorted((b.values, b.count, b.authors) for b in s.histogram(Query(), interval, zone, split))
    )


@pytest.mark.parametrize("institution", [TOWN, ISLAND])
def test_the_same_daily_counts(both, institution):
    """Those of purged mentions among them."""
    assert same(both, lambda s: sorted(map(str, s.day_counts(institution))))
    same(both, lambda s: sorted(map(str, s.day_counts(institution, "2026-10-01", "2026-11-01"))))
