"""What a poller reads again and again is published once, and again when it has changed."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from corrillo.engines import KafkaSettings
from corrillo.model import Engagement, Mention
from corrillo.ports import Outcome, SourceNews
from corrillo.testing.mentions import NOW, TOWN, a_mention
from corrillo.topics import topics
from ingest.kafka.records import Writer, compose
from ingest.kafka.refs import Refs
from ingest.kafka.said import Said

TOPICS = topics(KafkaSettings(servers=("nowhere:9092",)))


def mention(native_id="1", **given):
    tagged = a_mention(native_id, **given)
    return Mention(**{name: getattr(tagged, name) for name in Mention.__struct_fields__})


def test_the_same_seen_later_is_the_same():
    said, one = Said(), mention()
    assert one not in said
    said.note([one])
    assert msgspec.structs.replace(one, first_seen=NOW + timedelta(minutes=1)) in said


def test_what_has_changed_is_news():
    """An edit, or what people think of it; and then the change is what was said."""
    said, one = Said(), mention()
    said.note([one])
    for change in ({"text": "otra cosa", "revision": 2}, {"engagement": Engagement(likes=3)}):
        changed = msgspec.structs.replace(one, **change)
        assert changed not in said
        said.note([changed])
        assert changed in said
        assert one not in said


def test_a_look_for_answers_is_news_and_nobody_undoes_it():
    """The next poll, which does not look, has nothing to say; a later look, or other counts, have."""
    said, one = Said(), mention()
    said.note([one])
    looked = msgspec.structs.replace(one, looked=NOW)
    assert looked not in said
    said.note([looked])
    assert one in said
    assert looked in said
    said.note([one])
    assert looked in said
    assert msgspec.structs.replace(one, looked=NOW + timedelta(minutes=1)) not in said
    assert msgspec.structs.replace(one, engagement=Engagement(answers=1)) not in said


def test_that_it_was_backfilled_is_no_news_of_what_was_heard():
    said, one = Said(), mention()
    said.note([one])
    assert msgspec.structs.replace(one, backfilled=True) in said


def test_the_oldest_is_forgotten():
    said, some = Said(most=2), [mention(str(n)) for n in range(3)]
    said.note(some[:2])
    said.note(some[:1])  # said again: the other one is the oldest now
    said.note(some[2:])
    assert [m in said for m in some] == [True, False, True]


def test_only_news_are_published_and_counted():
    said, old, new = Said(), mention("old"), mention("new")
    said.note([old])
    outcome = Outcome((old, new), (), SourceNews("plaza", "town-square", NOW, seen=2, kept=2))
    made = compose(outcome, Writer(TOPICS, "plaza"), Refs().draft(), [TOWN], frozenset(), said)
    assert [r.key for r in made.records if r.topic == TOPICS.mentions.name] == [new.id]
    assert (made.written.new, made.written.unchanged, made.mentions) == (1, 1, [new])
