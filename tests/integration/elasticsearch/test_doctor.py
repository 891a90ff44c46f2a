"""What ``corrillo doctor`` finds on a real server, and what a store says of the same: each with what to do.

Where the real server is well, a proxy before it (``tests.fakes.elasticsearch``) tells of one that is not.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from corrillo.errors import StoreError
from corrillo.ports import Query
from corrillo.testing.mentions import NOW, ZONES, a_mention, write
from stores.elasticsearch import ElasticStore, Indexer, connect
from stores.elasticsearch import templates as templates_module
from stores.elasticsearch.check import check
from stores.elasticsearch.names import Names
from stores.elasticsearch.setup import setup
from stores.elasticsearch.templates import Shape
from tests.fakes.elasticsearch import error

OLDER = error(
    400, "media_type_header_exception", "Invalid media-type value on headers [Accept, Content-Type]",
    caused_by={"type": "status_exception", "reason": "Accept version must be either version 8 or 7, but found 9."},
)  # fmt: skip
"""What a server of version 8 answers to whatever we ask."""


def our_clock():
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def well(prefixes, client):
    """A prefix that is set up."""
    made = prefixes(Shape())
    setup(client, Names(made.name), made.shape)
    return made


def findings(client, prefix, clock=our_clock):
    return {f.what: f for f in check(client.impatient(), Names(prefix.name), clock)}


def wrong(client, prefix, clock=our_clock):
    """What is not well; whatever it is, there is something to do about it."""
    found = [f for f in check(client.impatient(), Names(prefix.name), clock) if not f.ok]
    assert all(f.remedy for f in found)
    return {f.what: f for f in found}


def test_a_server_that_is_well_is_said_to_be(client, well):
    """Each thing that was looked at, with what was seen."""
    found = findings(client, well)
    assert len(found) == 5
    assert all(f.ok and f.said for f in found.values())


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_an_hour_off_is_found(client, well, hours):
    """Fast or slow, with how far it is."""
    (finding,) = wrong(client, well, lambda: our_clock() + timedelta(hours=hours)).values()
    assert finding.what == "Elasticsearch's clock"
    off = int(finding.said.removesuffix(" s from ours"))
    assert off == pytest.approx(3600, abs=60), "its clock is read to the second, and the asking takes a while"
    assert "NTP" in finding.remedy


def test_templates_that_are_missing_or_of_another_version_are_found(client, prefixes, monkeypatch):
    """Before a setup, and after one of a newer Corrillo."""
    prefix = prefixes(Shape())
    missing = wrong(client, prefix)["Elasticsearch's templates"]
    assert "corrillo setup elasticsearch" in missing.remedy
    monkeypatch.setattr(templates_module, "VERSION", 7)
    setup(client, Names(prefix.name), prefix.shape)
    monkeypatch.undo()
    (newer,) = wrong(client, prefix).values()
    assert f"newer Corrillo (version 7, this one knows {templates_module.VERSION})" in newer.said
    assert "upgrade Corrillo" in newer.remedy


def test_copies_without_a_node_are_found(client, prefixes):
    """More copies than nodes."""
    prefix = prefixes(Shape(replicas=1))
    write(ElasticStore(client, ZONES, lambda: NOW, prefix.name, prefix.shape), a_mention())
    assert "elasticsearch.replicas = 0" in wrong(client, prefix)["Elasticsearch's indices"].remedy


@pytest.mark.parametrize(
    ("block", "said"), [("read_only_allow_delete", "disk is almost full"), ("write", "takes no writes")]
)
def test_an_index_that_takes_no_writes_is_found_and_said(client, own, store, well, block, said):
    """As the flood stage of a full disk sets it, and as people do; afterwards it goes on. Others' blocks are not ours."""
    write(store, a_mention("1"))
    client.send("PUT", f"/{own.name}-links/_settings", {f"index.blocks.{block}": True})
    (finding,) = [f for f in wrong(client, own).values() if f.what == "Elasticsearch's blocks"]
    assert f"{own.name}-links" in finding.said
    assert not wrong(client, well)
    with pytest.raises(StoreError, match=said) as raised:
        write(own.store(client.impatient()), a_mention("2"))
    assert raised.value.remedy
    client.send("PUT", f"/{own.name}-links/_settings", {f"index.blocks.{block}": None})
    assert "Elasticsearch's blocks" not in wrong(client, own)
    assert write(store, a_mention("2")).new == 1


def test_a_wrong_password_is_said_by_everything_once(elasticsearch_server, well):
    """Store, indexer and doctor: no retry would help."""
    with connect([elasticsearch_server.url], elasticsearch_server.user, "not the password") as client:
        store = ElasticStore(client, ZONES, lambda: NOW, well.name)
        indexer = Indexer(client, ZONES, well.name)
        for ask in (store.health, lambda: write(store, a_mention()), lambda: indexer.index([a_mention()])):
            with pytest.raises(StoreError, match="password is wrong") as raised:
                ask()
            assert "elasticsearch.user" in raised.value.remedy
        (finding,) = wrong(client, well).values()
        assert "password is wrong" in finding.said
        indexer.close()


def test_nobody_who_names_no_user_comes_in(elasticsearch_server, well):
    """Security is on; the way to name one is said."""
    with connect([elasticsearch_server.url]) as client:
        (finding,) = wrong(client, well).values()
        assert "asks who we are" in finding.said


def test_a_server_that_is_away_is_one_finding(well):
    """Not one for each thing that cannot be looked at."""
    (finding,) = wrong(connect(["http://127.0.0.1:9"]), well).values()
    assert "cannot be reached" in finding.said


def test_a_server_without_tls_is_not_spoken_to_as_if_it_had(elasticsearch_server, well):
    """https:// in the configuration means it: there is no falling back to the clear."""
    server = elasticsearch_server
    with connect([server.url.replace("http://", "https://")], server.user, server.password) as client:
        (finding,) = wrong(client, well).values()
        assert "over TLS" in finding.said
        assert "elasticsearch.ca_file" in finding.remedy


def test_a_server_of_an_older_version_is_one_finding_and_no_store(proxy, own, store):
    """It refuses whatever a client of version 9 asks."""
    proxy.spoil(lambda _: OLDER)
    (finding,) = wrong(proxy.client, own).values()
    assert "no Elasticsearch 9" in finding.said
    assert "upgrade the cluster" in finding.remedy
    with pytest.raises(StoreError, match="no Elasticsearch 9"):
        own.store(proxy.client).count(Query())
    proxy.heal()


def test_a_node_that_was_not_upgraded_is_found(proxy, well):
    """In the middle of an upgrade, or forgotten."""
    nodes = {"nodes": {"a": {"version": "9.5.0"}, "b": {"version": "8.19.2"}}}
    proxy.spoil(lambda r: (200, json.dumps(nodes).encode()) if r.path.startswith("/_nodes") else None)
    (finding,) = wrong(proxy.client, well).values()
    proxy.heal()
    assert "2 nodes of 8.19.2, 9.5.0" in finding.said
    assert "upgrade" in finding.remedy
