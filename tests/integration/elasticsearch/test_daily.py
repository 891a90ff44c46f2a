"""The daily counts as an index of their own: what the store counts, written down, and right again after whatever happened."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from corrillo.errors import StoreError
from corrillo.testing.mentions import ISLAND, NOW, TOWN, ZONES, a_mention, gone, id_of, pseudonym, tagged, write
from stores.elasticsearch import ElasticStore
from stores.elasticsearch.cells import NAMES
from tests.fakes.elasticsearch import cut_after

OLD, LIMIT = NOW - timedelta(days=100), NOW - timedelta(days=30)
AUTHOR = pseudonym("pepa")


def written(own, institution=TOWN):
    """What is in the index, as the store's own answer would be."""
    found = [
        msgspec.json.decode(source) for (index, _), (_, source) in own.documents().items() if index.endswith("-days")
    ]
    rows = [(*(d.get(name, "") for name in NAMES), d["count"]) for d in found]
    return sorted(row for row in rows if row[0] == institution)


def counted(store, institution=TOWN):
    return sorted(tuple(vars(count).values()) for count in store.day_counts(institution))


def fill(store):
    write(
        store,
        *(
            a_mention(f"old{n}", published=OLD, first_seen=OLD, tags=tagged("complaint"), author=AUTHOR)
            for n in range(3)
        ),
        *(a_mention(f"new{n}", service="water", district="Centro", author=pseudonym(str(n))) for n in range(4)),
        a_mention("hers", service="water", district="Centro", author=AUTHOR, tags=tagged("question")),
        a_mention("alone", service="waste", author=AUTHOR, url="https://plaza.example/alone"),
        a_mention("island", institution=ISLAND, author=AUTHOR),
    )


def test_counts_are_written_down_by_the_daily_round_and_outlive_the_mentions(own, store):
    """What was deleted and what is there in one figure, the same as the store's own; each institution by itself."""
    fill(store)
    assert written(own) == []
    assert store.purge(TOWN, LIMIT) == 3
    assert written(own) == counted(store)
    assert [row[1:] for row in written(own) if row[1] < "2026-11"] == [
        ("2026-08-13", "town-square", "plaza.example", "off_page", "other", "", tag, 3) for tag in ("", "complaint")
    ]
    assert written(own, ISLAND) == []
    store.purge(ISLAND, LIMIT)
    assert written(own, ISLAND) == counted(store, ISLAND)


def test_a_figure_that_has_not_changed_is_not_written_again(own, store):
    """So that ``changed`` says since when it has been so, and a round costs what has changed."""
    fill(store)
    store.purge(TOWN, LIMIT)
    before = {key: found for key, found in own.documents().items() if key[0].endswith("-days")}
    later = ElasticStore(
        own.client, ZONES, lambda: NOW + timedelta(days=1), prefix=own.name, shape=own.shape, patience=0
    )
    write(later, a_mention("new9", service="water", district="Centro"), gone("alone"))
    later.purge(TOWN, LIMIT)
    after = {key: found for key, found in own.documents().items() if key[0].endswith("-days")}
    assert written(own) == counted(later)
    changed = {key: msgspec.json.decode(found[1]) for key, found in after.items() if found != before.get(key)}
    assert [(d["service"], d["count"], d["changed"]) for d in changed.values()] == [
        ("water", 6, "2026-11-22T13:05:00Z")
    ]
    assert len(before) - len(after) == 1


@pytest.mark.parametrize(
    "how", [{"pseudonyms": [AUTHOR]}, {"url": "https://plaza.example/alone"}, {"ids": [id_of("hers")]}]
)
def test_an_erasure_takes_its_counts_along_at_once(own, store, how):
    """Of every institution, cells that come to nothing too; what was purged before is in nobody's reach."""
    fill(store)
    for institution in (TOWN, ISLAND):
        store.purge(institution, LIMIT)
    before = written(own)
    store.erase(**how)
    assert written(own) == counted(store) != before
    assert written(own, ISLAND) == counted(store, ISLAND)


def remember(own, lasts):
    """For how long the index remembers what was deleted, as it does outside of tests."""
    own.client.send("PUT", f"/{own.name}-days/_settings", {"index.gc_deletes": lasts})


def test_who_counted_before_an_erasure_does_not_bring_its_counts_back(own, store):
    """The earlier look loses, though it is written later, and though the cell was not there when the erasure looked."""
    fill(store)
    store.purge(ISLAND, LIMIT)
    earlier = ElasticStore(
        own.client, ZONES, lambda: NOW - timedelta(seconds=5), prefix=own.name, shape=own.shape, patience=0
    )
    sent, send = [], own.client.send

    def erased_in_between(method, path, body=None, params=None):
        if path == "/_bulk" and not sent and b"-days" in bytes(body or b""):
            sent.append(path)
            store.erase(ids=[id_of("alone")])
        return send(method, path, body, params)

    remember(own, "10m")
    own.client.send = erased_in_between
    try:
        earlier.purge(TOWN, LIMIT)
    finally:
        del own.client.send
        remember(own, "-1")
    assert sent
    assert [row for row in written(own) if row[5] == "waste"] == []


def test_a_writing_that_is_broken_off_is_mended_by_the_next(own, store, proxy):
    """Whatever was written before; the counts that the store itself gives are right all the time."""
    fill(store)
    broken = 0
    for number in range(12):
        proxy.spoil(cut_after(number, "/_bulk"))
        try:
            own.store(proxy.client.impatient()).purge(TOWN, LIMIT)
        except StoreError:
            broken += 1
        finally:
            proxy.heal()
    assert broken
    store.purge(TOWN, LIMIT)
    assert written(own) == counted(store)
