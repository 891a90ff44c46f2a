"""What people do by command while ingestors run: erase, and replay what lies in quarantine."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import msgspec
import pytest

from corrillo.cli.again import message_in
from corrillo.errors import BrokerRefused
from corrillo.messages import encode, headers, read_mention
from corrillo.model import Mention, MentionDeleted
from corrillo.ports import Quarantined, Written
from corrillo.testing.mentions import pseudonym
from ingest.kafka.by_hand import ByHand
from ingest.kafka.patience import Patience
from ingest.kafka.records import LARGEST, Writer
from ingest.kafka.refs import Refs
from ingest.kafka.transaction import Line, Record
from tests.integration.kafka.batches import ISLAND, NETWORK, SOURCE, TOWN, batch, deletion, mention

PEPA = pseudonym("pepa")
URL = "https://plaza.example/@pepa/1"


@pytest.fixture
def hand(place):
    made = ByHand(place.broker, [TOWN, ISLAND], lambda: datetime.now(UTC))
    yield made
    made.close()


def last(place):
    return {key: read_mention(r.value) for key, r in place.last(place.topics.mentions).items()}


def publish(place, *records):
    line = Line(place.broker, f"{place.settings.prefix}.test", Patience().trouble(""), lambda: datetime.now(UTC))
    line.publish(records)
    line.close()


@pytest.mark.parametrize(
    "asked", [{"ids": "the id"}, {"url": URL}, {"pseudonyms": [PEPA]}], ids=["id", "url", "person"]
)
def test_an_erasure_is_told_under_the_same_key_and_its_ref_is_nulled(place, sink, hand, asked):
    """Compaction forgets the mention then; a deletion by its ref means nobody any more."""
    hers, other = mention("1", ref="uno", url=URL, author=PEPA), mention("2", ref="dos")
    sink.take(*batch(1, hers, other))
    hand.start()
    given = {"ids": (), "url": "", "pseudonyms": (), **asked}
    given["ids"] = [hers.id] if given["ids"] else []
    assert hand.erase(**given) == 1
    found = last(place)
    assert isinstance(found[hers.id], MentionDeleted)
    assert found[other.id] == other
    assert set(place.last(place.topics.refs)) == {f"{NETWORK}\x1fdos", f"erased\x1f{hers.id}"}
    assert len(place.by_partition(place.topics.mentions)[hers.id]) == 1


def test_a_person_is_erased_from_the_refs_too(place, sink, hand):
    """Also where the topic of the mentions holds nothing of it any more."""
    hers = mention("1", ref="uno", author=PEPA)
    refs, writer = Refs().draft(), Writer(place.topics, SOURCE)
    refs.learn(hers)
    publish(place, *writer.refs(refs))
    sink.take(*batch(1, mention("2", ref="dos")))
    hand.start()
    assert hand.erase((), "", [PEPA]) == 1
    assert isinstance(last(place)[hers.id], MentionDeleted)
    assert set(place.last(place.topics.refs)) == {f"{NETWORK}\x1fdos", f"erased\x1f{hers.id}"}


def test_a_persons_name_goes_from_the_texts_of_others(place, sink, hand):
    other = mention("2", text=f"Como dice @{PEPA}, hay niebla")
    sink.take(*batch(1, other))
    hand.start()
    hand.erase((), "", [PEPA])
    assert last(place)[other.id].text == "Como dice @…, hay niebla"


def test_a_running_ingestor_is_not_disturbed_and_brings_nothing_back(place, sink, hand):
    sink.take(*batch(1, mention("1", ref="uno")))
    hand.start()
    hand.erase([mention("1").id], "", ())
    assert sink.cursor(SOURCE).state == "1"
    assert sink.take(*batch(2, mention("1", ref="uno"), mention("2"))) == Written(new=1, refused=1)
    assert isinstance(last(place)[mention("1").id], MentionDeleted)
    sink.close()
    successor = place.sink()
    assert successor.cursor(SOURCE).state == "2"
    assert successor.take(*batch(3, mention("1", ref="uno"))) == Written(refused=1)


def test_what_is_published_again_travels_as_from_its_source(place, sink, hand):
    sink.take(*batch(1, mention("1", ref="uno")))
    hand.start()
    assert hand.publish([mention("2", ref="dos"), deletion(ref="uno")], SOURCE) == 2
    found = last(place)
    assert isinstance(found[mention("1").id], MentionDeleted)
    assert found[mention("2").id] == mention("2", ref="dos")
    assert all(dict(r.headers)["origin"] == SOURCE.encode() for r in place.records(place.topics.mentions))
    assert list(place.last(place.topics.refs)) == [f"{NETWORK}\x1fdos"]
    sink.take(*batch(2))
    assert sink.cursor(SOURCE).state == "2"


def test_what_a_newer_corrillo_remembers_is_refused_with_what_to_do(place, hand):
    """Neither a command nor an ingestor guesses at it."""
    newer = [("schema", b"2"), *headers("plaza")[1:]]
    publish(place, Record(place.topics.refs.name, f"{NETWORK}\x1funo", b"{}", newer))
    with pytest.raises(BrokerRefused, match="is of schema version 2, this Corrillo reads up to 1") as refused:
        hand.start()
    assert place.topics.refs.name in refused.value.message
    assert "upgrade" in refused.value.remedy


def test_mentions_of_a_newer_schema_are_passed_over_by_an_erasure(place, hand):
    """They are the workers' to set aside."""
    newer = [("schema", b"2"), ("origin", b"plaza")]
    publish(
        place,
        Record(place.topics.mentions.name, "x", b"{}", newer),
        Record(place.topics.mentions.name, mention("1").id, encode(mention("1", url=URL)), headers("plaza")),
    )
    hand.start()
    assert hand.erase((), URL, ()) == 1


def test_the_commands_erase_and_replay_reach_the_topics(town):
    """A mention that the store erases is told to be gone; an item of quarantine that can be read now is published."""
    folder = town.corrillo.folder
    (folder / "forum.csv").write_text(
        f"id,text,published,url\n1,Sin luz en Valdeprado,2026-11-01,{URL}\n2,Sin agua en Valdeprado,nunca,\n", "utf-8"
    )
    town.corrillo("replay", "forum.csv", "--direct", code=3)
    town.corrillo("replay", "forum.csv", code=3)
    (identity,) = town.texts()
    said = town.corrillo("erase", "--url", URL, "--yes").stderr
    assert "1 mentions told to be gone in Kafka" in said
    assert isinstance(last(town.place)[identity], MentionDeleted)
    mended = mention("9", text="Valdeprado despierta", institution="valdeprado")
    with closing(sqlite3.connect(folder / "corrillo.db")) as store:
        store.execute("UPDATE quarantine SET raw = ?", (encode(mended).decode(),))
        store.commit()
    assert "1 of 1 replayed" in town.corrillo("quarantine", "replay").stderr
    assert last(town.place)[mended.id] == mended
    assert town.corrillo.json("quarantine", "list") == []


def test_a_mention_cut_for_its_size_is_published_by_a_replay(place, sink, hand):
    """As the reason in quarantine says: with the beginning of its text."""
    huge = mention("1", text="niebla " * (LARGEST // 6))
    sink.take(*batch(1, huge))
    (record,) = place.records(place.topics.quarantine)
    again = message_in(msgspec.json.decode(record.value, type=Quarantined).raw)
    hand.start()
    hand.publish([again], SOURCE)
    found = last(place)[huge.id]
    assert isinstance(found, Mention)
    assert huge.text.startswith(found.text.removesuffix(" …"))
