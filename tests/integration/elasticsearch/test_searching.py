"""Searching at the edges of what Elasticsearch does by itself: long words, many endings, many pages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from corrillo.model import Engagement
from corrillo.ports import Query
from corrillo.testing.mentions import NOW, a_mention, everything, pseudonym, write
from stores.elasticsearch import Indexer


def test_long_words_are_found_whole_and_by_their_beginning(store):
    """As long as a text may be; in phrases too. A piece in the middle is no word."""
    long = "a" * 10_000
    write(store, a_mention("1", f"dice {long} fin"), a_mention("2", f"dice {long}b fin"), a_mention("3", "a" * 255))
    asked = {
        long: 1, f"{long}b": 1, f'"dice {long} fin"': 1, "a" * 255: 1, "a" * 10_001: 0, "aaaa*": 3, "a" * 120 + "*": 3,
        f'"{long} {long}"': 0, "-" + long: 2,
    }  # fmt: skip
    assert {q: store.count(Query(text=q)) for q in asked} == asked


def test_a_beginning_stands_for_every_ending(store):
    """More than any limit on expansions, alone and at the end of a phrase."""
    write(store, *(a_mention(str(n), " ".join(f"corte x{n:02d}{m:03d}" for m in range(200))) for n in range(30)))
    assert store.count(Query(text="x*")) == 30
    assert store.count(Query(text="corte-x29*")) == 1
    assert store.count(Query(text="corte-x*")) == 30
    assert store.count(Query(text="x29199*")) == 1


def test_texts_are_asked_as_words_whatever_stands_in_them(store):
    """Nothing of Elasticsearch's own query languages gets through."""
    write(store, a_mention("1", "agua_corriente /agua/ title:agua luz~2 a?b"), a_mention("2", "*:*"))
    asked = {"title:agua": 1, "luz~2": 1, "agua_corriente": 1, "/agua/": 1, "a?b": 1, "_exists_:id": 0, "agua~": 1}
    assert {q: store.count(Query(text=q)) for q in asked} == asked


def test_numbers_and_names_that_do_not_fit_are_stored_all_the_same(store):
    """A store is no judge: they come back as they were, and the rest of the mention is found."""
    odd = a_mention(
        "1", venue="v" * 9000, engagement=Engagement(likes=10**18, shares=-1), revision=2**49, district="d" * 40_000
    )
    huge = a_mention("2", engagement=Engagement(likes=2**63))
    write(store, odd, huge)
    assert everything(store) == {odd.id: odd, huge.id: huge}
    assert store.count(Query(text="niebla")) == 2
    assert write(store, odd).unchanged == 1


def test_more_than_ten_thousand_are_paged_and_counted(prefixes, client):
    """Beyond the window of one search."""
    own = prefixes()
    store = own.store()
    many = [
        a_mention(str(n), published=NOW - timedelta(seconds=n // 7), author=pseudonym(str(n % 3000)), story=str(n))
        for n in range(12_000)
    ]
    indexer = Indexer(client, {}, own.name)
    assert indexer.index(many).done == 12_000
    indexer.close()
    client.send("POST", f"/{own.name}-*/_refresh")
    assert everything(store).keys() == {m.id for m in many}
    assert store.count(Query()) == 12_000
    assert store.distinct_authors(Query()) == pytest.approx(3000, rel=0.001)
    stories = store.terms(Query(), ["story"], limit=20_000, authors=False)
    assert (len(stories), stories[0].count) == (12_000, 1)
    assert len(store.terms(Query(), ["story", "place"], limit=20_000)) == 12_000
    waiting = [a_mention(f"w{n}", thread="root") for n in range(5_500)]
    write(store, *waiting)
    with store.unit() as unit:
        assert len(unit.groups.waiting_for(["root"])) == 5_500


def test_a_post_that_two_servers_call_differently_is_known_by_both_names(store):
    """As it is heard on each."""
    write(store, a_mention("1", ref="7"))
    write(store, a_mention("1", ref="8"))
    with store.unit() as unit:
        assert set(unit.groups.resolve("town-square", ["7", "8", "9"])) == {"7", "8"}
        unit.write([a_mention("1", ref="9")])
        assert set(unit.groups.resolve("town-square", ["7", "8", "9"])) == {"7", "8", "9"}
