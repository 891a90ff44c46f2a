"""On a server of its own: users with our roles from its files, the bytes of its files, and a server that hangs or dies."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from corrillo.errors import StoreError
from corrillo.model import Cursor
from corrillo.pipeline import settle
from corrillo.ports import Quarantined, Query, SourceNews, Unfinished
from corrillo.testing.attention import an_attention
from corrillo.testing.deeds import a_deed
from corrillo.testing.incidents import HOUR, WATER, an_act, an_hour, an_incident, tell
from corrillo.testing.mentions import NOW, TOWN, ZONES, a_mention, everything, gone, id_of, pseudonym, tagged, write
from corrillo.testing.notices import a_delivery, a_subscriber
from corrillo.testing.store_detection import about, remembered
from deploy.services import Elasticsearch
from deploy.services.java import QUICK
from stores.elasticsearch import ElasticStore, Indexed, Indexer, connect
from stores.elasticsearch.check import check
from stores.elasticsearch.expunge import PERSONAL
from stores.elasticsearch.names import Names
from stores.elasticsearch.roles import ROLES, file_bodies, role_name
from stores.elasticsearch.setup import setup
from stores.elasticsearch.templates import Shape
from tests.processes import until

NAMES = Names("corrillo")
PEPA, LUIS = pseudonym("pepa"), pseudonym("luis")
URL = "https://plaza.example/@pepa/enlacequitado"
REMEMBERED = b'{"author":"%b"}' % PEPA.encode()
TRACES = (
    "urcielagoquitasoles", PEPA.lstrip("~"), "enlacequitado", "refquitado", "zarabandaquitada", b64encode(REMEMBERED).decode(),
)  # fmt: skip
"""Words of texts, the person, the link, the ref, what was purged, what is remembered of a mention: as they stand in the
clear, among compressed documents."""


SETTER = {
    "setter": '{"cluster": ["manage_index_templates"], "indices": [{"names": ["set-*"], "privileges": ["manage"]}]}'
}
"""Who sets up, with no more than docs/elasticsearch.md says."""


@pytest.fixture(scope="module")
def server():
    """The node, with a user for each role and one who sets up."""
    users = {role: (f"the {role}'s password", (role_name(NAMES, role),)) for role in ROLES}
    users["setter"] = ("the setter's password", ("setter",))
    with (
        TemporaryDirectory(prefix="corrillo-", ignore_cleanup_errors=True) as folder,
        Elasticsearch(Path(folder), roles={**file_bodies(NAMES), **SETTER}, users=users, jvm=QUICK) as started,
    ):
        yield started


@pytest.fixture(scope="module")
def admin(server):
    with connect([server.url], server.user, server.password) as client:
        yield client


def opened(server, role, **given):
    """A store as a user of that role opens it."""
    client = connect([server.url], role, f"the {role}'s password", timeout=30)
    return ElasticStore(client, ZONES, lambda: NOW, **{"patience": 0, **given})


def test_a_writer_does_not_set_up_but_says_who_has_to(server):
    """Before anything is there."""
    with pytest.raises(StoreError, match="may not do it") as raised:
        write(opened(server, "writer"), a_mention())
    assert "corrillo setup elasticsearch" in raised.value.remedy


def test_a_writer_does_all_that_corrillo_does(server, admin, tmp_path):
    """On indices that it makes itself, from the templates of an administrator."""
    ElasticStore(admin, ZONES, lambda: NOW).prepare()
    store = opened(server, "writer")
    with store.unit() as unit:
        unit.write(settle([a_mention("1", url=URL, ref="7"), a_mention("2")], unit.groups, [TOWN]))
        unit.quarantine([Quarantined("q", "plaza", NOW, "no date", "page 1", "{}")])
        unit.advance(Cursor(source="plaza", state="7"), SourceNews("plaza", "town-square", NOW, NOW, seen=2))
        unit.recollect(TOWN, -1)
        unit.remember(TOWN, {about("1"): b"{}"})
        unit.tell([an_incident(), an_hour(), an_attention()])
    store.act(an_act())
    store.subscribe(a_subscriber())
    store.deliver([a_delivery("1"), a_delivery("2", made=NOW - timedelta(days=99))])
    assert store.purge_deliveries(NOW - timedelta(days=30)) == 1
    store.note_failure("plaza", "town-square", NOW, "no connection")
    indexer = Indexer(store._client, ZONES)
    assert indexer.index([a_mention("3", published=NOW - timedelta(days=99)), gone("2")]) == Indexed(done=2)
    assert indexer.tell([an_incident(), an_hour(), an_attention()]) == Indexed(done=3)
    assert [h.source for h in indexer.healths()] == ["plaza"]
    indexer.close()
    assert store.erase(ids=[id_of("2")]).mentions == 0
    write(store, a_mention("old", first_seen=NOW - timedelta(days=99)))
    assert store.purge(TOWN, NOW - timedelta(days=30)) == 1
    assert store.day_counts(TOWN)
    store.backup(tmp_path / "backup")
    assert store.release(["q"]) == 1
    with pytest.raises(StoreError, match="may not"):
        store._client.send("DELETE", "/corrillo-links")


def test_setting_up_needs_no_more_than_is_documented(server, admin):
    """The first time, and again when indices are there; whoever may less is told."""
    setter = connect([server.url], "setter", "the setter's password")
    assert {d.how for d in setup(setter, Names("set"), Shape(retention_days=9))} == {"made"}
    write(ElasticStore(admin, ZONES, lambda: NOW, "set"), a_mention())
    assert "updated" in {d.how for d in setup(setter, Names("set"), Shape(replicas=1))}
    with pytest.raises(StoreError, match="may not") as raised:
        setup(connect([server.url], "writer", "the writer's password"), Names("set"), Shape())
    assert "docs/elasticsearch.md" in raised.value.remedy


def test_a_cluster_that_takes_no_writes_is_found_and_said(server, admin):
    """As an administrator sets it before a move; afterwards it goes on."""
    store = ElasticStore(admin.impatient(), ZONES, lambda: NOW, "blocked")
    write(store, a_mention("1"))
    admin.send("PUT", "/_cluster/settings", {"persistent": {"cluster.blocks.read_only": True}})
    try:
        (finding,) = [f for f in check(admin, Names("blocked"), lambda: NOW) if f.what == "Elasticsearch's blocks"]
        assert not finding.ok
        assert "the cluster (cluster read-only (api))" in finding.said
        with pytest.raises(StoreError, match="takes no writes") as raised:
            write(store, a_mention("2"))
        assert raised.value.remedy
    finally:
        admin.send("PUT", "/_cluster/settings", {"persistent": {"cluster.blocks.read_only": None}})
    assert write(store, a_mention("2")).new == 1


def test_the_team_reads_everything_and_writes_what_it_does(server):
    """Links, sources, quarantine; what it does about incidents and mentions; the page needs no more."""
    store = opened(server, "team")
    assert everything(store)[id_of("1")].url == URL
    assert (len(store.health()), len(store.quarantined()), store.cursor("plaza").state) == (1, 0, "7")
    assert store.day_counts(TOWN)
    assert store.terms(Query(), ["network", "venue"])
    assert (list(store.incidents(TOWN)), list(store.hour_counts(WATER, 0, 2 * HOUR))) == ([an_incident()], [an_hour()])
    store.act(an_act(what="reopen"))
    assert [a.what for a in store.acts(["incident-1"])] == ["acknowledge", "reopen"]
    store.do(a_deed())
    assert (list(store.deeds([id_of("1")])), list(store.done(TOWN))) == ([a_deed()], [a_deed()])
    assert (list(store.subscribers()), list(store.deliveries())) == ([a_subscriber()], [a_delivery("1")])
    store.subscribe(a_subscriber("nuria"))
    assert store.unsubscribe("subscriber-marta")
    assert (list(store.subscribers()), list(store.deliveries())) == ([a_subscriber("nuria")], [])
    for deed in (
        lambda: tell(store, an_incident()),
        lambda: write(store, a_mention("9")),
        lambda: store.erase(ids=["1"]),
        lambda: store.release(["q"]),
    ):
        with pytest.raises(StoreError, match="may not") as raised:
            deed()
        assert "corrillo_writer" in raised.value.remedy


@pytest.mark.parametrize("role", ["analyst", "dashboard"])
def test_analysts_and_dashboards_see_mentions_and_counts_and_nothing_that_leads_to_people(server, role):
    """Not by any way in."""
    client = connect([server.url], role, f"the {role}'s password")
    seen = client.send("POST", "/corrillo-mentions/_search", {"aggs": {"s": {"terms": {"field": "service"}}}})
    assert id_of("1").encode() in seen
    assert URL.encode() not in seen
    client.send("POST", "/corrillo-mentions-2026-11/_search", {})
    for index in ("counts", "hours", "alerts", "attention"):
        assert b'"_id"' in client.send("POST", f"/corrillo-{index}/_search", {})
    for index in (
        "links",
        "tombstones",
        "stories",
        "sources",
        "quarantine",
        "purges",
        "detection",
        "acts",
        "deeds",
        "subscribers",
        "deliveries",
    ):
        for path in ("_search", "_count"):
            with pytest.raises(StoreError, match="may not"):
                client.send("POST", f"/corrillo-{index}/{path}", {})
    assert b'"count":0' not in client.send("GET", "/corrillo-mentions/_count")
    assert URL.encode() not in client.send("POST", "/corrillo-*/_search", {"size": 100})
    with pytest.raises(StoreError, match="may not"):
        client.send("POST", "/corrillo-mentions-2026-11/_doc", {})
    with pytest.raises(StoreError, match="may not"):
        opened(server, role).find(Query())


def test_a_server_that_hangs_is_said_and_nothing_is_lost_or_doubled(server, admin):
    """Requests that were under way are done by it later, or by us again."""
    store = ElasticStore(admin, ZONES, lambda: NOW, "hangs")
    write(store, a_mention("before"))
    hasty = connect([server.url], server.user, server.password, timeout=1)
    indexer = Indexer(hasty, ZONES, "hangs")
    until(lambda: indexer.index([a_mention("indexed")]) == Indexed(done=1), "it is indexed within a second")
    server.suspend()
    try:
        with pytest.raises(StoreError, match="not answered in time"):
            ElasticStore(hasty, ZONES, lambda: NOW, "hangs").count(Query())
        became = indexer.index([a_mention("during"), gone("before")])
        assert became.transient == (0, 1)
        assert "not answered in time" in became.reason
    finally:
        server.resume()
    until(lambda: indexer.index([a_mention("during"), gone("before")]) == Indexed(done=2), "it answers again")
    indexer.close()
    admin.send("POST", "/hangs-*/_refresh")
    assert set(everything(store)) == {id_of("indexed"), id_of("during")}


def test_a_server_that_is_killed_keeps_what_it_said_that_it_has(server, admin):
    """Everything that was acknowledged is there when it is back."""
    store = ElasticStore(admin, ZONES, lambda: NOW, "killed")
    write(store, *(a_mention(str(n)) for n in range(300)))
    indexer = Indexer(admin, ZONES, "killed")
    assert indexer.index([a_mention(str(n)) for n in range(300, 600)]) == Indexed(done=300)
    server.kill()
    away = ElasticStore(admin.impatient(), ZONES, lambda: NOW, "killed")
    with pytest.raises(StoreError, match="cannot be reached"):
        away.count(Query())
    assert indexer.index([a_mention("600")]).transient == (0,)
    server.start()
    assert indexer.index([a_mention("600"), gone("0")]) == Indexed(done=2)
    indexer.close()
    admin.send("POST", "/killed-*/_refresh")
    assert len(everything(store)) == 600


def files(server, admin):
    """The files of this test's indices: segments and logs."""
    made = json.loads(admin.send("GET", "/bytes-*/_settings/index.uuid"))
    folders = [Path(server.folder, "data", "indices", i["settings"]["index"]["uuid"]) for i in made.values()]
    return [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]


def traces(server, admin):
    """What stands in them, and in which."""
    return {(t, file.suffix) for file in files(server, admin) for t in TRACES if t.encode() in file.read_bytes()}


def hers(name, **given):
    text = f"Murciélagoquitasoles en Benialba {name}, dice @{PEPA}"
    return a_mention(name, text, **{"tags": tagged("complaint", evidence=("Murciélagoquitasoles",)), **given})


def test_what_is_erased_and_purged_is_in_no_byte_of_the_files(server, admin):
    """By id, by url, by person, out of others' texts and out of quarantine; after at most a minute and a half."""
    store = ElasticStore(admin, ZONES, lambda: NOW, "bytes")
    fillers = [a_mention(f"f{n}", f"aviso {n} sobre la calle {n % 7} de Benialba") for n in range(300)]
    for part in (
        fillers[:150],
        [hers("id", ref="refquitado"), hers("url", url=URL), hers("person", author=PEPA)],
        fillers[150:],
        [hers("id", ref="refquitado", revision=2), a_mention("other", f"gracias @{PEPA}", author=LUIS)],
        [a_mention("old", "zarabandaquitada", first_seen=NOW - timedelta(days=99))],
    ):
        with store.unit() as unit:
            unit.write(settle(part, unit.groups, [TOWN]))
            unit.quarantine([Quarantined("q", "plaza", NOW, "no date", "p. 1", "{}", (PEPA,))])
            unit.remember(TOWN, {about("person"): REMEMBERED, about("other"): b"{}"})
    admin.send("POST", "/bytes-*/_flush", params={"force": "true"})
    assert {trace for trace, _ in traces(server, admin)} == set(TRACES)
    hasty = ElasticStore(admin, ZONES, lambda: NOW, "bytes", patience=0)
    hasty.erase(ids=[id_of("id")])
    hasty.erase(url=URL)
    assert hasty.purge(TOWN, NOW - timedelta(days=30)) == 1
    erased = store.erase(pseudonyms=[PEPA])
    assert (erased.mentions, erased.named_in, erased.quarantined) == (1, 1, 1)
    assert traces(server, admin) == set()
    assert any(b"aviso" in file.read_bytes() for file in files(server, admin))
    assert everything(store)[id_of("other")].text == "gracias @…"
    assert remembered(store) == {about("other"): b"{}"}
    personal = ",".join(f"bytes-{kind}" for kind in PERSONAL)
    deleted = admin.send(
        "GET",
        f"/{personal}/_stats/docs",
        params={"ignore_unavailable": "true", "filter_path": "_all.total.docs.deleted"},
    )
    assert b'"deleted":0' in deleted


def test_bytes_that_cannot_leave_the_files_are_said(server, admin):
    """It is deleted, but whoever promised the erasure has to know."""
    store = ElasticStore(admin, ZONES, lambda: NOW, "stays", patience=0.1)
    write(store, hers("1"), hers("2"))
    with pytest.raises(Unfinished, match="files still hold it") as raised:
        store.erase(ids=[id_of("1")])
    assert ("again" in raised.value.remedy, raised.value.erased.ids) == (True, (id_of("1"),))
    assert set(everything(store)) == {id_of("2")}
