"""Templates on a real server: made once, mended, never put back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

import stores.elasticsearch.setup as setting_up
from corrillo.errors import StoreError
from corrillo.health import advanced
from corrillo.model import Cursor, milliseconds
from corrillo.ports import Query, SourceHealth
from corrillo.testing.mentions import NOW, ZONES, a_mention, everything, gone, id_of, write
from corrillo.testing.store_keeping import ALL_NEWS
from stores.elasticsearch import ElasticStore, Indexer, bulk, connect
from stores.elasticsearch import templates as templates_module
from stores.elasticsearch.accounts import setup_roles
from stores.elasticsearch.check import check
from stores.elasticsearch.documents import mention_document, version
from stores.elasticsearch.fields import FIELDS, Described
from stores.elasticsearch.names import KINDS, Names
from stores.elasticsearch.setup import setup
from stores.elasticsearch.templates import LANGUAGES, Shape


@pytest.fixture
def fresh(prefixes):
    """A prefix that nothing is under."""
    return prefixes(Shape())


def opened(fresh, client):
    return ElasticStore(client, ZONES, lambda: NOW, fresh.name, patience=0)


def wrong(client, fresh, clock=lambda: NOW):
    return {f.what for f in check(client, Names(fresh.name), clock) if not f.ok} - {"Elasticsearch's clock"}


def test_what_is_set_up_is_not_set_up_again(client, fresh):
    """Everything the first time, nothing the second."""
    first = setup(client, Names(fresh.name), Shape())
    assert {d.how for d in first} == {"made"}
    assert len(first) == 2 * len(KINDS) + 1
    assert {d.how for d in setup(client, Names(fresh.name), Shape())} == {"there"}
    assert {d.how for d in setup(client, Names(fresh.name), Shape(replicas=1))} == {"there", "updated"}


def test_a_store_sets_itself_up_when_it_is_first_used(client, fresh):
    """By a question too; opening it sends nothing."""
    store = opened(fresh, client)
    assert wrong(client, fresh) == {"Elasticsearch's templates"}
    assert (store.count(Query()), list(store.health()), store.cursor("x"), list(store.known("x", NOW, 5))) == (
        0,
        [],
        None,
        [],
    )
    assert wrong(client, fresh) == set()


def test_opening_a_store_connects_to_nothing():
    """A server that is not there is no matter until it is asked."""
    store = ElasticStore(connect(["http://127.0.0.1:9"]).impatient(), ZONES, lambda: NOW)
    indexer = Indexer(connect(["http://127.0.0.1:9"]), ZONES)
    for ask in (store.health, lambda: store.count(Query()), lambda: write(store, a_mention())):
        with pytest.raises(StoreError, match="cannot be reached"):
            ask()
    assert indexer.index([a_mention()]).transient == (0,)
    store.close()
    indexer.close()


def test_a_new_field_reaches_indices_that_are_there(client, fresh, monkeypatch):
    """When a later version sets up; what is in them stays."""
    write(opened(fresh, client), a_mention("1"))
    monkeypatch.setitem(FIELDS, "mentions", {**FIELDS["mentions"], "mood": Described("keyword", "New.")})
    for module in (setting_up, templates_module):
        monkeypatch.setattr(module, "VERSION", templates_module.VERSION + 1)
    store = opened(fresh, client)
    write(store, a_mention("2"))
    mapped = json.loads(client.send("GET", f"/{fresh.name}-mentions/_mapping"))
    assert all("mood" in index["mappings"]["properties"] for index in mapped.values())
    assert len(everything(store)) == 2


OF_VERSION_1 = ("network", "cursor", "newest_post", "last_success", "last_attempt", "failures", "last_error", "seen")
"""What was known of a source then."""


def test_what_version_1_has_left_is_taken_over(client, fresh, monkeypatch):
    """Sources are as healthy as they were and resume where they did; new fields have their place everywhere."""
    with monkeypatch.context() as then:
        then.setitem(FIELDS, "sources", {name: FIELDS["sources"][name] for name in OF_VERSION_1})
        then.setitem(
            FIELDS, "mentions", {n: d for n, d in FIELDS["mentions"].items() if n not in ("backfilled", "looked")}
        )
        for module in (setting_up, templates_module):
            then.setattr(module, "VERSION", 1)
        write(opened(fresh, client), a_mention("1"))
        at = milliseconds(NOW)
        old = {"network": "press", "cursor": "7", "last_success": at, "last_attempt": at + 5, "failures": 2, "seen": 9}
        client.send("PUT", f"/{fresh.name}-sources/_doc/plaza", old, {"refresh": "true"})
    store = opened(fresh, client)
    later = NOW + timedelta(milliseconds=5)
    before = SourceHealth("plaza", "press", last_success=NOW, last_attempt=later, failures=2, seen=9)
    assert (list(store.health()), store.cursor("plaza")) == ([before], Cursor("plaza", "7"))
    with store.unit() as unit:
        unit.write([a_mention("1", looked=NOW), a_mention("2", backfilled=True)])
        unit.advance(Cursor("plaza", "8"), ALL_NEWS)
    assert list(store.health()) == [advanced(before, ALL_NEWS)]
    assert {(m.looked, m.backfilled) for m in everything(store).values()} == {(NOW, False), (None, True)}


def test_templates_of_a_newer_corrillo_are_left_alone(client, fresh, monkeypatch):
    """With both versions and what to do."""
    monkeypatch.setattr(templates_module, "VERSION", 7)
    setup(client, Names(fresh.name), Shape())
    monkeypatch.undo()
    with pytest.raises(StoreError, match=rf"version 7.*knows {templates_module.VERSION}") as raised:
        write(opened(fresh, client), a_mention())
    assert "upgrade" in raised.value.remedy
    monkeypatch.setattr(setting_up, "VERSION", 6)
    with pytest.raises(StoreError, match="newer"):
        setup(client, Names(fresh.name), Shape())


def test_the_number_of_copies_reaches_indices_that_are_there(client, fresh):
    """Set up again after a node was added."""
    write(opened(fresh, client), a_mention("1"))
    setup(client, Names(fresh.name), Shape(replicas=2))
    given = json.loads(client.send("GET", f"/{fresh.name}-*/_settings/index.number_of_replicas"))
    assert {i["settings"]["index"]["number_of_replicas"] for i in given.values()} == {"2"}


def test_a_document_with_a_field_of_nobodys_is_refused(client, fresh):
    """Mappings are strict, in every index."""
    setup(client, Names(fresh.name), Shape())
    for kind in KINDS:
        index = f"{fresh.name}-mentions-2026-11" if kind == "mentions" else f"{fresh.name}-{kind}"
        with pytest.raises(StoreError, match="no such field"):
            client.send("PUT", f"/{index}/_doc/1", {"surprise": 1})


def test_months_are_made_as_they_come_behind_one_alias(client, fresh):
    """By publication, in UTC, as first seen: an edit does not move it."""
    store = opened(fresh, client)
    write(store, *(a_mention(str(n), published=NOW - timedelta(days=31 * n)) for n in range(3)))
    write(store, a_mention("0", revision=2, published=NOW - timedelta(days=62)))
    alias = json.loads(client.send("GET", f"/_alias/{fresh.name}-mentions"))
    assert sorted(i.removeprefix(fresh.name) for i in alias) == [f"-mentions-2026-{m}" for m in ("09", "10", "11")]
    assert store.count(Query()) == 3


def test_a_late_writer_does_not_undo_a_deletion(client, fresh):
    """Who looked before the tombstone and writes after it: Elasticsearch remembers the deleted version."""
    store = opened(fresh, client)
    mention = a_mention(revision=5)
    late = bulk.put(f"{fresh.name}-mentions-2026-11", mention.id, mention_document(mention, ZONES), version(mention))
    write(store, a_mention())
    write(store, gone("1"))
    assert [r.status for r in bulk.once(client, [late])] == [409]
    client.send("POST", f"/{fresh.name}-*/_refresh")
    assert store.count(Query(ids=(id_of("1"),))) == 0


def test_roles_go_into_a_file_where_the_server_takes_no_others(client):
    """The bare core keeps none; it says so, and where to write them."""
    with pytest.raises(StoreError, match="takes no roles") as raised:
        setup_roles(client, Names("test-roles"))
    assert "roles.yml" in raised.value.remedy


def test_the_bare_core_gets_templates_that_it_can_keep(client, fresh):
    """Without languages and lifecycle, though a retention is given."""
    setup(client, Names(fresh.name), Shape(retention_days=730))
    template = json.loads(client.send("GET", f"/_component_template/{fresh.name}-mentions-fields"))
    properties = template["component_templates"][0]["component_template"]["template"]["mappings"]["properties"]
    assert "fields" not in properties["text"]


@pytest.mark.full_server
def test_a_full_server_gets_languages_lifecycle_and_roles(client, fresh):
    """What the bare core lacks: stems are found by their language's analyzer."""
    done = setup(client, Names(fresh.name), Shape(retention_days=730)) + setup_roles(client, Names(fresh.name))
    assert any("lifecycle" in d.what for d in done)
    assert sum("role" in d.what for d in done) == 4
    write(opened(fresh, client), a_mention(text="Las farolas de las calles"))
    for name in LANGUAGES:
        client.send("POST", f"/{fresh.name}-mentions/_search", {"query": {"match": {f"text.{name}": "x"}}})
    found = client.send("POST", f"/{fresh.name}-mentions/_count", {"query": {"match": {"text.es": "farola"}}})
    assert json.loads(found)["count"] == 1
    explained = json.loads(client.send("GET", f"/{fresh.name}-mentions-2026-11/_ilm/explain"))
    assert explained["indices"][f"{fresh.name}-mentions-2026-11"]["policy"] == f"{fresh.name}-mentions"
