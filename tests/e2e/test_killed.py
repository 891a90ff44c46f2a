"""At least once, once by id: whatever is killed, each mention is there once and what was deleted stays away."""

from __future__ import annotations

import json
import random
import sqlite3
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from corrillo.model import TaggedMention, mention_id
from corrillo.ports import Query
from stores.sqlite import SqliteStore
from tests.processes import until

KILLS = 20
LONGEST = 1.0
"""Seconds that a process lives at most from one of ``SIGNS`` on, taken in turn."""
SIGNS = ["", "The page:", "fediverse: reading", "fediverse: reading"]
"""What it has said by then: nothing yet, that it begins, that it has stored something."""
ZONE = "Europe/Madrid"


def identity(network: str, native_id: str) -> str:
    return mention_id(network, native_id, "valdeprado")


def all_of(store: SqliteStore) -> list[TaggedMention]:
    found, page = [], ""
    while True:
        answer = store.find(Query(), limit=500, page=page)
        found += answer.mentions
        if not (page := answer.next_page):
            return found


def counted(mentions: list[TaggedMention]) -> Counter[tuple[str, ...]]:
    """The daily counts that these mentions should come to."""
    cells: Counter[tuple[str, ...]] = Counter()
    for m in mentions:
        day = m.published.astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%d")
        for tag in {"", *(t.kind for t in m.tags)}:
            cells[day, m.network, m.venue, m.place, m.service, m.district, tag] += 1
    return cells


@pytest.mark.parametrize(("token", "seed"), [(True, 2026), (False, 1121)], ids=["streaming", "polling"])
def test_nothing_is_lost_doubled_or_brought_back_by_killing(town: Any, token: bool, seed: int) -> None:
    """Killed twenty times at random points while people publish, edit and delete: the store is the world."""
    town.configure(token)
    neighbours, chance = town.neighbours(seed), random.Random(seed)
    neighbours.start()
    for turn in range(KILLS):
        process = town.corrillo.start("listen", "--port", 0, log=f"log-{turn}")
        log, sign = town.corrillo.folder / f"log-{turn}", SIGNS[turn % len(SIGNS)]
        until(lambda log=log, sign=sign: sign in log.read_text("utf-8"), log.read_text)
        time.sleep(chance.uniform(0, LONGEST))
        assert process.poll() is None, log.read_text("utf-8")
        process.kill()
        process.wait()
    neighbours.stop()
    last = town.corrillo.start("listen", "--port", 0)
    world = {identity("mastodon", uri): text for uri, text in neighbours.posts.items()}
    host = urlsplit(town.feed).netloc
    world |= {identity("press", f"{host} {entry}"): text for entry, text in neighbours.entries.items()}
    with closing(SqliteStore(town.store, {"valdeprado": ZONE}, lambda: datetime.now(UTC))) as store:
        until(lambda: texts(store) == world, lambda: difference(texts(store), world))
        last.terminate()
        assert last.wait(60) == 0
        mentions = all_of(store)
        assert len(mentions) == len(world) == store.count(Query(text="valdeprado"))
        days = {
            (c.day, c.network, c.venue, c.place, c.service, c.district, c.tag): c.count
            for c in store.day_counts("valdeprado")
        }
        assert days == counted(mentions)
        assert len(neighbours.edited & {*neighbours.posts, *neighbours.entries}) > 20
    whole(town.store)
    brought_back(town, neighbours)


def texts(store: SqliteStore) -> dict[str, str]:
    return {m.id: m.text for m in all_of(store)}


def difference(found: dict[str, str], world: dict[str, str]) -> str:
    missing, left = (
        {i: world[i] for i in world.keys() - found.keys()},
        {i: found[i] for i in found.keys() - world.keys()},
    )
    old = {i: (found[i], world[i]) for i in found.keys() & world.keys() if found[i] != world[i]}
    return f"the store is the world\nmissing: {missing}\nstill there: {left}\nnot as it is now: {old}"


def whole(path: Any) -> None:
    """The file and its text index are sound."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.execute("INSERT INTO mention_text (mention_text) VALUES ('integrity-check')")


def brought_back(town: Any, neighbours: Any) -> None:
    """What was stored and deleted has a tombstone, and the same posts replayed from a file do not come back."""
    with closing(sqlite3.connect(town.store)) as connection:
        stones = {i for (i,) in connection.execute("SELECT id FROM tombstone WHERE reason = 'deleted'")}
    assert stones <= {identity("mastodon", uri) for uri in neighbours.gone}
    buried = {uri: s for uri, s in neighbours.gone.items() if identity("mastodon", uri) in stones}
    assert len(buried) > 10
    before = town.corrillo.json("find")["total"]
    lines = [
        {
            "id": uri,
            "network": "mastodon",
            "text": s["text"],
            "published": s["created_at"],
            "author": s["account"]["acct"],
        }
        for uri, s in buried.items()
    ]
    (town.corrillo.folder / "deleted.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    counts = town.corrillo.json("replay", "deleted.jsonl", "--network", "mastodon")
    assert (counts["about_us"], counts["new"], counts["deleted_before"]) == (len(buried), 0, len(buried))
    assert town.corrillo.json("find")["total"] == before
