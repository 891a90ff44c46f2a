"""The way in for streams: nothing is looked up but tombstones, and every event's fate is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from corrillo.errors import StoreError
from corrillo.health import advanced
from corrillo.ports import Quarantined, SourceHealth
from corrillo.testing.attention import ANSWERED, an_attention
from corrillo.testing.incidents import HOUR, WATER, an_hour, an_incident
from corrillo.testing.mentions import NOW, TOWN, ZONES, a_mention, everything, gone, id_of, pseudonym, write
from corrillo.testing.store_keeping import ALL_NEWS
from stores.elasticsearch import Indexed, Indexer, connect

PEPA = pseudonym("pepa")


@pytest.fixture
def indexer(own, store, client):
    made = Indexer(client, ZONES, own.name, own.shape)
    yield made
    made.close()


@pytest.fixture
def found(own, store):
    """What can be found, after the second that it takes."""

    def find():
        own.client.send("POST", f"/{own.name}-*/_refresh")
        return everything(store)

    return find


def test_what_is_indexed_is_what_a_unit_stores(indexer, store, own, found):
    """The same documents, byte for byte, so that both ways may write to one store."""
    mention = a_mention(ref="7", url="https://plaza.example/7", title="Sin luz")
    assert indexer.index([mention]) == Indexed(done=1)
    assert found() == {mention.id: mention}
    before = own.documents()
    own.empty()
    write(store, mention)
    assert own.documents() == before


def test_doing_it_again_changes_nothing(indexer, found):
    """Equal versions overwrite, older ones are stale."""
    many = [a_mention(str(n), f"aviso {n}", revision=2) for n in range(1500)]
    assert indexer.index(many) == Indexed(done=1500)
    assert indexer.index(many) == Indexed(done=1500)
    assert indexer.index([a_mention(str(n), "antes", revision=1) for n in range(1500)]) == Indexed(stale=1500)
    assert found() == {m.id: m for m in many}


def test_of_several_versions_in_one_call_the_newest_stays(indexer, found):
    """Of equal ones the last, whatever request they would be in."""
    events = [a_mention(text="b", revision=2), a_mention(text="a"), a_mention(text="c", revision=2)]
    assert indexer.index(events) == Indexed(done=1, stale=2)
    assert [m.text for m in found().values()] == ["c"]


def test_a_deletion_takes_mention_link_and_story_and_leaves_a_tombstone(indexer, store, own, found):
    """Whether the mention came in the same call, in an earlier one, from a unit, or never."""
    write(store, a_mention("unit"))
    indexer.index([a_mention("earlier", published=NOW - timedelta(days=400))])
    events = [a_mention("now"), *(gone(n) for n in ("now", "unit", "earlier", "never")), a_mention("now", revision=9)]
    assert indexer.index(events) == Indexed(done=4, refused=1, stale=1)
    assert found() == {}
    assert {i for i, _ in own.documents()} == {f"{own.name}-tombstones"}
    assert indexer.index([a_mention(n, revision=9) for n in ("now", "unit", "earlier", "never")]) == Indexed(refused=4)
    assert indexer.index([gone("now")]) == Indexed(done=1)


def test_erased_names_stay_out(indexer, store, found):
    """As in a unit."""
    store.erase(pseudonyms=[PEPA])
    indexer.index([a_mention(text=f"pregunta a @{PEPA}")])
    assert found()[id_of("1")].text == "pregunta a @…"


def test_a_document_that_is_not_taken_is_named_and_the_others_are_stored(indexer, found):
    """With why; giving it again would not help."""
    bad = a_mention("x" * 600, id="x" * 600)
    became = indexer.index([a_mention("1"), bad, a_mention("2")])
    assert became.done == 2
    assert list(became.permanent) == [1]
    assert "512" in became.permanent[1]
    assert len(found()) == 2


def test_a_source_is_replaced_by_what_is_known_later(indexer, store, own):
    """The whole of it; an earlier attempt that comes late changes nothing."""
    later = advanced(None, replace(ALL_NEWS, seen=9, kept=3))
    sooner = SourceHealth("plaza", "town-square", last_attempt=NOW - timedelta(hours=1), failures=1, last_error="no")
    assert indexer.sources([sooner, later]) == Indexed(done=2)
    assert indexer.sources([sooner]) == Indexed(stale=1)
    assert indexer.sources([later]) == Indexed(done=1)
    own.client.send("POST", f"/{own.name}-sources/_refresh")
    assert list(store.health()) == [later]


def test_an_item_of_quarantine_is_kept_once(indexer, store, own):
    """With the moment at which it was first set aside."""
    item = Quarantined("q", "plaza", NOW, "no date", "page 1", "{}", (PEPA,))
    later = Quarantined("q", "plaza", NOW + timedelta(hours=1), "no date", "page 1", "{}", (PEPA,))
    assert indexer.quarantine([item]) == Indexed(done=1)
    assert indexer.quarantine([later]) == Indexed(done=1)
    own.client.send("POST", f"/{own.name}-quarantine/_refresh")
    assert list(store.quarantined()) == [item]


def test_what_is_told_on_a_stream_is_what_a_unit_tells(indexer, store, own):
    """The same documents; telling it again changes nothing."""
    told = [an_incident(), an_incident("2", into="incident-1"), an_hour(), an_attention(**ANSWERED)]
    assert indexer.tell(told) == indexer.tell(told) == Indexed(done=4)
    before = {address: source for address, (_, source) in own.documents().items()}
    assert (len(store.incidents(TOWN)), list(store.hour_counts(WATER, 0, 2 * HOUR))) == (2, [an_hour()])
    own.empty()
    with store.unit() as unit:
        unit.tell(told)
    assert {address: source for address, (_, source) in own.documents().items()} == before


def test_a_replayed_incident_does_not_undo_a_newer_one(indexer, store):
    """Older ones are stale, in one call or in several; of the counts of one hour the last stands."""
    old, new = an_incident(updated=NOW - timedelta(minutes=5), level="watch"), an_incident()
    assert indexer.tell([an_hour(count=1), new, old, an_hour(count=2)]) == Indexed(done=2, stale=2)
    assert indexer.tell([old]) == Indexed(stale=1)
    assert store.incident(new.id) == new


def test_attention_goes_with_its_mention(indexer, store, found):
    """Deleted with it, however late more of it is told; what is told last of others stands."""
    for name in "12":
        indexer.index([a_mention(name)])
    told = [an_attention("1"), an_attention("2", **ANSWERED), an_attention("2")]
    assert indexer.tell(told) == Indexed(done=2, stale=1)
    indexer.index([gone("1")])
    assert indexer.tell([an_attention("1"), an_attention("3")]) == Indexed(done=1, refused=1)
    assert indexer.tell([an_attention("3", gone=True), an_attention("1", gone=True)]) == Indexed(done=2)
    found()
    assert list(store.attention(TOWN)) == [an_attention("2")]


def test_what_is_told_to_a_server_that_is_away_is_told_again(store):
    """All of it may work later."""
    away = Indexer(connect(["http://127.0.0.1:9"]), ZONES)
    assert away.tell([an_hour(count=1), an_hour(), an_incident()]).transient == (1, 2)
    with pytest.raises(StoreError, match="cannot be reached"):
        away.healths()
    away.close()


def test_a_worker_is_told_how_all_sources_are(indexer, store, own):
    """By name, as the store says it."""
    store.note_failure("dead", "press", NOW, "401")
    store.note_success(replace(ALL_NEWS, source="plaza"))
    assert indexer.healths() == list(store.health())
    assert [h.source for h in indexer.healths()] == ["dead", "plaza"]
