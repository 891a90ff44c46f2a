"""What becomes of a batch, as the records of one transaction."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from corrillo.engines import KafkaSettings
from corrillo.messages import read_mention
from corrillo.model import Cursor, Deletion, KnownRef, Mention, MentionDeleted
from corrillo.ports import Outcome, Quarantined, SourceHealth, SourceNews, Written
from corrillo.testing.mentions import ISLAND, NOW, TOWN, a_mention, id_of, pseudonym
from corrillo.topics import topics
from ingest.kafka.records import LARGEST, SHOWN, Writer, compose, counted
from ingest.kafka.refs import Refs

PEPA = pseudonym("pepa")
TOPICS = topics(KafkaSettings(servers=("nowhere:9092",)))
WRITER = Writer(TOPICS, "plaza", "a process", 7)
NEWS = SourceNews("plaza", "town-square", NOW, seen=2, kept=2)


def mention(*given, **more):
    tagged = a_mention(*given, **more)
    return Mention(**{name: getattr(tagged, name) for name in Mention.__struct_fields__})


def composed(*events, refs=None, quarantined=(), too_large=()):
    draft = (refs or Refs()).draft()
    outcome = Outcome(tuple(events), tuple(quarantined), NEWS)
    return outcome, compose(outcome, WRITER, draft, [TOWN, ISLAND], frozenset(too_large)), draft


def of(made, topic):
    return [r for r in made.records if r.topic == topic.name]


def gone(**named):
    return Deletion(network="town-square", at=NOW, **named)


def test_a_mention_goes_under_its_id_with_version_and_origin():
    one = mention()
    record = WRITER.event(one)
    assert (record.topic, record.key, record.headers) == (
        "corrillo.mentions",
        one.id,
        [("schema", b"1"), ("origin", b"plaza")],
    )
    assert read_mention(record.value, record.headers) == one


def test_what_an_ingestor_remembers_by_is_signed():
    for record in (
        WRITER.health(SourceHealth("plaza", "town-square")),
        WRITER.cursor("plaza", Cursor(source="plaza", state="1")),
    ):
        assert record.headers[2:] == [("ingestor", b"a process"), ("mark", b"7")]
        assert record.key == "plaza"
    assert WRITER.cursor("plaza", None).value is None


def test_a_deletion_by_its_own_id_means_one_mention_of_each_institution():
    _, made, _ = composed(gone(native_id="1"))
    events = [read_mention(r.value) for r in of(made, TOPICS.mentions)]
    assert events == [MentionDeleted(id=id_of("1", i), institution=i, at=NOW) for i in (TOWN, ISLAND)]
    assert made.written == Written(deleted=2)


def test_a_deletion_by_ref_means_what_the_ref_stands_for_even_in_the_same_batch():
    one = mention("1", ref="uno")
    _, made, draft = composed(one, gone(ref="uno"))
    assert [type(read_mention(r.value)) for r in of(made, TOPICS.mentions)] == [Mention, MentionDeleted]
    assert draft.changes == {("town-square", "uno"): None}
    (record,) = of(made, TOPICS.refs)
    assert (record.key, record.value) == ("town-square\x1funo", None)


def test_a_deletion_by_author_means_all_that_is_known_of_them_even_in_the_same_batch():
    refs, hers = Refs(), {"author": PEPA}
    draft = refs.draft()
    for before in (mention("1", ref="uno", **hers), mention("1", ref="uno", institution=ISLAND, **hers)):
        draft.learn(before)
    draft.learn(mention("2", ref="dos"))
    draft.learn(mention("3", ref="tres", network="press", **hers))
    refs.update(draft.changes)
    _, made, draft = composed(mention("4", ref="cuatro", **hers), gone(author=PEPA), gone(author=PEPA), refs=refs)
    first, *deleted = [read_mention(r.value) for r in of(made, TOPICS.mentions)]
    assert (type(first), first.id) == (Mention, id_of("4"))
    assert {e.id for e in deleted if isinstance(e, MentionDeleted)} == {id_of("1"), id_of("1", ISLAND), id_of("4")}
    assert made.written == Written(new=1, deleted=3)
    assert draft.changes == {("town-square", "uno"): None, ("town-square", "cuatro"): None}


@pytest.mark.parametrize("named", [{"ref": "nobody"}, {"author": PEPA}, {}], ids=["ref", "author", "nothing"])
def test_a_deletion_of_what_nobody_knows_publishes_nothing(named):
    _, made, _ = composed(mention("1", author=""), gone(**named))
    made.records.pop(0)
    assert made.records == []
    assert made.written == Written(new=1)


def test_a_deletion_by_id_forgets_the_refs_of_the_mention():
    refs = Refs()
    draft = refs.draft()
    draft.learn(mention("1", ref="uno"))
    refs.update(draft.changes)
    _, made, _ = composed(gone(native_id="1"), refs=refs)
    assert [r.value for r in of(made, TOPICS.refs)] == [None]


@pytest.mark.parametrize("how", ["its size", "kafka's word"])
def test_a_mention_that_is_too_large_goes_to_quarantine_and_can_be_read_there(how):
    huge = mention("1", text="niebla " * (LARGEST if how == "its size" else SHOWN))
    outcome, made, _ = composed(huge, mention("2"), too_large=[huge.id] if how == "kafka's word" else [])
    assert made.written == Written(new=1)
    (item,) = made.quarantined
    shown = read_mention(item.raw.encode())
    assert (shown.id, len(shown.text)) == (huge.id, SHOWN + 2)
    assert "too large for Kafka" in item.reason
    assert item.handles == (huge.author,)
    news = counted(NEWS, outcome, made)
    assert (news.kept, news.rejected, item.at) == (1, 1, NEWS.at)


def test_an_item_of_quarantine_that_is_too_large_is_cut():
    item = Quarantined("8f2c51d09a3b7e64", "plaza", datetime.now(UTC), "no date", "page 1", "x" * LARGEST)
    record = WRITER.quarantined(item)
    assert len(record.value) < LARGEST
    cut = msgspec.json.decode(record.value, type=Quarantined)
    assert cut.reason == f"no date (cut: {LARGEST} characters)"


def test_what_was_erased_is_refused_when_its_source_gives_it_again():
    refs, erased = Refs(), mention("1", ref="uno")
    draft = refs.draft()
    draft.erase(erased.id, NOW)
    refs.update(draft.changes)
    _, made, draft = composed(erased, mention("2"), gone(native_id="1"), erased, refs=refs)
    assert made.written == Written(new=1, deleted=2, refused=2)
    assert draft.changes == {}


def test_records_stand_in_the_order_of_their_events():
    first, second = mention("1"), mention("2")
    _, made, _ = composed(first, gone(native_id="1"), second)
    assert [r.key for r in of(made, TOPICS.mentions)] == [first.id, first.id, id_of("1", ISLAND), second.id]


def test_a_ref_is_learnt_with_its_source_and_time():
    one = mention("1", ref="uno")
    _, made, _ = composed(one)
    (record,) = of(made, TOPICS.refs)
    assert msgspec.json.decode(record.value, type=KnownRef) == KnownRef(
        source="plaza", network="town-square", ref="uno", published=one.published, ids={TOWN: one.id}, author=one.author
    )
