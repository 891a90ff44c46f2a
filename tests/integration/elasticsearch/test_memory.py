"""What detection remembers, without transactions: an edition is kept whole or not at all, whoever dies or comes between."""

from __future__ import annotations

import pytest

from corrillo.errors import StoreError
from corrillo.model import Cursor
from corrillo.ports import Query, Recollection, SourceNews
from corrillo.testing.incidents import HOUR, WATER, an_act, an_hour, an_incident, tell
from corrillo.testing.mentions import NOW, TOWN, a_mention, id_of, pseudonym, write
from corrillo.testing.store_detection import about, by, recollect, remember
from stores.elasticsearch.memory import Changes, EditionDocument, Memory
from stores.elasticsearch.names import Names
from stores.elasticsearch.search import Searcher
from stores.elasticsearch.templates import Shape
from tests.fakes.elasticsearch import cut_after

PEPA = pseudonym("pepa")
NEWS = SourceNews("plaza", "town-square", NOW, NOW, seen=1, kept=1)
BEFORE = {"stage": b"1", "calm": b"1", about("0"): b"{}"}
AFTER = {"stage": b"2", about("0"): b"{}", about("1"): by(PEPA)}


@pytest.fixture
def shaky(own, proxy):
    """A store that goes through the proxy, and tries once."""
    yield own.store(proxy.client.impatient())
    proxy.heal()


def take(store, meanwhile=lambda: None):
    """A batch with what detection makes of it, once: what is remembered of a mention is not counted again."""
    with store.unit() as unit:
        known = unit.recollect(TOWN, -1).records
        meanwhile()
        unit.write([a_mention("1", author=PEPA)])
        if about("1") not in known:
            unit.tell([an_hour(count=1), an_incident()])
            unit.remember(TOWN, {"stage": b"%d" % (int(known["stage"]) + 1), "calm": None, about("1"): by(PEPA)})
        unit.advance(Cursor(source="plaza", state="1"), NEWS)


def told(own, store):
    """What can be found of it, after the second that it takes."""
    own.client.send("POST", f"/{own.name}-*/_refresh")
    return [i.id for i in store.incidents(TOWN)], [h.count for h in store.hour_counts(WATER, 0, 2 * HOUR)]


def test_a_unit_that_is_broken_off_anywhere_is_remembered_whole_or_not_at_all(own, store, shaky, proxy):
    """After any of its requests; what was told with it is there as soon as it is remembered."""
    number, broken, seen = 0, True, set()
    while broken:
        own.empty()
        remember(store, BEFORE)
        proxy.spoil(cut_after(number))
        broken = failure_of(shaky)
        proxy.heal()
        later = own.store()
        found = recollect(later)
        assert found in (Recollection(1, BEFORE), Recollection(2, AFTER)), number
        if found.edition == 2:
            assert told(own, later) == (["incident-1"], [1]), number
        seen.add((found.edition, store.cursor("plaza") is None))
        take(later)
        assert recollect(later) == Recollection(2, AFTER), number
        assert (told(own, later), later.count(Query()), later.cursor("plaza").state) == ((["incident-1"], [1]), 1, "1")
        number += 1
    assert seen == {(1, True), (2, True), (2, False)}


def failure_of(store):
    try:
        take(store)
    except StoreError as raised:
        return raised


def test_whoever_was_overtaken_keeps_nothing_and_does_it_again(own, store):
    """Neither what it remembers nor what it tells, and the source stays where it was; the mentions may stand."""
    other = own.store()
    remember(store, BEFORE)
    with pytest.raises(StoreError, match="another process") as raised:
        take(store, meanwhile=lambda: remember(other, {"stage": b"other"}))
    assert raised.value.remedy
    assert recollect(store) == Recollection(2, {**BEFORE, "stage": b"other"})
    assert (told(own, store), store.cursor("plaza")) == (([], []), None)
    with store.unit() as unit:
        unit.recollect(TOWN, 1)
        unit.remember(TOWN, {"stage": b"mine"})
    assert recollect(other, 2) == Recollection(3, {**BEFORE, "stage": b"mine"})


def test_a_writer_who_read_before_an_erasure_does_not_undo_it(own, store):
    """What it had in memory of the erased mention is not remembered again."""
    remember(store, {**BEFORE, about("0"): by(PEPA)})
    with pytest.raises(StoreError, match="another process"):
        take(store, meanwhile=lambda: own.store().erase(ids=[id_of("0")]))
    assert recollect(store) == Recollection(2, {"stage": b"1", "calm": b"1"})


def test_who_carries_an_edition_out_late_does_not_undo_later_ones(prefixes, client):
    """A process that slept in between: what it puts is older, what it deletes is newer."""
    own = prefixes(Shape())
    store = own.store()
    late = Changes({"stage": b"1", "kept": None, "gone": b"1"}, (an_incident(level="watch"),))
    remember(store, {"stage": b"1", "gone": b"1"})
    with store.unit() as unit:
        unit.remember(TOWN, {"stage": b"2", "kept": b"2", "gone": None})
        unit.tell([an_incident(updated=NOW.replace(minute=30))])
    now = recollect(store)
    Memory(Searcher(client, lambda: None), Names(own.name))._carry_out(EditionDocument(TOWN, 1, late))
    assert recollect(store) == now == Recollection(2, {"stage": b"2", "kept": b"2"})
    assert store.incident("incident-1").level == "warning"


def test_a_purge_that_is_broken_off_anywhere_forgets_all_the_same(own, store, shaky, proxy):
    """Mentions, what is remembered of them, incidents with their acts: the next one finishes it."""
    old = NOW.replace(year=2025)
    number, broken = 0, True
    while broken:
        own.empty()
        write(store, a_mention("1", author=PEPA, first_seen=old))
        remember(store, AFTER)
        tell(store, an_incident(updated=old, resolved=old), an_hour())
        store.act(an_act(at=old))
        proxy.spoil(cut_after(number, "/_bulk"))
        broken = purged(shaky)
        proxy.heal()
        store.purge(TOWN, NOW.replace(month=1))
        assert recollect(store) == Recollection(2, {"stage": b"2", about("0"): b"{}"}), number
        left = {index.removeprefix(f"{own.name}-") for index, _ in own.documents()}
        assert left == {"tombstones", "counts", "days", "detection", "hours"}, number
        number += 2
    assert number > 6


def purged(store):
    try:
        store.purge(TOWN, NOW.replace(month=1))
    except StoreError as raised:
        return raised
