"""A batch and its cursor are in the topics together or not at all, as the published schemas say."""

from __future__ import annotations

import itertools
import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator
from kafka.partitioner.default import murmur2

from corrillo.messages import headers, read_mention
from corrillo.model import Cursor, MentionDeleted
from corrillo.ports import Quarantined, SourceHealth, SourceNews, Written
from corrillo.testing.mentions import pseudonym
from ingest.kafka.patience import Patience
from ingest.kafka.records import Writer
from ingest.kafka.transaction import Line, Record
from tests.integration.kafka.batches import ISLAND, NETWORK, SOURCE, TOWN, batch, deletion, edited, item, mention

PEPA = pseudonym("pepa")
SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"


def decoded(record, kind):
    return msgspec.json.decode(record.value, type=kind)


def test_a_batch_is_published_with_its_cursor_and_the_next_one_begins_there(place, sink):
    assert sink.cursor(SOURCE) is None
    first, second = mention("1", ref="uno"), mention("2")
    assert sink.take(*batch(1, first, second, quarantined=[item()])) == Written(new=2)
    assert {read_mention(r.value, r.headers) for r in place.records(place.topics.mentions)} == {first, second}
    assert decoded(place.last(place.topics.cursors)[SOURCE], Cursor) == Cursor(source=SOURCE, state="1")
    (quarantined,) = place.records(place.topics.quarantine)
    assert decoded(quarantined, Quarantined).raw == item().raw
    assert sink.cursor(SOURCE).state == "1"
    sink.close()
    successor = place.sink()
    successor.start()
    assert successor.cursor(SOURCE).state == "1"
    (known,) = successor.known(SOURCE, first.published, 10)
    assert (known.ref, known.ids, known.author) == ("uno", {TOWN: first.id}, first.author)
    assert successor.health_of(SOURCE).seen == 2
    assert successor.health_of("nobody") is None


def test_what_a_transaction_holds_is_seen_whole_or_not_at_all(place):
    """A reader of committed records sees nothing of an open transaction, and nothing ever of one given up."""
    trouble, writer = Patience().trouble(""), Writer(place.topics, SOURCE)
    records = [writer.event(mention("1")), writer.cursor(SOURCE, Cursor(source=SOURCE, state="1"))]
    line = Line(place.broker, f"{place.settings.prefix}.a", trouble, lambda: datetime.now(UTC))
    line.begin(records)
    both = (place.topics.mentions, place.topics.cursors)
    with place.broker.reader() as reader:
        reader.subscribe([t.name for t in both])
        assert not reader.poll(timeout_ms=500)
    line.close()
    Line(place.broker, f"{place.settings.prefix}.a", trouble, lambda: datetime.now(UTC)).close()
    assert [place.records(t) for t in both] == [[], []]


def test_no_reader_ever_sees_a_batch_without_its_cursor(place, sink):
    """Whoever looks while batches come finds every mention that the cursor covers, and only whole batches."""
    looks, ended = [], threading.Event()

    def publish():
        for at in itertools.count(2):
            if ended.is_set():
                return
            sink.take(*batch(at, *[mention(f"{at}-{n}") for n in range(10)]))

    sink.take(*batch(1, *[mention(f"1-{n}") for n in range(10)]))
    publishing = threading.Thread(target=publish)
    publishing.start()
    while len(looks) < 6 or looks[-1] == looks[0]:
        cursor = decoded(place.last(place.topics.cursors)[SOURCE], Cursor)
        looks.append((int(cursor.state), len(place.records(place.topics.mentions))))
    ended.set()
    publishing.join()
    assert all(there % 10 == 0 and there >= 10 * at for at, there in looks)


def test_values_are_what_the_published_schemas_say_with_version_and_origin(place, sink):
    sink.take(*batch(1, mention("1", ref="uno", url="https://plaza.example/1"), quarantined=[item()]))
    sink.take(*batch(2, deletion(native_id="1")))
    sink.note_failure(SOURCE, NETWORK, datetime.now(UTC), "no connection")
    schemas = {
        place.topics.mentions: lambda value: {"mention": "mention", "deletion": "deletion"}[value["kind"]],
        place.topics.cursors: lambda value: "cursor",
        place.topics.refs: lambda value: "known-ref",
        place.topics.sources: lambda value: "source-health",
        place.topics.quarantine: lambda value: "quarantined",
    }
    for topic, schema_of in schemas.items():
        values = [(r, json.loads(r.value)) for r in place.records(topic) if r.value is not None]
        assert values, topic.name
        for record, value in values:
            schema = json.loads((SCHEMAS / f"{schema_of(value)}.json").read_text("utf-8"))
            Draft202012Validator(schema).validate(value)
            headers = dict(record.headers)
            assert (headers["schema"], headers["origin"]) == (b"1", SOURCE.encode())


def test_all_that_happens_to_a_mention_is_in_one_partition_in_its_order(place, sink):
    """Mentions go by the hash of their id, whatever their institution is."""
    first = [mention(str(n), institution=(TOWN, ISLAND)[n % 2]) for n in range(20)]
    sink.take(*batch(1, *first))
    sink.take(*batch(2, *[edited(m, "otra vez") for m in first]))
    sink.take(*batch(3, *[deletion(native_id=str(n)) for n in range(20)]))
    partitions = place.by_partition(place.topics.mentions)
    assert all(len(found) == 1 for found in partitions.values())
    assert set().union(*partitions.values()) == {0, 1, 2}
    assert all(found == {(murmur2(key.encode()) & 0x7FFFFFFF) % 3} for key, found in partitions.items())
    last = {key: read_mention(r.value) for key, r in place.last(place.topics.mentions).items()}
    assert all(isinstance(event, MentionDeleted) for event in last.values())


def test_a_deletion_by_ref_means_the_mentions_that_the_ref_stands_for(place, sink):
    """One event an institution; a ref that nobody knows publishes nothing but the cursor."""
    town, island = mention("1", ref="uno"), mention("1", ref="uno", institution=ISLAND)
    sink.take(*batch(1, town, island, mention("2", ref="dos")))
    assert sink.take(*batch(2, deletion(ref="uno"))) == Written(deleted=2)
    assert sink.take(*batch(3, deletion(ref="uno"))) == Written()
    events = [read_mention(r.value) for r in place.records(place.topics.mentions)]
    assert {(e.id, e.institution) for e in events if isinstance(e, MentionDeleted)} == {
        (town.id, TOWN),
        (island.id, ISLAND),
    }
    assert list(place.last(place.topics.refs)) == [f"{NETWORK}\x1fdos"]
    assert sink.cursor(SOURCE).state == "3"


def test_an_account_that_is_gone_takes_its_mentions_along(place, sink):
    """Those of earlier batches and processes and those just before it; an account that nobody knows publishes nothing."""
    town, island = mention("1", ref="uno", author=PEPA), mention("1", ref="uno", institution=ISLAND, author=PEPA)
    sink.take(*batch(1, town, island, mention("2", ref="dos")))
    sink.close()
    successor = place.sink()
    assert successor.cursor(SOURCE).state == "1"
    before = place.records(place.topics.mentions)
    assert successor.take(*batch(2, deletion(author=pseudonym("nobody")))) == Written()
    assert len(place.records(place.topics.mentions)) == len(before)
    just_before = mention("3", ref="tres", author=PEPA)
    assert successor.take(*batch(3, just_before, deletion(author=PEPA))) == Written(new=1, deleted=3)
    last = {key: read_mention(r.value) for key, r in place.last(place.topics.mentions).items()}
    assert {i for i, event in last.items() if isinstance(event, MentionDeleted)} == {town.id, island.id, just_before.id}
    assert list(place.last(place.topics.refs)) == [f"{NETWORK}\x1fdos"]
    assert successor.take(*batch(4, deletion(author=PEPA))) == Written()


def test_what_an_earlier_corrillo_remembers_is_read(place, sink):
    """Without what is known of sources and of refs since: the rest is as it was."""
    line = Line(place.broker, f"{place.settings.prefix}.a", Patience().trouble(""), lambda: datetime.now(UTC))
    ref = {"source": SOURCE, "network": NETWORK, "ref": "uno", "published": "2026-11-20T08:30:00Z", "ids": {TOWN: "x"}}
    health = {"source": SOURCE, "network": NETWORK, "last_success": "2026-11-20T08:30:00Z", "failures": 2, "seen": 7}
    line.publish(
        [
            Record(place.topics.refs.name, f"{NETWORK}\x1funo", json.dumps(ref).encode(), headers(SOURCE)),
            Record(place.topics.sources.name, SOURCE, json.dumps(health).encode(), headers(SOURCE)),
        ]
    )
    line.close()
    assert sink.cursor(SOURCE) is None
    assert [k.ref for k in sink.known(SOURCE, datetime(2026, 11, 20, tzinfo=UTC), 9)] == ["uno"]
    assert (sink.health_of(SOURCE).failures, sink.health_of(SOURCE).seen) == (2, 7)
    assert sink.take(*batch(1, mention("1"), deletion(ref="uno"))) == Written(new=1, deleted=1)
    assert (sink.health_of(SOURCE).failures, sink.health_of(SOURCE).seen) == (0, 9)


def test_health_adds_up_over_batches_and_processes(place, sink):
    sink.take(*batch(1, mention("1"), mention("2"), quarantined=[item()]))
    at = datetime.now(UTC)
    sink.note_failure(SOURCE, NETWORK, at, "no connection")
    sink.note_failure(SOURCE, NETWORK, at, "no connection")
    told = decoded(place.last(place.topics.sources)[SOURCE], SourceHealth)
    assert (told.failures, told.last_error, told.seen, told.kept, told.rejected) == (2, "no connection", 2, 2, 1)
    sink.close()
    successor = place.sink()
    successor.start()
    successor.take(*batch(2, mention("3")))
    told = decoded(place.last(place.topics.sources)[SOURCE], SourceHealth)
    assert (told.failures, told.last_error, told.seen, told.kept) == (0, "", 3, 3)
    successor.note_failure(SOURCE, NETWORK, at, "the key has expired", refused=True)
    assert successor.health()[0].refused
    successor.note_success(SourceNews(SOURCE, NETWORK, at + timedelta(minutes=1)))
    assert successor.health()[0].last_success == at + timedelta(minutes=1)
    assert not successor.health()[0].refused


def test_what_comes_from_several_threads_takes_turns(place, sink):
    """A source's batches, and at the same time that it failed: nothing gets lost between them."""
    at, failed = datetime.now(UTC), threading.Event()

    def fail():
        while not failed.is_set():
            sink.note_failure(SOURCE, NETWORK, at, "no connection")

    failing = threading.Thread(target=fail)
    failing.start()
    for n in range(30):
        sink.take(*batch(n, mention(str(n))))
    failed.set()
    failing.join()
    told = decoded(place.last(place.topics.sources)[SOURCE], SourceHealth)
    assert (told.seen, told.kept, sink.cursor(SOURCE).state) == (30, 30, "29")
    assert {read_mention(r.value).id for r in place.records(place.topics.mentions)} == {
        mention(str(n)).id for n in range(30)
    }
    assert place.said == []


def test_refs_past_all_retention_are_forgotten(place, sink):
    old = mention("1", ref="uno", published=datetime.now(UTC) - timedelta(days=40))
    sink.take(*batch(1, old, mention("2", ref="dos", published=datetime.now(UTC))))
    sink.close()
    successor = place.sink(retention=timedelta(days=30))
    successor.start()
    assert successor.cursor(SOURCE).state == "1"
    assert list(place.last(place.topics.refs)) == [f"{NETWORK}\x1fdos"]


@pytest.mark.parametrize("size", [950_000, 600_000], ids=["for any Kafka", "for this Kafka's topic"])
def test_a_mention_that_is_too_large_goes_to_quarantine_and_the_rest_is_published(place, sink, size):
    place.alter(place.topics.mentions, max_message_bytes=500_000)
    small, huge = mention("1"), mention("2", text="niebla " * (size // 7))
    assert sink.take(*batch(1, small, huge)) == Written(new=1)
    assert {read_mention(r.value) for r in place.records(place.topics.mentions)} == {small}
    (record,) = place.records(place.topics.quarantine)
    put = decoded(record, Quarantined)
    assert "too large for Kafka" in put.reason
    shown = read_mention(put.raw.encode())
    assert (shown.id, shown.text[:20]) == (huge.id, huge.text[:20])
    health = sink.health()[0]
    assert (health.seen, health.kept, health.rejected) == (2, 1, 1)
    assert sink.cursor(SOURCE).state == "1"
