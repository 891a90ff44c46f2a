"""Corrections: as examples, and as a measure of agreement."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from corrillo.corrections import agreement, corrected, line
from corrillo.testing.mentions import NOW, TOWN, ZONES, a_mention, gone, tagged, write
from corrillo.work import Deed
from stores.sqlite import SqliteStore

MADRID = ZoneInfo("Europe/Madrid")


def deed(mention, what="correct", after=0, tags=(), was=(), at=NOW):
    """What Marta did."""
    return Deed(
        id=f"{mention}-{what}-{after}", mention=mention, institution=TOWN, at=at + timedelta(minutes=after), who="Marta",
        what=what, tags=tags, was=was,
    )  # fmt: skip


@pytest.fixture
def store(tmp_path):
    """Four mentions that the tagger called criticism."""
    store = SqliteStore(tmp_path / "t.db", ZONES, lambda: NOW)
    write(store, *(a_mention(str(n), f"texto {n}", language="es", tags=tagged("criticism")) for n in range(4)))
    yield store
    store.close()


def test_what_people_corrected_last_is_right(store):
    """Of a mention that was corrected twice the last word counts; nobody's others are touched."""
    ids = [a_mention(str(n)).id for n in range(4)]
    store.do(deed(ids[0], tags=("praise",)))
    store.do(deed(ids[0], after=5, tags=("complaint", "question")))
    store.do(deed(ids[1], after=1, tags=()))
    found = {c.mention.id: c.tags for c in corrected(store, TOWN)}
    assert found == {ids[0]: ("complaint", "question"), ids[1]: ()}


def test_what_is_not_about_us_teaches_nothing(store):
    """Nor what is gone: its text is nowhere any more."""
    ids = [a_mention(str(n)).id for n in range(4)]
    for identity in ids[:3]:
        store.do(deed(identity, tags=("praise",)))
    store.do(deed(ids[0], "not_about_us", 1))
    write(store, gone("1"))
    assert [c.mention.id for c in corrected(store, TOWN)] == [ids[2]]


def test_a_correction_is_a_line_of_the_corpus(store):
    """What training reads: the protected text, the right tags, the language, what belongs together."""
    mention = a_mention("1")
    store.do(deed(mention.id, tags=("praise",)))
    (case,) = corrected(store, TOWN)
    assert line(case) == {
        "id": mention.id, "text": "texto 1", "lang": "es", "tags": ["praise"], "network": "town-square",
        "group": mention.story,
    }  # fmt: skip


def test_agreement_is_counted_by_month_and_kind():
    """Six decisions about each mention; the month is the institution's own."""
    first, second = datetime(2026, 10, 31, 22, 30, tzinfo=UTC), datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    deeds = [
        deed("c", tags=("complaint",), was=("complaint",), at=second),
        deed("b", tags=("praise",), was=("criticism",), at=first),
        deed("a", tags=("complaint", "question"), was=("complaint",), at=first),
        deed("a", tags=(), was=("complaint",), at=first - timedelta(hours=1)),
    ]
    october, november = agreement(deeds, MADRID)
    assert (october.month, october.mentions, october.same) == ("2026-10", 2, 0)
    assert october.share == pytest.approx(9 / 12)
    assert (october.both["complaint"], october.people["question"], october.tagger["criticism"]) == (1, 1, 1)
    assert (november.month, november.mentions, november.same, november.share) == ("2026-11", 1, 1, 1.0)


def test_where_nobody_corrected_anything_nothing_is_known():
    """No month, no share."""
    assert agreement([], MADRID) == []
