"""The way of a batch: what becomes of it, and in which order a store is told."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from corrillo.institution import Institution
from corrillo.model import (
    Author,
    Batch,
    Cursor,
    Deletion,
    Post,
    Rejected,
    TaggedMention,
    Tagging,
    Venue,
    mention_id,
)  # fmt: skip
from corrillo.pipeline import Pipeline, commit
from corrillo.ports import Written
from corrillo.testing.mentions import ISLAND, NOW, TOWN, id_of
from ingest.protect import Pseudonyms
from tests.fakes.groups import FakeGroups

INSTITUTIONS = (
    Institution(
        id=TOWN, name="Ajuntament de Benialba", aliases=["Benialba"], account=[{"network": "town-square", "handle": "@benialba"}]
    ),
    Institution(id=ISLAND, name="Cabildo de Isla Garza", aliases=["Isla Garza"], time_zone="Atlantic/Canary"),
)  # fmt: skip
KEY = Pseudonyms(b"a key of the tests, long enough")
BOTH = [TOWN, ISLAND]


def says_nothing(mention):
    """A tagger that is a fake: it tags nothing."""
    return Tagging()


@pytest.fixture(scope="module")
def pipeline():
    return Pipeline(INSTITUTIONS, says_nothing, KEY)


def a_post(native_id="1", text="Niebla en Benialba", **given):
    values = {
        "network": "town-square", "native_id": native_id, "venue": Venue(name="plaza.example", kind="forum"),
        "published": NOW - timedelta(hours=1), "text": text, "source": "plaza", "author": Author(handle="pepa"),
    }  # fmt: skip
    return Post(**{**values, **given})


def a_batch(*items, rejected=(), state="1"):
    return Batch(cursor=Cursor(source="plaza", state=state), items=items, rejected=rejected)


def deletion(**named):
    return Deletion(network="town-square", at=NOW, **named)


class TestOutcome:
    """What became of a batch."""

    def test_a_post_becomes_a_mention_for_each_institution_it_is_about(self, pipeline):
        """None, one, or two with ids of their own; a deletion passes as it is."""
        gone = deletion(native_id="9")
        batch = a_batch(a_post("1", "Niebla en Madrid"), a_post("2"), gone, a_post("3", "Benialba e Isla Garza"))
        outcome = pipeline.run(batch, "town-square", NOW)
        mentions = [e for e in outcome.events if isinstance(e, TaggedMention)]
        assert [(m.id, m.institution) for m in mentions] == [
            (id_of("2"), TOWN), (id_of("3"), TOWN), (id_of("3", ISLAND), ISLAND),
        ]  # fmt: skip
        assert outcome.events[1] is gone
        assert {m.first_seen for m in mentions} == {NOW}

    def test_a_mention_is_protected_before_anything_else_sees_it(self, pipeline):
        """Author and handles are pseudonyms, personal data marks; the same person is the same everywhere."""
        shown = []
        watched = Pipeline(INSTITUTIONS, lambda m: shown.append(m) or Tagging(), KEY)
        outcome = watched.run(a_batch(a_post(text="Benialba, @luis_f y @benialba: 612 345 678")), "town-square", NOW)
        (mention,) = outcome.events
        assert mention.author == KEY("town-square", "pepa")
        assert f"@{KEY('town-square', 'luis_f')}" in mention.text
        assert "@benialba" in mention.text
        assert [t in s.text for s in (mention, *shown) for t in ("luis_f", "345 678")] == [False] * 4

    def test_health_counts_what_was_seen_kept_and_rejected(self, pipeline):
        """Also of posts about nobody, which are not kept; deletions are no posts."""
        bad = Rejected(raw="{", reason="no JSON", origin="page 1")
        two = a_post("3", "Benialba e Isla Garza", published=NOW - timedelta(minutes=5))
        outcome = pipeline.run(
            a_batch(a_post("1", "nada"), two, deletion(ref="7"), rejected=(bad,)), "town-square", NOW
        )
        health = outcome.news
        assert (health.source, health.network, health.seen, health.kept, health.rejected) == (
            "plaza",
            "town-square",
            2,
            2,
            1,
        )
        assert (health.newest_post, health.at) == (two.published, NOW)

    @pytest.mark.parametrize(
        "posts", [[], [a_post(published=NOW + timedelta(days=900))]], ids=["no posts", "dated ahead"]
    )
    def test_a_post_dated_ahead_is_no_sign_of_life(self, pipeline, posts):
        """A newest post in the future would make a dead source look well for years."""
        assert pipeline.run(a_batch(*posts), "town-square", NOW).news.newest_post is None

    def test_everything_of_a_source_may_be_about_one_institution(self, pipeline):
        """By the source's nature; others still have to be named."""
        outcome = pipeline.run(a_batch(a_post("1", "nada"), a_post("2", "Isla Garza")), "town-square", NOW, TOWN)
        assert [(e.institution, e.reasons[-1].kind) for e in outcome.events] == [
            (TOWN, "everything"), (TOWN, "everything"), (ISLAND, "alias"),
        ]  # fmt: skip

    def test_a_batch_gives_the_same_outcome_every_time(self, pipeline):
        """Nothing is remembered between two runs."""
        batch = a_batch(a_post(), deletion(ref="7"), rejected=(Rejected(raw="{", reason="no JSON", origin="p"),))
        assert pipeline.run(batch, "town-square", NOW) == pipeline.run(batch, "town-square", NOW)


class TestQuarantine:
    """What could not be parsed."""

    def test_the_same_item_has_the_same_id_whenever_it_comes(self, pipeline):
        """Reason, origin and time may differ; source and content may not."""
        base = pipeline.quarantined(Rejected(raw='{"a": 1}', reason="r", origin="p. 1"), "plaza", "town-square", NOW)
        again = pipeline.quarantined(
            Rejected(raw='{"a": 1}', reason="s", origin="p. 2"), "plaza", "town-square", NOW + timedelta(1)
        )
        other = pipeline.quarantined(Rejected(raw='{"a": 2}', reason="r", origin="p. 1"), "plaza", "town-square", NOW)
        elsewhere = pipeline.quarantined(Rejected(raw='{"a": 1}', reason="r", origin="p. 1"), "voz", "town-square", NOW)
        assert base.id == again.id == "2fd4fb0bdb557981"
        assert len({base.id, other.id, elsewhere.id}) == 3

    def test_an_item_is_kept_protected_with_who_is_in_it(self, pipeline):
        """So that it can be parsed again, and an erasure finds it."""
        raw = json.dumps({"author": "pepa", "nick": "luis", "text": "Benialba, llama al 612345678"})
        item = pipeline.quarantined(
            Rejected(raw=raw, reason="no date", origin="p. 1", private=("nick",)), "plaza", "town-square", NOW
        )
        assert (item.source, item.at, item.reason, item.origin) == ("plaza", NOW, "no date", "p. 1")
        assert set(item.handles) == {KEY("town-square", "pepa"), KEY("town-square", "luis")}
        assert all(t not in item.raw for t in ("pepa", "luis", "612345678"))
        assert json.loads(item.raw)["text"].startswith("Benialba")

    @pytest.mark.parametrize("raw", ["", "{", "\x00", "\ud800", "[" * 5000, '"text"', "null"])
    def test_whatever_it_is_it_can_be_quarantined(self, pipeline, raw):
        """Broken input must not break the way of broken input."""
        assert pipeline.quarantined(Rejected(raw=raw, reason="r", origin="o"), "plaza", "town-square", NOW).id


class FakeUnit:
    """A fake Unit: it notes what it is told, and fails where it is told to."""

    def __init__(self, fails_at=""):
        self.told, self.groups, self.fails_at = [], FakeGroups(), fails_at

    def _note(self, what, value):
        if what == self.fails_at:
            raise RuntimeError(what)
        self.told.append((what, value))

    def write(self, events):
        self._note("write", [e.id for e in events])
        return Written(new=len(events))

    def quarantine(self, items):
        self._note("quarantine", [q.reason for q in items])

    def advance(self, cursor, health):
        self._note("advance", (cursor.state, health.seen))


class FakeStore:
    """A fake Store with one unit; ``stored`` says whether it ended well."""

    def __init__(self, unit):
        self._unit, self.stored = unit, None

    def unit(self):
        return self

    def __enter__(self):
        return self._unit

    def __exit__(self, kind, error, trace):
        self.stored = kind is None


BATCH = a_batch(a_post(), rejected=(Rejected(raw="{", reason="no JSON", origin="p. 1"),), state="77")


def test_a_batch_and_its_cursor_are_committed_together(pipeline):
    """Mentions, quarantine and cursor in one unit."""
    store = FakeStore(unit := FakeUnit())
    assert commit(pipeline.run(BATCH, "town-square", NOW), BATCH, store, BOTH) == Written(new=1)
    assert unit.told == [
        ("write", [mention_id("town-square", "1", TOWN)]), ("quarantine", ["no JSON"]), ("advance", ("77", 1)),
    ]  # fmt: skip
    assert store.stored is True


@pytest.mark.parametrize("fails_at", ["write", "quarantine", "advance"])
def test_whatever_fails_the_cursor_stands(pipeline, fails_at):
    """The unit ends with the error, and so stores nothing."""
    store = FakeStore(FakeUnit(fails_at))
    with pytest.raises(RuntimeError, match=fails_at):
        commit(pipeline.run(BATCH, "town-square", NOW), BATCH, store, BOTH)
    assert store.stored is False


def test_an_account_that_is_gone_is_named_as_mentions_keep_it(pipeline: Pipeline) -> None:
    """Everybody by their pseudonym; an own account by its handle too, as the register writes it."""

    def named(handle: str) -> list[str]:
        gone = Deletion(network="town-square", author=handle, at=NOW)
        return [event.author for event in pipeline.hear(a_batch(gone), "town-square", NOW).events]

    assert named("pepa") == [KEY("town-square", "pepa")]
    assert named("@Benialba") == [KEY("town-square", "@Benialba"), "@benialba"]
