"""The messages: strictly decoded, published as schemas, readable by tomorrow's reader."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from corrillo.model import (
    Cursor,
    Mention,
    MentionDeleted,
    MentionEvent,
    Post,
    TaggedEvent,
    TaggedMention,
    from_milliseconds,
    mention_id,
    milliseconds,
)
from corrillo.schema import PUBLISHED, schemas

HERE = Path(__file__).parents[1]
YESTERDAY = [json.loads(line) for line in (HERE / "fixtures" / "messages-v1.jsonl").read_text("utf-8").splitlines()]
"""Recorded messages of schema 1: {"name": …, "message": …}. They are never changed, only added to."""
SCHEMAS = HERE.parents[1] / "docs" / "schemas"


def first(name):
    return next(y["message"] for y in YESTERDAY if y["name"] == name)


@pytest.mark.parametrize("recorded", YESTERDAY, ids=[f"{n}-{y['name']}" for n, y in enumerate(YESTERDAY)])
def test_yesterdays_messages_are_read_today(recorded):
    """Every recorded value is still there; what was added since has a default."""
    message = msgspec.convert(recorded["message"], PUBLISHED[recorded["name"]])
    now = json.loads(msgspec.json.encode(message))
    assert recorded["message"].items() <= now.items() or _contains(now, recorded["message"])
    assert msgspec.json.decode(msgspec.json.encode(message), type=PUBLISHED[recorded["name"]]) == message


def _contains(whole, part):
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(k in whole and _contains(whole[k], v) for k, v in part.items())
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(_contains, whole, part))
    return whole == part


def test_every_published_message_was_recorded():
    """A new kind of message gets a line in the recording."""
    assert {y["name"] for y in YESTERDAY} == set(PUBLISHED)


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_schemas_are_those_of_the_model(name):
    """``corrillo schema docs/schemas`` has been run after the last change."""
    written = json.dumps(schemas()[name], indent=2, ensure_ascii=False) + "\n"
    assert (SCHEMAS / f"{name}.json").read_text("utf-8") == written


def test_nothing_else_is_published():
    """A schema of a message that is gone is gone."""
    assert {f.stem for f in SCHEMAS.iterdir()} == set(PUBLISHED)


WRONG = {
    "an unknown field": {"surprise": 1},
    "a wrong type": {"text": 3},
    "a number as text": {"revision": "1"},
    "null for a text": {"text": None},
    "a word that is none of ours": {"place": "elsewhere"},
    "another network's kind of venue": {"venue_kind": "newspapers"},
    "no date": {"published": "yesterday"},
    "an id that is empty": {"id": ""},
    "a score above one": {"tags": [{"kind": "praise", "score": 1.5, "evidence": []}]},
    "a tag with a field more": {"tags": [{"kind": "praise", "score": 1, "evidence": [], "x": 1}]},
    "an unknown kind of message": {"kind": "mention_v2"},
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_refused(change):
    """An error, never a guess."""
    message = first("tagged-mention")
    assert msgspec.convert(message, TaggedMention).text
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**message, **change}, TaggedMention)


@pytest.mark.parametrize("key", ["id", "institution", "text", "published", "first_seen", "revision", "place", "thread"])
def test_what_is_missing_is_refused(key):
    """Keys without a default have to be there."""
    message = {k: v for k, v in first("mention").items() if k != key}
    with pytest.raises(msgspec.ValidationError, match=key):
        msgspec.convert(message, Mention)


def test_a_message_says_what_it_is():
    """One reader for mentions and deletions tells them apart by ``kind``, before and after enrichment."""
    raw = {name: json.dumps(first(name)) for name in ("mention", "tagged-mention", "deletion")}
    assert type(msgspec.json.decode(raw["mention"], type=MentionEvent)) is Mention
    assert type(msgspec.json.decode(raw["tagged-mention"], type=TaggedEvent)) is TaggedMention
    assert type(msgspec.json.decode(raw["deletion"], type=TaggedEvent)) is MentionDeleted
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(raw["mention"], type=TaggedEvent)


def test_messages_cannot_be_changed():
    """What travels is frozen."""
    with pytest.raises(AttributeError):
        Cursor(source="s", state="1").state = "2"
    assert msgspec.convert(first("post"), Post).venue.__struct_config__.frozen


def test_an_id_depends_on_network_post_and_institution():
    """The same everywhere and for ever: it is the key by which nothing is doubled."""
    assert mention_id("mastodon", "https://m.example/1", "benialba") == "1d642c94fc346a5690f0f575abb1ac9f"
    parts = [("a", "b", "c"), ("a", "c", "b"), ("ab", "", "c"), ("a", "bc", ""), ("b", "a", "c"), ("a", "b", "\ud800")]
    assert len({mention_id(*p) for p in parts}) == len(parts)


@pytest.mark.parametrize("moment", [datetime(1969, 12, 31, 23, 59, 59, 999000, UTC), datetime(2026, 10, 25, 0, 30, 0, 1000, UTC), datetime(2099, 1, 1, tzinfo=UTC)])  # fmt: skip
def test_milliseconds_lead_back_to_the_moment(moment):
    """Before 1970 too."""
    assert from_milliseconds(milliseconds(moment)) == moment
