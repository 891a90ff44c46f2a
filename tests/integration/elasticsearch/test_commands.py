"""The commands on Elasticsearch: setting up, asking, keeping house, backup and its way back."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from corrillo.housekeeping import QUARANTINE_KEPT, keep_house
from corrillo.institution import Institution
from corrillo.notices import REMEMBERED
from corrillo.ports import Quarantined, Query
from corrillo.testing.mentions import ISLAND, NOW, TOWN, a_mention, everything, gone, id_of, write
from corrillo.testing.notices import a_delivery, a_subscriber
from stores.elasticsearch.empty import LOOKED_AT
from stores.elasticsearch.names import KINDS
from tests.processes import PATIENCE

CONFIG = """
[[institution]]
id = "{town}"
name = "Ayuntamiento de Benialba"
time_zone = "Europe/Madrid"

[store]
kind = "elasticsearch"

[elasticsearch]
urls = ["{url}"]
user = "{user}"
prefix = "{prefix}"
"""


@pytest.fixture
def configured(fresh, elasticsearch_server):
    """``corrillo`` with a configuration for a prefix."""
    server = elasticsearch_server
    fresh.environment["CORRILLO_ELASTICSEARCH_PASSWORD"] = server.password
    (fresh.folder / "corrillo.key").write_text("a key that is used in tests and nowhere else")

    def configure(prefix):
        config = CONFIG.format(town=TOWN, url=server.url, user=server.user, prefix=prefix.name)
        (fresh.folder / "corrillo.toml").write_text(config)
        return fresh

    return configure


def test_setting_up_says_what_was_made_and_checks_it_afterwards(configured, prefixes):
    """Nothing is made by a check, everything once; roles come as a file for servers that take no others."""
    corrillo = configured(prefixes())
    before = {f["what"]: f["ok"] for f in corrillo.json("setup", "elasticsearch", "--check", code=1)}
    assert not before["Elasticsearch's templates"]
    made = corrillo.json("setup", "elasticsearch")
    assert len(made) == 2 * len(KINDS) + 1 + 1 + len(LOOKED_AT)
    assert {f["said"] for f in made} == {"made"}
    assert {f["said"] for f in corrillo.json("setup", "elasticsearch")} == {"there"}
    assert all(f["ok"] for f in corrillo.json("setup", "elasticsearch", "--check"))
    roles = corrillo("setup", "elasticsearch", "--roles").stdout
    assert roles.count('_analyst: {"cluster"') == 1


def test_a_backup_comes_back_by_command_into_a_store_that_holds_nothing(configured, own, other, store):
    """And into no other."""
    write(store, a_mention("1", url="https://plaza.example/1"), a_mention("2"), gone("3"))
    corrillo = configured(own)
    assert "copied and checked" in corrillo("backup", "kept/copy").stderr
    assert "holds mentions" in corrillo("restore", "kept/copy", code=1).stderr
    found = corrillo.json("find", "niebla")
    assert found["total"] == 2
    corrillo = configured(other)
    assert "2 mentions put back" in corrillo("restore", "kept/copy").stderr
    assert corrillo.json("find", "niebla") == found
    assert other.store().count(Query()) == 2
    own.empty()
    other.empty()


def institution(name, days):
    return Institution(id=name, name=name, retention_days=days)


def housekept(store):
    """One round of what ``purge --daily`` and a listener do every day; what it said that failed."""

    async def one_round():
        failed, done = [], asyncio.Event()
        places = [institution(TOWN, 100), institution(ISLAND, 400)]
        job = asyncio.create_task(keep_house(store, places, lambda: NOW, failed.append, done.set))
        async with asyncio.timeout(PATIENCE):
            while not (done.is_set() or failed):
                await asyncio.sleep(0.01)
        job.cancel()
        return failed

    return asyncio.run(one_round())


def test_house_is_kept_for_each_institution_for_quarantine_and_for_what_was_told(store, own):
    """By the retention of each; what cannot be done now is said, and done the next time."""
    old, week = NOW - timedelta(days=200), NOW - QUARANTINE_KEPT
    write(
        store,
        *(a_mention(f"old{n}", first_seen=old) for n in range(60)),
        a_mention("old", first_seen=old, institution=ISLAND),
        a_mention("new"),
    )
    items = [("old", week - timedelta(hours=1)), ("edge", week), ("new", NOW)]
    with store.unit() as unit:
        unit.quarantine([Quarantined(name, "plaza", at, "no date", "page 1", "{}") for name, at in items])
    store.subscribe(a_subscriber())
    store.deliver([a_delivery("old", made=NOW - REMEMBERED - timedelta(hours=1)), a_delivery("new")])
    counts = sorted(map(str, store.day_counts(TOWN)))
    own.client.send("PUT", f"/{own.name}-tombstones/_settings", {"index.blocks.write": True})
    (said,) = housekept(own.store(own.client.impatient()))
    assert "takes no writes" in said
    own.client.send("PUT", f"/{own.name}-tombstones/_settings", {"index.blocks.write": None})
    assert housekept(store) == []
    assert set(everything(store)) == {id_of("old", ISLAND), id_of("new")}
    assert [q.id for q in store.quarantined()] == ["edge", "new"]
    assert [d.id for d in store.deliveries()] == ["delivery-new"]
    assert sorted(map(str, store.day_counts(TOWN))) == counts
    assert json.loads(own.client.send("GET", f"/{own.name}-purges/_count"))["count"] == 0
