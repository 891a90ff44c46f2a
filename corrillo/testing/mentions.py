"""Mentions for contract suites: all of one small town and one island, at fixed times."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from corrillo.model import MentionDeleted, Reason, Tag, TaggedEvent, TaggedMention, mention_id
from corrillo.ports import Query, Store, Written

TOWN = "benialba"
ISLAND = "isla-garza"
ZONES = {TOWN: "Europe/Madrid", ISLAND: "Atlantic/Canary"}
"""The time zones with which a store under test is opened."""
NOW = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)
"""What the clock of a store under test says."""
EVERYTHING = Query()


def id_of(native_id: str, institution: str = TOWN) -> str:
    """The id that ``a_mention`` with these has."""
    return mention_id("town-square", native_id, institution)


def a_mention(native_id: str = "1", text: str = "Benialba despierta con niebla", **given: Any) -> TaggedMention:
    """A mention of an hour ago, off page, with whatever is ``given`` instead."""
    institution = given.get("institution", TOWN)
    identity = id_of(native_id, institution)
    values: dict[str, Any] = {
        "id": identity, "institution": institution, "reasons": (Reason(kind="name", term="Benialba"),),
        "network": "town-square", "venue": "plaza.example", "venue_kind": "forum", "source": "plaza",
        "published": NOW - timedelta(hours=1), "first_seen": NOW, "revision": 1, "enrichment": 1, "text": text,
        "place": "off_page", "thread": identity, "story": identity, "author": pseudonym(native_id),
    }  # fmt: skip
    return TaggedMention(**{**values, **given})


def pseudonym(seed: str) -> str:
    """A pseudonym of the usual form, another one for each ``seed``."""
    return "~" + mention_id("people", seed, "")[:16]


def tagged(*kinds: str, evidence: tuple[str, ...] = ("niebla",)) -> tuple[Tag, ...]:
    """Tags of these kinds with one evidence."""
    return tuple(Tag(kind=kind, score=0.75, evidence=evidence) for kind in kinds)


def gone(native_id: str, institution: str = TOWN) -> MentionDeleted:
    """The deletion of ``a_mention`` with these."""
    return MentionDeleted(id=id_of(native_id, institution), institution=institution, at=NOW)


def write(store: Store, *events: TaggedEvent) -> Written:
    """Write the events in one unit of work."""
    with store.unit() as unit:
        return unit.write(events)


def everything(store: Store, query: Query = EVERYTHING) -> dict[str, TaggedMention]:
    """All mentions that ``query`` finds, by id."""
    found: dict[str, TaggedMention] = {}
    page = ""
    while True:
        part = store.find(query, limit=500, page=page)
        found |= {m.id: m for m in part.mentions}
        page = part.next_page
        if not page:
            return found


def ids_of(native_ids: Iterable[str]) -> set[str]:
    """The ids of the town's mentions with these native ids."""
    return {id_of(native_id) for native_id in native_ids}
