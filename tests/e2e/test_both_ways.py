"""One process with SQLite, and processes with Kafka and Elasticsearch: the same input is the same to those who ask."""

from __future__ import annotations

import itertools
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, get_args

import pytest

from corrillo.model import TaggedMention
from corrillo.ports import Bucket, Field, Interval, Query, Store
from tests.faults.contents import INSTITUTIONS, Contents, Told, contents, told
from tests.faults.crowd import START, crowd, outbreak, replies
from tests.faults.listening import listen
from tests.faults.town import Servers, Town
from tests.services import ElasticsearchServer, KafkaServer

POSTS = 3_000
SEED = 1974
OUTBREAK = START + timedelta(hours=48)
ZONE = "Europe/Madrid"
QUERIES = {
    "everything": Query(),
    "a town": Query(where={"institution": ("benialba",)}),
    "words": Query(text="agua OR alcalde"),
    "without a phrase": Query(text='-"gente atrapada" barri*'),
    "off page questions": Query(where={"tag": ("question",), "place": ("off_page",)}),
}
GROUPS = ("story",)
"""Fields whose values are names that each way gives by itself: only how large the groups are can be the same."""
FIELDS: Sequence[Field] = get_args(Field)


@dataclass(frozen=True)
class Both:
    """Both stores, and what is in them."""

    embedded: Store
    scale: Store
    held: tuple[Contents, Contents]
    told: tuple[Told, Told]


@pytest.fixture(scope="module")
def both(
    kafka_server: KafkaServer, elasticsearch_server: ElasticsearchServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Both]:
    folder, server = tmp_path_factory.mktemp("both"), elasticsearch_server
    people = crowd(SEED, POSTS)
    file = people.joined_by([*outbreak(SEED, OUTBREAK), *replies(SEED, people.rows)]).write(folder / "posts.jsonl")
    embedded = Town(folder / "embedded", None)
    scale = Town(
        folder / "scale",
        Servers(kafka_server.bootstrap, server.url, server.user, server.password),
        f"both-{secrets.token_hex(4)}",
        clocked=True,
    )
    try:
        scale.set_up()
        listen(scale, file)
        for name in "ab":
            scale.work(name)
        listen(embedded, file)
        scale.until_there(embedded.contents())
        with embedded.store() as one, scale.store() as other:
            scale.until_told(told(one))
            yield Both(one, other, (contents(one), contents(other)), (told(one), told(other)))
    finally:
        scale.corrillo.end()


def test_every_field_of_every_mention(both: Both) -> None:
    one, other = both.held
    assert len(one.mentions) > POSTS
    assert other.mentions == one.mentions
    kinds = {t.kind for m in one.mentions.values() for t in m.tags}
    assert kinds >= {"complaint", "question", "praise"}, "the crowd has to say something"


def test_threads_and_stories(both: Both) -> None:
    one, other = both.held
    assert other.stories == one.stories
    assert max(map(len, one.stories)) > 10
    assert sum(m.thread != m.id for m in one.mentions.values()) > POSTS / 20


def test_daily_counts(both: Both) -> None:
    one, other = both.held
    assert other.counts == one.counts
    assert sum(n for cell, n in one.counts.items() if cell[-1] == "") == len(one.mentions)
    for institution in INSTITUTIONS:
        some = [
            {tuple(vars(c).items()) for c in s.day_counts(institution, "2026-10-21", "2026-10-22")}
            for s in stores(both)
        ]
        assert some[0] == some[1] != set()


def test_incidents(both: Both) -> None:
    """The same ones, opened by the same mentions, with the same life."""
    one, other = both.told
    assert other.incidents == one.incidents
    peaks = {(i.leading.institution, i.peak) for i in one.incidents.values() if i.opened >= OUTBREAK}
    assert ("valdeprado", "crisis") in peaks, "the crowd has to have something happen to it"


def test_hourly_counts(both: Both) -> None:
    one, other = both.told
    assert other.hours == one.hours
    assert sum(h.crises for h in one.hours.values() if not h.service and not h.district) > 0


def test_attention(both: Both) -> None:
    """The same questions, answered at the same moments by the same account, after the same time."""
    one, other = both.told
    assert other.attention == one.attention
    states = Counter((a.institution, a.state) for a in one.attention.values())
    assert min(states["valdeprado", "answered"], states["valdeprado", "unknown"], states["benialba", "unknown"]) > 20
    assert {a.by for a in one.attention.values()} == {"", "neighbour7"}
    assert len({a.working_wait for a in one.attention.values()}) > 10


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_counts_and_voices(both: Both, query: Query) -> None:
    one, other = ((s.count(query), s.distinct_authors(query)) for s in stores(both))
    assert one[0] > 0
    assert other == one


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
@pytest.mark.parametrize("field", FIELDS)
def test_by_one_field(both: Both, query: Query, field: Field) -> None:
    one, other = (shown(s.terms(query, [field], limit=5_000), field) for s in stores(both))
    assert other == one
    assert one or query != Query(), "something has to be there to be compared"


@pytest.mark.parametrize(
    "fields", itertools.combinations(["network", "venue", "place", "tag", "service"], 2), ids="-".join
)
def test_by_two_fields(both: Both, fields: tuple[Field, Field]) -> None:
    one, other = (shown(s.terms(Query(), fields, limit=5_000)) for s in stores(both))
    assert other == one


@pytest.mark.parametrize("interval", get_args(Interval))
@pytest.mark.parametrize("split", [None, "network", "tag"])
def test_over_time(both: Both, interval: Interval, split: Field | None) -> None:
    one, other = (shown(s.histogram(Query(), interval, ZONE, split)) for s in stores(both))
    assert other == one


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_what_is_found_and_in_which_order(both: Both, query: Query) -> None:
    one, other = ([m.id for m in listed(s, query)] for s in stores(both))
    assert other == one


def stores(both: Both) -> tuple[Store, Store]:
    return both.embedded, both.scale


def listed(store: Store, query: Query) -> list[TaggedMention]:
    first = store.find(query, limit=100)
    second = store.find(query, limit=100, page=first.next_page) if first.next_page else None
    return [*first.mentions, *(second.mentions if second else ())]


def shown(buckets: Sequence[Bucket], field: str = "") -> Counter[Any]:
    """Buckets as what they say, whatever their order among equals."""
    if field in GROUPS:
        return Counter((b.count, b.authors) for b in buckets)
    return Counter({(tuple(b.values), b.authors): b.count for b in buckets})
