"""Who is a voice: an author once a day in each channel of each subject, a story once, a medium as itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from corrillo.alerts import Subject
from corrillo.testing.mentions import a_mention, tagged
from processors.detect.recent import Heard, Recent, heard
from processors.detect.slots import SLOTS_A_DAY, slot_of

BEGUN = datetime(2026, 10, 5, 9, tzinfo=UTC)
TOWN = Subject(institution="valdeprado")
WATER = Subject(institution="valdeprado", service="water")
SOUTH = Subject(institution="valdeprado", district="Sur")


def said(number: int, author: str = "", minutes: float = 0, tags: tuple[str, ...] = (), **given: object) -> Heard:
    """What is remembered of an invented mention."""
    at = BEGUN + timedelta(minutes=minutes)
    one = a_mention(
        str(number), institution="valdeprado", author=author or f"~{number:016x}", published=at, first_seen=at,
        tags=tagged(*tags), **given,
    )  # fmt: skip
    return heard(one, slot_of(at), int(at.timestamp() * 1000))


def add(recent: Recent, *records: Heard) -> list[Heard]:
    return [recent.add(str(n), record, frozenset()) for n, record in enumerate(records, len(recent.records))]


def test_an_author_is_one_voice_a_day_however_much_is_posted():
    spoken = add(Recent(), *(said(n, "~aaaaaaaaaaaaaaaa", n) for n in range(100)))
    assert [r.speaks(TOWN, "volume") for r in spoken] == [True] + [False] * 99


def test_the_next_day_the_same_author_is_a_voice_again():
    first, later = said(1, "~aaaaaaaaaaaaaaaa"), said(2, "~aaaaaaaaaaaaaaaa", SLOTS_A_DAY * 5)
    assert [r.speaks(TOWN, "volume") for r in add(Recent(), first, later)] == [True, True]


def test_a_story_is_one_voice_whoever_spreads_it():
    spoken = add(Recent(), *(said(n, minutes=n, story="note") for n in range(200)))
    assert sum(r.speaks(TOWN, "volume") for r in spoken) == 1


def test_who_chatted_in_the_morning_is_a_voice_when_it_burns_at_noon():
    spoken = add(Recent(), said(1, "~aaaaaaaaaaaaaaaa"), said(2, "~aaaaaaaaaaaaaaaa", 180, ("crisis",)))
    assert not spoken[1].speaks(TOWN, "volume")
    assert spoken[1].speaks(TOWN, "crisis")


def test_each_subject_has_voices_of_its_own():
    general, water = said(1, "~aaaaaaaaaaaaaaaa"), said(2, "~aaaaaaaaaaaaaaaa", 5, service="water", district="Sur")
    spoken = add(Recent(), general, water)
    assert [spoken[1].speaks(s, "volume") for s in (TOWN, WATER, SOUTH)] == [False, True, True]
    assert spoken[0].subjects() == (TOWN,)


def test_a_newspaper_speaks_with_one_voice_whoever_writes_there():
    spoken = add(Recent(), *(said(n, venue="El Valle", venue_kind="newspaper") for n in range(3)))
    assert sum(r.speaks(TOWN, "volume") for r in spoken) == 1


def test_a_quiet_channel_has_no_voice():
    spoken = Recent().add("1", said(1, tags=("crisis",)), frozenset(("volume",)))
    assert (spoken.speaks(TOWN, "volume"), spoken.speaks(TOWN, "crisis")) == (False, True)


def test_whoever_deletes_may_speak_again():
    recent = Recent()
    add(recent, said(1, "~aaaaaaaaaaaaaaaa"))
    recent.remove("0")
    assert recent.add("2", said(2, "~aaaaaaaaaaaaaaaa", 5), frozenset()).speaks(TOWN, "volume")


def test_what_is_gone_is_remembered_as_gone_only():
    recent = Recent()
    add(recent, said(1, "~aaaaaaaaaaaaaaaa", service="water"))
    recent.entomb("0", slot_of(BEGUN), "valdeprado", 0)
    assert recent.records["0"].gone
    assert recent.records["0"].author == ""
    assert list(recent.subjects()) == []


@pytest.mark.parametrize("backwards", [False, True])
def test_it_is_the_same_made_again_of_its_records_in_any_order(backwards):
    recent = Recent()
    add(recent, *(said(n, f"~{n % 7:016x}", n * 11, ("crisis",) if n % 3 else (), service="water") for n in range(60)))
    again = Recent.of(dict(sorted(recent.records.items(), reverse=backwards)))
    first = slot_of(BEGUN)
    assert again.within(WATER, first, first + 300) == recent.within(WATER, first, first + 300)
    late = said(99, f"~{3:016x}", 600, ("crisis",), service="water")
    assert again.add("99", late, frozenset()) == recent.add("99", late, frozenset())


def test_what_is_old_is_forgotten():
    recent = Recent()
    add(recent, said(1), said(2, minutes=60))
    assert recent.forget(slot_of(BEGUN) + 1) == ["0"]
    assert [i for i, _ in recent.within(TOWN, 0, 10**9)] == ["1"]
