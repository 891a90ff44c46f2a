"""A store that is a fake: mentions in a list, questions answered by looking at each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from corrillo.alerts import Act, Change, Evidence, HourCount, Incident, Point, Subject
from corrillo.attention import Attention
from corrillo.errors import ConfigError
from corrillo.health import hour_of
from corrillo.institution import Institution
from corrillo.links import Links
from corrillo.model import Reason, Tag, TaggedMention, mention_id
from corrillo.notices import Delivery, Subscriber
from corrillo.ports import Bucket, Found, Quarantined, Query, SourceHealth
from corrillo.query import matches, parse
from corrillo.text import fold, words
from corrillo.work import Deed
from dashboards.page.app import create_app
from dashboards.page.sources import Listening

NOW = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)
LINKS = Links(b"k" * 32, "https://corrillo.benialba.example")
TOWN = Institution(id="benialba", name="Ajuntament de Benialba", district=[{"name": "El Raval"}])


def a_mention(native_id: str, text: str = "Benialba", **given: Any) -> TaggedMention:
    """A mention of an hour ago, off page, with whatever is given instead."""
    identity = mention_id(given.get("network", "x"), native_id, given.get("institution", TOWN.id))
    values: dict[str, Any] = {
        "id": identity, "institution": TOWN.id, "reasons": (Reason(kind="name", term="Benialba"),),
        "network": "x", "venue": "x.com", "venue_kind": "microblog", "source": "x-search",
        "published": NOW - timedelta(hours=1), "first_seen": NOW, "revision": 1, "text": text,
        "place": "off_page", "thread": identity, "story": identity, "author": f"author-{native_id}",
    }  # fmt: skip
    return TaggedMention(**{**values, **given})


def tagged(*kinds: str, evidence: tuple[str, ...] = ()) -> tuple[Tag, ...]:
    return tuple(Tag(kind=kind, score=0.8, evidence=evidence) for kind in kinds)


def an_hour(back: int, voices: float = 2.0, **given: Any) -> HourCount:
    """What was counted in the hour that began so many hours before this one; one to five voices are normal."""
    values: dict[str, Any] = {
        "institution": TOWN.id, "service": "", "district": "", "hour": hour_of(NOW) - back, "count": int(voices) + 1,
        "voices": voices, "complaints": 0.0, "crises": 0.0, "expected": 2.5, "low": 1.0, "high": 5.0, "heard": 1.0,
    }  # fmt: skip
    return HourCount(**{**values, **given})


def an_evidence(**given: Any) -> Evidence:
    """Twelve voices in an hour and a half, where up to three are normal."""
    values: dict[str, Any] = {
        "channel": "crisis", "minutes": 90, "voices": 12.0, "expected": 0.8, "low": 0.0, "high": 3.0, "surprise": 3.2,
        "count": 19, "authors": 13, "stories": 11, "venues": 4, "networks": (("x", 8), ("facebook", 4)),
        "tags": (("complaint", 5), ("crisis", 7)), "growth": 2.4,
    }  # fmt: skip
    return Evidence(**{**values, **given})


def an_incident(identity: str = "burst", **given: Any) -> Incident:
    """A warning about water in El Raval, open for two hours, with whatever is given instead."""
    opened = given.get("opened", NOW - timedelta(hours=2))
    water = Subject(institution=TOWN.id, service="water")
    changes = (
        Change(at=opened, what="opened", level="watch", subjects=(water,), evidence=an_evidence(voices=4.0)),
        Change(
            at=opened + timedelta(minutes=20),
            what="escalated",
            level="warning",
            subjects=(water,),
            evidence=an_evidence(),
        ),
    )
    values: dict[str, Any] = {
        "id": identity, "institution": TOWN.id, "opened": opened, "updated": NOW, "level": "warning", "peak": "warning",
        "leading": water, "subjects": (water, Subject(institution=TOWN.id, district="El Raval")),
        "evidence": an_evidence(), "changes": changes,
        "points": tuple(
            Point(at=NOW - n * timedelta(minutes=15), count=3.0, expected=1.0, low=0.0, high=4.0, heard=n % 4 / 3)
            for n in range(96, 0, -1)
        ),
    }  # fmt: skip
    return Incident(**{**values, **given})


@dataclass
class FakeStore:
    """A fake Store: only what the page asks is there; ``broken`` is raised by whatever is asked."""

    mentions: list[TaggedMention] = field(default_factory=list)
    sources: list[SourceHealth] = field(default_factory=list)
    unreadable: list[Quarantined] = field(default_factory=list)
    broken: Exception | None = None
    counts: list[HourCount] = field(default_factory=list)
    known_incidents: list[Incident] = field(default_factory=list)
    known_acts: list[Act] = field(default_factory=list)
    known_deeds: list[Deed] = field(default_factory=list)
    attended: list[Attention] = field(default_factory=list)
    known_subscribers: list[Subscriber] = field(default_factory=list)
    told: list[Delivery] = field(default_factory=list)

    def _those(self, query: Query) -> list[TaggedMention]:
        if self.broken:
            raise self.broken
        node = parse(query.text) if query.text else None
        return [
            m
            for m in sorted(self.mentions, key=lambda m: (m.published, m.id), reverse=True)
            if all(set(_values(m, name)) & set(values) for name, values in query.where.items())
            and (query.since is None or m.published >= query.since)
            and (query.until is None or m.published < query.until)
            and (not query.ids or m.id in query.ids)
            and m.id not in query.without
            and (node is None or matches(node, words(fold(f"{m.title} {m.text}"))))
        ]

    def find(self, query: Query, *, limit: int = 50, page: str = "") -> Found:
        found = self._those(query)
        if page and not page.isdecimal():
            raise ConfigError("this token continues nothing", "ask for the first page")
        start = int(page or 0)
        more = start + limit < len(found)
        return Found(tuple(found[start : start + limit]), str(start + limit) if more else "")

    def count(self, query: Query) -> int:
        return len(self._those(query))

    def distinct_authors(self, query: Query) -> int:
        return len({m.author for m in self._those(query)} - {""})

    def terms(self, query: Query, fields: Sequence[str], *, limit: int = 50, authors: bool = True) -> list[Bucket]:
        pairs = [(key, m) for m in self._those(query) for key in _crossed([_values(m, f) for f in fields])]
        return sorted(_buckets(pairs), key=lambda b: (-b.count, b.values))[:limit]

    def histogram(
        self, query: Query, interval: str, zone: str, split: str | None = None, *, authors: bool = True
    ) -> list[Bucket]:
        pairs = []
        for m in self._those(query):
            start = _start(m.published.astimezone(ZoneInfo(zone)), interval)
            pairs += [((start, *key), m) for key in _crossed([_values(m, split)] if split else [])]
        return sorted(_buckets(pairs), key=lambda b: b.values)

    def health(self) -> list[SourceHealth]:
        if self.broken:
            raise self.broken
        return self.sources

    def quarantined(self) -> list[Quarantined]:
        return self.unreadable

    def hour_counts(self, subject: Subject, since: int, until: int) -> list[HourCount]:
        return sorted(
            (c for c in self.counts if _subject(c) == subject and since <= c.hour < until), key=lambda c: c.hour
        )

    def incidents(
        self, institution: str, *, since: datetime | None = None, open_only: bool = False, limit: int = 50
    ) -> list[Incident]:
        if self.broken:
            raise self.broken
        of = [i for i in self.known_incidents if i.institution == institution]
        of = [i for i in of if (since is None or i.updated >= since) and not (open_only and (i.resolved or i.into))]
        return sorted(of, key=lambda i: i.updated, reverse=True)[:limit]

    def incident(self, identity: str) -> Incident | None:
        return next((i for i in self.known_incidents if i.id == identity), None)

    def attention(
        self, institution: str, *, since: datetime | None = None, until: datetime | None = None, limit: int = 20_000
    ) -> list[Attention]:
        if self.broken:
            raise self.broken
        found = [a for a in self.attended if a.institution == institution]
        found = [a for a in found if (since is None or a.asked >= since) and (until is None or a.asked < until)]
        return sorted(found, key=lambda a: a.asked, reverse=True)[:limit]

    def acts(self, incidents: Sequence[str]) -> list[Act]:
        return [a for a in self.known_acts if a.incident in incidents]

    def act(self, act: Act) -> None:
        self.known_acts.append(act)

    def deeds(self, mentions: Sequence[str]) -> list[Deed]:
        return sorted((d for d in self.known_deeds if d.mention in mentions), key=lambda d: (d.at, d.id))

    def done(
        self, institution: str, *, since: datetime | None = None, what: Sequence[str] = (), limit: int = 200
    ) -> list[Deed]:
        if self.broken:
            raise self.broken
        of = [d for d in self.known_deeds if d.institution == institution and (not what or d.what in what)]
        of = [d for d in of if since is None or d.at >= since]
        return sorted(of, key=lambda d: (d.at, d.id), reverse=True)[:limit]

    def do(self, deed: Deed) -> None:
        if deed.id not in {d.id for d in self.known_deeds}:
            self.known_deeds.append(deed)

    def subscribers(self) -> list[Subscriber]:
        if self.broken:
            raise self.broken
        return sorted(self.known_subscribers, key=lambda s: s.name)

    def subscribe(self, subscriber: Subscriber) -> None:
        self.known_subscribers = [s for s in self.known_subscribers if s.id != subscriber.id] + [subscriber]

    def unsubscribe(self, identity: str) -> bool:
        known = len(self.known_subscribers)
        self.known_subscribers = [s for s in self.known_subscribers if s.id != identity]
        self.told = [d for d in self.told if d.subscriber != identity]
        return len(self.known_subscribers) < known

    def deliveries(
        self,
        *,
        subscriber: str = "",
        incident: str = "",
        since: datetime | None = None,
        open_only: bool = False,
        limit: int = 200,
    ) -> list[Delivery]:
        of = [d for d in self.told if subscriber in ("", d.subscriber) and (not open_only or d.open)]
        of = [d for d in of if not incident or any(n.incident == incident for n in d.news)]
        of = [d for d in of if since is None or d.made >= since]
        return sorted(of, key=lambda d: (d.made, d.id), reverse=True)[:limit]

    def deliver(self, deliveries: Sequence[Delivery]) -> None:
        known = {s.id for s in self.known_subscribers}
        new = {d.id: d for d in deliveries if d.subscriber in known}
        self.told = [d for d in self.told if d.id not in new] + list(new.values())


def _subject(count: HourCount) -> Subject:
    return Subject(institution=count.institution, service=count.service, district=count.district)


def _values(mention: TaggedMention, name: str) -> tuple[str, ...]:
    if name == "tag":
        return tuple(t.kind for t in mention.tags)
    value = getattr(mention, name)
    return (value,) if value else ()


def _crossed(values: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    keys: list[tuple[str, ...]] = [()]
    for some in values:
        keys = [(*key, value) for key in keys for value in some]
    return keys


def _buckets(pairs: Iterable[tuple[tuple[str, ...], TaggedMention]]) -> list[Bucket]:
    found: dict[tuple[str, ...], list[str]] = {}
    for key, mention in pairs:
        found.setdefault(key, []).append(mention.author)
    return [Bucket(key, len(authors), len(set(authors) - {""})) for key, authors in found.items()]


def _start(local: datetime, interval: str) -> str:
    start = local.replace(minute=0, second=0, microsecond=0)
    if interval != "hour":
        start = start.replace(hour=0)
    if interval == "week":
        start -= timedelta(days=start.weekday())
    if interval == "month":
        start = start.replace(day=1)
    return start.replace(tzinfo=None).isoformat()


Page = Callable[..., TestClient]


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def town() -> Institution:
    return TOWN


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def mention() -> Callable[..., TaggedMention]:
    return a_mention


@pytest.fixture
def tags() -> Callable[..., tuple[Tag, ...]]:
    return tagged


@pytest.fixture
def hour() -> Callable[..., HourCount]:
    return an_hour


@pytest.fixture
def evidence() -> Callable[..., Evidence]:
    return an_evidence


@pytest.fixture
def incident() -> Callable[..., Incident]:
    return an_incident


@pytest.fixture
def links() -> Links:
    return LINKS


@pytest.fixture
def client(store: FakeStore) -> TestClient:
    """The page over ``store``, as a browser that speaks Spanish would see it."""
    app = create_app(
        store,
        [TOWN],
        lambda: NOW,
        coverage=[Listening("x-search", "x", "X: búsqueda"), Listening("feed", "press", "Diari")],
        links=LINKS,
    )
    return TestClient(app, headers={"accept-language": "es"}, raise_server_exceptions=False)
